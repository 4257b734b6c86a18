"""What is known of a function's parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.checks.module import arguments, callee
from scaffold.checks.nodes import without_spaces
from scaffold.leave import sdk, values
from scaffold.leave.names import scopes_around
from scaffold.leave.values import Value

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from scaffold.leave.lookup import Lookup

_HOOKS = frozenset(
    {"before_save", "after_save", "before_update", "after_update", "before_delete", "after_delete"}
)


def parameter_of(function: SgNode, name: str) -> SgNode | None:
    """Return the node of a function's parameter of this name."""
    inside = function.field("parameters")
    for node in inside.named_children() if inside is not None else ():
        given = node if node.kind() == "identifier" else node.field("name")
        if given is None:
            given = next((c for c in node.named_children() if c.kind() == "identifier"), None)
        if given is not None and given.text() == name:
            return node
    return None


def value_of_parameter(function: SgNode, parameter: SgNode, resolver: Lookup) -> Value | None:
    """Return what a function is called with, as far as the source says.

    Args:
        function: the function.
        parameter: the node of one of its parameters.
        resolver: of the function's module.
    """
    around = next(scopes_around(function), None)
    is_method = around is not None and around.kind() == "class_definition"
    if around is not None and is_method and parameter.text() in {"self", "cls"}:
        found = resolver.class_value(around)
        is_object = parameter.text() == "self" and found.kind == sdk.CLASS
        return found.of(sdk.OBJECT) if is_object else found
    annotation = parameter.field("type")
    if annotation is not None:
        named = resolver.first(annotation.named_children())
        return named.of(sdk.OBJECT) if named is not None and named.kind == sdk.CLASS else named
    hooked = hook_class(function, resolver)
    if hooked is not None:
        return Value(sdk.OBJECT, hooked)
    return _from_calls(function, parameter, resolver)


def _from_calls(function: SgNode, parameter: SgNode, resolver: Lookup) -> Value | None:
    """Return what the module's own calls give a parameter."""
    name, inside = without_spaces(function.field("name")), function.field("parameters")
    if not name or inside is None:
        return None
    wanted = _name(parameter)
    order = [_name(node) for node in inside.named_children()]
    position = order.index(wanted) - (order[0] in {"self", "cls"})
    for call in resolver.names.calls_of(name):
        positional, named = arguments(call)
        given = named.get(wanted)
        if given is None and 0 <= position < len(positional):
            given = positional[position]
        passed = resolver.value(given)
        if passed is not None:
            return passed
    return None


def _name(parameter: SgNode) -> str:
    return without_spaces(parameter.field("name") or parameter)


def decorators(definition: SgNode) -> list[SgNode]:
    """Return the expressions behind the @ of a function's or class's decorators."""
    parent = definition.parent()
    if parent is None or parent.kind() != "decorated_definition":
        return []
    found = [child for child in parent.children() if child.kind() == "decorator"]
    return [inside[0] for decorator in found if (inside := decorator.named_children())]


def hook_class(function: SgNode, resolver: Lookup) -> str | None:
    """Return the class of the object that a hook is called with, None for other functions."""
    for call in decorators(function):
        if call.kind() != "call" or callee(call).rpartition(".")[2] not in _HOOKS:
            continue
        called = resolver.value(call.field("function"))
        owner = called.owner if called is not None else None
        if owner is not None and owner.kind == values.ENGINE:
            positional, named = arguments(call)
            first = positional[0] if positional else named.get("class_name")
            return resolver.class_given(first)
    for expression in decorators(function):
        called = resolver.value(expression)
        if called is not None and called.kind == values.METHOD and called.name == "on_login":
            return "_User"
    return None


def defined_name(call: SgNode) -> str:
    """Return the name of the function that a call or an expression decorates, '' for none."""
    above = call.parent()
    outer = above.parent() if above is not None and above.kind() == "decorator" else None
    definition = outer.field("definition") if outer is not None else None
    return without_spaces(definition.field("name")) if definition is not None else ""
