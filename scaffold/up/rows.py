"""Rows of the data service as the console shows them, and as its user types them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from scaffold.printable import cut, printable
from scaffold.store.values import kind
from scaffold.up.asked import BadCallError, json_of
from scaffold.up.functions import pretty_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

CELL = 120  # characters of a value in the table
EDITED = 100_000  # characters of a value that a browser can well edit
MAX_COLUMNS = 320
FIRST, LAST = ("objectId",), ("ACL", "createdAt", "updatedAt")
OWN = ("objectId", "createdAt", "updatedAt")
# What opens a user's account; the platform shows some of it to the master key.
SECRETS = frozenset({"sessionToken", "password", "salt"})


class TypedColumn(NamedTuple):
    """A column, its type, and the class that a pointer or a relation leads to."""

    name: str
    type: str
    target: str = ""


def columns(
    described: Mapping[str, Mapping[str, Any]], found: Iterable[Mapping[str, Any]] = ()
) -> list[TypedColumn]:
    """Return the columns of a class: its id first, what every class has last.

    Args:
        described: its schema.
        found: rows of it; a column that holds nothing but null is in these alone.
    """
    in_rows = {name for row in found for name in row}
    described = {**{name: {} for name in in_rows}, **described}
    names = sorted(described.keys() - {*FIRST, *LAST} - SECRETS)
    ordered = [name for name in (*FIRST, *names, *LAST) if name in described]
    return [
        TypedColumn(name, str(of.get("type", "")), str(of.get("className", "")))
        for name in ordered
        for of in (described[name],)
    ]


def without_secrets(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row without what opens an account."""
    return {name: value for name, value in row.items() if name not in SECRETS}


def cell(value: Any) -> dict[str, str]:
    """Return a value as the table shows it: its type, a short text, and where that leads."""
    sort = kind(value)
    if sort in _READERS and isinstance(value, dict):
        return {"kind": sort, **_READERS[sort](value)}
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return {"kind": sort, "text": _short(shown)}


def _short(value: object) -> str:
    return printable(cut(str(value), CELL))


def _pointer(value: Mapping[str, Any]) -> dict[str, str]:
    class_name, object_id = str(value.get("className", "")), str(value.get("objectId", ""))
    text = _short(f"{class_name} {object_id}")
    return {"text": text, "class": class_name, "id": object_id}


def _file(value: Mapping[str, Any]) -> dict[str, str]:
    url = str(value.get("url") or "")
    is_web = url.startswith(("http://", "https://")) and bool(urlsplit(url).hostname)
    text = _short(value.get("name") or value.get("id") or value.get("objectId") or "")
    return {"text": text, "href": url if is_web else ""}


_READERS: dict[str, Callable[[Mapping[str, Any]], dict[str, str]]] = {
    "Date": lambda value: {"text": _short(value.get("iso", ""))},
    "Pointer": _pointer,
    "Relation": lambda value: {"text": _short(value.get("className", ""))},
    "GeoPoint": lambda value: {
        "text": _short(f"{value.get('latitude')}, {value.get('longitude')}")
    },
    "File": _file,
    "Bytes": lambda value: {"text": _short(value.get("base64", ""))},
}


def shown(row: Mapping[str, Any], known: Iterable[TypedColumn]) -> dict[str, Any]:
    """Return a row for the table; a value that is not there has no cell."""
    return {**_own(row), "cells": {name: cell(value) for name, value in _values(row, known)}}


def _own(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(row.get(name, "")) for name in OWN}


def _values(row: Mapping[str, Any], known: Iterable[TypedColumn]) -> list[tuple[str, Any]]:
    names = (column.name for column in known)
    return [(name, row[name]) for name in names if name in row and name not in OWN]


def edited(row: Mapping[str, Any], known: Iterable[TypedColumn]) -> dict[str, Any]:
    """Return a row for the form: the JSON of each value; null of one too long to be edited.

    The JSON is written here, because a browser would round large numbers.
    """
    texts = {name: pretty_json(value) for name, value in _values(row, known)}
    values = {name: text if len(text) <= EDITED else None for name, text in texts.items()}
    return {**_own(row), "values": values}


def typed(values: Any, *, is_new: bool) -> dict[str, Any]:
    """Return the body of a save for what was typed; an emptied field takes a value away.

    Raises:
        BadCallError: a value is not JSON; the error names its column.
    """
    if not isinstance(values, dict) or len(values) > MAX_COLUMNS:
        raise BadCallError("bad-call", "values")
    body: dict[str, Any] = {}
    for name, text in values.items():
        if not isinstance(text, str):
            raise BadCallError("bad-call", "values")
        if text.strip():
            body[name] = json_of(text, name)
        elif not is_new:
            body[name] = {"__op": "Delete"}
    return body
