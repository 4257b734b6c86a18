"""What conditions and orders mean, in plain Python: the specification that the SQL of
both databases is compared with.

A document here is a record as a client sees it, with `objectId`, and `createdAt` and `updatedAt`
as dates. A dotted path goes into objects, and into each object of an array; the value at its end
counts itself and, if it is an array, with each of its items.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from scaffold.store import geo, regexes
from scaffold.store.conditions import (
    All,
    Any,
    Compare,
    Equal,
    Exists,
    In,
    Matches,
    Near,
    Not,
    Size,
    Within,
)
from scaffold.store.values import Document, Json, equal, kind, sort_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scaffold.store.conditions import Condition, Path

COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def holds(condition: Condition, record: Document) -> bool:
    """Say whether a record meets a condition without queries in it.

    Raises:
        TypeError: the condition asks for other objects: relations and queries are answered before.
    """
    if isinstance(condition, All):
        return all(holds(inner, record) for inner in condition.conditions)
    if isinstance(condition, Any):
        return any(holds(inner, record) for inner in condition.conditions)
    if isinstance(condition, Not):
        return not holds(condition.condition, record)
    test = _TESTS.get(type(condition))
    if test is None:
        raise TypeError(type(condition).__name__)
    return test(condition, record)


def at(record: Json, path: Path) -> Iterator[Json]:
    """Go through the values at the end of a path."""
    if not path:
        yield record
    elif isinstance(record, dict):
        if path[0] in record:
            yield from at(record[path[0]], path[1:])
    elif isinstance(record, list):
        for item in record:
            if isinstance(item, dict):
                yield from at(item, path)


def candidates(record: Document, path: Path) -> Iterator[Json]:
    """Go through the values that a condition may be about: those at the end of the
    path, and the items of arrays.
    """
    for value in at(record, path):
        yield value
        if isinstance(value, list):
            yield from value


def plain(record: Json, path: Path) -> Json:
    """Return the value that a record is ordered by: the one at the end of a
    path through objects only.
    """
    for key in path:
        record = record.get(key) if isinstance(record, dict) else None
    return record


def ordered(records: Iterable[Document], order: Iterable[tuple[Path, bool]]) -> list[Document]:
    """Return records in the order of some paths, each given with whether it
    descends; then the oldest first.
    """
    result = sorted(records, key=lambda record: (record["createdAt"]["iso"], record["objectId"]))
    for path, descends in reversed(list(order)):
        result.sort(key=lambda record: sort_key(plain(record, path)), reverse=descends)
    return result


def _equal(condition: Equal, record: Document) -> bool:
    found = list(candidates(record, condition.path))
    if condition.value is None and not found:
        return True
    return any(equal(value, condition.value) for value in found)


def _in(condition: In, record: Document) -> bool:
    return any(_equal(Equal(condition.path, value), record) for value in condition.values)


def _compare(condition: Compare, record: Document) -> bool:
    compare, wanted = COMPARISONS[condition.operator], condition.value
    found = candidates(record, condition.path)
    return any(
        kind(value) == kind(wanted) and compare(sort_key(value), sort_key(wanted))
        for value in found
    )


def _exists(condition: Exists, record: Document) -> bool:
    return any(True for _ in at(record, condition.path))


def _size(condition: Size, record: Document) -> bool:
    return any(
        isinstance(value, list) and len(value) == condition.size
        for value in at(record, condition.path)
    )


def _matches(condition: Matches, record: Document) -> bool:
    test = text_test(condition)
    return any(
        isinstance(value, str) and test(value) for value in candidates(record, condition.path)
    )


def text_test(condition: Matches) -> Callable[[str], bool]:
    """Return what a regular expression asks of a string."""
    plain = regexes.literal(condition.pattern, condition.options)
    if plain is None:
        return regexes.matcher(condition.pattern, condition.options)
    way, text = plain
    tests: dict[str, Callable[[str], bool]] = {
        "contains": lambda value: text in value,
        "starts": lambda value: value.startswith(text),
        "ends": lambda value: value.endswith(text),
        "is": lambda value: value == text,
    }
    return tests[way]


def _points(record: Document, path: Path) -> Iterator[tuple[float, float]]:
    for value in candidates(record, path):
        if kind(value) == "GeoPoint":
            yield value["latitude"], value["longitude"]


def _near(condition: Near, record: Document) -> bool:
    return any(
        condition.least <= away and (condition.most is None or away <= condition.most)
        for away in distances(condition, record)
    )


def distances(condition: Near, record: Document) -> Iterator[float]:
    """Go through the distances of a record's points."""
    for latitude, longitude in _points(record, condition.path):
        yield geo.distance(condition.latitude, condition.longitude, latitude, longitude)


def _within(condition: Within, record: Document) -> bool:
    return any(
        condition.south <= latitude <= condition.north
        and condition.west <= longitude <= condition.east
        for latitude, longitude in _points(record, condition.path)
    )


_TESTS: dict[type, Callable[[Json, Document], bool]] = {
    Equal: _equal,
    In: _in,
    Compare: _compare,
    Exists: _exists,
    Size: _size,
    Matches: _matches,
    Near: _near,
    Within: _within,
}
