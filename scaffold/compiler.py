"""Compile copier.yml and the templates into programs for `scaffold.program`.

Runs when the wheel is built, and in a checkout, where templates are read from their files each time. The templates keep
to a part of Jinja that all three readers share; what lies outside it is a `TemplateError` with file and line.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from scaffold.program import FILTERS, METHODS, Expression, Program

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment, nodes

# The three readers parse alike only with the same options: copier.yml's `_envops`, cookiecutter.json's
# `_jinja2_env_vars` and these.
JINJA_OPTIONS = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}
PROJECT_FOLDER = "{{cookiecutter.project_slug}}"
# The parts of a question that may be templates, and what they are when copier.yml does not say.
QUESTION_PARTS = {"default": "", "when": True, "validator": ""}


class TemplateError(Exception):
    """A template that cannot be compiled: the fault of whoever wrote it."""


@cache
def _environment() -> Environment:
    from jinja2 import Environment  # noqa: PLC0415 - slow, and not needed by an installed scaffold

    return Environment(**JINJA_OPTIONS, autoescape=False)  # type: ignore[arg-type]  # noqa: S701 - makes files, not pages


def compile_template(source: str, where: str) -> Program:
    """Return the program of one template.

    Args:
        source: the template's text.
        where: the file it comes from, for errors.

    Raises:
        TemplateError: a syntax error, or Jinja beyond what all readers share.
    """
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415 - as above

    try:
        tree = _environment().parse(source)
    except TemplateSyntaxError as error:
        message = f"{where}:{error.lineno}: {error.message}"
        raise TemplateError(message) from error
    return _Compiler(where).body(tree.body)


class _Compiler:
    """Turns the nodes of one template into a program."""

    def __init__(self, where: str) -> None:
        self._where = where

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
        return ["name", node.name]

    def _getattr(self, node: Any) -> Expression:  # noqa: ANN401
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


def _compile_part(value: object, where: str) -> Program | object:
    """Return the program of a part of a question, or the value itself where it is not a template."""
    return compile_template(value, where) if isinstance(value, str) else value


def compile_questions(root: Path) -> list[dict[str, Any]]:
    """Return the questions of `root/copier.yml` in their order, templates compiled.

    A question that copier never asks (`when: false`) is a constant of the later ones and keeps its default as it is.
    """
    import yaml  # noqa: PLC0415 - slow, and not needed by an installed scaffold

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded = yaml.load((root / "copier.yml").read_text("utf-8"), Loader=loader)  # noqa: S506 - a safe loader
    questions: list[dict[str, Any]] = []
    for key, question in loaded.items():
        if key.startswith("_") or key == "cookiecutter":
            continue
        where = f"copier.yml ({key})"
        compiled = {"key": key, **question, "choices": _choices(question.get("choices", ()), where)}
        if question.get("when") is not False:
            for part, absent in QUESTION_PARTS.items():
                compiled[part] = _compile_part(question.get(part, absent), where)
        questions.append(compiled)
    return questions


def _choices(choices: Any, where: str) -> list[dict[str, Any]]:  # noqa: ANN401 - YAML
    """Return choices as value and validator, from copier's two forms: a list, or labels with settings."""
    if not isinstance(choices, dict):
        return [{"value": value, "validator": []} for value in choices]
    return [
        {"value": setting["value"], "validator": compile_template(setting.get("validator", ""), where)}
        for setting in choices.values()
    ]


def compile_starter(root: Path, name: str) -> dict[str, Any]:
    """Return the files of one starter: `{"files": [[path program, content program], …]}`, sorted by path.

    Args:
        root: the folder that holds copier.yml.
        name: the starter, a folder below `root/templates`.
    """
    folder = root / "templates" / name / PROJECT_FOLDER
    files = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        relative = path.relative_to(folder).as_posix()
        where = path.relative_to(root).as_posix()
        files.append([compile_template(relative, where), compile_template(path.read_bytes().decode("utf-8"), where)])
    return {"files": files}
