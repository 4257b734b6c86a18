"""Write files so that each is the old or the new one at any moment, and several all or none."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from scaffold.errors import FailedError
from scaffold.files import check_inside, exists, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

# Begins the names of files that wait to take another one's place.
TEMPORARY = ".scaffold-"


def write(path: Path, data: bytes) -> None:
    """Replace or make a file, so that it is the old or the new one at any
    moment; mode and owner stay.

    A link stays a link: what it leads to is replaced. Folders that are missing are made.

    Raises:
        OSError: it cannot be written; all is as it was.
    """
    target = path.resolve() if path.is_symlink() else path
    missing = [folder for folder in target.parents if not folder.exists()]
    beside = target.with_name(f"{TEMPORARY}{os.urandom(8).hex()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Not os.open with a mode of our own: a new file gets the one that the user's umask gives.
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _keep_rights(target, beside)
        beside.replace(target)
    except BaseException:
        # On a disk that became read-only even removing what is not there is an error.
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        _remove_empty(missing)
        raise


def write_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Replace and make files: all of them, or none where one cannot be
    written or the user interrupts.

    Args:
        folder: where the paths begin, and what no link may lead out of.
        contents: the new bytes, by path.

    Raises:
        FailedError: a file cannot be written; all are as they were.
    """
    before: dict[str, bytes | None] = {}
    made: list[Path] = []
    path = ""
    try:
        for path, data in contents.items():
            target = folder / path
            check_inside(target, folder)
            before[path] = read(target) if exists(target) else None
            made += [parent for parent in reversed(target.parents) if not parent.exists()]
            write(target, data)
    except BaseException as error:
        for done in reversed(before):
            _restore(folder / done, before[done])
        _remove_empty(reversed(made))
        if isinstance(error, OSError):
            raise FailedError(
                "files.error.not-written", path=path, reason=error.strerror or error
            ) from error
        raise


def _restore(path: Path, before: bytes | None) -> None:
    """Give a file its old contents back, or remove it where there was none."""
    with suppress(OSError):
        if before is None:
            path.unlink(missing_ok=True)
        elif read(path) != before:
            write(path, before)


def _remove_empty(folders: Iterable[Path]) -> None:
    """Remove folders, innermost first, unless something is in them."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _keep_rights(target: Path, beside: Path) -> None:
    """Give a new file the mode and the owner of the one that it replaces."""
    try:
        before = target.stat()
    except FileNotFoundError:
        return
    if hasattr(os, "chown") and (before.st_uid, before.st_gid) != (os.getuid(), os.getgid()):
        # `sudo scaffold check --fix` must not make the files root's; others
        # may not give files away.
        with suppress(OSError):
            os.chown(beside, before.st_uid, before.st_gid)
    beside.chmod(stat.S_IMODE(before.st_mode))
