"""CQL: what a query in it asks for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scaffold.store import values
from scaffold.store.cql import read
from scaffold.store.errors import ApiError
from tests.store.conftest import name

if TYPE_CHECKING:
    from scaffold.store.values import Document, Json
    from tests.store.conftest import Api

POINT = {"__type": "GeoPoint", "latitude": 39.9, "longitude": 116.4}


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("select * from A", {}),
        ("SELECT a, b.c FROM A;", {"keys": "a,b.c"}),
        ("select count(*) from A", {"count": "1", "limit": 0}),
        ("select count(objectId) from A", {"count": "1", "limit": 0}),
        ("select count(*), * from A limit 5", {"count": "1", "limit": 5}),
        ("select include p, include p.q, * from A", {"include": "p,p.q"}),
        ("select * from A order by a desc, b, -c", {"order": "-a,b,-c"}),
        ("select * from A limit 10,20", {"skip": 10, "limit": 20}),
        ("select * from A where a=1", {"where": {"a": {"$eq": 1}}}),
        (
            "select * from A where a<-1.5 and b>='x' or c!=true",
            {
                "where": {
                    "$or": [
                        {"$and": [{"a": {"$lt": -1.5}}, {"b": {"$gte": "x"}}]},
                        {"c": {"$ne": True}},
                    ]
                }
            },
        ),
        (
            "select * from A where a=1 and (b=2 or b=null)",
            {
                "where": {
                    "$and": [{"a": {"$eq": 1}}, {"$or": [{"b": {"$eq": 2}}, {"b": {"$eq": None}}]}]
                }
            },
        ),
        ("select * from A where a in (1, 'it''s')", {"where": {"a": {"$in": [1, "it's"]}}}),
        ("select * from A where a not in [1]", {"where": {"a": {"$nin": [1]}}}),
        ("select * from A where a like 'x%'", {"where": {"a": {"$regex": "^\\Qx\\E"}}}),
        (
            "select * from A where a like '%x_y'",
            {"where": {"a": {"$regex": "^.*x.y$", "$options": "s"}}},
        ),
        ("select * from A where a regexp '^x'", {"where": {"a": {"$regex": "^x"}}}),
        ("select * from A where a is not exists", {"where": {"a": {"$exists": False}}}),
        ("select * from A where a is null", {"where": {"a": {"$eq": None}}}),
        (
            "select * from A where p=pointer('B', '1')",
            {"where": {"p": {"$eq": values.pointer("B", "1")}}},
        ),
        (
            "select * from A where a > date('2026-11-28')",
            {"where": {"a": {"$gt": {"__type": "Date", "iso": "2026-11-28"}}}},
        ),
        (
            "select * from A where l near geopoint(116.4,39.9) max 1 km",
            {"where": {"l": {"$nearSphere": POINT, "$maxDistanceInKilometers": 1}}},
        ),
        (
            "select * from A where p in (select * from B where n>1)",
            {"where": {"p": {"$inQuery": {"className": "B", "where": {"n": {"$gt": 1}}}}}},
        ),
        (
            "select * from A where n not in (select m from B limit 3)",
            {
                "where": {
                    "n": {"$dontSelect": {"key": "m", "query": {"className": "B", "limit": 3}}}
                }
            },
        ),
        (
            "select * from A where related bands to pointer('B','1')",
            {"where": {"$relatedTo": {"object": values.pointer("B", "1"), "key": "bands"}}},
        ),
    ],
)
def test_read(text: str, parameters: Document) -> None:
    """A query in CQL is one that could have been sent as parameters."""
    assert read(text, []) == ("A", parameters)


def test_values() -> None:
    """Question marks are replaced by values, never by text."""
    attack = "x' or 1=1 --"
    where = {"$and": [{"a": {"$eq": attack}}, {"b": {"$in": [2]}}]}
    assert read("select * from A where a=? and b in ? limit ?", [attack, [2], 3])[1] == {
        "where": where,
        "limit": 3,
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "select",
        "select * from",
        "select * from A where",
        "select * from A where a",
        "select * from A where a=",
        "select * from A where a=b",
        "select * from A where a=?",
        "select * from A where a=pointer('B')",
        "select * from A where (a=1",
        "select * from A; select * from B",
        "select * from A where a='x",
        "select * from A where a ~ 1",
        "select * from A where " + "(" * 50,
        "select * from 'A'",
        "drop table A",
    ],
)
def test_refused(text: str) -> None:
    """What cannot be read is refused, and what would write is not offered."""
    with pytest.raises(ApiError) as refused:
        read(text, [])
    assert refused.value.code in {1, 300}


def test_answer(api: Api) -> None:
    """A query in CQL is answered with objects, a count and the class."""
    score = name()
    for n in range(3):
        api.save(score, n=n)

    def ask(text: str, pvalues: Json = None) -> Json:
        return api("GET", "/cloudQuery", cql=text.replace("SCORE", score), pvalues=pvalues or [])

    found = ask("select count(*), * from SCORE where n > ? order by n desc", [0])
    assert [each["n"] for each in found["results"]] == [2, 1]
    assert (found["count"], found["className"]) == (2, score)
    assert ask("select count(*) from SCORE")["results"] == []
    twice = ask("select * from SCORE where n = ?", json.dumps(json.dumps([1])))
    assert [each["n"] for each in twice["results"]] == [1]
    assert ask("drop table SCORE")["code"] == 300


def test_writes(api: Api) -> None:
    """One object is made, changed and deleted in CQL, as by the calls that these stand for."""
    score = name()

    def ask(text: str, *pvalues: Json) -> Json:
        return api("GET", "/cloudQuery", cql=text.replace("SCORE", score), pvalues=list(pvalues))

    made = ask("insert into SCORE (n, s, l) values (1, ?, [1, 2])", "x' --")
    object_id = made["results"][0]["objectId"]
    assert made["className"] == score
    path = f"/classes/{score}/{object_id}"
    more = "op('Increment', {\"amount\": 4})"
    ask("update SCORE set s='y', n=MORE where objectId=?".replace("MORE", more), object_id)
    ask("update SCORE set l=op('Delete') where objectId=?", object_id)
    read = api("GET", path)
    assert (read["n"], read["s"], "l" in read) == (5, "y", False)
    refused = ask("update SCORE set s='z' where objectId=? and n > 10", object_id)
    assert refused["code"] == 305
    assert ask("delete from SCORE where n = 5 and objectId = ?", object_id)["results"] == []
    assert api("GET", path) == {}


@pytest.mark.parametrize(
    "text",
    [
        "insert into SCORE (a) values (1, 2)",
        "insert into SCORE values (1)",
        "insert into _User (username) values ('x')",
        "update SCORE set a=1",
        "update SCORE set a=1 where a=1",
        "update SCORE set a=op(1) where objectId='x'",
        "update SCORE set a={ where objectId='x'",
        "delete from SCORE",
        "delete from SCORE where objectId='x' or objectId='y'",
        "delete from SCORE where objectId='x'; select * from SCORE",
        "delete from _User where objectId='x'",
    ],
)
def test_refused_writes(api: Api, text: str) -> None:
    """A statement that names no object, or one of the platform's classes, changes nothing."""
    score = name()
    object_id = api.save(score, a=1)
    answer = api("GET", "/cloudQuery", cql=text.replace("SCORE", score))
    assert answer["code"] in {1, 300}
    assert api.ids(score) == [object_id]


def test_writes_are_refused(api: Api) -> None:
    """What an ACL does not allow, CQL does not do."""
    score = name()
    object_id = api.save(score, a=1, ACL={"*": {"read": True}})
    cql = "update SCORE set a=2 where objectId=?".replace("SCORE", score)
    assert api("GET", "/cloudQuery", cql=cql, pvalues=[object_id])["code"] == 403
