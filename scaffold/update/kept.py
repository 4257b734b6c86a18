"""What the user changed and the template no longer has: copier would remove it, and the changes with it.

git calls that a conflict, "deleted by them", and leaves the file; so does an update.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from scaffold.update.repository import git
from scaffold.update.scratch import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scaffold.update.scratch import Scratch


def bring_back(scratch: Scratch, removed: Iterable[str], old: Path) -> bool:
    """Bring back, as conflicts, those of the removed files that the user had changed.

    Args:
        scratch: the copy, updated.
        removed: paths in the project.
        old: a project as the old version of the template makes it.

    Returns:
        Whether there were any.
    """
    entries = {entry.path: entry for entry in scratch.entries}
    lines: list[Entry] = []
    for path in removed:
        mine, was = scratch.repository.folder / path, old / path
        if not was.is_file() or mine.is_symlink() or _same(mine.read_bytes(), was.read_bytes()):
            continue
        (scratch.project / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(mine, scratch.project / path)
        entry = entries[scratch.repository.prefix + path]
        base = git(scratch.top, "hash-object", "-w", "--stdin", stdin=was.read_bytes()).decode().strip()
        lines += [
            Entry("0", "0" * len(base), "0", entry.path),
            Entry(entry.mode, base, "1", entry.path),
            Entry(entry.mode, entry.blob, "2", entry.path),
        ]
    if lines:
        records = b"".join(os.fsencode(str(entry)) + b"\0" for entry in lines)
        git(scratch.top, "update-index", "-z", "--index-info", stdin=records)
    return bool(lines)


def _same(one: bytes, other: bytes) -> bool:
    return one.replace(b"\r\n", b"\n") == other.replace(b"\r\n", b"\n")
