"""What is typed above a table: the platform's `where` in JSON, or `column = value`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from scaffold.printable import cut
from scaffold.store import values
from scaffold.store.errors import ApiError
from scaffold.up.asked import BadCallError, json_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scaffold.up.rows import TypedColumn

_SIMPLE = re.compile(r"([A-Za-z][\w.]*)\s*(==?|!=|>=|<=|>|<)\s*(.*)", re.ASCII | re.DOTALL)
_OPERATORS = {"!=": "$ne", ">": "$gt", ">=": "$gte", "<": "$lt", "<=": "$lte"}
LONGEST = 4000  # characters: queries are asked for by an address
# By what a user is found who is searched for by a word.
NAMES = ("username", "email", "mobilePhoneNumber")


def where(text: str, columns: Iterable[TypedColumn]) -> dict[str, Any]:
    """Return the condition that a filter stands for; the empty one for every row.

    Raises:
        BadCallError: it is neither of the two forms, or a value does not fit its column.
    """
    text = text.strip()
    if not text:
        return {}
    if len(text) > LONGEST:
        raise BadCallError("long-filter")
    if text.startswith("{"):
        condition: dict[str, Any] = json_of(text)
        return condition
    found = _SIMPLE.fullmatch(text)
    if not found:
        raise BadCallError("bad-filter")
    name, operator, typed = found.groups()
    known = {column.name: column for column in columns}
    column = known.get(name.partition(".")[0])
    if column is None:
        raise BadCallError("no-column", cut(name, 60))
    value = _value(typed.strip(), column, is_within="." in name)
    return {name: {_OPERATORS[operator]: value} if operator in _OPERATORS else value}


def of_users(text: str, columns: Iterable[TypedColumn]) -> dict[str, Any]:
    """Return the condition for users; a bare word finds those in the name, mail or phone of
    whom it stands.
    """
    text = text.strip()
    if not text or text.startswith("{") or _SIMPLE.fullmatch(text):
        return where(text, columns)
    return {"$or": [{name: {"$regex": re.escape(text)}} for name in NAMES]}


def _value(typed: str, column: TypedColumn, *, is_within: bool) -> Any:
    """Return what a value stands for in a column of that type, or within its objects."""
    if typed == "null":
        return None
    reader = _READERS.get(column.type, _json) if not is_within else _json_or_text
    try:
        return reader(typed, column)
    except (ValueError, ApiError, RecursionError) as error:
        raise BadCallError("bad-filter-value", f"{column.name}: {column.type}") from error


def _text(typed: str, _: TypedColumn) -> Any:
    """Return a text as it was typed; between quotes one that JSON writes."""
    if len(typed) > 1 and typed.startswith('"') and typed.endswith('"'):
        return json.loads(typed)
    return typed


def _json(typed: str, column: TypedColumn) -> Any:
    value = json.loads(typed)
    is_alike = column.type not in {"Number", "Boolean"} or values.kind(value) == column.type
    if not is_alike:
        raise ValueError(typed)
    return value


def _json_or_text(typed: str, column: TypedColumn) -> Any:
    try:
        return _json(typed, column._replace(type=""))
    except ValueError:
        return typed


def _date(typed: str, _: TypedColumn) -> Any:
    return values.date(values.parse_iso(typed.strip('"')))


def _pointer(typed: str, column: TypedColumn) -> Any:
    return json.loads(typed) if typed.startswith("{") else values.pointer(column.target, typed)


_READERS: dict[str, Callable[[str, TypedColumn], Any]] = {
    "String": _text,
    "Date": _date,
    "Pointer": _pointer,
}
