"""What the members of the SDK's things are, and what calling them gives."""

from __future__ import annotations

from scaffold.leave import sdk, values
from scaffold.leave.values import Value, of_sdk

# Attributes that are no methods: `Todo.query`, `engine.current.user`.
_ATTRIBUTES = {
    (sdk.CLASS, "query"): sdk.QUERY,
    (sdk.RELATION, "query"): sdk.QUERY,
    (values.ENGINE, "current"): values.CURRENT,
    (values.ENGINE, "current_user"): sdk.OBJECT,
    (values.CURRENT, "user"): sdk.OBJECT,
    (values.CQL, "results"): sdk.OBJECTS,
}

# What methods give whatever they belong to. A value of an object that is asked to save or destroy
# itself is a pointer or a file.
_GIVEN = {**dict.fromkeys(sdk.USERS, values.USER), "get": Value(sdk.OBJECT)}

# Methods whose first argument is the name of a class.
_NAMING = frozenset({"extend", "create"})


def member(owner: Value, name: str) -> Value | None:
    """Return what a name behind a dot is, None where that is nothing of the SDK.

    Args:
        owner: what stands before the dot; no module of the app.
        name: the name.
    """
    if owner.kind in {values.FUNCTION, values.METHOD, values.PLAIN}:
        return None
    if owner.kind == values.SDK and owner.name not in sdk.QUERIES:
        if owner.name == "Relation":
            return Value(values.SDK, f"Relation.{name}")
        return of_sdk(".".join(filter(None, (sdk.PACKAGE, owner.name, name))))
    special = _ATTRIBUTES.get((owner.kind, name))
    if _is_role(owner) and name in {"users", "roles"}:
        special = sdk.RELATION
    if special in {sdk.QUERY, sdk.RELATION}:
        return Value(special) if owner.kind == sdk.RELATION else owner.of(special)
    if special is not None:
        return values.USER if special == sdk.OBJECT else Value(special)
    return Value(values.METHOD, name, owner=owner)


def made(called: Value, about: str) -> Value | None:
    """Return what a call of a class or function of the SDK gives.

    Args:
        called: the class or function.
        about: the class of the data storage that its first argument means, or ''.
    """
    if called.kind == sdk.CLASS:
        return called.of(sdk.OBJECT)
    if called.kind == values.PLAIN:
        return called
    name = called.name if called.kind == values.SDK else ""
    if name in sdk.QUERIES:
        return Value(sdk.QUERY, sdk.QUERIES[name] or about)
    kinds = {
        "Engine": Value(values.ENGINE),
        "Relation": Value(sdk.RELATION),
        "Relation.reverse_query": Value(sdk.QUERY, about),
    }
    return kinds.get(name)


def result(owner: Value, method: str, about: str) -> Value | None:
    """Return what a call of a method gives, None where that is nothing of the SDK.

    Args:
        owner: what the method belongs to.
        method: its name.
        about: the class of the data storage that its first argument means, or ''.
    """
    if owner.kind == values.ENGINE:
        return owner if method == "wrap" else None
    if owner.kind == values.SDK:  # Query.or_(…)
        return Value(values.CQL) if method == "do_cloud_query" else Value(sdk.QUERY, about)
    if method in _GIVEN and owner.kind in {sdk.CLASS, sdk.OBJECT}:
        return _GIVEN[method]
    kind = sdk.RESULTS.get((owner.kind, method))
    if kind is not None:
        if method == "get_roles":
            # Those inside a role, and those that a user has.
            return Value(sdk.RELATION if _is_role(owner) else kind, "_Role")
        return Value(kind, about) if about and method in _NAMING else owner.of(kind)
    return owner if _is_chained(owner, method) else None


def _is_chained(owner: Value, method: str) -> bool:
    """Return whether a method gives back what it belongs to."""
    if owner.kind == sdk.QUERY:
        return sdk.METHODS[sdk.QUERY].get(method) in {None, "geo"}
    return owner.kind == sdk.OBJECT and method in sdk.CHAINED


def _is_role(owner: Value) -> bool:
    return owner.kind == sdk.OBJECT and owner.name == "_Role"
