"""The JSON of two databases behind one set of words.

A value is an SQL expression of a JSON value: `jsonb` on PostgreSQL, text on
SQLite; NULL where there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    ARRAY,
    Boolean,
    Float,
    Integer,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import NullType

from scaffold.store.values import SORTED_BY, Json, Slot, dumps, kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, TableValuedAlias

    from scaffold.store.dialect import Dialect, Test, Value

# What the databases call the kinds that JSON itself has; all others are objects with a `__type`.
JSON_TYPES = {
    "null": ("null",),
    "Number": ("integer", "real"),
    "String": ("text",),
    "Boolean": ("true", "false"),
    "Array": ("array",),
}
JSONB_TYPES = {
    "null": "null",
    "Number": "number",
    "String": "string",
    "Boolean": "boolean",
    "Array": "array",
}


class _Sqlite:
    """SQLite, 3.38 or newer: JSON is text in the one form in which `values.dumps` writes it."""

    def value(self, stored: Value) -> Value:
        return type_coerce(stored, Text)

    def key(self, value: Value, name: str) -> Value:
        return value.op("->", return_type=Text())(f'$."{name}"')

    def is_kind(self, value: Value, name: str) -> ColumnElement[bool]:
        if name in JSON_TYPES:
            return func.json_type(value).in_(JSON_TYPES[name])
        tag = func.json_extract(value, "$.__type", type_=Text)
        if name == "Object":
            return and_(func.json_type(value) == "object", tag.is_(None))
        return tag == name

    def text(self, value: Value, name: str | None = None) -> ColumnElement[str]:
        return func.json_extract(value, f"$.{name}" if name else "$", type_=Text)

    def number(self, value: Value, name: str | None = None) -> Value:
        return func.json_extract(value, f"$.{name}" if name else "$", type_=Float)

    def operand(self, number: Json) -> Value:
        if isinstance(number, Slot):
            return bindparam(number.name, type_=Integer() if number.is_integer else Float())
        return literal(
            int(number) if isinstance(number, bool) else number,
            Integer if isinstance(number, int) else Float,
        )

    def given(self, number: Json) -> Json:
        return int(number) if isinstance(number, bool) else number

    def equals(self, value: Value, other: Json) -> ColumnElement[bool]:
        sort = kind(other)
        if sort == "null":
            return self.is_kind(value, "null")
        if sort == "String":
            return and_(self.is_kind(value, sort), self.text(value) == other)
        if sort in {"Number", "Boolean"}:
            return and_(self.is_kind(value, sort), self.number(value) == self.operand(other))
        if sort in {"Array", "Object", "GeoPoint"}:  # 1 is 1.0 in them
            return func.store_equal(value, dumps(other), type_=Boolean)
        return value == dumps(other)

    def among(self, value: Value, others: Sequence[Json]) -> ColumnElement[bool]:
        return func.store_among(value, dumps(others), type_=Boolean)

    def any_item(self, value: Value, test: Test) -> ColumnElement[bool]:
        items = func.json_each(case((self.is_kind(value, "Array"), value))).table_valued("key")
        return _some(items, test(value.op("->", return_type=Text())(items.c.key)))

    def length(self, value: Value) -> ColumnElement[int]:
        return case((self.is_kind(value, "Array"), func.json_array_length(value)))

    def distance(self, value: Value, latitude: float, longitude: float) -> ColumnElement[float]:
        there = (self.number(value, "latitude"), self.number(value, "longitude"))
        return func.store_distance(
            literal(latitude, Float), literal(longitude, Float), *there, type_=Float
        )

    def shares(self, stored: Value, names: str) -> ColumnElement[bool]:
        items = func.json_each(type_coerce(stored, Text)).table_valued("value")
        given = func.json_each(bindparam(names, type_=Text)).table_valued("value")
        return _some(items, items.c.value.in_(select(given.c.value)))

    def names(self, names: list[str]) -> Json:
        return dumps(names)

    def starts(self, text: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
        return func.substr(text, 1, len(prefix)) == prefix

    def contains(self, text: ColumnElement[str], part: str) -> ColumnElement[bool]:
        return func.instr(text, part) > 0

    def key_sql(self, sort: str, name: str) -> str:
        below = SORTED_BY.get(sort)
        return f"json_extract(document, '$.\"{name}\"{f'.{below}' if below else ''}')"

    def key_of(self, sort: str, name: str) -> Value:
        number = Float if sort in {"Number", "Boolean"} else Text
        return literal_column(self.key_sql(sort, name), number)


class _Postgres:
    """PostgreSQL, 13 or newer: `jsonb`."""

    def value(self, stored: Value) -> Value:
        return type_coerce(stored, JSONB)

    def key(self, value: Value, name: str) -> Value:
        return value.op("->", return_type=JSONB())(literal(name, Text))

    def is_kind(self, value: Value, name: str) -> ColumnElement[bool]:
        if name in JSON_TYPES:
            return func.jsonb_typeof(value) == JSONB_TYPES[name]
        tag = self.text(value, "__type")
        if name == "Object":
            return and_(func.jsonb_typeof(value) == "object", tag.is_(None))
        return tag == name

    def text(self, value: Value, name: str | None = None) -> ColumnElement[str]:
        if name:
            return value.op("->>", return_type=Text())(literal(name, Text)).collate("C")
        return value.op("#>>", return_type=Text())(cast(literal("{}", Text), ARRAY(Text))).collate(
            "C"
        )

    def number(self, value: Value, name: str | None = None) -> Value:
        return self.key(value, name) if name else value

    def operand(self, number: Json) -> Value:
        return self._json(number)

    def given(self, number: Json) -> Json:
        return dumps(number)

    def _json(self, value: Json) -> Value:
        if isinstance(value, Slot):
            # A cast of text is worked out for each row, and at each run anew how to run it.
            return cast(bindparam(value.name, type_=NullType()), JSONB)
        return cast(literal(dumps(value), Text), JSONB)

    def equals(self, value: Value, other: Json) -> ColumnElement[bool]:
        return value == self._json(other)

    def among(self, value: Value, others: Sequence[Json]) -> ColumnElement[bool]:
        texts = cast([dumps(other) for other in others], ARRAY(Text))
        return value == any_(cast(texts, ARRAY(JSONB)))

    def any_item(self, value: Value, test: Test) -> ColumnElement[bool]:
        array = case((self.is_kind(value, "Array"), value))
        items = func.jsonb_array_elements(array).table_valued(column("value", JSONB))
        return _some(items, test(items.c.value))

    def length(self, value: Value) -> ColumnElement[int]:
        return case((self.is_kind(value, "Array"), func.jsonb_array_length(value)))

    def distance(self, value: Value, latitude: float, longitude: float) -> ColumnElement[float]:
        here = [func.radians(literal(degrees, Float)) for degrees in (latitude, longitude)]
        there = [
            func.radians(cast(self.text(value, name), Float(53)))
            for name in ("latitude", "longitude")
        ]
        half = [
            func.power(func.sin((to - come) / 2), 2) for come, to in zip(here, there, strict=True)
        ]
        total = half[0] + func.cos(here[0]) * func.cos(there[0]) * half[1]
        return 2 * func.asin(func.sqrt(func.least(1.0, total)))

    def shares(self, stored: Value, names: str) -> ColumnElement[bool]:
        return func.jsonb_exists_any(stored, bindparam(names, type_=ARRAY(Text)), type_=Boolean)

    def names(self, names: list[str]) -> Json:
        return names

    def starts(self, text: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
        return func.starts_with(text, prefix, type_=Boolean)

    def contains(self, text: ColumnElement[str], part: str) -> ColumnElement[bool]:
        return func.strpos(text, part) > 0

    def key_sql(self, sort: str, name: str) -> str:
        below = SORTED_BY.get(sort)
        if below:
            return f"(document -> '{name}' ->> '{below}') COLLATE \"C\""
        if sort == "String":
            return f"(document ->> '{name}') COLLATE \"C\""
        return f"NULLIF(document -> '{name}', 'null'::jsonb)"

    def key_of(self, sort: str, name: str) -> Value:
        kept = JSONB if sort in {"Number", "Boolean"} else Text
        return literal_column(self.key_sql(sort, name), kept)


def _some(rows: TableValuedAlias, test: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say whether a test holds for a row; all other tables are those of the query around it."""
    return exists(select(literal_column("1")).select_from(rows).where(test).correlate_except(rows))


def of(name: str) -> Dialect:
    """Return the dialect that SQLAlchemy calls `name`."""
    return _Postgres() if name == "postgresql" else _Sqlite()
