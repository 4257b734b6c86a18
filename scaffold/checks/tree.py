"""The files of a project that are worth reading."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from scaffold import files, walking

if TYPE_CHECKING:
    from pathlib import Path

# No hand-written source is larger; a data file would only cost time.
MAX_BYTES = 1_000_000
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read(path: Path) -> bytes:
    """Return a file's bytes; none if it cannot be read, is huge, or is not text."""
    try:
        data = files.read(path, limit=MAX_BYTES)
    except OSError:
        return b""
    # Text of PowerShell is UTF-16, every other character of which is a NUL.
    return b"" if b"\0" in data and not data.startswith(_UTF16) else data


def virtualenvs(root: Path) -> list[str]:
    """Return the names of the folders in a project's root that are virtualenvs."""
    return sorted(mark.parent.name for mark in root.glob(f"*/{walking.VIRTUALENV_MARK}"))
