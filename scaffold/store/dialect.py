"""What compiling a condition needs of a database, whichever that is.

A value is an SQL expression of a JSON value: `jsonb` on PostgreSQL, text on
SQLite; NULL where there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import ColumnElement

    from scaffold.store.values import Json

    Value = ColumnElement[Json]
    Test = Callable[[Value], ColumnElement[bool]]


class Dialect(Protocol):
    """What compiling a condition needs of a database."""

    def value(self, stored: Value) -> Value:
        """Return a column of documents as a value."""
        ...

    def key(self, value: Value, name: str) -> Value:
        """Return what an object has under a key; NULL where the value is no object."""
        ...

    def is_kind(self, value: Value, name: str) -> ColumnElement[bool]:
        """Say whether a value is of a kind."""
        ...

    def text(self, value: Value, name: str | None = None) -> ColumnElement[str]:
        """Return a string, or the string under a key of an object, ordered by code point."""
        ...

    def number(self, value: Value, name: str | None = None) -> Value:
        """Return a number or boolean, or the number under a key of an
        object, as something that is ordered.
        """
        ...

    def operand(self, number: Json) -> Value:
        """Return a number or boolean to compare with what `number` returns."""
        ...

    def given(self, number: Json) -> Json:
        """Return what is given for a number or boolean that stood as a slot in `operand`."""
        ...

    def equals(self, value: Value, other: Json) -> ColumnElement[bool]:
        """Say whether a value is another."""
        ...

    def among(self, value: Value, others: Sequence[Json]) -> ColumnElement[bool]:
        """Say whether a value is one of others."""
        ...

    def any_item(self, value: Value, test: Test) -> ColumnElement[bool]:
        """Say whether one item of an array passes a test."""
        ...

    def length(self, value: Value) -> ColumnElement[int]:
        """Return how many items an array has; NULL where the value is none."""
        ...

    def distance(self, value: Value, latitude: float, longitude: float) -> ColumnElement[float]:
        """Return how many radians a point is away."""
        ...

    def shares(self, stored: Value, names: str) -> ColumnElement[bool]:
        """Say whether a column of arrays of strings has one that is given under a name."""
        ...

    def names(self, names: list[str]) -> Json:
        """Return what is given for names in `shares`."""
        ...

    def starts(self, text: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
        """Say whether a text starts with another."""
        ...

    def key_sql(self, sort: str, name: str) -> str:
        """Return what orders the values of a column of one type, as SQL of its table."""
        ...

    def key_of(self, sort: str, name: str) -> Value:
        """Return the same as a value."""
        ...

    def contains(self, text: ColumnElement[str], part: str) -> ColumnElement[bool]:
        """Say whether a text contains another."""
        ...
