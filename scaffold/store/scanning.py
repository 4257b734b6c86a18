"""Going through a whole class, page by page."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from scaffold.store import queries, received, records, values
from scaffold.store.calls import ApiResponse
from scaffold.store.errors import ApiError
from scaffold.store.evaluate import plain
from scaffold.store.objects import own_record
from scaffold.store.operations import split

if TYPE_CHECKING:
    from scaffold.store.calls import ApiCall
    from scaffold.store.values import Document, Json
    from scaffold.store.work import Transaction


def run(call: ApiCall, class_name: str) -> ApiResponse:
    """Return one page of a class in the order of one key, and the cursor of the next."""
    call.need_master()
    return ApiResponse(
        call.read(lambda work: _page(work, class_name, {**call.body, **call.parameters}))
    )


def _page(work: Transaction, class_name: str, parameters: Document) -> Document:
    used = work.schema.existing(work.connection, class_name)
    key = str(parameters.get("scan_key") or "objectId")
    path, descends = split(key.removeprefix("-")), key.startswith("-")
    where = queries.parsed(parameters.get("where"), {})
    cursor = parameters.get("cursor")
    if cursor:
        where = {"$and": [where, _after(path, _decoded(str(cursor)), descends=descends)]}
    order = f"{'-' if descends else ''}{'.'.join(path)},objectId"
    query = queries.read(
        work, used, {"where": where, "order": order, "limit": parameters.get("limit")}
    )
    rows = list(queries.rows(work, query))
    shown = records.shown(work, query.used, rows, records.ViewOptions.read(parameters))
    more = len(rows) == query.limit
    return {"results": shown, "cursor": _encoded(path, own_record(rows[-1])) if more else None}


def _after(path: tuple[str, ...], last: list[Json], *, descends: bool) -> Document:
    """Return the condition of what comes after an object: a larger key, or
    the same one and a larger id.
    """
    key, (value, object_id) = ".".join(path), last
    if key == "objectId":
        return {"objectId": {"$lt" if descends else "$gt": object_id}}
    same: Document = {key: value, "objectId": {"$gt": object_id}}
    if value is None:
        return same if descends else {"$or": [same, {key: {"$ne": None}}]}
    further: list[Document] = [{key: {"$lt" if descends else "$gt": value}}]
    return {"$or": [same, *further, *([{key: None}] if descends else [])]}


def _encoded(path: tuple[str, ...], record: Document) -> str:
    value = plain(record, path)
    if values.kind(value) not in {"Number", "String", "Date", "Boolean", "null"}:
        raise ApiError(1, f"Values of type {values.kind(value)} cannot be scanned by.")
    return base64.urlsafe_b64encode(values.dumps([value, record["objectId"]]).encode()).decode()


def _decoded(cursor: str) -> list[Json]:
    try:
        found = received.read(base64.urlsafe_b64decode(cursor))
    except ValueError as error:
        raise ApiError(1, "That is no cursor.") from error
    match found:
        case [value, str() as object_id]:
            return [value, object_id]
    raise ApiError(1, "That is no cursor.")
