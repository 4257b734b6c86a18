"""Operations: what they do to a document, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.store import operations, values
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from scaffold.store.values import Document, Json

POST = values.pointer("Post", "1")


def _op(name: str, **arguments: Json) -> Document:
    return {"__op": name, **arguments}


@pytest.mark.parametrize(
    ("old", "change", "new"),
    [
        ({"a": 1}, {"a": "b"}, {"a": "b"}),
        ({"a": 1}, {"a": None}, {"a": None}),
        ({"a": 1}, {"a": _op("Delete")}, {}),
        ({}, {"a": _op("Delete")}, {}),
        ({"a": 1}, {"a": _op("Increment", amount=2.5)}, {"a": 3.5}),
        ({"a": 1}, {"a": _op("Increment")}, {"a": 2}),
        ({}, {"a": _op("Increment", amount=2)}, {"a": 2}),
        ({"a": None}, {"a": _op("Decrement", amount=2)}, {"a": -2}),
        ({"a": 6}, {"a": _op("BitAnd", value=3)}, {"a": 2}),
        ({"a": 6}, {"a": _op("BitOr", value=1)}, {"a": 7}),
        ({"a": 6}, {"a": _op("BitXor", value=3)}, {"a": 5}),
        ({}, {"a": _op("BitOr", value=4)}, {"a": 4}),
        ({"a": [1]}, {"a": _op("Add", objects=[1, 2])}, {"a": [1, 1, 2]}),
        ({}, {"a": _op("Add", objects=[1])}, {"a": [1]}),
        ({"a": [1, POST]}, {"a": _op("AddUnique", objects=[1.0, 2, 2, POST])}, {"a": [1, POST, 2]}),
        ({"a": [1, True, 2, 1]}, {"a": _op("Remove", objects=[1, POST])}, {"a": [True, 2]}),
        ({}, {"a": _op("Remove", objects=[1])}, {"a": []}),
        ({"a": {"b": 1}}, {"a.c": 2}, {"a": {"b": 1, "c": 2}}),
        ({}, {"a.b.c": _op("Increment")}, {"a": {"b": {"c": 1}}}),
        ({"a": {"b": 1, "c": 2}}, {"a.b": _op("Delete")}, {"a": {"c": 2}}),
        ({}, {"a.b": _op("Delete")}, {}),
        ({"a": 1}, {"r": _op("AddRelation", objects=[POST])}, {"a": 1}),
    ],
)
def test_apply(old: Document, change: Document, new: Document) -> None:
    """Each operation does what the platform's documentation says, and
    leaves the old document alone.
    """
    before = repr(old)
    assert repr(operations.apply(old, operations.parse(change))) == repr(new)
    assert repr(old) == before


@pytest.mark.parametrize(
    ("old", "change", "code"),
    [
        ({"a": "x"}, {"a": _op("Increment")}, 111),
        ({"a": "x"}, {"a": _op("Add", objects=[1])}, 111),
        ({"a": 1.5}, {"a": _op("BitOr", value=1)}, 1),
        ({"a": 2**63 - 1}, {"a": _op("Increment")}, 1),
        ({"a": 1e308}, {"a": _op("Increment", amount=1e308)}, 107),
        ({"a": 1}, {"a.b": 1}, 111),
        ({"a": POST}, {"a.objectId": "2"}, 111),
    ],
)
def test_misfit(old: Document, change: Document, code: int) -> None:
    """An operation that does not fit the value is refused; nothing is guessed."""
    with pytest.raises(ApiError) as refused:
        operations.apply(old, operations.parse(change))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"a-b": 1}, 105),
        ({"_a": 1}, 105),
        ({"": 1}, 105),
        ({"a..b": 1}, 105),
        ({"a; DROP TABLE x": 1}, 105),
        ({"a.b.c.d.e.f.g": 1}, 105),
        ({"a": _op("Nonsense")}, 1),
        ({"a": _op(None)}, 1),  # type: ignore[arg-type]
        ({"a": _op("Increment", amount="1")}, 1),
        ({"a": _op("Increment", amount=True)}, 1),
        ({"a": _op("BitAnd")}, 1),
        ({"a": _op("BitAnd", value=1.5)}, 1),
        ({"a": _op("Add")}, 1),
        ({"a": _op("Add", objects={})}, 1),
        ({"a": _op("AddRelation", objects=[])}, 128),
        ({"a": _op("AddRelation", objects=[1])}, 128),
        ({"a": _op("AddRelation", objects=[POST, values.pointer("Other", "1")])}, 128),
        ({"a": _op("AddRelation", objects=[POST] * 1001)}, 128),
        ({"a.b": _op("AddRelation", objects=[POST])}, 128),
        ({"a": _op("Batch", ops=[_op("Increment")])}, 128),
    ],
)
def test_unreadable(body: Document, code: int) -> None:
    """What is no key and what is no operation is refused before anything is read."""
    with pytest.raises(ApiError) as refused:
        operations.parse(body)
    assert refused.value.code == code


def test_batch() -> None:
    """A relation is added to and removed from in one operation, in their order."""
    adds, removes = (
        _op("AddRelation", objects=[POST]),
        _op("RemoveRelation", objects=[values.pointer("Post", "2")]),
    )
    found = operations.parse({"r": _op("Batch", ops=[adds, removes])})
    assert [(change.operation, change.type, change.target) for change in found] == [
        ("AddRelation", "Relation", "Post"),
        ("RemoveRelation", "Relation", "Post"),
    ]
