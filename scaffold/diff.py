"""Changes of files as one unified diff, such as `git apply` takes where the files are UTF-8."""

from __future__ import annotations

import re
from difflib import unified_diff
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What git writes between quotes, and how.
_QUOTED = re.compile(
    r'[\x00-\x1f"\\\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]'
)
_NO_NEWLINE = "\\ No newline at end of file"


def unified(changes: Iterable[tuple[str, bytes | None, bytes]]) -> str:
    """Return a diff.

    Args:
        changes: each file's path, with what it held (None if there was none) and what it holds.
    """
    return "\n".join(line for path, before, after in changes for line in _file(path, before, after))


def _file(path: str, before: bytes | None, after: bytes) -> Iterator[str]:
    old = [] if before is None else _lines(before)
    origin = "/dev/null" if before is None else _name(f"a/{path}")
    for line in unified_diff(old, _lines(after), origin, _name(f"b/{path}")):
        yield line.removesuffix("\n")
        if not line.endswith("\n"):
            yield _NO_NEWLINE


def _lines(data: bytes) -> list[str]:
    """Return lines with their ends, as git finds them: no form feed or line
    separator ends a line of a diff.
    """
    text = data.decode("utf-8", "replace")
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _name(path: str) -> str:
    """Return a path as git writes it: between quotes if it holds what would end
    the line or act on a terminal.
    """
    if not _QUOTED.search(path):
        return path
    escaped = _QUOTED.sub(lambda match: _octal(match[0]), path)
    return f'"{escaped}"'


def _octal(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))
