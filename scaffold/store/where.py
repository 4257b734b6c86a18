"""Reading `where`, as SDKs send it, into conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.store import geo, regexes, values
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
    RelatedTo,
    Size,
    Subquery,
    Within,
)
from scaffold.store.errors import ApiError
from scaffold.store.operations import split
from scaffold.store.values import Document, Json, kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.store.conditions import Condition, Path

MAX_CONDITIONS = 800  # SQLite allows expressions 1,000 levels deep
MAX_DEPTH = 16
MAX_LIST = 5000
TIMES = {"createdAt", "updatedAt"}
ORDERED = {"Number", "String", "Date", "Boolean"}
COMPARISONS = {"$lt": "<", "$lte": "<=", "$gt": ">", "$gte": ">="}
# The keys that belong to another one and mean nothing alone.
DISTANCES = {
    "Distance": 1.0,
    "DistanceInRadians": 1.0,
    "DistanceInKilometers": geo.KILOMETERS,
    "DistanceInMiles": geo.MILES,
}
COMPANIONS = {"$options": "$regex"} | {
    f"${end}{unit}": "$nearSphere" for end in ("max", "min") for unit in DISTANCES
}


def parse(where: Json) -> Condition:
    """Read a `where`: an object, or a list of objects that all must hold.

    Raises:
        ApiError: it cannot be read, or asks for what is not offered.
    """
    condition = _where(where, 0)
    if sum(1 for _ in walk(condition)) > MAX_CONDITIONS:
        raise ApiError(1, f"A query may have {MAX_CONDITIONS} conditions.")
    return condition


def walk(condition: Condition) -> Iterator[Condition]:
    """Go through a condition and all conditions in it."""
    yield condition
    if isinstance(condition, All | Any):
        for inner in condition.conditions:
            yield from walk(inner)
    elif isinstance(condition, Not):
        yield from walk(condition.condition)


def nearest(condition: Condition) -> Near | None:
    """Return the condition by which results are ordered where nothing else is asked for."""
    return next((found for found in walk(condition) if isinstance(found, Near)), None)


def _where(where: Json, depth: int) -> Condition:
    if depth > MAX_DEPTH:
        raise ApiError(1, f"A query may be nested {MAX_DEPTH} levels deep.")
    if isinstance(where, list):
        return All(tuple(_where(item, depth + 1) for item in where))
    if not isinstance(where, dict):
        raise ApiError(107)
    return All(tuple(_entry(key, where[key], depth + 1) for key in where))


def _entry(key: str, value: Json, depth: int) -> Condition:
    if key in {"$or", "$and"}:
        if not isinstance(value, list) or not value:
            raise ApiError(1, f"{key} needs a list of conditions.")
        return (Any if key == "$or" else All)(tuple(_where(item, depth) for item in value))
    if key == "$relatedTo":
        return _related(value)
    if key.startswith("$"):
        raise ApiError(1, f"The operator {key[:60]!r} is not offered.")
    path = path_of(key)
    if isinstance(value, dict) and any(name.startswith("$") for name in value):
        return All(
            tuple(
                _operator(path, name, value)
                for name in value
                if name not in COMPANIONS or _alone(name, value)
            )
        )
    return Equal(path, operand(path, value))


def path_of(key: str) -> Path:
    """Return where a key leads that a query names.

    Raises:
        ApiError: 105, that is no key; 1, it leads to what is nobody's to ask.
    """
    path = split(key)
    if path[0] == "ACL":
        raise ApiError(1, "Queries by ACL are not offered.")
    if any(character in key for character in '"\\') or not key.isprintable():
        raise ApiError(105)
    return path


def _alone(name: str, operators: Document) -> bool:
    """Refuse `$options` without `$regex`, a distance without a point."""
    if COMPANIONS[name] not in operators:
        raise ApiError(1, f"{name} needs {COMPANIONS[name]}.")
    return False


def operand(path: Path, value: Json) -> Json:
    """Return the value to compare with; the platform's own times may be given as plain text."""
    if path[0] in TIMES and isinstance(value, str):
        return values.date(values.parse_iso(value))
    return values.normalise(value)


def _operator(path: Path, name: str, operators: Document) -> Condition:
    reader = _OPERATORS.get(name)
    if reader is None:
        raise ApiError(1, f"The operator {name[:60]!r} is not offered.")
    return reader(path, operators[name], operators)


def _compare(operator: str) -> Callable[[Path, Json, Document], Condition]:
    def reader(path: Path, value: Json, _: Document) -> Condition:
        wanted = operand(path, value)
        if kind(wanted) not in ORDERED:
            raise ApiError(1, f"Values of type {kind(wanted)} are not ordered.")
        return Compare(path, operator, wanted)

    return reader


