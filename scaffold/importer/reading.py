"""Reading rows from files that anybody may have written: regular files only, one line at a time, of
bounded length.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from scaffold import files
from scaffold.errors import FailedError
from scaffold.messages import text
from scaffold.store import values
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The data service takes documents of 16 MB, so that no longer line can be one; the platform's rows
# have at most 128 KB.
MAX_LINE = 16 * 1024 * 1024
_PIECE = 1 << 20
_COMMENT = b"#"
# A link in an export may lead to any file of this machine.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


@dataclass(frozen=True)
class SourceLine:
    """A line.

    Attributes:
        number: in its file, from 1.
        size: its bytes.
        row: what it says; None where it is no row.
        problem: why it is none, for people.
    """

    number: int
    size: int
    row: dict[str, Any] | None
    problem: str = ""


@contextmanager
def opened(path: Path, root: Path) -> Iterator[IO[bytes]]:
    """Open a regular file.

    Args:
        path: the file.
        root: the folder that it must be in, or the file itself.

    Raises:
        FailedError: it is missing, no regular file, or elsewhere.
    """
    try:
        files.check_inside(path, root)
        descriptor = os.open(path, _FLAGS)
    except (OSError, ValueError, RuntimeError) as error:
        raise FailedError("import.error.unreadable", file=path, problem=error) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        problem = text("files.reason.special")
        raise FailedError("import.error.unreadable", file=path, problem=problem)
    with os.fdopen(descriptor, "rb") as file:
        yield file


@dataclass
class LinesReader:
    """The rows of a file.

    Args:
        path: the file.
        root: the folder that it must be in.

    Attributes:
        sha256: of all that was read; of the whole file once all rows were.
    """

    path: Path
    root: Path

    def __post_init__(self) -> None:
        """Nothing was read."""
        self.sha256 = ""

    def __iter__(self) -> Iterator[SourceLine]:
        """Yield the lines that are no comments.

        Raises:
            FailedError: the file cannot be read.
        """
        digest = hashlib.sha256()
        with opened(self.path, self.root) as file:
            number = 0
            while line := file.readline(MAX_LINE + 1):
                number += 1
                digest.update(line)
                is_whole = len(line) <= MAX_LINE
                while not line.endswith(b"\n") and (rest := file.readline(_PIECE)):
                    digest.update(rest)
                    is_whole, line = False, rest
                if not is_whole:
                    problem = text("import.reason.long", limit=f"{MAX_LINE:,}")
                    yield SourceLine(number, 0, None, problem)
                elif line.strip() and not line.startswith(_COMMENT):
                    yield _parsed(number, line)
        self.sha256 = digest.hexdigest()


def _parsed(number: int, line: bytes) -> SourceLine:
    try:
        row = values.loads(line)
    except ApiError:
        return SourceLine(number, len(line), None, text("import.reason.no-json"))
    if not isinstance(row, dict):
        return SourceLine(number, len(line), None, text("import.reason.no-object"))
    return SourceLine(number, len(line), row)
