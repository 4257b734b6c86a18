"""Put a project on the disk: whole, or not at all.

A new folder is written under a hidden name beside its place and renamed, so that it appears
in one step. A folder that must stay the same folder (the current one, or one that holds
something already) is filled by renaming finished files into it, and emptied of them again
when one of the renames fails.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from scaffold.errors import FailedError, UsageError
from scaffold.paths import is_git_folder
from scaffold.printable import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

# What a folder may hold and still count as empty.
_HARMLESS = frozenset({".git"})
# What the hidden folder's name holds, in which a project is written before it appears.
_STAGING = ".scaffold-"
_FAILURES = {
    errno.EACCES: "not-writable",
    errno.EDQUOT: "disk-full",
    errno.ENAMETOOLONG: "name-too-long",
    errno.ENOSPC: "disk-full",
    errno.EPERM: "not-writable",
    errno.EROFS: "not-writable",
}


@dataclass
class Written:
    """What was put on the disk.

    Attributes:
        folder: the project.
        saved: files of the user's that were in the way, by their new names.
    """

    folder: Path
    saved: list[Path] = field(default_factory=list)


def check_target(target: Path, *, force: bool) -> None:
    """Refuse a target that cannot be filled, before anything else is done.

    Args:
        target: the project's folder, which need not exist.
        force: allow a folder that holds other files.

    Raises:
        UsageError: it is not a folder, or not empty.
        FailedError: it cannot be read.
    """
    try:
        if _leads_nowhere(target):
            raise UsageError("new.error.target-is-broken-link", target=target)
        if not target.exists():
            _check_parent(target)
            return
        if not target.is_dir():
            raise UsageError("new.error.target-is-file", target=target)
        found = sorted(entry.name for entry in target.iterdir() if entry.name not in _HARMLESS)
    except OSError as error:
        raise _failure(error, target) from error
    if found and not force:
        raise UsageError("new.error.target-not-empty", target=target, found=shortened(found))


def _leads_nowhere(path: Path) -> bool:
    return path.is_symlink() and not path.exists()


def _check_parent(target: Path) -> None:
    parent = next(folder for folder in target.absolute().parents if os.path.lexists(folder))
    if _leads_nowhere(parent):
        raise UsageError("new.error.target-is-broken-link", target=parent)
    if not parent.is_dir():
        raise UsageError("new.error.parent-is-file", target=target, parent=parent)


def check_paths(paths: Iterable[str]) -> None:
    """Refuse paths that a template, which may be a stranger's, must not give to a project.

    Args:
        paths: relative to the project's folder.

    Raises:
        UsageError: one leads out of the folder, or into what git takes for its own.
    """
    for path in paths:
        if is_git_folder(path):
            raise UsageError("new.error.path-in-git", path=path)
        # Read as on Windows, where both slashes separate, and where a drive leads away.
        place = PureWindowsPath(path)
        if place.anchor or ".." in place.parts:
            raise UsageError("new.error.path-outside", path=path)


def write_project(
    target: Path,
    files: Mapping[str, bytes],
    *,
    force: bool = False,
    prepare: Callable[[Path], None] | None = None,
) -> Written:
    """Write a project.

    Args:
        target: its folder: absent, empty, with nothing but `.git`, or with anything under `force`.
        files: contents by path relative to the folder.
        force: fill a folder that holds other files; one that is in the way is kept as `NAME.orig`.
        prepare: called with the finished folder if it holds nothing but the project,
            before it gets its name if it can.

    Raises:
        UsageError: the target cannot be filled.
        FailedError: the disk is full, read-only or otherwise unwilling; nothing is left behind.
    """
    check_paths(files)
    check_target(target, force=force)
    # resolve() would follow a link that the user wants to keep.
    target = Path(os.path.abspath(target))  # noqa: PTH100
    try:
        if _must_stay(target):
            alone = not any(target.iterdir())
            with _staging(target) as staging:
                _write_files(staging, files)
                if prepare and alone:
                    prepare(staging)
                return Written(target, _move_in(staging, target))
        # 40 characters are enough to recognise it, and leave room for the
        # rest in a name of 255 bytes.
        with _parents(target), _staging(target.parent, f".{target.name[:40]}{_STAGING}") as staging:
            _write_files(staging, files)
            if prepare:
                prepare(staging)
            _appear(staging, target)
        return Written(target)
    except OSError as error:
        raise _failure(error, target) from error


def _must_stay(target: Path) -> bool:
    """Return whether the folder itself has to survive.

    It must where somebody is in it or links to it, where it holds something, and where it cannot
    be replaced: a disk is mounted there, or the folder above is not the user's.
    """
    if not target.exists():
        return False
    here = Path.cwd()
    in_use = (
        target.is_symlink() or target.resolve() in (here, *here.parents) or any(target.iterdir())
    )
    # Not Path.is_mount, which Windows has from Python 3.12 on.
    return in_use or os.path.ismount(target) or not os.access(target.parent, os.W_OK)


@contextmanager
def _parents(target: Path) -> Iterator[None]:
    """Make the folders above the target, and take them away again if the
    project does not come to be.
    """
    missing = [folder for folder in target.parents if not folder.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for folder in missing:
            # It may not have been made yet, or hold what somebody else has put there since.
            with suppress(OSError):
                folder.rmdir()
        raise


@contextmanager
def _staging(parent: Path, prefix: str = _STAGING) -> Iterator[Path]:
    """Give a new hidden folder inside `parent`, gone afterwards unless it was renamed."""
    staging = parent / f"{prefix}{os.urandom(8).hex()}"
    try:
        staging.mkdir()
        yield staging
    finally:
        if staging.exists():
            import shutil

            shutil.rmtree(staging, ignore_errors=True)


def _write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    # The folder is new and holds no links, so what the names say is where they lead.
    for parent in dict.fromkeys(path.rpartition("/")[0] for path in files):
        (folder / parent).mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        (folder / path).write_bytes(content)


def _appear(staging: Path, target: Path) -> None:
    """Give the finished folder its name, in one step."""
    if target.exists():
        staging.chmod(target.stat().st_mode & 0o7777)
        if os.name == "nt":  # Windows does not rename over an empty folder
            target.rmdir()
    try:
        staging.rename(target)
    except OSError:
        # Somebody else may have put something there meanwhile; if so, that is what to say.
        check_target(target, force=False)
        raise


def _move_in(staging: Path, target: Path) -> list[Path]:
    """Move what is finished into a folder; put everything back if something cannot be moved.

    Returns:
        What was in the way, by its new names.
    """
    undo: list[Callable[[], object]] = []
    saved: list[Path] = []
    try:
        _move(staging, target, undo, saved)
    except BaseException:
        for step in reversed(undo):
            step()
        raise
    return saved


def _move(
    source: Path, destination: Path, undo: list[Callable[[], object]], saved: list[Path]
) -> None:
    """Move what `source` holds into `destination`, folder by folder where both have one.

    Each step's undoing is noted before the step, and does nothing if Ctrl-C came between the two.
    """
    for entry in sorted(source.iterdir()):
        place = destination / entry.name
        if os.path.lexists(place):
            if place.is_dir() and not place.is_symlink() and entry.is_dir():
                _move(entry, place, undo, saved)
                continue
            if place.is_file() and entry.is_file() and place.read_bytes() == entry.read_bytes():
                continue
            kept = _free_name(place)
            undo.append(partial(_rename_back, kept, place))
            place.rename(kept)
            saved.append(kept)
        undo.append(partial(_rename_back, place, entry))
        entry.rename(place)


def _rename_back(place: Path, origin: Path) -> None:
    if not os.path.lexists(origin):
        place.rename(origin)


def _free_name(path: Path) -> Path:
    """Return a name beside `path` that is not taken, such as `app.py.orig` or `app.py.orig2`."""
    name = path.with_name(f"{path.name}.orig")
    number = 2
    while os.path.lexists(name):
        name = path.with_name(f"{path.name}.orig{number}")
        number += 1
    return name


def _failure(error: OSError, target: Path) -> FailedError:
    code = _FAILURES.get(error.errno or 0, "cannot-write")
    path = error.filename
    if not path or _STAGING in str(path):
        # The hidden folder is gone and means nothing to the user.
        path = target
    return FailedError(
        f"new.error.{code}", target=target, path=path, reason=error.strerror or error
    )
