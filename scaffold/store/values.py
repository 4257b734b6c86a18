"""Values as requests carry them: their kinds, the form in which they are
kept, how two are compared.

The order of values of different kinds is that of `RANKS`, the one that MongoDB has, on which the
platform was built: null and missing values first, then numbers, strings, objects, arrays, bytes,
pointers, booleans and dates. Strings are ordered by code point, pointers by their objectId.
Objects and arrays are not ordered among themselves.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TypeAlias

from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

Json: TypeAlias = Any  # what JSON can say; every reader checks what it got
Document: TypeAlias = "dict[str, Json]"

MAX_DEPTH = 32
INT_RANGE = range(-(2**63), 2**63)
EXACT = 2**53  # a larger float has no digits behind the point
CLASS_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}", re.ASCII)
KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,127}", re.ASCII)
ROLE_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
OBJECT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
# What PostgreSQL cannot keep in a string: the character 0, and halves of a character.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
RANKS = {
    "null": 0,
    "Number": 1,
    "String": 2,
    "Array": 4,
    "Bytes": 5,
    "Pointer": 6,
    "Boolean": 7,
    "Date": 8,
}
OBJECT_RANK = 3
SORTED_BY = {"Bytes": "base64", "Pointer": "objectId", "Date": "iso"}


class RawJson(str):
    """JSON that is written already."""

    __slots__ = ()


@dataclass(frozen=True)
class Slot:
    """Stands for a value in SQL that is said once for many values.

    Args:
        kind: what kind of value it is.
        name: under which name the value is given when the SQL is run.
        is_integer: whether it is a number without a point.
    """

    kind: str
    name: str
    is_integer: bool = False


def kind(value: Json) -> str:
    """Return the type that a column holding `value` has; `null` for None."""
    if isinstance(value, dict):
        return str(value.get("__type", "Object"))
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, int | float):
        return "Number"
    if isinstance(value, list):
        return "Array"
    if value is None:
        return "null"
    return value.kind if isinstance(value, Slot) else "String"


def equal(one: Json, other: Json) -> bool:
    """Say whether two values are the same: 1 is 1.0 and is not true; the
    order of keys does not count.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def sort_key(value: Json) -> tuple[int, float, str]:
    """Return what orders `value` among all values."""
    sort = kind(value)
    rank = RANKS.get(sort, OBJECT_RANK)
    if sort in {"Number", "Boolean"}:
        return rank, value, ""
    if sort == "String":
        return rank, 0, value
    return rank, 0, value[SORTED_BY[sort]] if sort in SORTED_BY else ""


