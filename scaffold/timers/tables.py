"""The tables in which runners share what they know, and the database that holds them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
)

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy import Connection, Engine

_BUSY_SECONDS = 30
METADATA = MetaData()
TIMERS = Table(
    "scaffold_timers",
    METADATA,
    Column("name", String(200), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("last_due", BigInteger, nullable=False),
    Column("running", String(32)),
    Column("attempt", Integer),
    Column("lease_until", BigInteger),
    Column("paused", Boolean, nullable=False, default=False),
)
RUNS = Table(
    "scaffold_timer_runs",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("timer", String(200), nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("status", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("started", BigInteger),
    Column("finished", BigInteger),
    Column("detail", Text, nullable=False, default=""),
    Index("scaffold_timer_runs_by_timer", "timer", "due"),
)


def open_database(url: str) -> Engine:
    """Return a database with the tables; they are made if they are not there.

    Args:
        url: `sqlite:///timers.sqlite3` or `postgresql://…`.
    """
    # SQLAlchemy would take psycopg2 for a plain `postgresql`.
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)
    engine = create_engine(url, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    METADATA.create_all(engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    """Let writers wait for each other, and take their lock when they begin."""

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
