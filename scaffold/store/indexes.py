"""Indexes on columns of classes, made where somebody wants them.

An index has the rows of its class only, in the order in which a query sorts them.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from scaffold.errors import UsageError
from scaffold.store import keyed, schema
from scaffold.store.tables import classes, columns, objects

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scaffold.store.database import Database

STATISTICS_SINCE = (14,)  # of expressions, on PostgreSQL
LONGEST_NAME = 63  # PostgreSQL cuts longer ones off


def create(database: Database, class_name: str, column: str) -> None:
    """Make an index; reads and writes go on meanwhile on PostgreSQL.

    Raises:
        UsageError: there is no such column, or its values have no order.
    """
    with database.reading() as connection:
        class_id, sort = _column(connection, class_name, column)
    name = _name(class_id, column)
    key = database.dialect.key_sql(sort, column)
    first = "NULLS FIRST" if database.locks_rows else ""
    way = "CONCURRENTLY" if database.locks_rows else ""
    # Of an index for some rows PostgreSQL does not believe how its values are spread: it would go
    # through all objects for those in a range.
    counting = f'CREATE STATISTICS "{name}" ON ({key}) FROM {objects.name}'
    _run(
        database,
        *_drop(database, name),  # one that could not be finished is of no use
        f'CREATE INDEX {way} "{name}" ON {objects.name} (({key}) {first}, created_at, id)'
        f" WHERE class_id = {class_id}",
        *([counting] if _counts_values(database) else []),
        f"ANALYZE {objects.name}",
    )


def _counts_values(database: Database) -> bool:
    """Say whether the database can be told to count the values of an expression."""
    version = database.engine.dialect.server_version_info or ()
    return database.locks_rows and version >= STATISTICS_SINCE


def drop(database: Database, class_name: str, column: str) -> None:
    """Drop an index, if there is one.

    Raises:
        UsageError: there is no such column, or its values have no order.
    """
    with database.reading() as connection:
        class_id, _ = _column(connection, class_name, column)
    _run(database, *_drop(database, _name(class_id, column)))


def _drop(database: Database, name: str) -> list[str]:
    if not database.locks_rows:
        # A connection learns of indexes that others made or dropped when it reads.
        return ["SELECT count(*) FROM sqlite_master", f'DROP INDEX IF EXISTS "{name}"']
    counted = [f'DROP STATISTICS IF EXISTS "{name}"'] if _counts_values(database) else []
    return [f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"', *counted]


def listed(database: Database) -> list[tuple[str, str]]:
    """Return each class and column that has an index."""
    pg = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
    lite = "SELECT name FROM sqlite_master WHERE type = 'index'"
    query = (
        select(classes.c.id, classes.c.name, columns.c.name.label("key"))
        .join(columns, columns.c.class_id == classes.c.id)
        .order_by(classes.c.name, columns.c.name)
    )
    with database.reading() as connection:
        names = set(connection.scalars(text(pg if database.locks_rows else lite)))
        rows = connection.execute(query).all()
    return [(row.name, row.key) for row in rows if _name(row.id, row.key) in names]


def _column(connection: Connection, class_name: str, column: str) -> tuple[int, str]:
    used = schema.SchemaCache().find(connection, class_name)
    sort = keyed.type_of(used.types, (column,)) if used else None
    if used is None or sort is None:
        raise UsageError("store.error.no-index", column=f"{class_name}.{column}")
    return used.id, sort


def _name(class_id: int, column: str) -> str:
    return fitting(f"store_by_{class_id}_{column}")


def fitting(name: str) -> str:
    """Return a name that PostgreSQL does not cut off."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:40]}_{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _run(database: Database, *statements: str) -> None:
    """Run statements outside of any transaction; all names in them are checked or our own."""
    with database.engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
            connection.commit()
