"""Each class as a view of SQL, for programs that read without the API.

A view `class_Film` has the columns of its class with types of SQL, and `relation_Film.reviews` the
entries of a relation. They are made on demand; from then on a task after each write that adds a
column brings them up to date. They show everything, whatever the ACL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from scaffold.store import schema, values
from scaffold.store.indexes import fitting
from scaffold.store.tables import objects, relations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from scaffold.store.database import Database
    from scaffold.store.schema import Class

OWN = {"objectId": "id", "createdAt": "created_at", "updatedAt": "updated_at", "ACL": "acl"}
# The key under which a value of a type has what a view shows of it.
BELOW = {"Date": "iso", "Pointer": "objectId", "File": "id"}
POSTGRESQL = {"Number": "numeric", "Boolean": "boolean", "Date": "timestamptz"}
ANY = "_User"  # a class that every database has


def make(database: Database, only: str | None = None) -> list[str]:
    """Make the views, or add the columns that they lack; return their names.

    Args:
        database: where the classes are.
        only: the class to make views of; all by default.
    """

    def work(connection: Connection) -> list[str]:
        if database.locks_rows:  # two processes at once would fail
            connection.execute(text("SELECT pg_advisory_xact_lock(20270113)"))
        cache = schema.SchemaCache()
        names = [only] if only else schema.names(connection)
        made = []
        for used in [cache.existing(connection, name) for name in names]:
            made += [_replace(database, connection, *view) for view in _views(database, used)]
        return made

    return database.writing(work)


def renew(database: Database, class_name: str) -> None:
    """Bring the views of a class up to date, where views were made."""
    if inspect(database.engine).has_table(_name(ANY)):
        make(database, class_name)


def _name(class_name: str) -> str:
    return fitting(f"class_{class_name}")


def _views(database: Database, used: Class) -> Iterator[tuple[str, str, dict[str, str], int, str]]:
    """Yield name, table, columns, class and further condition of each view of a class."""
    shown = dict(OWN)
    for key, column in sorted(used.columns.items()):
        if not values.KEY.fullmatch(key):
            continue
        if column.type == "Relation":
            ends = {"owner": "owner_id", "target": "target_id"}
            name = fitting(f"relation_{used.name}.{key}")
            yield name, relations.name, ends, used.id, f" AND key = '{key}'"
        else:
            shown[key] = (_postgresql if database.locks_rows else _sqlite)(key, column.type)
    yield _name(used.name), objects.name, shown, used.id, ""


def _postgresql(key: str, sort: str) -> str:
    if sort in BELOW:
        found = f"(document -> '{key}' ->> '{BELOW[sort]}')"
    elif sort in {"String", *POSTGRESQL}:
        found = f"(document ->> '{key}')"
    else:
        return f"document -> '{key}'"
    return f"{found}::{POSTGRESQL.get(sort, 'text')}"


def _sqlite(key: str, sort: str) -> str:
    if sort in BELOW:
        return f"""json_extract(document, '$."{key}".{BELOW[sort]}')"""
    if sort in {"String", "Number", "Boolean"}:
        return f"""json_extract(document, '$."{key}"')"""
    return f"""document -> '$."{key}"'"""


def _replace(  # noqa: PLR0913, PLR0917 - what a view is made of
    database: Database,
    connection: Connection,
    name: str,
    table: str,
    columns: dict[str, str],
    class_id: int,
    more: str,
) -> str:
    """Make a view; on PostgreSQL its columns keep their order, so that views on it stay."""
    known: list[str] = []
    found = inspect(connection)
    if found.has_table(name):
        known = [column["name"] for column in found.get_columns(name)]
    if not database.locks_rows:
        connection.exec_driver_sql(f'DROP VIEW IF EXISTS "{name}"')
    order = [key for key in known if key in columns]
    order += [key for key in columns if key not in known]
    listed = ", ".join(f'{columns[key]} AS "{key}"' for key in order)
    way = "OR REPLACE " if database.locks_rows else ""
    connection.exec_driver_sql(
        f'CREATE {way}VIEW "{name}" AS SELECT {listed} FROM {table}'  # noqa: S608 - checked names
        f" WHERE class_id = {class_id}{more}"
    )
    return name
