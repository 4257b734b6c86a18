"""SQLite as a database of many threads, with what the SQL of conditions needs."""

from __future__ import annotations

import functools
import sqlite3
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from scaffold.store import geo, values

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection


class SqliteConnection(sqlite3.Connection):
    """Knows its cursors."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.cursors: WeakSet[sqlite3.Cursor] = WeakSet()

    def cursor(self, *given: Any) -> Any:
        """Return a new cursor."""
        made = super().cursor(*given)
        self.cursors.add(made)
        return made


def end_reads(connection: SqliteConnection | None, _record: object) -> None:
    """End what was read in part, and is perhaps kept by the traceback of an error: until then
    SQLite shows this connection what was there when that began.
    """
    for cursor in list(connection.cursors) if connection else ():
        cursor.close()


def prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Set up a connection to SQLite: transactions begin on command,
    readers do not wait for the writer.
    """
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
    connection.execute("PRAGMA foreign_keys = ON")
    connection.create_function("store_equal", 2, _equal, deterministic=True)
    connection.create_function("store_among", 2, _among, deterministic=True)
    connection.create_function("store_distance", 4, _distance, deterministic=True)


def begin(connection: Connection) -> None:
    """Take the lock of the writer at the start, so that no transaction
    fails halfway because of another.
    """
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _equal(one: str | None, other: str) -> bool | None:
    return None if one is None else values.equal(values.loads(one), values.loads(other))


def _among(one: str | None, others: str) -> bool | None:
    return None if one is None else _searched(others)(one)


@functools.lru_cache(maxsize=64)
def _searched(others: str) -> Callable[[str], bool]:
    """Return what says whether a value is in a list, which is read once for all rows."""
    listed = values.loads(others)
    texts = {values.dumps(other) for other in listed}
    # The others that may be the same in another form, as 1 is 1.0.
    numbers = {other for other in listed if values.kind(other) == "Number"}
    nested = [other for other in listed if values.kind(other) in {"Array", "Object", "GeoPoint"}]

    def test(text: str) -> bool:
        if text in texts:
            return True
        value = values.loads(text)
        if isinstance(value, dict | list):
            return any(values.equal(value, other) for other in nested)
        return values.kind(value) == "Number" and value in numbers

    return test


def _distance(*degrees: float | None) -> float | None:
    known = [number for number in degrees if number is not None]
    return geo.distance(*known) if len(known) == len(degrees) else None
