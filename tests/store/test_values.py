"""Values: what is kept, what is refused, what equals what, in which order they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.store import values
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from scaffold.store.values import Json

# From the smallest to the largest; those of one line are equal in order.
IN_ORDER: list[list[Json]] = [
    [None],
    [-(2**63)],
    [-1.5],
    [0, 0.0],
    [2**53],
    [2**53 + 1],
    [1e300],
    [""],
    ["B"],
    ["a"],
    ["ä"],
    ["张"],
    ["\U0001f600"],
    [{}, {"a": 1}, {"__type": "GeoPoint", "latitude": 1, "longitude": 2}],
    [[], [1]],
    [{"__type": "Bytes", "base64": "YQ=="}],
    [values.pointer("B", "1"), values.pointer("A", "1")],
    [False],
    [True],
    [values.date("1969-12-31T23:59:59.999Z")],
    [values.date("2026-11-28T00:00:00.000Z")],
]


def test_order() -> None:
    """Values of all kinds have one order."""
    keys = [{values.sort_key(value) for value in line} for line in IN_ORDER]
    assert all(len(line) == 1 for line in keys)
    flat = [line.pop() for line in keys]
    assert flat == sorted(flat)
    assert len(set(flat)) == len(flat)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (None, 0, False),
        ([1, [True]], [1.0, [True]], True),
        ([1], [True], False),
        ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"a": 1, "b": None}, False),
        (2**53 + 1, float(2**53), False),
    ],
)
def test_equal(one: Json, other: Json, same: bool) -> None:
    """1 is 1.0 and is not true, however deep."""
    assert values.equal(one, other) is same
    assert values.equal(other, one) is same


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-11-28T01:02:03.456Z", "2026-11-28T01:02:03.456Z"),
        ("2026-11-28T09:02:03+08:00", "2026-11-28T01:02:03.000Z"),
        ("2026-11-28T01:02:03.4Z", "2026-11-28T01:02:03.400Z"),
        ("2026-11-28T01:02:03.456789Z", "2026-11-28T01:02:03.456Z"),
        ("2026-11-28", "2026-11-28T00:00:00.000Z"),
    ],
)
def test_dates(given: str, kept: str) -> None:
    """Dates are kept in one form, so that they are ordered as text."""
    assert values.normalise({"__type": "Date", "iso": given}) == values.date(kept)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (float(2**53), 2**53),
        (-0.0, 0.0),
        (4.0, 4.0),
        (1e300, 1e300),
        ({"__type": "Object", "className": "A", "objectId": "1", "x": 1}, values.pointer("A", "1")),
        (
            {"__type": "File", "id": "1", "name": "x", "url": "http://x"},
            {"__type": "File", "id": "1"},
        ),
        ({"a.b": {"$c": 1}}, {"a.b": {"$c": 1}}),
    ],
)
def test_normalised(given: Json, kept: Json) -> None:
    """A value is kept in one form; nothing of it is lost."""
    assert repr(values.normalise(given)) == repr(kept)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("a\x00b", 107),
        ("\ud800", 107),
        ({"\x00": 1}, 107),
        ({"__type": "Date", "iso": "soon"}, 111),
        ({"__type": "Date"}, 111),
        ({"__type": "Bytes", "base64": "?"}, 111),
        ({"__type": "Bytes", "base64": 1}, 111),
        ({"__type": "Pointer", "className": "A"}, 106),
        ({"__type": "Pointer", "className": "A b", "objectId": "1"}, 106),
        ({"__type": "Pointer", "className": "A", "objectId": "'"}, 106),
        ({"__type": "Relation"}, 128),
        ({"__type": "GeoPoint", "latitude": 91, "longitude": 0}, 302),
        ({"__type": "GeoPoint", "latitude": True, "longitude": 0}, 302),
        ({"__type": "GeoPoint", "latitude": 0, "longitude": "0"}, 302),
        ({"__type": "Nonsense"}, 111),
        ({"__type": {}}, 111),
    ],
)
def test_refused(value: Json, code: int) -> None:
    """What is not what it says it is, or what one database could not keep, is refused."""
    with pytest.raises(ApiError) as refused:
        values.normalise([value])
    assert refused.value.code == code


def test_depth() -> None:
    """Values are nested so deep and no deeper."""
    value: Json = 1
    for _ in range(values.MAX_DEPTH):
        value = [value]
    values.normalise(value)
    with pytest.raises(ApiError):
        values.normalise([value])


@pytest.mark.parametrize("text", ["", "{", "NaN", "[Infinity]", "[" * 100_000, "1" * 5000, b"\xff"])
def test_no_json(text: str | bytes) -> None:
    """What is no JSON, or more than a reader can bear, is refused as the platform refuses it."""
    with pytest.raises(ApiError) as refused:
        values.loads(text)
    assert refused.value.code == 107


def test_integers() -> None:
    """Integers keep their digits up to 64 bits; larger ones are floats."""
    assert values.loads("[9223372036854775807, 9223372036854775808, 9007199254740993]") == [
        2**63 - 1,
        float(2**63),
        2**53 + 1,
    ]
    assert isinstance(values.loads("9223372036854775808"), float)
