"""Compile copier.yml and the templates into programs for `scaffold.program`.

Runs when the wheel is built, and in a checkout, where templates are read from their files each time. The templates keep
to a part of Jinja that all three readers share; what lies outside it is a `TemplateError` with file and line.
"""

from __future__ import annotations

from fnmatch import fnmatch
from functools import cache
from typing import TYPE_CHECKING, Any

from scaffold.program import FILTERS, METHODS, Expression, Program

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jinja2 import Environment, nodes

# The three readers parse alike only with the same options: copier.yml's `_envops`, cookiecutter.json's
# `_jinja2_env_vars` and these.
JINJA_OPTIONS = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}
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
# Files that are left out of every template. What `_exclude` names beside them has a condition: it is about updates.
_LEFT_OUT = ("__pycache__", "*.pyc", ".DS_Store")


class TemplateError(Exception):
    """A template that cannot be compiled: the fault of whoever wrote it."""


@cache
def _environment() -> Environment:
    from jinja2 import Environment  # noqa: PLC0415 - slow, and not needed by an installed scaffold

    return Environment(**JINJA_OPTIONS, autoescape=False)  # type: ignore[arg-type]  # noqa: S701 - makes files, not pages


def compile_template(source: str, where: str, names: Iterable[str] = (), answers: Iterable[str] = ()) -> Program:
    """Return the program of one template.

    Args:
        source: the template's text.
        where: the file it comes from, for errors.
        names: the variables that there will be; anything goes without them.
        answers: what `cookiecutter` will have; anything goes without them.

    Raises:
        TemplateError: a syntax error, or Jinja beyond what all readers share.
    """
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415 - as above

    try:
        tree = _environment().parse(source)
    except TemplateSyntaxError as error:
        message = f"{where}:{error.lineno}: {error.message}"
        raise TemplateError(message) from error
    return _Compiler(where, set(names), frozenset(answers)).body(tree.body)


class _Compiler:
    """Turns the nodes of one template into a program."""

    def __init__(self, where: str, names: set[str], answers: frozenset[str]) -> None:
        self._where = where
        self._names = names
        self._answers = answers

    def body(self, statements: list[nodes.Node]) -> Program:
        program: Program = []
        for statement in statements:
            self._statement(statement, program)
        return program

    def _statement(self, node: Any, program: Program) -> None:  # noqa: ANN401 - Jinja's nodes have no useful types
        kind = type(node).__name__
        if kind == "Output":
            for part in node.nodes:
                if type(part).__name__ == "TemplateData":
                    program.append(part.data)
                else:
                    program.append(["print", self.expression(part)])
        elif kind == "If":
            branches = [[self.expression(n.test), self.body(n.body)] for n in (node, *node.elif_)]
            program.append(["if", branches, self.body(node.else_)])
        elif kind == "Assign" and type(node.target).__name__ == "Name":
            program.append(["set", node.target.name, self.expression(node.node)])
            if self._names:
                self._names.add(node.target.name)
        else:
            raise self._unknown(node)

    def expression(self, node: Any) -> Expression:  # noqa: ANN401
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is None:
            raise self._unknown(node)
        compiled: Expression = handler(node)
        return compiled

    def _unknown(self, node: Any) -> TemplateError:  # noqa: ANN401
        return TemplateError(f"{self._where}:{node.lineno}: {type(node).__name__} is not in the templates' dialect")

    def _const(self, node: Any) -> Expression:  # noqa: ANN401
        return ["const", node.value]

    def _name(self, node: Any) -> Expression:  # noqa: ANN401
        if self._names and node.name not in self._names:
            raise TemplateError(f"{self._where}:{node.lineno}: there is no {node.name} here")
        return ["name", node.name]

    def _getattr(self, node: Any) -> Expression:  # noqa: ANN401
        if self._answers and getattr(node.node, "name", "") == "cookiecutter" and node.attr not in self._answers:
            raise TemplateError(f"{self._where}:{node.lineno}: there is no question {node.attr}")
        return ["attribute", self.expression(node.node), node.attr]

    def _list(self, node: Any) -> Expression:  # noqa: ANN401
        return ["list", [self.expression(item) for item in node.items]]

    _tuple = _list

    def _compare(self, node: Any) -> Expression:  # noqa: ANN401
        return ["compare", self.expression(node.expr), [[op.op, self.expression(op.expr)] for op in node.ops]]

    def _not(self, node: Any) -> Expression:  # noqa: ANN401
        return ["not", self.expression(node.node)]

    def _and(self, node: Any) -> Expression:  # noqa: ANN401
        return ["and", self.expression(node.left), self.expression(node.right)]

    def _or(self, node: Any) -> Expression:  # noqa: ANN401
        return ["or", self.expression(node.left), self.expression(node.right)]

    def _concat(self, node: Any) -> Expression:  # noqa: ANN401
        return ["concat", [self.expression(part) for part in node.nodes]]

    def _condexpr(self, node: Any) -> Expression:  # noqa: ANN401
        otherwise = ["const", ""] if node.expr2 is None else self.expression(node.expr2)
        return ["if", self.expression(node.test), self.expression(node.expr1), otherwise]

    def _filter(self, node: Any) -> Expression:  # noqa: ANN401
        if node.name not in FILTERS or node.kwargs:
            raise self._unknown(node)
        return ["filter", node.name, self.expression(node.node), [self.expression(a) for a in node.args]]

    def _call(self, node: Any) -> Expression:  # noqa: ANN401
        if type(node.node).__name__ != "Getattr" or node.node.attr not in METHODS or node.kwargs:
            raise self._unknown(node)
        target = self.expression(node.node.node)
        return ["call", target, node.node.attr, [self.expression(a) for a in node.args]]


