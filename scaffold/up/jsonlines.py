"""JSON lines as they come from a browser: piece by piece, each line bounded and checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_LIMIT = 16 * 1024 * 1024  # what the data service takes of an object
# The first line of the platform's own exports: `#filetype:JSON-streaming {"type": "Class", …}`.
_HEADER = b"#filetype:"


class Line(NamedTuple):
    """A line: the object on it, or the name of the problem and more about it."""

    number: int
    row: dict[str, Any] | None
    size: int
    problem: str = ""
    detail: str = ""


class LineReader:
    """Cuts what it is fed into lines; of one that is too long only the number is kept."""

    def __init__(self) -> None:
        self._begun = bytearray()
        self._is_too_long = False
        self._number = 0

    def feed(self, piece: bytes) -> Iterator[Line]:
        """Yield the lines that end in a piece."""
        *whole, rest = piece.split(b"\n")
        for part in whole:
            self._keep(part)
            yield from self._end()
        self._keep(rest)

    def close(self) -> Iterator[Line]:
        """Yield the last line, if it has no end."""
        if self._begun or self._is_too_long:
            yield from self._end()

    def _keep(self, part: bytes) -> None:
        if len(self._begun) + len(part) > LINE_LIMIT:
            self._is_too_long = True
            self._begun.clear()
        elif not self._is_too_long:
            self._begun += part

    def _end(self) -> Iterator[Line]:
        self._number += 1
        content, is_too_long = bytes(self._begun), self._is_too_long
        self._begun.clear()
        self._is_too_long = False
        if is_too_long:
            yield Line(self._number, None, 0, "long-line")
            return
        if self._number == 1:
            content = content.removeprefix(b"\xef\xbb\xbf")
        if content.strip() and not content.startswith(_HEADER):
            yield _read(self._number, content)


def _read(number: int, content: bytes) -> Line:
    try:
        row = json.loads(content.decode(), parse_constant=_refuse)
        json.dumps(row, allow_nan=False)  # such as 1e999
    except json.JSONDecodeError as error:
        return Line(number, None, 0, "bad-json", f"{error.msg}: {error.colno}")
    except (ValueError, RecursionError) as error:
        return Line(number, None, 0, "bad-json", str(error))
    if not isinstance(row, dict):
        return Line(number, None, 0, "not-an-object")
    return Line(number, row, len(content))


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
