"""New objects that are a row each and nothing else: many of them in one statement.

Most are so: their class and their columns are known, nothing in them must be unique or is a
relation, no hook is called and the client wants no more than their ids. Whatever is not, or is
refused, is left to the ordinary way, which writes it in a transaction of its own or says why not.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from sqlalchemy import exc, insert, text

from scaffold.store import access, claims, hooks, objects, prepared, schema, tables, values
from scaffold.store.calls import TOO_LARGE, ApiCall
from scaffold.store.database import is_repeatable
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeGuard

    from sqlalchemy import Connection

    from scaffold.store.database import Database
    from scaffold.store.values import Document, Json
    from scaffold.store.work import Saved

# What SDKs send along that is no column.
MARKS = ("__ignore_hooks", "__before", "__after", "__type", "className")
_PATH = re.compile(r"/classes/([A-Za-z][A-Za-z0-9_]*)", re.ASCII)
_COLUMNS = "class_id, id, created_at, updated_at, document, acl, readers"
_ROW = insert(tables.objects)
# PostgreSQL reads one statement with lists sooner than many with a row.
_ROWS = text(
    f"INSERT INTO {tables.objects.name} ({_COLUMNS})"  # noqa: S608 - names of our own
    " SELECT class_id, id, created_at, updated_at, document::jsonb, acl::jsonb, readers::jsonb"
    " FROM unnest(CAST(:class_id AS integer[]), CAST(:id AS text[]), CAST(:created_at AS text[]),"
    " CAST(:updated_at AS text[]), CAST(:document AS text[]), CAST(:acl AS text[]),"
    " CAST(:readers AS text[])) AS given"
    " (class_id, id, created_at, updated_at, document, acl, readers)"
)


def body(call: ApiCall) -> Document:
    """Return the columns that a call sends."""
    return {key: value for key, value in call.body.items() if key not in MARKS}


def create(asked: Iterable[ApiCall | ApiError]) -> list[Saved] | None:
    """Make the objects that calls ask for, as many as are plain before the first one that is not.

    Args:
        asked: calls of one service; what is no call is not plain.

    Returns:
        The objects; None where the database refuses them.
    """
    calls = iter(asked)
    first = next(calls)
    if not _may_be_plain(first):
        return []
    store = first.store

    def work(connection: Connection) -> list[Saved]:
        made = list(_planned(connection, itertools.chain([first], calls)))
        _insert(store.database, connection, made)
        return [saved for saved, _ in made]

    try:
        return store.database.appending(work)
    except exc.DBAPIError as error:
        store.schema.forget()  # the class may be gone
        if isinstance(error, exc.IntegrityError | exc.DataError) or _is_refused(error):
            return None
        raise


def _is_refused(error: exc.DBAPIError) -> bool:
    return is_repeatable(error) or getattr(error.orig, "sqlstate", None) == TOO_LARGE


def _may_be_plain(call: ApiCall | ApiError) -> TypeGuard[ApiCall]:
    found = _PATH.fullmatch(call.path) if isinstance(call, ApiCall) else None
    return (
        found is not None
        and isinstance(call, ApiCall)
        and call.method == "POST"
        and not call.parameters
        and found[1] not in schema.ALIASES
        and found[1] not in claims.UNIQUE
        and not hooks.fires(call, found[1], "beforeSave", "afterSave")
    )


def _planned(
    connection: Connection, calls: Iterable[ApiCall | ApiError]
) -> Iterator[tuple[Saved, str]]:
    """Yield plain objects and their documents as text, up to the first that is none."""
    for call in calls:
        if not _may_be_plain(call):
            return
        columns, name = body(call), call.path.rpartition("/")[2]
        used = call.store.schema.find(connection, name)
        if used is None or not all(_is_plain(used, key) for key in columns):
            return
        try:
            saved = objects.planned(call.caller, used, columns)
        except ApiError:
            return
        document = values.dumps(saved.document)
        if len(document) > objects.MAX_SIZE:
            return
        yield saved, document


def _is_plain(used: schema.Class, key: str) -> bool:
    column = used.columns.get(key.partition(".")[0])
    return key == "ACL" if column is None else column.type != "Relation"


def _insert(database: Database, connection: Connection, made: list[tuple[Saved, str]]) -> None:
    rows = [
        {
            "class_id": saved.used.id,
            "id": saved.id,
            "created_at": saved.created_at,
            "updated_at": saved.updated_at,
            "document": document,
            "acl": _text(saved.acl),
            "readers": _text(access.readers(saved.acl)),
        }
        for saved, document in made
    ]
    if len(rows) > 1 and database.locks_rows:
        lists = zip(*(row.values() for row in rows), strict=True)
        prepared.run(connection, _ROWS, dict(zip(rows[0], map(list, lists), strict=True)))
        return
    for row in rows:
        prepared.run(connection, _ROW, row)


def _text(value: Json) -> str | None:
    return None if value is None else values.dumps(value)
