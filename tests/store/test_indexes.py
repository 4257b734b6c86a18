"""Indexes on columns of classes: found by queries, made and dropped by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, text

from scaffold.commands.store import command
from scaffold.errors import UsageError
from scaffold.store import indexes, schema, values
from scaffold.store.tables import objects
from tests.store import watching
from tests.store.conftest import name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from scaffold.store.values import Json
    from tests.store.conftest import Api

ROWS = 3000
QUERIES = ("SELECT store_objects.class_id", "SELECT store_objects.id, ", "SELECT count(")
DAY = {"__type": "Date", "iso": "2026-11-28T00:00:00.000Z"}


def _document(number: int) -> dict[str, Json]:
    day = f"20{number % 90 + 10}-11-28T00:00:00.000Z"
    return {
        "n": number,
        "s": f"text {number}",
        "d": {"__type": "Date", "iso": day},
        "p": values.pointer("Other", f"id{number}"),
    }


@pytest.fixture(scope="module")
def film(api: Api) -> str:
    """Return a class with many objects and an index on each column that may have one."""
    class_name = name()
    pointer = values.pointer("Other", "id0")
    api.save(class_name, n=0, s="text", d=DAY, p=pointer, l=[1])
    with api.store.database.reading() as connection:
        used = schema.SchemaCache().existing(connection, class_name)
    rows = [
        {
            "class_id": used.id,
            "id": f"id{number}",
            "created_at": f"2026-11-28T00:00:{number:06d}Z",
            "updated_at": "2026-11-28T00:00:00.000Z",
            "document": _document(number),
        }
        for number in range(1, ROWS)
    ]
    api.store.database.writing(lambda connection: connection.execute(insert(objects), rows))
    for column in "nsdp":
        indexes.create(api.store.database, class_name, column)
    return class_name


@pytest.fixture
def plans(api: Api) -> Iterator[list[str]]:
    """Return how the database does each query for objects from now on."""
    found = list[str]()

    def explain(connection: Connection, sql: str, given: Json) -> None:
        if sql.startswith(QUERIES):
            plan = "EXPLAIN " if api.store.database.locks_rows else "EXPLAIN QUERY PLAN "
            cursor = connection.connection.cursor()
            # SQLite explains by what a connection knows, which learns of indexes when it reads.
            cursor.execute("SELECT count(*) FROM store_classes").fetchall()
            cursor.execute(plan + sql, given)
            found.append("\n".join(str(row) for row in cursor.fetchall()))

    with watching.statements(api.store.database, explain):
        yield found


@pytest.mark.parametrize(
    ("column", "where", "order", "count"),
    [
        ("n", {"n": 42}, "", 1),
        ("n", {"n": {"$in": [7, 8, 9]}}, "", 3),
        ("n", {}, "n", 5),
        ("n", {}, "-n", 5),
        ("s", {"s": "text 42"}, "", 1),
        ("p", {"p": values.pointer("Other", "id42")}, "", 1),
    ],
)
def test_used(
    api: Api, film: str, plans: list[str], column: str, where: Json, order: str, count: int
) -> None:
    """Whoever looks for a value of a column uses its index; on PostgreSQL, sorting does too."""
    limit = 5 if order else 100
    assert len(api.ids(film, where, order=order, limit=limit)) == count
    with api.store.database.reading() as connection:
        class_id = schema.SchemaCache().existing(connection, film).id
    # SQLite sorts a class of this size itself when its statistics say that it is small.
    if not order or api.store.database.locks_rows:
        assert f"store_by_{class_id}_{column}" in plans[-1]


def test_newest(api: Api, film: str, plans: list[str]) -> None:
    """The newest objects of a class are found in the order of an index that all classes have."""
    assert len(api.ids(film, {}, order="-createdAt", limit=5)) == 5
    assert "store_objects_created" in plans[-1]


def test_count(api: Api, film: str, plans: list[str]) -> None:
    """Counting uses the index of a column too."""
    answer = api("GET", f"/classes/{film}", where={"n": {"$lt": 5}}, count=1, limit=0)
    assert answer == {"results": [], "count": 5}
    with api.store.database.reading() as connection:
        class_id = schema.SchemaCache().existing(connection, film).id
    # SQLite takes any index with the class, as it does not know how the values are spread.
    assert f"store_by_{class_id}_n" in plans[-1] or not api.store.database.locks_rows


def test_again(api: Api, film: str) -> None:
    """An index that is there is made anew, as often as somebody wants it."""
    for _ in range(3):
        indexes.create(api.store.database, film, "n")
        assert (film, "n") in indexes.listed(api.store.database)


@pytest.mark.usefixtures("film")
def test_among_others(api: Api, plans: list[str]) -> None:
    """A small class is not looked for among the objects of all classes."""
    small = name()
    for number in range(20):
        api.save(small, n=number)
    with api.store.database.transaction() as connection:
        connection.execute(text("ANALYZE store_objects"))
    assert api("GET", f"/classes/{small}", where={"n": {"$gt": 9}}, count=1, limit=0)["count"] == 10
    assert "store_objects" in plans[-1]
    assert not api.store.database.locks_rows or "Seq Scan" not in plans[-1]


def test_same_with_and_without(api: Api, film: str) -> None:
    """An index changes no answer."""
    query = {"where": {"n": {"$gte": 2900}, "s": {"$lt": "text 295"}}, "order": "-n"}
    one = api.ids(film, **query)
    indexes.drop(api.store.database, film, "n")
    assert api.ids(film, **query) == one
    indexes.create(api.store.database, film, "n")
    assert len(one) == 50


@pytest.mark.parametrize("column", ["l", "none", "n.x", "n'; drop table store_objects; --", ""])
def test_no_index(api: Api, film: str, column: str) -> None:
    """Only a column with an order has an index."""
    with pytest.raises(UsageError):
        indexes.create(api.store.database, film, column)


def test_command(api: Api, film: str) -> None:
    """`scaffold store index` makes, lists and drops."""
    class_name, url = name("Long" * 20), api.store.database.engine.url
    api.save(class_name, n=1)
    database = ["index", "--database", url.render_as_string(hide_password=False)]
    made = CliRunner().invoke(command, [*database, f"{class_name}.n"], catch_exceptions=False)
    assert f"{class_name}.n" in made.output.splitlines()
    assert f"{film}.s" in made.output.splitlines()
    again = CliRunner().invoke(command, [*database, "--drop", f"{class_name}.n"])
    assert f"{class_name}.n" not in again.output.splitlines()


def test_unfinished(api: Api, film: str) -> None:
    """An index that PostgreSQL could not finish is made anew."""
    database = api.store.database
    if not database.locks_rows:
        pytest.skip("SQLite leaves none behind")
    with database.reading() as connection:
        class_id = schema.SchemaCache().existing(connection, film).id
    index = {"name": f"store_by_{class_id}_s"}
    broken = text(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = CAST(:name AS regclass)"
    )
    database.writing(lambda connection: connection.execute(broken, index))
    indexes.create(database, film, "s")
    query = text("SELECT indisvalid FROM pg_index WHERE indexrelid = CAST(:name AS regclass)")
    with database.reading() as connection:
        assert connection.scalar(query, index)
