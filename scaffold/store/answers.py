"""Answers to queries: the objects that are found, and what is asked for besides them.

To read a document and to write it anew takes longer than to find it. Most are sent as the text in
which the database keeps them; what a client gets otherwise, as files with their addresses, is left
to `records`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Text, bindparam, cast, select

from scaffold.store import access, prepared, queries, records, statements, values
from scaffold.store.compile import is_exact
from scaffold.store.errors import ApiError
from scaffold.store.records import ViewOptions
from scaffold.store.tables import objects
from scaffold.store.values import RawJson
from scaffold.store.work import Saved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Row

    from scaffold.store.schema import Class
    from scaffold.store.statements import Query
    from scaffold.store.values import Document, Json
    from scaffold.store.work import Transaction

# Classes of which something is hidden, or said of what is kept.
SPECIAL = {"_User", "_File"}
_WHOLE = ViewOptions()
_TEXTS = statements.COLUMNS["texts"]
_ONE = select(*_TEXTS, cast(objects.c.acl, Text)).where(
    objects.c.class_id == bindparam("class_id"), objects.c.id == bindparam("object_id")
)
# A number with so many digits may be a float, which PostgreSQL writes out in full.
_LONG = b"0" * 19
_AS_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)


@dataclass(frozen=True)
class FindRequest:
    """A query, and how it is to be answered.

    Args:
        query: what is to be found.
        options: how objects are shown.
        is_redirected: whether the objects are of another class than the one that was named.
        counts: whether the number of all objects is asked for.
        only_counts: whether nothing else is.
    """

    query: Query
    options: ViewOptions
    is_redirected: bool
    counts: bool
    only_counts: bool


def find(work: Transaction, class_name: str, parameters: Mapping[str, Json]) -> Document:
    """Return the answer to a query.

    Raises:
        ApiError: a parameter cannot be read, or the caller may not.
    """
    request = _ask(work, class_name, parameters)
    return _answer(work, request, _found(work, request))


def _ask(work: Transaction, class_name: str, parameters: Mapping[str, Json]) -> FindRequest:
    """Read what is asked.

    Raises:
        ApiError: a parameter cannot be read, or the caller may not.
    """
    used = work.schema.existing(work.connection, class_name)
    key = parameters.get("redirectClassNameForKey")
    if key:
        used = _redirected(work, used, str(key))
    query = queries.read(work, used, parameters)
    counts = queries.flag(parameters, "count")
    only_counts = counts and queries.integer(parameters, "limit", statements.LIMIT) == 0
    return FindRequest(query, ViewOptions.read(parameters), bool(key), counts, only_counts)


def _found(work: Transaction, request: FindRequest) -> list[Row[tuple[Json, ...]]]:
    """Return the rows that answer a request."""
    return [] if request.only_counts else list(queries.rows(work, request.query))


def _answer(work: Transaction, request: FindRequest, rows: Sequence[Json]) -> Document:
    """Return the answer to a request: rows, and what is asked for besides them."""
    results = records.shown(work, request.query.used, rows, request.options)
    return {"results": results, **_rest(work, request)}


def _rest(work: Transaction, request: FindRequest) -> Document:
    """Return what an answer says besides the objects."""
    named = {"className": request.query.used.name} if request.is_redirected else {}
    return named | ({"count": queries.count(work, request.query)} if request.counts else {})


def _redirected(work: Transaction, used: Class, key: str) -> Class:
    target = used.columns[key].target if key in used.columns else None
    if target is None:
        raise ApiError(1, f"'{key[:60]}' is no relation or pointer of '{used.name}'.")
    return work.schema.existing(work.connection, target)


def written(work: Transaction, class_name: str, parameters: Mapping[str, Json]) -> Json:
    """Return the answer to a query as `find` does, written already where that may be.

    Raises:
        ApiError: a parameter cannot be read, or the caller may not.
    """
    request = _ask(work, class_name, parameters)
    query = request.query
    if (
        request.only_counts
        or request.options != _WHOLE
        or query.used.name in SPECIAL
        or not is_exact(query.condition)
    ):
        return _answer(work, request, _found(work, request))
    rows = statements.rows(work, query, "texts")
    if _is_rewritten(",".join([text for *_, text in rows])):
        return _answer(work, request, [_read(query.used, row) for row in rows])
    return _joined(work, request, rows)


def one(work: Transaction, class_name: str, object_id: str, parameters: Mapping[str, Json]) -> Json:
    """Return one object; an empty one where there is none or the caller may not read it.

    Raises:
        ApiError: a parameter cannot be read, or the caller may not; 211, there is no such user.
    """
    used = work.schema.existing(work.connection, class_name)
    access.check_class(used, "get", work.caller)
    options = ViewOptions.read(parameters)
    found = prepared.rows(work.connection, _ONE, {"class_id": used.id, "object_id": object_id})
    *row, acl = found[0] if found else (None, None)
    if not found or not access.may(values.loads(acl or "null"), "read", work.caller):
        if class_name == "_User":
            raise ApiError(211)
        return {}
    if options == _WHOLE and used.name not in SPECIAL and not _is_rewritten(row[-1]):
        return RawJson(_object(_related(used), *row))
    return records.shown(work, used, [_read(used, row, acl)], options)[0]


def _is_rewritten(documents: str) -> bool:
    """Say whether something in documents is not sent as it is kept."""
    return '"File"' in documents or _LONG in documents.encode().translate(_AS_ZEROS)


def _read(used: Class, row: Sequence[Json], acl: str | None = None) -> Saved:
    object_id, created_at, updated_at, text = row
    document, kept_acl = values.loads(text), values.loads(acl or "null")
    return Saved(used, object_id, document, kept_acl, created_at, updated_at)


def _joined(work: Transaction, request: FindRequest, rows: Sequence[Sequence[Json]]) -> RawJson:
    related = _related(request.query.used)
    results = ",".join([_object(related, *row) for row in rows])
    more = values.dumps(_rest(work, request))
    return RawJson(f'{{"results":[{results}]{"," if len(more) > len("{}") else ""}{more[1:]}')


def _related(used: Class) -> str:
    return "".join(
        f',"{key}":{values.dumps(records.relation(target))}'
        for key, target in used.relations.items()
    )


def _object(related: str, object_id: str, created_at: str, updated_at: str, text: str) -> str:
    """Return an object as it is sent: what each has, and its document, which is JSON already."""
    own = f'{{"objectId":"{object_id}","createdAt":"{created_at}","updatedAt":"{updated_at}"'
    return f"{own}{related}{',' if len(text) > len('{}') else ''}{text[1:]}"
