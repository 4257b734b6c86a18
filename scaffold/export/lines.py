"""JSON lines, whole or not at all, with their number and their SHA-256."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.export import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Json = Any
Row = dict[str, Json]
CHUNK = 1 << 20
# Begins the names of files that are not whole yet.
PARTIAL = ".partial-"


@dataclass(frozen=True)
class LinesFile:
    """A file of an export.

    Attributes:
        path: where it is, from the folder of the export.
        rows: how many rows it has.
        bytes: its size.
        sha256: of the whole file.
    """

    path: str
    rows: int
    bytes: int
    sha256: str

    def as_json(self) -> Row:
        """Return what the manifest says of it."""
        return {"path": self.path, "rows": self.rows, "bytes": self.bytes, "sha256": self.sha256}


def header(class_name: str) -> bytes:
    """Return the line that the console writes above the rows of a class."""
    described = json.dumps({"type": "Class", "class": class_name}, separators=(",", ":"))
    return f"#filetype:JSON-streaming {described}\n".encode()


def encode(row: Json) -> bytes:
    """Return a row as a line. Half a surrogate pair, which UTF-8 has not, stays an escape."""
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(row, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def write(folder: Path, path: str, lines: Iterable[bytes], first: bytes = b"") -> LinesFile:
    """Replace a file of an export; at any moment it is the old or the new one.

    Args:
        folder: the export.
        path: the file in it.
        lines: its rows, each with the end of its line.
        first: what stands above them.

    Raises:
        OSError: it cannot be written; all is as it was.
    """
    target = folder / path
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = target.with_name(f"{PARTIAL}{os.urandom(8).hex()}")
    try:
        with partial.open("xb") as file:
            partial.chmod(0o600)
            rows, size, digest = 0, len(first), hashlib.sha256(first)
            file.write(first)
            for line in lines:
                file.write(line)
                digest.update(line)
                size += len(line)
                rows += 1
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return LinesFile(path, rows, size, digest.hexdigest())


def read(path: Path) -> Iterator[Row]:
    """Yield the rows of a file, one at a time; comments are left out.

    Raises:
        OSError: it cannot be read.
        ValueError: a line is no JSON object.
    """
    with path.open("rb") as file:
        for line in file:
            if line.strip() and not line.startswith(layout.COMMENT.encode()):
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise json.JSONDecodeError("no object", "", 0)
                yield row


def digest(path: Path) -> tuple[int, str]:
    """Return size and SHA-256 of a file, whatever its size.

    Raises:
        OSError: it cannot be read.
    """
    size, found = 0, hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            size += len(piece)
            found.update(piece)
    return size, found.hexdigest()
