"""Replacements in a file's bytes: whatever is not replaced stays, whatever its encoding is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Edit:
    """One replacement in a file: the bytes from `start` to `end` become `new`."""

    start: int
    end: int
    new: bytes


def apply_edits(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return bytes with replacements made; of two that overlap the first one counts."""
    pieces: list[bytes] = []
    position = 0
    for edit in sorted(dict.fromkeys(edits), key=lambda edit: (edit.start, edit.end)):
        if edit.start >= position:
            pieces += [data[position : edit.start], edit.new]
            position = edit.end
    return b"".join([*pieces, data[position:]])
