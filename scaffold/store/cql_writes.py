"""CQL that writes one object: `insert`, `update` and `delete`, done as the calls that they stand
for, with the same hooks and permissions.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold.store import saving, schema, values
from scaffold.store.calls import ApiResponse
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from scaffold.store.calls import ApiCall
    from scaffold.store.cql_parser import Parser
    from scaffold.store.values import Document, Json


def run(call: ApiCall, parser: Parser, verb: str) -> ApiResponse:
    """Do what a statement after its verb says.

    Raises:
        ApiError: 300, it cannot be read; or what the call itself is refused with.
    """
    class_name, answer = VERBS[verb](call, parser)
    results = [answer.payload] if answer.payload else []
    return ApiResponse({"results": results, "className": class_name})


def _insert(call: ApiCall, parser: Parser) -> tuple[str, ApiResponse]:
    parser.need("into")
    class_name = _own_class(parser)
    keys = []
    if parser.takes("("):
        keys = parser.items(parser.name)
        parser.need(")")
    parser.need("values")
    given = parser.value()
    parser.end()
    if not isinstance(given, list) or len(given) != len(keys):
        raise ApiError(300, "CQL syntax error: there are not as many values as keys.")
    body = dict(zip(keys, given, strict=True))
    return class_name, saving.create(_changed(call, body), class_name)


def _update(call: ApiCall, parser: Parser) -> tuple[str, ApiResponse]:
    class_name = _own_class(parser)
    parser.need("set")
    body = dict(parser.items(lambda: _assignment(parser)))
    object_id, where = _target(parser)
    return class_name, saving.update(_changed(call, body, where), class_name, object_id)


def _delete(call: ApiCall, parser: Parser) -> tuple[str, ApiResponse]:
    parser.need("from")
    class_name = _own_class(parser)
    object_id, where = _target(parser)
    return class_name, saving.delete(_changed(call, {}, where), class_name, object_id)


VERBS = {"insert": _insert, "update": _update, "delete": _delete}


def _own_class(parser: Parser) -> str:
    """Read the name of a class of the app's own; the platform's have addresses of their own."""
    name = parser.name()
    if schema.ALIASES.get(name, name).startswith("_"):
        raise ApiError(1, "CQL writes to classes of the app's own only.")
    return name


def _assignment(parser: Parser) -> tuple[str, Json]:
    key = parser.name()
    parser.need("=")
    if not parser.takes("op"):
        return key, parser.value()
    parser.need("(")
    name = parser.value()
    more = parser.value() if parser.takes(",") else {}
    parser.need(")")
    if not isinstance(name, str) or not isinstance(more, dict):
        raise ApiError(300, "CQL syntax error: op needs a name and an object.")
    return key, {**more, "__op": name}


def _target(parser: Parser) -> tuple[str, Json]:
    """Read which object is meant, and under which condition; one must be named.

    Raises:
        ApiError: 300, no object is named.
    """
    parser.need("where")
    where = parser.conditions()
    parser.end()
    every: list[Document] = where["$and"] if set(where) == {"$and"} else [where]
    for condition in every:
        wanted = condition.get("objectId")
        if isinstance(wanted, dict) and isinstance(wanted.get("$eq"), str):
            rest = [other for other in every if other is not condition]
            return wanted["$eq"], rest or None
    raise ApiError(300, "CQL syntax error: `where objectId = …` is missing.")


def _changed(call: ApiCall, body: Document, where: Json = None) -> ApiCall:
    parameters = {} if where is None else {"where": values.dumps(where)}
    return replace(call, body=body, parameters=parameters)
