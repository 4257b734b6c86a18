"""What a request means: whether it only reads, and whether two services should answer it alike."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from scaffold.store import batch, routes, values

if TYPE_CHECKING:
    from collections.abc import Sequence

# A body that names another method, or holds other requests, is small; what is larger writes.
PEEKED = 1 << 20
_READING = {"GET", "HEAD", "OPTIONS"}
# What the body of a POST may name in place of it.
_METHODS = {"GET", "PUT", "DELETE"}
# Code of the app, which may write whatever the method is.
_CODE = {"functions", "call"}
# What answers otherwise each time, or does something: a time, a cursor, a session, a picture.
_NOT_ALIKE = {"date", "scan", "login", "requestCaptcha", "verifyCaptcha"}


@dataclass(frozen=True)
class Asked:
    """A request, as far as it matters what it wants.

    Attributes:
        method: the one that it means; SDKs of old name it in the body of a POST.
        path: below the version; None where it has none.
        parameters: those of the address, and of the body where that stands for an address.
        only_reads: nothing is written by it, as far as can be seen.
    """

    method: str
    path: str | None
    parameters: tuple[tuple[str, str], ...]
    only_reads: bool

    @property
    def is_comparable(self) -> bool:
        """Return whether two services with the same data answer it alike."""
        first = _parts(self.path)[:1] if self.path else []
        return (
            self.method == "GET"
            and self.only_reads
            and bool(first)
            and _NOT_ALIKE.isdisjoint(first)
        )

    @property
    def is_ordered(self) -> bool:
        """Return whether it asks for rows in an order."""
        return any(name == "order" and value for name, value in self.parameters)

    @property
    def class_name(self) -> str | None:
        """Return the class that it is about."""
        parts = _parts(self.path or "")
        if parts[:1] == ["classes"] and len(parts) > 1:
            return parts[1] if values.CLASS_NAME.fullmatch(parts[1]) else None
        return routes.CLASSES.get(parts[0]) if parts else None

    @property
    def object_id(self) -> str | None:
        """Return the id of the object that it is about."""
        parts = _parts(self.path or "")
        found = parts[2 if parts[:1] == ["classes"] else 1 :][:1] if self.class_name else []
        return found[0] if found and re.fullmatch(routes.ID, found[0]) else None

    def form(self) -> str:
        """Return the form of its address, without ids, codes and tokens."""
        return routes.form(self.method, self.path)[0] if self.path else "/OTHER"

    def names(self) -> list[str]:
        """Return the names of its parameters, and of the columns in its condition; no values."""
        found = {name for name, _ in self.parameters}
        conditions = (_document(value) for name, value in self.parameters if name == "where")
        for condition in conditions:
            found |= {f"where.{column}" for column in condition}
        return sorted(found)


def read(method: str, path: str, query: str, body: bytes | None = None) -> Asked:
    """Return what a request means.

    Args:
        method: its method.
        path: its path, decoded.
        query: what stands behind the `?`.
        body: the body of a POST; None where it is not known, or too large.
    """
    document = _document(body)
    parameters = parse_qsl(query, keep_blank_values=True)
    meant = str(document.get("_method", "")).upper()
    if method == "POST" and meant in _METHODS:
        method = meant
        if method == "GET":
            parameters += [(name, _as_text(value)) for name, value in document.items()]
    below = batch.without_version(path)
    # Without a version it is no address of the API.
    only_reads = method in _READING if below is None else _reads(method, below, parameters, body)
    return Asked(method, below, tuple(parameters), only_reads)


def _reads(
    method: str, path: str, parameters: Sequence[tuple[str, str]], body: bytes | None
) -> bool:
    """Return whether nothing is written; what is not known to read writes."""
    parts = _parts(path)
    if method in {"HEAD", "OPTIONS"}:
        return True
    if ".." in parts or not _CODE.isdisjoint(parts[:1]):
        return False
    if method == "GET":
        return parts[:1] != ["cloudQuery"] or _selects(parameters)
    if method == "POST" and parts == ["login"]:
        return True
    return method == "POST" and parts == ["batch"] and _only_reading(body)


def _selects(parameters: Sequence[tuple[str, str]]) -> bool:
    """Return whether CQL only reads; `insert`, `update` and `delete` come by GET too."""
    statements = [value for name, value in parameters if name == "cql"]
    return bool(statements) and all(
        statement.split(None, 1)[:1] in (["select"], ["SELECT"]) for statement in statements
    )


def _only_reading(body: bytes | None) -> bool:
    """Return whether all requests of a batch read."""
    requests = _document(body).get("requests")
    return isinstance(requests, list) and all(_is_read(each) for each in requests)


def _is_read(given: Any) -> bool:
    if not isinstance(given, dict) or not isinstance(given.get("path"), str):
        return False
    if str(given.get("method", "POST")).upper() != "GET":
        return False
    try:
        address = urlsplit(given["path"])
    except ValueError:
        return False
    below = batch.without_version(address.path)
    return below is not None and _reads("GET", below, parse_qsl(address.query), None)


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in {"", "."}]


def _document(content: bytes | str | None) -> dict[str, Any]:
    """Return an object of JSON; an empty one where it is none."""
    try:
        found = json.loads(content) if content else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
