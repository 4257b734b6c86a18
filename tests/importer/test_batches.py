"""Batches that meet other writers."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from scaffold.errors import FailedError
from scaffold.importer.batches import BatchWriter
from scaffold.importer.rows import KeptRow
from scaffold.store.database import Database
from scaffold.store.schema import Column
from scaffold.store.tables import objects
from tests.store.conftest import new_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

COLUMNS = {"n": Column("Number")}


@pytest.fixture
def database(postgresql: str) -> Iterator[Database]:
    """Return an empty database; SQLite has one writer at a time."""
    with closing(Database(new_database(postgresql))) as database:
        database.migrate()
        yield database


def _row(number: int, day: int) -> KeptRow:
    moment = f"2020-01-{day:02}T00:00:00.000Z"
    return KeptRow("a", moment, moment, {"n": number}, None, "Todo.jsonl:1")


class _DisturbedWriter(BatchWriter):
    """Somebody else changes a row after it was read, some times."""

    left = 0

    def _existing(self, connection: Connection, *given: Any) -> dict[str, Any]:
        found = super()._existing(connection, *given)
        if self.left:
            self.left -= 1
            change = update(objects).where(objects.c.id == "a")
            moment = f"2025-01-01T00:00:00.{self.left:03}Z"
            changed = change.values(updated_at=moment, document={"n": 99})
            self.database.writing(lambda other: other.execute(changed))
        return found


def test_a_row_that_changes_meanwhile_stays(database: Database) -> None:
    """The batch is read again, and finds that the row is newer."""
    BatchWriter(database, "Todo", COLUMNS).write([_row(1, 1)])
    writer = _DisturbedWriter(database, "Todo", COLUMNS)
    writer.left = 1
    outcome = writer.write([_row(2, 2)])
    assert (outcome.newer, outcome.updated) == (["a"], 0)
    with database.reading() as connection:
        found = connection.execute(objects.select().where(objects.c.id == "a")).one()
    assert found.document == {"n": 99}


def test_a_row_that_never_rests(database: Database) -> None:
    """After some attempts there is an error, and nothing of the batch."""
    later = KeptRow("a", "2020-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z", {}, None, "x")
    BatchWriter(database, "Todo", COLUMNS).write([_row(1, 1)])
    writer = _DisturbedWriter(database, "Todo", COLUMNS)
    writer.left = 100
    with pytest.raises(FailedError, match="again and again"):
        writer.write([later])
    assert writer.left == 95
