"""Reading `where`: what is refused, and regular expressions that cannot hang."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from scaffold.store import regexes
from scaffold.store.errors import ApiError
from scaffold.store.evaluate import holds
from scaffold.store.where import parse

if TYPE_CHECKING:
    from scaffold.store.values import Json

POINT = {"__type": "GeoPoint", "latitude": 0, "longitude": 0}


def _deep(levels: int) -> Json:
    where: Json = {"a": 1}
    for _ in range(levels):
        where = {"$and": [where]}
    return where


@pytest.mark.parametrize(
    "where",
    [
        "x",
        None,
        {"$nor": [{"a": 1}]},
        {"$where": "1"},
        {"a": {"$gt": 1, "$nonsense": 2}},
        {"a": {"$gt": 1, "x": 2}},
        {"a": {"$gt": None}},
        {"a": {"$gt": [1]}},
        {"a": {"$in": 1}},
        {"a": {"$in": [1] * 5001}},
        {"a": {"$size": -1}},
        {"a": {"$size": "1"}},
        {"a": {"$size": 1.5}},
        {"a": {"$exists": "yes"}},
        {"a": {"$options": "i"}},
        {"a": {"$maxDistance": 1}},
        {"a": {"$nearSphere": POINT, "$maxDistance": -1}},
        {"a": {"$nearSphere": [0]}},
        {"a": {"$within": {"$box": [POINT]}}},
        {"a": {"$within": {"$polygon": []}}},
        {"a": {"$regex": 1}},
        {"a": {"$regex": "(a)\\1"}},
        {"a": {"$regex": "a(?=b)"}},
        {"a": {"$regex": "("}},
        {"a": {"$regex": "a", "$options": "q"}},
        {"a": {"$regex": "[a]" * 400}},
        {"a": {"$inQuery": {"where": {}}}},
        {"a": {"$inQuery": {"className": "x y"}}},
        {"a": {"$select": {"query": {"className": "A"}}}},
        {"$relatedTo": {"key": "a"}},
        {"$relatedTo": {"object": POINT, "key": "a"}},
        {"$or": []},
        {"$or": {}},
        {"ACL": 1},
        {'a."': 1},
        {"a'b": 1},
        {"a": {"__type": "Date", "iso": "soon"}},
        {"createdAt": "soon"},
        _deep(20),
        {"$or": [{"a": 1}] * 2001},
    ],
    ids=lambda where: repr(where)[:60],
)
def test_refused(where: Json) -> None:
    """What cannot be read, is too much or is not offered is an error, never
    an answer to another question.
    """
    with pytest.raises(ApiError):
        parse(where)


@pytest.mark.parametrize(
    ("pattern", "options", "found"),
    [
        ("single", "i", ["Single line description."]),
        ("^S", "m", ["Single line description.", "First line\nSecond line"]),
        ("abc #category code\n123 #item number", "x", ["abc123"]),
        ("m.*line", "si", ["Many spaces before     line", "Multiple\nline description"]),
        ("\\Qab\\E", "", ["abc123"]),
        ("^abc123$", "", ["abc123"]),
        ("line$", "", ["First line\nSecond line", "Many spaces before     line"]),
        ("[ #]s", "x", ["Many spaces before     line"]),
    ],
)
def test_regular_expressions(pattern: str, options: str, found: list[str]) -> None:
    """The examples of the platform's documentation, and how SDKs quote."""
    titles = [
        "Single line description.",
        "First line\nSecond line",
        "Many spaces before     line",
        "Multiple\nline description",
        "abc123",
    ]
    condition = parse({"title": {"$regex": pattern, "$options": options}})
    assert [title for title in titles if holds(condition, {"title": title})] == found


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$"]
)
def test_bombs(pattern: str) -> None:
    """An expression over which others hang is answered at once."""
    begin = time.perf_counter()
    assert not regexes.matcher(pattern, "")("a" * 50_000 + "!")
    assert time.perf_counter() - begin < 2
