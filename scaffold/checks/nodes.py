"""What scaffold asks of the nodes of a Python tree when it looks for the names of variables."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from scaffold.checks.module import callee

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.module import Module

SCOPES = frozenset({"function_definition", "lambda"})
LOOPS = frozenset({"for_statement", "for_in_clause"})
# Calls that only show a name to people.
_SHOWING = frozenset(
    {
        "print",
        "format",
        "debug",
        "info",
        "warning",
        "warn",
        "error",
        "exception",
        "critical",
        "log",
        "exit",
        "write",
    }
)


def without_spaces(node: SgNode | None) -> str:
    """Return a node's source without white space."""
    return "".join(node.text().split()) if node is not None else ""


def memberships(comparison: SgNode) -> Iterator[tuple[SgNode, SgNode]]:
    """Yield the two sides of each `in` and `not in`."""
    children = [child for child in comparison.children() if child.kind() != "comment"]
    for left, operator, right in zip(children, children[1:], children[2:], strict=False):
        if operator.text().split()[-1:] == ["in"]:
            yield left, right


def old_excepts(module: Module) -> list[SgNode]:
    """Return the clauses `except Error, name:`, which only Python 2 reads."""
    return [clause for clause in module.nodes("except_clause") if _has_comma(clause)]


def _has_comma(clause: SgNode) -> bool:
    third = islice((child.kind() for child in clause.children()), 2, 3)
    return "," in third


def call_of(argument: SgNode) -> SgNode | None:
    """Return the call that a node is an argument of."""
    inside = argument.parent()
    call = inside.parent() if inside is not None and inside.kind() == "argument_list" else None
    return call if call is not None and call.kind() == "call" else None


def parameters(function: SgNode) -> list[str]:
    """Return the names of a function's parameters, without `self`."""
    inside = function.field("parameters")
    names = []
    for node in inside.named_children() if inside is not None else ():
        name = node if node.kind() == "identifier" else node.field("name")
        if name is None:
            name = next(
                (child for child in node.named_children() if child.kind() == "identifier"), None
            )
        names.append(without_spaces(name))
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def function_with(node: SgNode, name: str) -> SgNode | None:
    """Return the function around a node that has a parameter of this name."""
    return next((f for f in node.ancestors() if f.kind() in SCOPES and name in parameters(f)), None)


def is_parameter(node: SgNode, name: str) -> bool:
    """Return whether a function around a node has a parameter of this name."""
    return function_with(node, name) is not None


def name_of(function: SgNode) -> str:
    """Return the name of a function, or the one that a lambda is given."""
    if function.kind() == "function_definition":
        return without_spaces(function.field("name"))
    parent = function.parent()
    return (
        without_spaces(parent.field("left"))
        if parent is not None and parent.kind() == "assignment"
        else ""
    )


def binds(node: SgNode) -> bool:
    """Return whether an identifier is given its value here."""
    parent = node.parent()
    if parent is None:
        return False
    if parent.kind() in {
        "parameters",
        "lambda_parameters",
        "default_parameter",
        "typed_parameter",
        "import_from_statement",
    }:
        return True
    return parent.kind() in {"assignment", *LOOPS} and parent.field("left") == node


def is_only_shown(node: SgNode) -> bool:
    """Return whether an identifier is only shown to people: in a message, a log, an error."""
    for above in node.ancestors():
        if above.kind() in {"raise_statement", "print_statement", "interpolation"}:
            return True
        if above.kind() == "call" and callee(above).rpartition(".")[2] in _SHOWING:
            return True
        if above.kind() in SCOPES or above.kind() == "block":
            return False
    return False
