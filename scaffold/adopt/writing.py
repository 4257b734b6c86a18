"""Write a plan into the user's files: all of them or none."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from scaffold import atomic, files, git
from scaffold.adopt.contract import ANSWERS
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scaffold.adopt.draft import FileChange


def write(folder: Path, changes: Iterable[FileChange]) -> None:
    """Write every change; put everything back if one cannot be written or the user interrupts.

    New files come first and the answers file last, so that a project is not taken for adopted if
    the process is killed half-way.

    Raises:
        FailedError: a file cannot be written, or was changed since; no file is changed.
    """
    changes = list(changes)
    for change in changes:
        _check(folder / change.path, change)
    ordered = sorted(
        changes, key=lambda change: (change.path == ANSWERS, change.before is not None, change.path)
    )
    root, prefix = _root(folder, ordered)
    atomic.write_all(
        root, {posixpath.normpath(prefix + change.path): change.after for change in ordered}
    )


def _root(folder: Path, changes: Iterable[FileChange]) -> tuple[Path, str]:
    """Return the folder that holds all changed files, and the path from there to the project."""
    top = git.top(folder) if any(change.is_outside for change in changes) else None
    if top is None:
        return folder, ""
    return top, git.prefix(folder)


def _check(path: Path, change: FileChange) -> None:
    """Refuse to write over what was changed since the plan was made."""
    try:
        now = files.read(path)
    except FileNotFoundError:
        now = None
    except files.UnreadableError as error:
        raise FailedError(
            "files.error.not-written", path=change.path, reason=error.strerror
        ) from error
    if now != change.before:
        raise FailedError("adopt.error.changed", path=change.path)