def _list(path: Path, value: Json, name: str) -> tuple[Json, ...]:
    if not isinstance(value, list) or len(value) > MAX_LIST:
        raise ApiError(1, f"{name} needs a list of at most {MAX_LIST} values.")
    return tuple(operand(path, item) for item in value)


def _every(path: Path, value: Json, _: Document) -> Condition:
    wanted = _list(path, value, "$all")
    return All(tuple(Equal(path, item) for item in wanted)) if wanted else Any()


def _exists(path: Path, value: Json, _: Document) -> Condition:
    if not isinstance(value, bool | int):
        raise ApiError(1, "$exists needs true or false.")
    return Exists(path) if value else Not(Exists(path))


def _size(path: Path, value: Json, _: Document) -> Condition:
    if kind(value) != "Number" or value != int(value) or not 0 <= value < values.EXACT:
        raise ApiError(1, "$size needs a count.")
    return Size(path, int(value))


def _regex(path: Path, value: Json, operators: Document) -> Condition:
    options = operators.get("$options", "")
    if not isinstance(value, str) or not isinstance(options, str):
        raise ApiError(1, "$regex needs a string.")
    pattern = values.normalise(value)
    if not regexes.literal(pattern, options):
        regexes.matcher(pattern, options)
    return Matches(path, pattern, options)


def _near(path: Path, value: Json, operators: Document) -> Condition:
    latitude, longitude = _point(value)
    limits = {end: _radians(end, operators) for end in ("min", "max")}
    return Near(path, latitude, longitude, limits["min"] or 0, limits["max"])


def _radians(end: str, operators: Document) -> float | None:
    found = None
    for name, unit in DISTANCES.items():
        number = operators.get(f"${end}{name}")
        if number is not None:
            if kind(number) != "Number" or number < 0:
                raise ApiError(1, f"${end}{name} needs a distance.")
            found = number / unit
    return found


def _point(value: Json) -> tuple[float, float]:
    """Return latitude and longitude of a GeoPoint; the oldest SDKs send a pair."""
    match value:
        case [latitude, longitude]:
            value = {"__type": "GeoPoint", "latitude": latitude, "longitude": longitude}
    point = values.normalise(value)
    if kind(point) != "GeoPoint":
        raise ApiError(302)
    return point["latitude"], point["longitude"]


def _within(path: Path, value: Json, _: Document) -> Condition:
    corners = value.get("$box") if isinstance(value, dict) and len(value) == 1 else None
    match corners:
        case [low, high]:
            return Within(path, *_point(low), *_point(high))
    raise ApiError(1, "$within needs a $box of two points.")


def _related(value: Json) -> Condition:
    found = value if isinstance(value, dict) else {}
    parent, key = values.normalise(found.get("object")), found.get("key")
    if kind(parent) != "Pointer" or not isinstance(key, str) or not values.KEY.fullmatch(key):
        raise ApiError(128)
    return RelatedTo(parent["className"], parent["objectId"], key)


def _subquery(path: Path, query: Json, key: Path | None = None) -> Condition:
    class_name = query.get("className") if isinstance(query, dict) else None
    if not isinstance(class_name, str) or not values.CLASS_NAME.fullmatch(class_name):
        raise ApiError(103)
    known = {name: query[name] for name in ("where", "limit", "skip", "order") if name in query}
    return Subquery(path, class_name, known, key)


def _select(path: Path, value: Json, _: Document) -> Condition:
    if not isinstance(value, dict) or not isinstance(value.get("key"), str):
        raise ApiError(1, "$select needs a query and a key.")
    return _subquery(path, value.get("query"), path_of(value["key"]))


_OPERATORS: dict[str, Callable[[Path, Json, Document], Condition]] = {
    **{name: _compare(operator) for name, operator in COMPARISONS.items()},
    "$eq": lambda path, value, _: Equal(path, operand(path, value)),
    "$ne": lambda path, value, _: Not(Equal(path, operand(path, value))),
    "$in": lambda path, value, _: In(path, _list(path, value, "$in")),
    "$nin": lambda path, value, _: Not(In(path, _list(path, value, "$nin"))),
    "$all": _every,
    "$exists": _exists,
    "$size": _size,
    "$regex": _regex,
    "$nearSphere": _near,
    "$within": _within,
    "$inQuery": lambda path, value, _: _subquery(path, value),
    "$notInQuery": lambda path, value, _: Not(_subquery(path, value)),
    "$select": _select,
    "$dontSelect": lambda path, value, operators: Not(_select(path, value, operators)),
}
