"""Compile one template of Jinja's into a program for `scaffold.template_runtime`.

The templates keep to a part of Jinja that all three readers share; what lies outside it is a
`TemplateError` with file and line.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from scaffold.template_runtime import FILTERS, METHODS, Expression, Program

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Environment, nodes

# The three readers parse alike only with the same options: copier.yml's `_envops`,
# cookiecutter.json's `_jinja2_env_vars` and these.
JINJA_OPTIONS = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}


class TemplateError(Exception):
    """A template that cannot be compiled; its author has to change it."""


@cache
def _environment() -> Environment:
    from jinja2 import Environment

    # Not escaped: the templates make files, not pages.
    options: dict[str, Any] = JINJA_OPTIONS
    return Environment(**options, autoescape=False)  # noqa: S701


def compile_template(
    source: str, where: str, names: Iterable[str] = (), answers: Iterable[str] = ()
) -> Program:
    """Return the program of one template.

    Args:
        source: the template's text.
        where: the file it comes from, for errors.
        names: the variables that there will be; anything goes without them.
        answers: what `cookiecutter` will have; anything goes without them.

    Raises:
        TemplateError: a syntax error, or Jinja beyond what all readers share.
    """
    from jinja2 import TemplateSyntaxError

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

    def _statement(self, node: Any, program: Program) -> None:
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

    def expression(self, node: Any) -> Expression:
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is None:
            raise self._unknown(node)
        compiled: Expression = handler(node)
        return compiled

    def _unknown(self, node: Any) -> TemplateError:
        return TemplateError(
            f"{self._where}:{node.lineno}: {type(node).__name__} is not in the templates' dialect"
        )

    def _const(self, node: Any) -> Expression:
        return ["const", node.value]

    def _name(self, node: Any) -> Expression:
        if self._names and node.name not in self._names:
            raise TemplateError(f"{self._where}:{node.lineno}: there is no {node.name} here")
        return ["name", node.name]

    def _getattr(self, node: Any) -> Expression:
        if (
            self._answers
            and getattr(node.node, "name", "") == "cookiecutter"
            and node.attr not in self._answers
        ):
            raise TemplateError(f"{self._where}:{node.lineno}: there is no question {node.attr}")
        return ["attribute", self.expression(node.node), node.attr]

    def _list(self, node: Any) -> Expression:
        return ["list", [self.expression(item) for item in node.items]]

    _tuple = _list

    def _compare(self, node: Any) -> Expression:
        return [
            "compare",
            self.expression(node.expr),
            [[op.op, self.expression(op.expr)] for op in node.ops],
        ]

    def _not(self, node: Any) -> Expression:
        return ["not", self.expression(node.node)]

    def _and(self, node: Any) -> Expression:
        return ["and", self.expression(node.left), self.expression(node.right)]

    def _or(self, node: Any) -> Expression:
        return ["or", self.expression(node.left), self.expression(node.right)]

    def _concat(self, node: Any) -> Expression:
        return ["concat", [self.expression(part) for part in node.nodes]]

    def _condexpr(self, node: Any) -> Expression:
        otherwise = ["const", ""] if node.expr2 is None else self.expression(node.expr2)
        return ["if", self.expression(node.test), self.expression(node.expr1), otherwise]

    def _filter(self, node: Any) -> Expression:
        if node.name not in FILTERS or node.kwargs:
            raise self._unknown(node)
        return [
            "filter",
            node.name,
            self.expression(node.node),
            [self.expression(a) for a in node.args],
        ]

    def _call(self, node: Any) -> Expression:
        if type(node.node).__name__ != "Getattr" or node.node.attr not in METHODS or node.kwargs:
            raise self._unknown(node)
        target = self.expression(node.node.node)
        return ["call", target, node.node.attr, [self.expression(a) for a in node.args]]
