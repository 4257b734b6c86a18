"""What differs between two answers: ids and names of fields, never what stands in them.

The order of keys, null beside missing, and what must differ after a move do not count: sessions,
addresses of files, and rows that were changed at the old place since they were exported.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

Row = dict[str, Any]
MAX_NAMED = 20
_LONGEST_NAME = 100
# Every service has its own.
_OWN = frozenset({"sessionToken", "authData"})
_OWN_OF_FILES = frozenset({"url", "bucket", "provider"})
_REFERENCES = {"Pointer", "Object", "File"}


@dataclass(frozen=True)
class SeenAnswer:
    """An answer.

    Attributes:
        status: of HTTP.
        content: its body, decoded.
    """

    status: int
    content: bytes


@dataclass
class Comparison:
    """What was found.

    Attributes:
        differences: each with `difference`, its kind, and what is known of it.
        stale: how many rows were changed at the old place since.
        without: fields that are not compared.
    """

    differences: list[dict[str, Any]] = field(default_factory=list)
    stale: int = 0
    without: frozenset[str] = _OWN

    def add(self, kind: str, **known: Any) -> None:
        """Add a difference."""
        self.differences.append({"difference": kind, **known})


def between(
    old: SeenAnswer, new: SeenAnswer, class_name: str | None = None, *, is_ordered: bool = False
) -> Comparison:
    """Compare two answers.

    Args:
        old: of the old platform.
        new: of the data service.
        class_name: what they are about.
        is_ordered: rows were asked for in an order.
    """
    found = Comparison(without=_OWN | _OWN_OF_FILES if class_name == "_File" else _OWN)
    first, second = _parsed(old.content), _parsed(new.content)
    codes = [_code(first), _code(second)]
    if old.status != new.status or codes[0] != codes[1]:
        found.add("status", old=old.status, new=new.status, codes=codes)
    elif old.status >= HTTPStatus.BAD_REQUEST:
        pass  # both refuse, for the same reason
    elif not isinstance(first, dict) or not isinstance(second, dict):
        if first != second:
            found.add("body")
    elif isinstance(first.get("results"), list) and isinstance(second.get("results"), list):
        _compare_lists(found, first, second, is_ordered=is_ordered)
    else:
        _compare_rows(found, first, second)
    return found


def _parsed(content: bytes) -> Any:
    """Return JSON; what is none is compared as it is."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content


def _code(answer: Any) -> int | None:
    """Return the code of an error."""
    code = answer.get("code") if isinstance(answer, dict) and "error" in answer else None
    return code if isinstance(code, int) else None


def _compare_lists(found: Comparison, old: Row, new: Row, *, is_ordered: bool) -> None:
    before, after = _by_id(old["results"]), _by_id(new["results"])
    if before is None or after is None:  # rows without ids
        if old["results"] != new["results"]:
            found.add("rows", old=len(old["results"]), new=len(new["results"]))
        return
    for kind, names in (
        ("missing", [name for name in before if name not in after]),
        ("extra", [name for name in after if name not in before]),
    ):
        if names:
            found.add(kind, ids=shown(names), count=len(names))
    common = [name for name in before if name in after]
    if is_ordered and common != [name for name in after if name in before]:
        found.add("order", ids=shown(common))
    if old.get("count") != new.get("count"):
        found.add("count")
    for name in common:
        _compare_rows(found, before[name], after[name])


def _by_id(rows: list[Any]) -> dict[str, Row] | None:
    found: dict[str, Row] = {}
    for row in rows:
        name = row.get("objectId") if isinstance(row, dict) else None
        if not isinstance(name, str):
            return None
        found[name] = row
    return found


def _compare_rows(found: Comparison, old: Row, new: Row) -> None:
    """Compare two states of an object."""
    if _is_newer(old, new):
        found.stale += 1
        return
    before, after = _comparable(old, found.without), _comparable(new, found.without)
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if names and len(found.differences) < MAX_NAMED:
        known = {"id": shown([old["objectId"]])[0]} if isinstance(old.get("objectId"), str) else {}
        found.add("fields", **known, fields=shown(sorted(names)))


def _is_newer(old: Row, new: Row) -> bool:
    """Return whether a row was changed at the old place after what the new one has."""
    before, after = old.get("updatedAt"), new.get("updatedAt")
    return isinstance(before, str) and isinstance(after, str) and before > after


def _comparable(row: Row, without: frozenset[str]) -> Row:
    kept = ((name, _plain(value)) for name, value in row.items() if name not in without)
    return {name: value for name, value in kept if value is not None}


def _plain(value: Any) -> Any:
    """Return a value without what may differ: of another object only which it is."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("__type") in _REFERENCES:
        # An object that a query includes is a pointer with columns, and is compared when asked for.
        return [value.get("className", "_File"), value.get("objectId") or value.get("id")]
    return {name: _plain(item) for name, item in value.items()}


def shown(names: list[str]) -> list[str]:
    """Return the first of some names, and the beginning of each."""
    return [name[:_LONGEST_NAME] for name in names[:MAX_NAMED]]
