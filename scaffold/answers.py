"""Where answers come from: flags, `-d KEY=VALUE`, a data file, the folder's name, this machine."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Any

from scaffold.errors import UsageError
from scaffold.messages import text
from scaffold.starters import Answer, Catalog, Given, flag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The origin of a project's name that was not given: the argument DIR.
FROM_FOLDER = "DIR"
# What a file of answers may hold instead of answers: keys of `answers.yaml`.
_YAML_KINDS = {type(None): "nothing", list: "list", str: "text"}


def collect(
    catalog: Catalog, flags: Mapping[str, Answer | None], pairs: Sequence[str], data_file: str | None
) -> dict[str, Given]:
    """Return what the user answered on the command line; it overrides the data file.

    Args:
        catalog: knows which questions there are.
        flags: values of the questions' own flags, None where a flag was not given.
        pairs: `KEY=VALUE` of each `-d`.
        data_file: the path of a YAML file of answers.

    Raises:
        UsageError: a pair or the file cannot be read, a question is unknown, or two answers to one question differ.
    """
    from_file = _read_file(catalog, data_file) if data_file is not None else {}
    given: dict[str, Given] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError("answers.error.not-a-pair", pair=pair)
        catalog.check_keys([key], "-d")
        _add(given, key, Given(value, f"-d {key}"))
    for key, answer in flags.items():
        if answer is not None:
            origin = flag(key, off=answer is False)
            catalog.check_keys([key], origin)  # another template may not ask it
            _add(given, key, Given(answer, origin))
    return {**from_file, **given}


def _add(given: dict[str, Given], key: str, answer: Given) -> None:
    earlier = given.get(key)
    if earlier is not None and str(earlier.value).lower() != str(answer.value).lower():
        first, second = (f"{given.origin} ({str(given.value).lower()})" for given in (earlier, answer))
        raise UsageError("answers.error.given-twice", question=key, first=first, second=second)
    given[key] = answer


def _read_file(catalog: Catalog, path: str) -> dict[str, Given]:
    loaded = _load(path)
    if not isinstance(loaded, dict):
        found = text(f"answers.yaml.{_YAML_KINDS.get(type(loaded), 'value')}")
        raise UsageError("answers.error.file-not-mapping", path=path, found=found)
    catalog.check_keys([str(key) for key in loaded], path)
    return {str(key): Given(value, path) for key, value in loaded.items()}


def _load(path: str) -> Any:  # noqa: ANN401 - YAML may hold anything
    import yaml  # noqa: PLC0415 - slow, and only needed here

    try:
        with open(path, "rb") as file:  # noqa: PTH123 - to Path, no name is the current folder
            source = file.read().decode("utf-8")
        _refuse_duplicates(path, yaml.compose(source, yaml.SafeLoader))
        return yaml.safe_load(source)
    except OSError as error:
        raise UsageError("answers.error.file-unreadable", path=path, reason=error.strerror or error) from error
    except UnicodeDecodeError as error:
        raise UsageError("answers.error.file-not-utf8", path=path, position=error.start) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: a date such as 2026-13-45. RecursionError: thousands of brackets.
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        said = [part for name in ("context", "problem") if (part := getattr(error, name, None))]
        reason = ", ".join(said) or str(error).partition("\n")[0]
        raise UsageError("answers.error.file-not-yaml", path=path, line=line, reason=reason) from error


def _refuse_duplicates(path: str, node: Any) -> None:  # noqa: ANN401 - PyYAML's nodes are untyped
    """Refuse a question that a file answers twice: YAML's loaders let the last answer win in silence."""
    seen: dict[str, Any] = {}
    for key, value in node.value if node is not None and node.id == "mapping" else ():
        name = str(key.value)
        if name in seen and seen[name].value != value.value:
            first, second = (f"{path}:{answer.start_mark.line + 1} ({answer.value})" for answer in (seen[name], value))
            raise UsageError("answers.error.given-twice", question=name, first=first, second=second)
        seen[name] = value


def preferred() -> dict[str, Answer]:
    """Return the defaults that suit this machine: the Python that runs is one that is there."""
    return {"python": "{}.{}".format(*sys.version_info)}


def named_after(directory: str | None) -> dict[str, Given]:
    """Return the project's name as its folder's name suggests it: `my-app` gives `my_app`."""
    if directory is None:
        return {}
    # abspath: the folder may be `.`, and need not exist.
    name = os.path.basename(os.path.abspath(directory))  # noqa: PTH100, PTH119 - see above
    identifier = re.sub(r"[\s.-]+", "_", name.strip(" .-").lower())
    return {"project_name": Given(identifier or name, FROM_FOLDER)}


def missing(catalog: Catalog, given: Mapping[str, Given]) -> list[str]:
    """Return how to give each answer that is needed and was not given.

    Raises:
        UsageError: a given answer is wrong.
    """
    complete = catalog.resolve(given, preferred=preferred())
    asked = (q for q in catalog.questions.values() if q.applies({**catalog.constants, **complete}))
    return [FROM_FOLDER if q.key == "project_name" else flag(q.key) for q in asked if q.key not in given]
