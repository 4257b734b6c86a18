"""Temporary folders, which a later run removes where a run was killed.

They hold copies of a project, its `.env` among them. A folder is in use as long as its maker holds
a lock on it, which the system takes back however that ends.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator

_ATTEMPTS = 5
_NAME = re.compile(r"scaffold-[a-z-]+-\w+\.tmp", re.ASCII)


@dataclass(frozen=True)
class Temporary:
    """A folder that is in use.

    Attributes:
        path: the folder.
        lock: the descriptor that holds the lock; None where the system has no such locks.
    """

    path: Path
    lock: int | None

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self.lock is not None:
            os.close(self.lock)


def make(purpose: str) -> Temporary:
    """Make a folder for this user alone, and remove those that killed runs have left.

    Args:
        purpose: a word for the folder's name.
    """
    remove_leftovers()
    for _ in range(_ATTEMPTS):
        path = Path(tempfile.mkdtemp(prefix=f"scaffold-{purpose}-", suffix=".tmp"))
        lock = _lock(path)
        if lock is not None and path.is_dir():
            return Temporary(path, lock)
        # Another run took it for a leftover before it was locked.
        Temporary(path, lock).remove()
    # Here is no locking, as on Windows: a name that no run takes for a leftover.
    return Temporary(Path(tempfile.mkdtemp(prefix=f"scaffold-{purpose}-")), None)


@contextmanager
def folder(purpose: str) -> Iterator[Path]:
    """Make such a folder for the length of a `with` block."""
    made = make(purpose)
    try:
        yield made.path
    finally:
        made.remove()


def remove_leftovers() -> None:
    """Remove this user's folders that no run holds any more; links are not followed."""
    if fcntl is None:
        return
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and _is_ours(entry):
                lock = _lock(Path(entry.path))
                if lock is not None:
                    Temporary(Path(entry.path), lock).remove()


def _is_ours(entry: os.DirEntry[str]) -> bool:
    with suppress(OSError):
        is_folder = entry.is_dir(follow_symlinks=False)
        return is_folder and entry.stat(follow_symlinks=False).st_uid == os.getuid()
    return False


def _lock(path: Path) -> int | None:
    """Return a descriptor that holds the lock on a folder, None where another run holds it."""
    if fcntl is None:
        return None
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
        else:
            return descriptor
    return None
