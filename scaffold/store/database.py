"""Connections and transactions."""

from __future__ import annotations

import random
import select as select_module
import threading
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import StaticPool, create_engine, delete, event, exc, insert, make_url, select, text

from scaffold.errors import FailedError, UsageError
from scaffold.store import dialects, schema, sqlite, tables, values

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
# PostgreSQL's connections have no transactions unless one is asked for.
POOL: dict[str, Any] = {
    "pool_size": 16,
    "max_overflow": 16,
    "pool_recycle": 1800,
    "pool_use_lifo": True,  # the one used last has the plans of recent queries
    "isolation_level": "AUTOCOMMIT",
    "skip_autocommit_rollback": True,
}
TRANSACTION = {"isolation_level": "READ COMMITTED"}


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
        with self.transaction() as connection:
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
        with (
            self._turn,
            self.engine.connect() as connection,
            nullcontext() if self.locks_rows else connection.begin(),
        ):
            yield connection

    @contextmanager
    def paging(self, reading: Connection) -> Iterator[Connection]:
        """Return a connection on which a result can be read page by page: on PostgreSQL
        that takes a transaction.
        """
        if not self.locks_rows or TRANSACTION.items() <= reading.get_execution_options().items():
            yield reading
            return
        with self.transaction() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open a connection that writes, all or nothing."""
        options = TRANSACTION if self.locks_rows else {"writes": True}
        with self._turn, self.engine.connect() as plain:
            connection = plain.execution_options(**options)
            with connection.begin():
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
        self._thread.waits = False
        try:
            yield
        finally:
            self._thread.waits_later = False
            if self._thread.waits:
                # Something must be written, or a commit waits for nothing.
                message = text("SELECT pg_logical_emit_message(true, 'store', '')")
                self.writing(lambda connection: connection.execute(message))

    def appending(self, work: Callable[[Connection], Result]) -> Result:
        """Do `work`, of which one statement writes: on PostgreSQL that is a transaction by
        itself, and needs no others around it to begin and to commit.
        """
        if not self.locks_rows:
            return self.writing(work)
        with self.reading() as connection:
            return work(connection)

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
            with self.transaction() as connection:
                if getattr(self._thread, "waits_later", False):
                    connection.execute(text("SET LOCAL synchronous_commit = off"))
                    self._thread.waits = True
                return (work(connection),)
        except exc.DBAPIError as error:
            if last or not is_repeatable(error):
                raise
            return None

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def is_repeatable(error: exc.DBAPIError) -> bool:
    """Say whether nothing speaks against trying a transaction again."""
    return getattr(error.orig, "sqlstate", None) in REPEATABLE


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
            engine = create_engine(url, **POOL, **json)
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
        "factory": sqlite.SqliteConnection,
    }
    pool = None if is_kept else StaticPool
    engine = create_engine(url, connect_args=arguments, poolclass=pool, **json)
    event.listen(engine, "connect", sqlite.prepare)
    event.listen(engine, "begin", sqlite.begin)
    if is_kept:  # in memory there is one connection for all, which others may be reading
        event.listen(engine, "checkin", sqlite.end_reads)
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
