"""Edits of the user's that copier cannot merge and would lose: they become
conflicts, and the user's file stays.

Those are a file that the user changed and the template no longer has; one that is no text, such as
UTF-16 or a picture; and a link in place of a file. git does the same in a merge.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from scaffold.update import index
from scaffold.update.index import IndexEntry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scaffold.update.plan import FileUpdate, UpdatePlan
    from scaffold.update.working_copy import WorkingCopy


_REGULAR = "100644"


def at_risk(copy: WorkingCopy, plan: UpdatePlan) -> list[FileUpdate]:
    """Return the changes that copier made without a merge."""
    return [
        change
        for change in plan.changes
        if change.action == "removed" or _is_not_merged(copy, change)
    ]


def _is_not_merged(copy: WorkingCopy, change: FileUpdate) -> bool:
    mine, result = copy.repository.folder / change.path, copy.project / change.path
    return change.action == "changed" and (
        change.added is None or mine.is_symlink() != result.is_symlink()
    )


def restore_user_edits(copy: WorkingCopy, changes: Iterable[FileUpdate], old: Path) -> list[str]:
    """Bring the user's files back where both sides changed them, as conflicts.

    Args:
        copy: the copy, updated.
        changes: what copier made without a merge.
        old: a project as the old version of the template makes it.

    Returns:
        The paths of the files that were brought back.
    """
    entries = {entry.path: entry for entry in copy.first_entries}
    lines: list[IndexEntry] = []
    restored = []
    for change in changes:
        mine, theirs = copy.repository.folder / change.path, copy.project / change.path
        was, now = _content(old / change.path), _content(theirs)
        if _same(_content(mine), was):
            continue
        restored.append(change.path)
        if not _same(was, now):
            lines += _conflict(copy, entries[copy.repository.prefix + change.path], was, now)
        theirs.unlink(missing_ok=True)
        theirs.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(mine, theirs, follow_symlinks=False)
    if lines:
        copy.git("update-index", "-z", "--index-info", stdin=index.lines(lines))
    return restored


def _conflict(
    copy: WorkingCopy, mine: IndexEntry, was: bytes | None, now: bytes | None
) -> list[IndexEntry]:
    """Return what git's index holds of a file that both sides changed:
    base, the user's, the template's.
    """
    found = [*index.removals([mine]), IndexEntry(mine.mode, mine.blob, "2", mine.path)]
    for content, stage in ((was, "1"), (now, "3")):
        if content is not None:
            blob = copy.git("hash-object", "-w", "--stdin", stdin=content).decode().strip()
            found.append(IndexEntry(_REGULAR, blob, stage, mine.path))
    return found


def _content(path: Path) -> bytes | None:
    """Return what a file holds, or where a link leads; None where there is neither."""
    if path.is_symlink():
        return os.fsencode(path.readlink())
    return path.read_bytes() if path.is_file() else None


def _same(one: bytes | None, other: bytes | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.replace(b"\r\n", b"\n") == other.replace(b"\r\n", b"\n")
