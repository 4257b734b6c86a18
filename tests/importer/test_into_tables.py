"""What was exported is in plain tables afterwards, with types and foreign keys."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import exc

from scaffold.errors import FailedError, UsageError
from scaffold.importer import shapes, sources
from scaffold.importer.into_tables import TablesImport
from scaffold.store import values
from scaffold.store.database import Database
from tests.importer.conftest import CLASSES, SALT, TOKEN, Exported, Row
from tests.importer.test_into_store import Stopped, _row, _write
from tests.some import some
from tests.store.conftest import new_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.importer.report import ImportReport


@dataclass
class PlainTarget:
    """A PostgreSQL database with plain tables."""

    database: Database

    def imports(self, source: Path, stop_at: int = 0) -> ImportReport:
        """Import a source; end after some batches."""
        calls = []

        def progress(name: str, more: int) -> None:
            calls.append((name, more))
            if len(calls) == stop_at:
                raise Stopped

        return TablesImport(sources.find(source), self.database, (), progress).run()

    def ask(self, query: str) -> list[Any]:
        """Return the rows of a query."""
        with self.database.reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def run(self, statement: str) -> None:
        """Run a statement."""
        self.database.writing(lambda connection: connection.exec_driver_sql(statement))

    def types(self, table: str) -> dict[str, str]:
        """Return the types of a table's columns."""
        query = (
            "SELECT relname, attname, format_type(atttypid, atttypmod) FROM pg_attribute"
            " JOIN pg_class ON pg_class.oid = attrelid WHERE attnum > 0"
        )
        return {column: sort for name, column, sort in self.ask(query) if name == table}


@pytest.fixture
def plain(postgresql: str) -> Iterator[PlainTarget]:
    """Return an empty PostgreSQL database."""
    with closing(Database(new_database(postgresql))) as database:
        yield PlainTarget(database)


def test_tables_have_all_rows(exported: Exported, plain: PlainTarget) -> None:
    """With ids, times, values and the entries of relations; a second run writes nothing."""
    report = plain.imports(exported.folder)
    assert report.problems == []
    assert report.lost == {}
    assert {name: report.classes[name].total for name in CLASSES} == {
        name: len(exported.rows[name]) for name in CLASSES
    }
    columns = ("objectId", "updatedAt", "n", "s", "b", "p", "f", "y", "l", "o", "ACL")
    named = ", ".join(f'"{name}"' for name in columns)
    rows = plain.ask(f'SELECT {named} FROM "Every"')
    for values_of in some(rows):
        found = dict(zip(columns, values_of, strict=True))
        row = exported.rows["Every"][found["objectId"]]
        assert values.iso(found["updatedAt"]) == row["updatedAt"]
        assert Decimal(found["n"]) == Decimal(repr(row["n"]))
        assert [found[key] for key in "sblo"] == [row[key] for key in "sblo"]
        assert (found["p"], found["f"]) == (row["p"]["objectId"], row["f"]["id"])
        assert (bytes(found["y"]), found["ACL"]) == (b"\xff\xef", row["ACL"])
    ends = {
        (owner, end)
        for (name, _, owner), ids in exported.related.items()
        for end in ids
        if name == "Post"
    }
    assert set(plain.ask('SELECT "owningId", "relatedId" FROM "Post_tags"')) == ends
    again = plain.imports(exported.folder)
    parts = [*again.classes.values(), *again.relations.values()]
    assert {(each.written, each.newer, each.refused) for each in parts} == {(0, 0, 0)}


def test_types(exported: Exported, plain: PlainTarget) -> None:
    """Follow from the values: integers beyond 2⁵³ beside fractions are exact."""
    plain.imports(exported.folder)
    assert plain.types("Every") == {
        "objectId": "text",
        "createdAt": "timestamp(3) with time zone",
        "updatedAt": "timestamp(3) with time zone",
        "ACL": "jsonb",
        "b": "boolean",
        "d": "timestamp(3) with time zone",
        "f": "text",
        "g": "jsonb",
        "l": "jsonb",
        "n": "numeric",
        "o": "jsonb",
        "p": "text",
        "s": "text",
        "y": "bytea",
    }
    assert plain.types("Post")["n"] == "bigint"


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1, 2**60], "bigint"),
        ([1, 1.5], "double precision"),
        ([1.5, 1], "double precision"),
        ([2**60, 1.5], "numeric"),
        ([1.5, 2**60, 1], "numeric"),
    ],
)
def test_types_of_numbers(numbers: list[float], expected: str) -> None:
    """No digit of any number is lost."""
    sorts = set().union(*map(shapes.sort_of, numbers))
    assert shapes.number_type(sorts) == expected


