"""Connections and transactions."""

from __future__ import annotations

import functools
import random
import select as select_module
import sqlite3
import threading
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

from sqlalchemy import StaticPool, create_engine, delete, event, exc, insert, make_url, select, text

from scaffold.errors import FailedError, UsageError
from scaffold.store import dialects, geo, schema, tables, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg import Connection as PgConnection
    from sqlalchemy import URL, Connection, Engine

Result = TypeVar("Result")
IN_MEMORY = "sqlite://"
ATTEMPTS = 8
SQLITE_PATIENCE = 30.0  # seconds that a writer waits for the others
# PostgreSQL's codes for a transaction that another one made impossible: it
# may simply be tried again.
REPEATABLE = {"40001", "40P01"}


class Database:
    """One database.

    Args:
        url: `sqlite:///FILE`, or `postgresql://…`.
    """

    def __init__(self, url: str) -> None:
        address = _address(url)
        self.engine = _engine(address)
        self.is_kept = _is_kept(address)
        self.dialect = dialects.of(self.engine.dialect.name)
        self._thread = threading.local()
        # A database in memory is one connection, which transactions take in turn.
        self._turn = nullcontext() if _is_kept(address) else threading.RLock()

    @property
    def locks_rows(self) -> bool:
        """Whether a row is locked by reading it; SQLite has one writer at a time instead."""
        return self.engine.dialect.name == "postgresql"

    def migrate(self) -> None:
        """Make the tables that are missing; each version so far has only added some.

        Raises:
            FailedError: the tables are those of a newer version.
        """
        with self._turn, self.engine.begin() as connection:
            if self.locks_rows:
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20270112)")
            if self.engine.dialect.has_table(connection, tables.versions.name):
                self._check_not_newer(self._version(connection) or 0)
            tables.metadata.create_all(connection)
            schema.install(connection)
            connection.execute(delete(tables.versions))
            connection.execute(insert(tables.versions).values(version=tables.SCHEMA_VERSION))

    def _check_not_newer(self, found: int) -> None:
        if found > tables.SCHEMA_VERSION:
            raise FailedError("store.error.version", found=found, needed=tables.SCHEMA_VERSION)

    def version(self) -> int | None:
        """Return the version of the tables; None where there are none."""
        with self._turn, self.engine.connect() as connection:
            if not self.engine.dialect.has_table(connection, tables.versions.name):
                return None
            return self._version(connection)

    def _version(self, connection: Connection) -> int | None:
        found: int | None = connection.scalar(select(tables.versions.c.version))
        return found

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection that only reads; on PostgreSQL each statement sees what was
        committed before it, in a transaction or not: without one it is answered sooner.
        """
        options = {"isolation_level": "AUTOCOMMIT"} if self.locks_rows else {}
        with self._turn, self.engine.connect() as plain:
            connection = plain.execution_options(**options)
            with connection.begin():
                yield connection

    @contextmanager
    def paging(self, reading: Connection) -> Iterator[Connection]:
        """Return a connection on which a result can be read page by page: on PostgreSQL
        that takes a transaction.
        """
        if not self.locks_rows or "isolation_level" not in reading.get_execution_options():
            yield reading
            return
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Let the transactions of this thread wait for the disk once, at the end.

        Each of them is whole or not there, as ever; none may be acknowledged before the end.
        """
        if not self.locks_rows:
            yield
            return
        self._thread.waits_later = True
        try:
            yield
        finally:
            self._thread.waits_later = False
            # Something must be written, or a commit waits for nothing.
            self.writing(
                lambda connection: connection.execute(
                    text("SELECT pg_logical_emit_message(true, 'store', '')")
                )
            )

    def writing(self, work: Callable[[Connection], Result]) -> Result:
        """Do `work` in a transaction of its own, again where another
        transaction made it impossible.
        """
        for attempt in range(ATTEMPTS):
            done = self._attempt(work, last=attempt == ATTEMPTS - 1)
            if done is not None:
                return done[0]
            # By chance, so that the same two do not meet again.
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
        raise AssertionError

    def _attempt(self, work: Callable[[Connection], Result], *, last: bool) -> tuple[Result] | None:
        """Return what `work` returned, None where it may be tried again."""
        try:
            with self._turn, self.engine.connect() as plain:
                connection = plain.execution_options(writes=True)
                with connection.begin():
                    if getattr(self._thread, "waits_later", False):
                        connection.execute(text("SET LOCAL synchronous_commit = off"))
                    return (work(connection),)
        except exc.DBAPIError as error:
            if last or getattr(error.orig, "sqlstate", None) not in REPEATABLE:
                raise
            return None

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _address(url: str) -> URL:
    """Return the address of a database, PostgreSQL's with the driver that we use.

    Raises:
        UsageError: that is none, or of another kind of database.
    """
    try:
        address = make_url(url)
    except exc.ArgumentError as error:
        raise UsageError("store.error.bad-database", url=url) from error
    kind = {"postgres": "postgresql"}.get(address.get_backend_name(), address.get_backend_name())
    if kind not in {"sqlite", "postgresql"}:
        raise UsageError("store.error.bad-database", url=address.render_as_string())
    return address.set(drivername="sqlite" if kind == "sqlite" else "postgresql+psycopg")


def _is_kept(url: URL) -> bool:
    """Say whether a database is more than the memory of this process."""
    return url.get_backend_name() != "sqlite" or bool(url.database)


def _engine(url: URL) -> Engine:
    # No values in messages: these are logged.
    json = {
        "json_serializer": values.dumps,
        "json_deserializer": values.loads,
        "hide_parameters": True,
    }
    if url.get_backend_name() != "sqlite":
        try:
            engine = create_engine(url, pool_size=16, max_overflow=16, pool_recycle=1800, **json)
        except ModuleNotFoundError as error:
            raise UsageError("store.error.no-driver") from error
        event.listen(engine, "checkout", _check_alive)
        return engine
    is_kept = _is_kept(url)
    if is_kept:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    arguments = {
        "timeout": SQLITE_PATIENCE,
        "check_same_thread": False,
        "factory": _SqliteConnection,
    }
    pool = None if is_kept else StaticPool
    engine = create_engine(url, connect_args=arguments, poolclass=pool, **json)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    if is_kept:  # in memory there is one connection for all, which others may be reading
        event.listen(engine, "checkin", _end_reads)
    return engine


def _check_alive(connection: PgConnection, *_: object) -> None:
    """Refuse a connection that the server has closed; a ping would take as long as a query.

    Raises:
        DisconnectionError: the pool opens another one.
    """
    waiting = select_module.poll()
    waiting.register(connection.fileno(), select_module.POLLIN)
    if connection.closed or waiting.poll(0):
        raise exc.DisconnectionError


class _SqliteConnection(sqlite3.Connection):
    """Knows its cursors."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.cursors: WeakSet[sqlite3.Cursor] = WeakSet()

    def cursor(self, *given: Any) -> Any:
        """Return a new cursor."""
        made = super().cursor(*given)
        self.cursors.add(made)
        return made


def _end_reads(connection: _SqliteConnection | None, _record: object) -> None:
    """End what was read in part, and is perhaps kept by the traceback of an error: until then
    SQLite shows this connection what was there when that began.
    """
    for cursor in list(connection.cursors) if connection else ():
        cursor.close()


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
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


def _begin(connection: Connection) -> None:
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
