"""Put a plan into the user's files: on a branch of its own, each file whole, all of them or none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from scaffold.adopt.contract import ANSWERS
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scaffold.adopt.draft import Change


def write(folder: Path, changes: Iterable[Change]) -> None:
    """Write every change; put everything back if one cannot be written or the user interrupts.

    New files come first and the answers file last, so that a project which was killed half-way is never taken for
    adopted.

    Raises:
        FailedError: a file cannot be written, or is no longer what the plan was made for; all are as they were.
    """
    changes = list(changes)
    for change in changes:
        _check(folder / change.path, change)
    done: list[Change] = []
    ordered = sorted(changes, key=lambda change: (change.path == ANSWERS, change.before is not None, change.path))
    try:
        for change in ordered:
            done.append(change)
            _put(folder / change.path, change.after)
    except BaseException as error:
        for change in reversed(done):
            _take_back(folder / change.path, change.before)
        if isinstance(error, OSError):
            raise FailedError("adopt.error.not-written", path=done[-1].path, reason=error.strerror or error) from error
        raise


def _check(path: Path, change: Change) -> None:
    """Refuse to write over what was changed since the plan was made."""
    now = path.read_bytes() if path.is_file() else None
    if now != change.before:
        raise FailedError("adopt.error.changed", path=change.path)


def _put(path: Path, data: bytes) -> None:
    """Write a file beside its place and rename it, so that it is old or new at any moment. A link stays a link."""
    target = path.resolve() if path.is_symlink() else path
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name[:40]}.{os.urandom(8).hex()}")
    try:
        beside.write_bytes(data)
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o7777)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _take_back(path: Path, before: bytes | None) -> None:
    if before is None:
        if path.is_file() or path.is_symlink():
            path.unlink()
    elif not path.is_file() or path.read_bytes() != before:
        _put(path, before)
