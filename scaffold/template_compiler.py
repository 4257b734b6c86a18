"""Compile copier.yml and the templates into programs for `scaffold.template_runtime`.

Runs when the wheel is built, and in a checkout, where templates are read from their files each
time. The templates keep to a part of Jinja that all three readers share; what lies outside it is a
`TemplateError` with file and line.
"""

from __future__ import annotations

from fnmatch import fnmatch
from functools import cache
from typing import TYPE_CHECKING, Any

from scaffold import files, parsing
from scaffold.jinja_compiler import JINJA_OPTIONS, TemplateError, compile_template

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scaffold.template_runtime import Program


PROJECT_FOLDER = "{{cookiecutter.project_slug}}"
# The parts of a question that may be templates, and what they are when copier.yml does not say.
QUESTION_PARTS = {"default": "", "when": True, "validator": ""}
_PARTS = {"type", "help", "choices", *QUESTION_PARTS}
# What copier.yml may set: what the renderer does as well, or what is for copier's updates alone.
_SETTINGS = {
    "_envops": JINJA_OPTIONS,
    "_subdirectory": "templates/{{ starter }}/{% raw %}" + PROJECT_FOLDER + "{% endraw %}",
    "_templates_suffix": "",
}
_FREE_SETTINGS = {"_exclude", "_skip_if_exists", "_migrations", "_min_copier_version"}
# Files that are left out of every template. What `_exclude` names beside them has a
# condition: it is about updates.
_LEFT_OUT = ("__pycache__", "*.pyc", ".DS_Store")


def _compile_part(value: object, where: str, names: Iterable[str]) -> Program | object:
    """Return the program of a part of a question, or the value itself where it is not
    a template.
    """
    return compile_template(value, where, names) if isinstance(value, str) else value


def compile_questions(root: Path) -> list[dict[str, Any]]:
    """Return the questions of `root/copier.yml` in their order, templates compiled.

    A question that copier never asks (`when: false`) is a constant of the later ones: its default
    as it is, or a program where it follows from the answers before it.
    """
    questions: list[dict[str, Any]] = []
    for key, question in _load(root / "copier.yml").items():
        if key.startswith("_") or key == "cookiecutter":
            continue
        where = f"copier.yml ({key})"
        names = {key, *(earlier["key"] for earlier in questions)}
        compiled = {
            "key": key,
            **question,
            "choices": _choices(question.get("choices", ()), where, names),
        }
        if question.get("when") is not False:
            for part, absent in QUESTION_PARTS.items():
                compiled[part] = _compile_part(question.get(part, absent), where, names)
        elif "{" in str(question.get("default")):
            compiled["default"] = compile_template(question["default"], where, names)
        questions.append(compiled)
    return questions


def _load(path: Path) -> dict[str, Any]:
    """Return what copier.yml holds.

    Raises:
        TemplateError: it is no YAML, or asks copier for what only copier does.
    """
    try:
        loaded = parsing.load_yaml(files.read(path).decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"copier.yml:1: {error}") from error
    except parsing.ParseError as error:
        raise TemplateError(f"copier.yml:{error.line}: {error.reason}") from error
    if not isinstance(loaded, dict):
        raise TemplateError("copier.yml:1: there are no questions")
    for key, value in loaded.items():
        _check(str(key), value)
    return loaded


def _check(key: str, value: Any) -> None:
    """Refuse a setting or a question that this compiler would not take as copier does.

    Raises:
        TemplateError: it is one.
    """
    if key in _SETTINGS and value != _SETTINGS[key]:
        raise TemplateError(
            f"copier.yml ({key}): only {_SETTINGS[key]!r} is in the templates' dialect"
        )
    if key == "_exclude" and (more := [p for p in value if p not in _LEFT_OUT and "{" not in p]):
        raise TemplateError(f"copier.yml (_exclude): {more[0]} is not in the templates' dialect")
    if key.startswith("_"):
        if key not in {*_SETTINGS, *_FREE_SETTINGS}:
            raise TemplateError(f"copier.yml ({key}) is not in the templates' dialect")
    elif key != "cookiecutter":
        if not isinstance(value, dict) or (
            value.get("when") is not False and value.get("type") not in {"str", "bool"}
        ):
            raise TemplateError(
                f"copier.yml ({key}): a question in the templates' dialect has a type, str or bool"
            )
        if unknown := sorted(value.keys() - _PARTS):
            raise TemplateError(
                f"copier.yml ({key}): {unknown[0]} is not in the templates' dialect"
            )


def _choices(choices: Any, where: str, names: Iterable[str]) -> list[dict[str, Any]]:
    """Return choices as value, label and validator, from copier's forms: a list, or
    labels with a value or settings.
    """
    if not isinstance(choices, dict):
        choices = {value: value for value in choices}
    found = []
    for label, setting in choices.items():
        given = setting if isinstance(setting, dict) else {"value": setting}
        if not isinstance(given.get("value"), str):
            raise TemplateError(f"{where}: choices in the templates' dialect are text")
        validator = compile_template(given.get("validator", ""), where, names)
        found.append({"value": given["value"], "label": str(label), "validator": validator})
    return found


def compile_starter(root: Path, name: str, answers: Iterable[str] = ()) -> dict[str, Any]:
    """Return the files of one starter: `{"files": [[path program, content
    program], …]}`, sorted by path.

    Args:
        root: the folder that holds copier.yml.
        name: the starter, a folder below `root/templates`.
        answers: what templates may use of `cookiecutter`; anything without them.

    Raises:
        TemplateError: there is no such starter, or a file is no text or outside of the dialect.
    """
    folder = root / "templates" / name / PROJECT_FOLDER
    if not folder.is_dir():
        raise TemplateError(f"{folder.relative_to(root).as_posix()} is not there")
    compiled = []
    known = frozenset(answers)
    for path in files_of(folder):
        relative = path.relative_to(folder).as_posix()
        where = path.relative_to(root).as_posix()
        if not path.resolve().is_relative_to(root.resolve()):
            raise TemplateError(f"{where} leads out of the template")
        try:
            source = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise TemplateError(f"{where} is not text in UTF-8") from error
        # The file that its author has to change, which several starters may share.
        place = path.resolve().relative_to(root.resolve()).as_posix()
        compiled.append(
            [_compile_file(relative, where, known), _compile_file(source, place, known)]
        )
    return {"files": compiled}


@cache  # most files are shared by all starters
def _compile_file(source: str, where: str, answers: frozenset[str]) -> Program:
    return compile_template(source, where, ["cookiecutter"], answers)


def files_of(folder: Path) -> list[Path]:
    """Return the files of a starter, sorted, without what programs leave behind."""
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and not any(map(_is_left, path.parts))
    )


def _is_left(part: str) -> bool:
    return any(fnmatch(part, pattern) for pattern in _LEFT_OUT)