def loads(text: str | bytes) -> Json:
    """Read JSON without what databases cannot keep.

    Raises:
        ApiError: 107, the text is not JSON, or a number is none.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode(json.detect_encoding(text), "surrogatepass")
        return _DECODER.decode(text)
    except (ValueError, OverflowError, RecursionError) as error:
        raise ApiError(107) from error


def dumps(value: Json) -> str:
    """Write JSON in the one form in which values are kept."""
    if isinstance(value, RawJson):
        return value
    return _ENCODER.encode(value)


def refuse(constant: str) -> Json:
    """Refuse a number that is none."""
    raise ValueError(constant)


def integer(digits: str) -> float:
    """Return an integer, or the float of one that has more than 64 bits."""
    number = int(digits)
    return number if number in INT_RANGE else float(number)


# Made once: to make them takes longer than to read a small object.
_DECODER = json.JSONDecoder(parse_int=integer, parse_constant=refuse)
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
)


def now() -> str:
    """Return the current time as dates are written."""
    return iso(datetime.now(timezone.utc))


def iso(moment: datetime) -> str:
    """Return a time in UTC as the platform writes it, with milliseconds."""
    return (
        moment.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="milliseconds")
        + "Z"
    )


def parse_iso(text: Json) -> str:
    """Return any ISO 8601 date in the one form in which dates are kept and compared.

    Raises:
        ApiError: 111, it is not one.
    """
    try:
        moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", _milliseconds(str(text))))
        return iso(moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc))
    except (ValueError, OverflowError) as error:
        raise ApiError(111, f"Invalid date: {str(text)[:60]!r}.") from error


def _milliseconds(text: str) -> str:
    """Give a fraction of a second the three digits that Python 3.10 insists on."""
    return re.sub(r"\.(\d+)", lambda found: "." + (found[1] + "00")[:3], text, count=1)


def date(text: str) -> Document:
    """Return the value of a date that is written as `iso` writes it."""
    return {"__type": "Date", "iso": text}


def pointer(class_name: str, object_id: str) -> Document:
    """Return the value that points to an object."""
    return {"__type": "Pointer", "className": class_name, "objectId": object_id}


def normalise(value: Json, depth: int = 0) -> Json:
    """Return `value` as it is kept.

    Raises:
        ApiError: it is too deep, holds what cannot be kept, or is not what its `__type` says.
    """
    if depth > MAX_DEPTH:
        raise ApiError(107, f"Values may be nested {MAX_DEPTH} levels deep.")
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, list):
        return [normalise(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    if "__type" in value:
        return _typed(value)
    return {storable(key): normalise(item, depth + 1) for key, item in value.items()}


def storable(text: str) -> str:
    """Return a string that databases can keep and compare with.

    Raises:
        ApiError: 107, they cannot.
    """
    if UNSTORABLE.search(text):
        raise ApiError(107, "A string holds the character 0 or half of a character.")
    return text


def _float(number: float) -> float:
    """Return a float; as an integer where all digits behind the point are
    gone, as both databases compare it.
    """
    if not math.isfinite(number):
        raise ApiError(107, "A number is too large.")
    if abs(number) >= EXACT and int(number) in INT_RANGE:
        return int(number)
    return number + 0.0 if number else 0.0


def _typed(value: Document) -> Document:
    reader = READERS.get(str(value["__type"]))
    if reader is None:
        raise ApiError(111, f"Unknown type {str(value['__type'])[:60]!r}.")
    return {
        "__type": "Pointer" if value["__type"] == "Object" else value["__type"],
        **reader(value),
    }


def _date(value: Document) -> Document:
    return {"iso": parse_iso(value.get("iso"))}


def _bytes(value: Document) -> Document:
    try:
        data = base64.b64decode(value.get("base64", ""), validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise ApiError(111, "Bytes must be given in base64.") from error
    return {"base64": base64.b64encode(data).decode()}


def _pointer(value: Document) -> Document:
    class_name, object_id = value.get("className"), value.get("objectId")
    if not (isinstance(class_name, str) and CLASS_NAME.fullmatch(class_name)):
        raise ApiError(106)
    if not (isinstance(object_id, str) and OBJECT_ID.fullmatch(object_id)):
        raise ApiError(106)
    return {"className": class_name, "objectId": object_id}


def _relation(value: Document) -> Document:
    class_name = value.get("className")
    if not (isinstance(class_name, str) and CLASS_NAME.fullmatch(class_name)):
        raise ApiError(128)
    return {"className": class_name}


def _file(value: Document) -> Document:
    object_id = value.get("id") or value.get("objectId")
    if not (isinstance(object_id, str) and OBJECT_ID.fullmatch(object_id)):
        raise ApiError(106, "A file must be given by its id.")
    return {"id": object_id}


def _geopoint(value: Document) -> Document:
    return {
        "latitude": _degrees(value.get("latitude"), 90),
        "longitude": _degrees(value.get("longitude"), 180),
    }


def _degrees(number: Json, most: int) -> Json:
    if kind(number) != "Number" or not -most <= number <= most:
        raise ApiError(302)
    return normalise(number)


READERS: dict[str, Callable[[Document], Document]] = {
    "Date": _date,
    "Bytes": _bytes,
    "Pointer": _pointer,
    "Object": _pointer,  # a whole object where a pointer is meant
    "Relation": _relation,
    "File": _file,
    "GeoPoint": _geopoint,
}