def _compile_part(value: object, where: str, names: Iterable[str]) -> Program | object:
    """Return the program of a part of a question, or the value itself where it is not a template."""
    return compile_template(value, where, names) if isinstance(value, str) else value


def compile_questions(root: Path) -> list[dict[str, Any]]:
    """Return the questions of `root/copier.yml` in their order, templates compiled.

    A question that copier never asks (`when: false`) is a constant of the later ones and keeps its default as it is.
    """
    questions: list[dict[str, Any]] = []
    for key, question in _load(root / "copier.yml").items():
        if key.startswith("_") or key == "cookiecutter":
            continue
        where = f"copier.yml ({key})"
        names = {key, *(earlier["key"] for earlier in questions)}
        compiled = {"key": key, **question, "choices": _choices(question.get("choices", ()), where, names)}
        if question.get("when") is not False:
            for part, absent in QUESTION_PARTS.items():
                compiled[part] = _compile_part(question.get(part, absent), where, names)
        questions.append(compiled)
    return questions


def _load(path: Path) -> dict[str, Any]:
    """Return what copier.yml holds.

    Raises:
        TemplateError: it is no YAML, or asks copier for what only copier does.
    """
    import yaml  # noqa: PLC0415 - slow, and not needed by an installed scaffold

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        loaded = yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError) as error:
        line = mark.line + 1 if (mark := getattr(error, "problem_mark", None)) else 1
        raise TemplateError(f"copier.yml:{line}: {getattr(error, 'problem', None) or error}") from error
    if not isinstance(loaded, dict):
        raise TemplateError("copier.yml:1: there are no questions")
    for key, value in loaded.items():
        _check(str(key), value)
    return loaded


def _check(key: str, value: Any) -> None:  # noqa: ANN401 - YAML
    """Refuse a setting or a question that this compiler would not take as copier does.

    Raises:
        TemplateError: it is one.
    """
    if key in _SETTINGS and value != _SETTINGS[key]:
        raise TemplateError(f"copier.yml ({key}): only {_SETTINGS[key]!r} is in the templates' dialect")
    if key == "_exclude" and (more := [p for p in value if p not in _LEFT_OUT and "{" not in p]):
        raise TemplateError(f"copier.yml (_exclude): {more[0]} is not in the templates' dialect")
    if key.startswith("_"):
        if key not in {*_SETTINGS, *_FREE_SETTINGS}:
            raise TemplateError(f"copier.yml ({key}) is not in the templates' dialect")
    elif key != "cookiecutter":
        if not isinstance(value, dict) or (value.get("when") is not False and value.get("type") not in {"str", "bool"}):
            raise TemplateError(f"copier.yml ({key}): a question in the templates' dialect has a type, str or bool")
        if unknown := sorted(value.keys() - _PARTS):
            raise TemplateError(f"copier.yml ({key}): {unknown[0]} is not in the templates' dialect")


def _choices(choices: Any, where: str, names: Iterable[str]) -> list[dict[str, Any]]:  # noqa: ANN401 - YAML
    """Return choices as value and validator, from copier's forms: a list, or labels with a value or settings."""
    if not isinstance(choices, dict):
        choices = {value: value for value in choices}
    settings = [setting if isinstance(setting, dict) else {"value": setting} for setting in choices.values()]
    if any(not isinstance(setting.get("value"), str) for setting in settings):
        raise TemplateError(f"{where}: choices in the templates' dialect are text")
    return [
        {"value": setting["value"], "validator": compile_template(setting.get("validator", ""), where, names)}
        for setting in settings
    ]


def compile_starter(root: Path, name: str, answers: Iterable[str] = ()) -> dict[str, Any]:
    """Return the files of one starter: `{"files": [[path program, content program], …]}`, sorted by path.

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
    files = []
    for path in files_of(folder):
        relative = path.relative_to(folder).as_posix()
        where = path.relative_to(root).as_posix()
        if not path.resolve().is_relative_to(root.resolve()):
            raise TemplateError(f"{where} leads out of the template")
        try:
            source = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise TemplateError(f"{where} is not text in UTF-8") from error
        files.append([compile_template(part, where, ["cookiecutter"], answers) for part in (relative, source)])
    return {"files": files}


def files_of(folder: Path) -> list[Path]:
    """Return the files of a starter, sorted, without what programs leave behind."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(fnmatch(part, left) for part in path.parts for left in _LEFT_OUT)
    )
