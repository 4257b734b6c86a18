"""Databases: one in memory, addresses, tables that are there already."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from scaffold.errors import UsageError
from scaffold.store import objects, tables
from scaffold.store.access import Caller
from scaffold.store.calls import Store
from scaffold.store.database import IN_MEMORY, Database
from scaffold.store.settings import StoreSettings
from tests.store.conftest import KEYS, name

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from scaffold.store.work import Transaction
    from tests.store.conftest import Api

INCREMENT = {"n": {"__op": "Increment"}}


def test_memory(tmp_path: Path) -> None:
    """A database in memory is one for all threads, and loses nothing of what they do at once."""
    store = Store(StoreSettings(KEYS, tmp_path), Database(IN_MEMORY))
    store.database.migrate()
    master = Caller(master=True)
    first = store.writing(master, lambda work: objects.create(work, "A", {"n": 0}))

    def increment(_: int) -> None:
        store.writing(master, lambda work: objects.update(work, "A", first.id, INCREMENT))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(increment, range(100)))
    with store.reading(master) as work:
        assert _document(work, first.id) == {"n": 100}
    store.database.close()
    assert list(tmp_path.iterdir()) == []


def _document(work: Transaction, object_id: str) -> object:
    query = select(tables.objects.c.document).where(tables.objects.c.id == object_id)
    return work.connection.scalar(query)


def test_failure_leaves_nothing(tmp_path: Path) -> None:
    """Where something fails halfway nothing of it is kept, a new class included."""
    store = Store(StoreSettings(KEYS, tmp_path), Database(f"sqlite:///{tmp_path}/data.sqlite3"))
    store.database.migrate()
    master = Caller(master=True)

    def fail(work: Transaction) -> None:
        objects.create(work, "New", {"n": 0})
        raise KeyError

    with pytest.raises(KeyError):
        store.writing(master, fail)
    with store.reading(master) as work:
        assert work.schema.find(work.connection, "New") is None
    store.database.close()


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://localhost/x", "sqlite+nonsense"])
def test_no_address(url: str) -> None:
    """What is no address of a database that we know is refused."""
    with pytest.raises(UsageError):
        Database(url)


def test_migrate_again(tmp_path: Path) -> None:
    """Tables that are there stay as they are."""
    database = Database(f"sqlite:///{tmp_path}/below/data.sqlite3")
    assert database.version() is None
    for _ in range(2):
        database.migrate()
        assert database.version() == tables.SCHEMA_VERSION
    database.close()


def test_closed_connections(api: Api) -> None:
    """Connections that PostgreSQL has closed, as at its restart, fail no request."""
    database, post = api.store.database, name()
    if not database.locks_rows:
        pytest.skip("SQLite has no connections to close")
    api.save(post, n=1)
    others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    with database.reading() as connection:
        connection.execute(others)
    time.sleep(0.2)
    assert len(api.ids(post, {"n": 1})) == 1
    assert api.save(post, n=2)


def test_a_read_that_was_broken_off_is_over(tmp_path: Path) -> None:
    """What reads later on the same connection sees what was written meanwhile on another one,
    even while something still keeps the rows that were not read.
    """
    database = Database(f"sqlite:///{tmp_path / 'data.sqlite3'}")
    database.migrate()
    count = text("SELECT count(*) FROM broken")

    def fill(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE broken (n INTEGER)"))
        numbers = [{"n": number} for number in range(1000)]
        connection.execute(text("INSERT INTO broken VALUES (:n)"), numbers)

    database.writing(fill)
    with database.engine.connect() as another:
        with database.reading() as connection:
            kept = connection.execute(text("SELECT n FROM broken"))
            assert kept.fetchone() == (0,)
        with another.execution_options(writes=True).begin():
            another.execute(text("INSERT INTO broken VALUES (1)"))
        with database.reading() as connection:
            assert connection.scalar(count) == 1001
    del kept
    database.close()
