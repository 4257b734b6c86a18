"""What differs between two answers, and what does not count."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scaffold.cutover.differences import Comparison, SeenAnswer, between

OLD_TIME, NEW_TIME = "2026-12-01T00:00:00.000Z", "2026-12-02T00:00:00.000Z"


def _compare(old: Any, new: Any, *statuses: int, **options: Any) -> Comparison:
    first, second = statuses or (200, 200)
    return between(
        SeenAnswer(first, json.dumps(old).encode()),
        SeenAnswer(second, json.dumps(new).encode()),
        **options,
    )


def _rows(*ids: str) -> dict[str, Any]:
    return {"results": [{"objectId": each} for each in ids]}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"objectId": "a", "x": 1, "y": 2}, {"y": 2.0, "x": 1, "objectId": "a", "z": None}),
        ({"objectId": "a", "sessionToken": "1"}, {"objectId": "a", "sessionToken": "2"}),
        (
            {"p": {"__type": "Pointer", "className": "B", "objectId": "b"}},
            {"p": {"__type": "Object", "className": "B", "objectId": "b", "n": 1}},
        ),
        (
            [{"__type": "File", "id": "f", "url": "https://old"}],
            [{"__type": "File", "id": "f", "objectId": "f", "url": "https://new"}],
        ),
        (_rows("a", "b"), _rows("b", "a")),
    ],
)
def test_same(old: Any, new: Any) -> None:
    """The order of keys, nulls, sessions, included columns, addresses of files do not count."""
    if isinstance(old, list):
        old, new = {"files": old}, {"files": new}
    assert _compare(old, new).differences == []


def test_rows() -> None:
    """Rows that are missing, too many, or in another order where an order was asked for."""
    found = _compare(_rows("a", "b"), _rows("b", "c")).differences
    assert found == [
        {"difference": "missing", "ids": ["a"], "count": 1},
        {"difference": "extra", "ids": ["c"], "count": 1},
    ]
    found = _compare(_rows("a", "b"), _rows("b", "a"), is_ordered=True).differences
    assert found == [{"difference": "order", "ids": ["a", "b"]}]
    many = [f"id{number}" for number in range(50)]
    found = _compare(_rows(*many), _rows()).differences
    assert found[0]["count"] == 50
    assert len(found[0]["ids"]) == 20
    assert _compare({"results": [], "count": 3}, {"results": [], "count": 2}).differences == [
        {"difference": "count"}
    ]
    assert _compare({"results": [{"n": 1}]}, {"results": []}).differences == [
        {"difference": "rows", "old": 1, "new": 0}
    ]


def test_fields() -> None:
    """Names of fields, and nothing that stands in them."""
    old = {"objectId": "a", "updatedAt": OLD_TIME, "title": "s3cret", "tags": [1]}
    found = _compare(old, {**old, "title": "other", "tags": [2]})
    assert found.differences == [{"difference": "fields", "id": "a", "fields": ["tags", "title"]}]
    assert _compare({"results": [old]}, {"results": [{**old, "title": 0}]}).differences == [
        {"difference": "fields", "id": "a", "fields": ["title"]}
    ]


def test_stale_rows() -> None:
    """A row that was changed at the old place since is counted; one that was changed at the new
    place differs.
    """
    old = {"objectId": "a", "updatedAt": NEW_TIME, "title": "new"}
    new = {**old, "updatedAt": OLD_TIME, "title": "old"}
    assert (_compare(old, new).differences, _compare(old, new).stale) == ([], 1)
    assert _compare(new, old).differences[0]["fields"] == ["title", "updatedAt"]


def test_files() -> None:
    """Rows of files have other addresses after a move; those of other classes may not."""
    old, new = {"objectId": "a", "url": "1"}, {"objectId": "a", "url": "2"}
    assert _compare(old, new, class_name="_File").differences == []
    assert _compare(old, new, class_name="Link").differences != []


def test_status() -> None:
    """Other statuses or codes differ; the words of an error do not."""
    refused = {"code": 101, "error": "a"}
    assert _compare(refused, {**refused, "error": "b"}, 404, 404).differences == []
    assert _compare({}, refused, 200, 404).differences == [
        {"difference": "status", "old": 200, "new": 404, "codes": [None, 101]}
    ]
    found = _compare(refused, {**refused, "code": 103}, 400, 400).differences
    assert found[0]["codes"] == [101, 103]


def test_no_json() -> None:
    """What is no JSON is compared as it is."""
    page = SeenAnswer(200, b"<html>")
    deep = SeenAnswer(200, b"[" * 100_000)
    assert between(page, page).differences == []
    assert between(page, deep).differences == [{"difference": "body"}]
