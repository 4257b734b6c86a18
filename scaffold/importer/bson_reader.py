"""The console's backup: files as mongodump writes them, with the hashes of passwords."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scaffold.errors import UsageError
from scaffold.importer.reading import MAX_LINE, SourceLine, opened
from scaffold.messages import text
from scaffold.store import values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# Source: bsonspec.org: a document begins with its length, 32 bits, little-endian, and has a byte
# at its end.
_LENGTH = 4
_SHORTEST = 5
_OWN = {"createdAt", "updatedAt"}


@dataclass
class BsonReader:
    """The rows of a file, numbered from 1.

    Args:
        path: the file.
        root: the folder that it must be in.

    Attributes:
        sha256: "", as no manifest knows it.
    """

    path: Path
    root: Path

    def __post_init__(self) -> None:
        """Nothing was read."""
        self.sha256 = ""

    def __iter__(self) -> Iterator[SourceLine]:
        """Yield the rows.

        Raises:
            UsageError: the package that reads BSON is missing.
            FailedError: the file cannot be read.
        """
        decode = _decoder()
        with opened(self.path, self.root) as file:
            number = 0
            while head := file.read(_LENGTH):
                number += 1
                size = int.from_bytes(head, "little", signed=True)
                is_fine = len(head) == _LENGTH and _SHORTEST <= size <= MAX_LINE
                data = head + file.read(size - _LENGTH) if is_fine else b""
                if not is_fine or len(data) < size:
                    # Nobody knows where the next one begins.
                    yield SourceLine(number, 0, None, text("import.reason.no-bson"))
                    return
                yield SourceLine(number, size, *decode(data))


def _decoder() -> Callable[[bytes], tuple[dict[str, Any] | None, str]]:
    """Return what reads a document, or says why it is none.

    Raises:
        UsageError: the package is missing.
    """
    try:
        import bson
        from bson.codec_options import CodecOptions, DatetimeConversion
        from bson.errors import BSONError
    except ModuleNotFoundError as error:
        raise UsageError("import.error.no-bson") from error
    options: CodecOptions[dict[str, Any]] = CodecOptions(
        tz_aware=True, datetime_conversion=DatetimeConversion.DATETIME_AUTO
    )

    def decode(data: bytes) -> tuple[dict[str, Any] | None, str]:
        try:
            return _row(bson.decode(data, options)), ""
        except (BSONError, ValueError, OverflowError, RecursionError, TypeError, KeyError):
            return None, text("import.reason.no-bson")

    return decode


def _row(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document as the API would give it."""
    found = {key: _value(value) for key, value in document.items() if key != "_id"}
    for key in _OWN & found.keys():
        if isinstance(document[key], datetime):
            found[key] = values.iso(document[key])
    if "_id" in document:
        found["objectId"] = str(document["_id"])
    return found


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, datetime):
        return values.date(values.iso(value))
    if isinstance(value, bytes):
        return {"__type": "Bytes", "base64": base64.b64encode(value).decode()}
    if value is None or type(value) in {str, bool, int, float}:
        return value
    return _special(value)


def _special(value: Any) -> Any:
    """Return what JSON has for a type of BSON; where it has nothing, what no column takes."""
    name = type(value).__name__
    if name == "DBRef":
        return values.pointer(value.collection, str(value.id))
    if name == "Int64":
        return int(value)
    if name == "ObjectId":
        return str(value)
    if name == "Decimal128":
        return float(value.to_decimal())
    return {"__type": name}