def test_foreign_keys(plain: PlainTarget, tmp_path: Path) -> None:
    """Pointers lead somewhere; one to a row that is gone keeps its id, and is counted."""
    pointer = {"__type": "Pointer", "className": "Author"}
    books = [
        _row(number, author={**pointer, "objectId": f"{author:024x}"}, xmin=number)
        for number, author in ((1, 1), (2, 2), (3, 7))
    ]
    _write(tmp_path / "s", "Book", *books)
    authors = _write(tmp_path / "s", "Author", _row(1), _row(2))
    report = plain.imports(authors)
    assert report.problems == []
    assert [note for note in report.notes if "Book.author: 1 rows" in note]
    assert plain.ask('SELECT count(DISTINCT author), sum(xmin_) FROM "Book"') == [(3, 6)]
    with pytest.raises(exc.IntegrityError):
        plain.run("""UPDATE "Book" SET author = 'nobody' WHERE xmin_ = 1""")
    with pytest.raises(exc.IntegrityError):
        plain.run("""DELETE FROM "Author" WHERE "objectId" LIKE '%%1'""")
    _write(tmp_path / "s", "Author", _row(1), _row(2), _row(7))
    report = plain.imports(authors)
    assert not [note for note in report.notes if "Book.author" in note]
    valid = "SELECT convalidated FROM pg_constraint WHERE conname = 'Book_author_fkey'"
    assert plain.ask(valid) == [(True,)]


@pytest.mark.parametrize("at", [1, 6, 12])
def test_a_run_that_was_stopped_goes_on(exported: Exported, plain: PlainTarget, at: int) -> None:
    """After any batch; nothing is there twice, and the keys are there at the end."""
    with pytest.raises(Stopped):
        plain.imports(exported.folder, at)
    assert plain.imports(exported.folder).problems == []
    assert plain.ask('SELECT count(*) FROM "Every"') == [(len(exported.rows["Every"]),)]
    keys = plain.ask("SELECT conname FROM pg_constraint WHERE contype = 'f' AND convalidated")
    assert {"Every_p_fkey", "Post_tags_owningId_fkey", "_Role_users_relatedId_fkey"} <= {
        name for (name,) in keys
    }


def test_what_is_newer_stays(plain: PlainTarget, tmp_path: Path) -> None:
    """As in the data service; new columns and wider types come with later rows."""
    source = _write(tmp_path / "s", "Todo", _row(1, n=1), _row(2, n=1))
    plain.imports(source)
    plain.run("""UPDATE "Todo" SET n = 7, "updatedAt" = now() WHERE "objectId" LIKE '%%1'""")
    newer: Row = {"updatedAt": "2021-01-01T00:00:00.000Z"}
    _write(tmp_path / "s", "Todo", _row(1, n=2), _row(2, n=2.5, more="x") | newer, _row(3, n="no"))
    report = plain.imports(source)
    found = report.classes["Todo"]
    assert (found.newer, found.updated, found.inserted) == (1, 1, 1)
    assert [key for _, key, _ in report.lost] == ["n"]
    rows = plain.ask("""SELECT n, more FROM "Todo" ORDER BY "objectId" """)
    assert [(float(n) if n else n, more) for n, more in rows] == [
        (7, None),
        (2.5, "x"),
        (None, None),
    ]


def test_passwords(exported: Exported, plain: PlainTarget) -> None:
    """The platform's hashes are columns, which a source without them does not empty; sessions are
    nowhere.
    """
    plain.imports(exported.console)
    report = plain.imports(exported.folder)
    assert report.problems == []
    assert plain.ask('SELECT DISTINCT salt FROM "_User"') == [(SALT,)]
    everything = json.dumps(plain.ask('SELECT u::text FROM "_User" AS u'))
    assert TOKEN not in everything


def test_a_table_of_somebody_else(plain: PlainTarget, tmp_path: Path) -> None:
    """It is left alone."""
    plain.run('CREATE TABLE "Todo" (id int)')
    with pytest.raises(FailedError, match="Todo"):
        plain.imports(_write(tmp_path / "s", "Todo", _row(1)))
    assert plain.types("Todo") == {"id": "integer"}


def test_names_that_are_none(plain: PlainTarget, tmp_path: Path) -> None:
    """Nothing of a name gets into a statement unchecked; long names are cut, each to its own."""
    long = "L" * 100
    source = _write(tmp_path / "s", 'x"; DROP TABLE "T', _row(1))
    _write(source, long, _row(1, **{"c" * 100: 1, "c" * 99: 2, 'a"b': 3}))
    report = plain.imports(source)
    assert report.classes['x"; DROP TABLE "T'].refused == 1
    assert report.classes[long].inserted == 1
    assert plain.imports(source).classes[long].unchanged == 1


def test_sqlite_has_no_plain_tables(tmp_path: Path) -> None:
    """The error says what to set."""
    found = sources.find(_write(tmp_path / "s", "Todo", _row(1)))
    with closing(Database(f"sqlite:///{tmp_path / 'x'}")) as database, pytest.raises(UsageError):
        TablesImport(found, database, (), lambda *_: None).run()
