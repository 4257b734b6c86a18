"""The members that classes of the app have, those of their bases included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.leave import sdk, values
from scaffold.leave.parameters import decorators

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.leave.lookup import Lookup
    from scaffold.leave.values import Value

# Classes above each other.
_MOST = 10


def member(owner: Value, name: str, resolver: Lookup) -> Value | None:
    """Return what a class of the app has under a name: what `self.name` is given somewhere in it,
    a property's value, or a method. What the SDK's own methods do is not looked at.
    """
    if name in sdk.METHODS.get(owner.kind, {}):
        return None
    for mine in _lineage(owner, resolver):
        found = _of_class(mine, name, resolver.at(mine.path))
        if found is not None:
            return found
    return None


def _of_class(owner: Value, name: str, resolver: Lookup) -> Value | None:
    given = resolver.of_bindings(resolver.names.bindings(owner.node, f".{name}"))
    if given is not None:
        return given
    bindings = resolver.names.bindings(owner.node, name)
    found = resolver.of_bindings(bindings)
    if found is None or found.kind != values.FUNCTION or found.node is None:
        return found
    is_property = any(decorator.text() == "property" for decorator in decorators(found.node))
    return resolver.returned(found) if is_property else found


def _lineage(owner: Value, resolver: Lookup) -> Iterator[Value]:
    """Yield a class of the app and its bases in the app, the nearest first."""
    waiting, count = [owner], 0
    while waiting and count < _MOST:
        current = waiting.pop(0)
        if current.node is None:
            continue
        count += 1
        yield current
        bases = current.node.field("superclasses")
        inside = bases.named_children() if bases is not None else []
        found = (resolver.at(current.path).value(base) for base in inside)
        waiting += [base for base in found if base is not None and base.node is not None]
