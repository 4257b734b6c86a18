"""Queries are said in SQL once for all values that they may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.store import statements, where
from scaffold.store.access import Caller
from scaffold.store.schema import Class, Column, SchemaCache
from scaffold.store.statements import Query
from scaffold.store.values import date, pointer
from scaffold.store.work import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from scaffold.store.database import Database
    from scaffold.store.values import Json

TYPES = {"n": "Number", "s": "String", "d": "Date", "p": "Pointer", "b": "Boolean", "l": "Array"}
USED = Class(1, "Test", {}, {name: Column(sort) for name, sort in TYPES.items()})
DAYS = [date(f"2026-11-{day}T00:00:00.000Z") for day in (28, 29)]


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """Return a connection that only reads."""
    with database.reading() as opened:
        yield opened


def _work(database: Database, connection: Connection, caller: Caller) -> Transaction:
    return Transaction(connection, database, SchemaCache(), caller)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"n": 1}, {"n": 2}),
        ({"n": {"$gt": 1.5}}, {"n": {"$gt": 2.5}}),
        ({"s": "a"}, {"s": "x' OR '1'='1"}),
        ({"b": True}, {"b": False}),
        ({"d": {"$lt": DAYS[0]}}, {"d": {"$lt": DAYS[1]}}),
        ({"p": pointer("A", "1")}, {"p": pointer("B", "2")}),
        ({"createdAt": {"$gt": DAYS[0]}}, {"createdAt": {"$gt": DAYS[1]}}),
        ({"objectId": "a"}, {"objectId": "b"}),
        ({"$or": [{"n": 1}, {"s": {"$ne": "a"}}]}, {"$or": [{"n": 2}, {"s": {"$ne": "b"}}]}),
        ({"s": {"$exists": True}, "n": None}, {"s": {"$exists": True}, "n": None}),
    ],
)
def test_one_form(database: Database, connection: Connection, one: Json, other: Json) -> None:
    """Queries that differ in values, limits and callers are one statement."""
    first, given = statements.of(
        _work(database, connection, Caller(user_id="v")), Query(USED, where.parse(one)), "rows"
    )
    second, others = statements.of(
        _work(database, connection, Caller(user_id="u", roles=("r",))),
        Query(USED, where.parse(other), limit=7, skip=3),
        "rows",
    )
    assert first is second
    assert given.keys() == others.keys()
    names = database.dialect.names(["*", "u", "role:r"])
    assert (others["limit"], others["skip"], others["names"]) == (7, 3, names)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"n": 1}, {"n": 1.5}),
        ({"n": 1}, {"b": True}),
        ({"n": 1}, {"n": {"$gt": 1}}),
        ({"n": 1}, {}),
        ({"n": 1}, {"n": "a"}),
        ({"n": {"$exists": True}}, {"n": {"$exists": False}}),
    ],
)
def test_another_form(database: Database, connection: Connection, one: Json, other: Json) -> None:
    """What is said otherwise is another statement."""
    work = _work(database, connection, Caller())
    made = [statements.of(work, Query(USED, where.parse(each)), "rows")[0] for each in (one, other)]
    assert made[0] is not made[1]


@pytest.mark.parametrize(
    ("condition", "order"),
    [
        ({"l": 1}, ()),
        ({"n": "a"}, ()),
        ({"n": {"$in": [1, 2]}}, ()),
        ({"nothing": None}, ()),
        ({"n.x": 1}, ()),
        ({"s": {"$regex": "a"}}, ()),
        ({"n": 1}, ((("mixed", "x"), True),)),
        ({"n": 1}, ((("nothing",), True),)),
        ({"$or": [{"n": number} for number in range(30)]}, ()),
    ],
)
def test_not_kept(database: Database, connection: Connection, condition: Json, order: Json) -> None:
    """What anybody could make ever more of is kept nowhere."""
    work = _work(database, connection, Caller())
    before = statements.kept.cache_info().currsize
    statements.of(work, Query(USED, where.parse(condition), order), "texts")
    assert statements.kept.cache_info().currsize == before


def test_nobody(database: Database, connection: Connection) -> None:
    """Whoever is not logged in finds what everybody may read, and needs no names for that."""
    query = Query(USED, where.parse({"n": 1}))
    public, given = statements.of(_work(database, connection, Caller()), query, "rows")
    user = Caller(user_id="u")
    named, others = statements.of(_work(database, connection, user), query, "rows")
    assert "readers IS NULL" in str(public)
    assert public is not named
    assert others.keys() - given.keys() == {"names"}


def test_master(database: Database, connection: Connection) -> None:
    """The master key's statement asks for no ACL, and is no one else's."""
    query = Query(USED, where.parse({"n": 1}))
    open_, given = statements.of(
        _work(database, connection, Caller(master=True)), query, "number", is_page=False
    )
    closed, _ = statements.of(_work(database, connection, Caller()), query, "number", is_page=False)
    assert open_ is not closed
    assert "readers" not in str(open_)
    assert "readers" in str(closed)
    assert list(given) == ["slot0"]
