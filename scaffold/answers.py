"""Where answers come from: flags, `-d KEY=VALUE`, a data file, the folder's name, this machine."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold import files, labels, parsing
from scaffold.catalog import ADVANCED, INDEPENDENT, Catalog, flag
from scaffold.errors import UsageError
from scaffold.messages import LANGUAGES, language, text
from scaffold.questions import Answer, Question, UserInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The origin of a project's name that was not given: the argument DIR.
FROM_FOLDER = "DIR"
NAME, TITLE = "project_name", "title"
# What a file of answers may hold instead of answers: keys of `answers.yaml`.
_YAML_KINDS = {type(None): "nothing", list: "list", str: "text"}


def collect(
    catalog: Catalog,
    flags: Mapping[str, Answer | None],
    pairs: Sequence[str],
    data_file: str | None,
) -> dict[str, UserInput]:
    """Return what the user answered on the command line; it overrides the data file.

    Args:
        catalog: knows which questions there are.
        flags: values of the questions' own flags, None where a flag was not given.
        pairs: `KEY=VALUE` of each `-d`.
        data_file: the path of a YAML file of answers.

    Raises:
        UsageError: a pair or the file cannot be read, a question is unknown, or two
            answers to one question differ.
    """
    from_file = _read_file(catalog, data_file) if data_file is not None else {}
    given: dict[str, UserInput] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError("answers.error.not-a-pair", pair=pair)
        catalog.check_keys([key], "-d")
        _add(given, key, UserInput(value, f"-d {key}"))
    for key, answer in flags.items():
        if answer is not None:
            origin = flag(key, off=answer is False)
            catalog.check_keys([key], origin)  # another template may not ask it
            _add(given, key, UserInput(answer, origin))
    return {**from_file, **given}


def _add(given: dict[str, UserInput], key: str, answer: UserInput) -> None:
    earlier = given.get(key)
    if earlier is not None and str(earlier.value).lower() != str(answer.value).lower():
        first, second = (
            f"{given.origin} ({str(given.value).lower()})" for given in (earlier, answer)
        )
        raise UsageError("answers.error.given-twice", question=key, first=first, second=second)
    given[key] = answer


def _read_file(catalog: Catalog, path: str) -> dict[str, UserInput]:
    loaded = _load(path)
    if not isinstance(loaded, dict):
        found = text(f"answers.yaml.{_YAML_KINDS.get(type(loaded), 'value')}")
        raise UsageError("answers.error.file-not-mapping", path=path, found=found)
    catalog.check_keys([str(key) for key in loaded], path)
    return {str(key): UserInput(value, path) for key, value in loaded.items()}


def _load(path: str) -> Any:
    try:
        node = parsing.compose_yaml(files.read_named(path).decode("utf-8"))
        _refuse_duplicates(path, node)
        return parsing.construct_yaml(node)
    except OSError as error:
        raise UsageError(
            "answers.error.file-unreadable", path=path, reason=error.strerror or error
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError("answers.error.file-not-utf8", path=path, position=error.start) from error
    except parsing.ParseError as error:
        raise UsageError(
            "answers.error.file-not-yaml", path=path, line=error.line, reason=error.reason
        ) from error


def _refuse_duplicates(path: str, node: Any) -> None:
    """Refuse a question that a file answers twice: YAML's loaders let the
    last answer win in silence.
    """
    seen: dict[str, Any] = {}
    for key, value in node.value if node is not None and node.id == "mapping" else ():
        name = str(key.value)
        if name in seen and seen[name].value != value.value:
            first, second = (
                f"{path}:{answer.start_mark.line + 1} ({answer.value})"
                for answer in (seen[name], value)
            )
            raise UsageError("answers.error.given-twice", question=name, first=first, second=second)
        seen[name] = value


def preferred(catalog: Catalog) -> dict[str, Answer]:
    """Return the defaults that suit this user: the Python that runs, as it is one that is
    there, and the language that messages are given in.
    """
    found: dict[str, Answer] = {"python": "{}.{}".format(*sys.version_info)}
    asked = catalog.questions.get("language")
    # Another template may mean something else by it, such as a programming language.
    if asked is not None and asked.choices == LANGUAGES:
        found["language"] = language()
    return found


def with_names(
    given: Mapping[str, UserInput], directory: str | None, catalog: Catalog
) -> dict[str, UserInput]:
    """Return answers with the title and the name that follow from what was given.

    The title is the folder's name. The name in code is derived from the folder's name, else from
    the title: `my-app` gives `my_app`, and `api`, which the project imports, gives `my_api`. From
    `我的` none follows: it is asked for, or has its default.
    """
    # abspath, not resolve: a link keeps its name. The folder may be `.`, and need not exist.
    folder = "" if directory is None else Path(os.path.abspath(directory)).name  # noqa: PTH100
    found = dict(given)
    if folder and is_title(folder, catalog):
        found.setdefault(TITLE, UserInput(folder, FROM_FOLDER))
    titles = [folder, str(found[TITLE].value) if TITLE in found else ""]
    names = [name for title in titles if (name := module_name(title, catalog))]
    if names:
        found.setdefault(NAME, UserInput(names[0], FROM_FOLDER))
    elif directory is not None and TITLE not in found:
        found.setdefault(NAME, UserInput(folder, FROM_FOLDER))
    return found


def is_title(text: str, catalog: Catalog) -> bool:
    """Return whether a text may be the title of a project."""
    return TITLE in catalog.questions and _accepts(catalog, TITLE, text)


def module_name(title: str, catalog: Catalog) -> str:
    """Return the name that a project may have which is nearest to a title; '' if none is."""
    words = re.sub(r"[^a-z0-9_]+", "_", title.lower()).strip("_") if title.isascii() else ""
    candidates = (title, words, f"my_{words}") if words else (title,)
    return next((name for name in candidates if _accepts(catalog, NAME, name)), "")


def _accepts(catalog: Catalog, key: str, value: str) -> bool:
    """Return whether a question that nothing was answered before takes a value."""
    try:
        catalog.questions[key].accept(UserInput(value, key), catalog.context({}))
    except (KeyError, UsageError):
        return False
    return True


def has_default_for_all(question: Question) -> bool:
    """Return whether a question's default suits everybody, so that only who wants
    something else answers it.
    """
    return question.key in (TITLE, *INDEPENDENT) and labels.is_ours(question)


def is_advanced(question: Question) -> bool:
    """Return whether a conversation leaves a question to those who look for it."""
    return question.key in ADVANCED and labels.is_ours(question)


def missing(catalog: Catalog, given: Mapping[str, UserInput]) -> list[str]:
    """Return how to give each answer that is needed and was not given.

    Raises:
        UsageError: a given answer is wrong.
    """
    complete = catalog.resolve(given, preferred=preferred(catalog))
    context = catalog.context(complete)
    asked = (
        q.key
        for q in catalog.questions.values()
        if q.applies(context) and q.key not in given and not has_default_for_all(q)
    )
    unnamed = FROM_FOLDER not in (one.origin for one in given.values())
    return [FROM_FOLDER if key == NAME and unnamed else flag(key) for key in asked]
