"""Put a project on the disk: whole, or not at all.

A new folder is written under a hidden name beside its place and renamed, so that it appears in one step. A folder that
must stay the same folder (the current one, or one that holds something already) is filled by renaming finished files
into it, and emptied of them again when one of the renames fails.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.errors import FailedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# What a folder may hold and still count as empty.
_HARMLESS = frozenset({".git"})
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
        if target.is_symlink() and not target.exists():
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
        shown = ", ".join(found[:3]) + (", …" if len(found) > 3 else "")  # noqa: PLR2004 - enough to recognise a folder
        raise UsageError("new.error.target-not-empty", target=target, found=shown, count=len(found))


def _check_parent(target: Path) -> None:
    parent = next(folder for folder in target.absolute().parents if folder.exists())
    if not parent.is_dir():
        raise UsageError("new.error.parent-is-file", target=target, parent=parent)


def write_project(
    target: Path, files: Mapping[str, bytes], *, force: bool = False, prepare: Callable[[Path], None] | None = None
) -> Written:
    """Write a project.

    Args:
        target: its folder: absent, empty, with nothing but `.git`, or with anything under `force`.
        files: contents by path relative to the folder.
        force: fill a folder that holds other files; one that is in the way is kept as `NAME.orig`.
        prepare: called with the finished folder if it holds nothing but the project, before it gets its name if it can.

    Raises:
        UsageError: the target cannot be filled.
        FailedError: the disk is full, read-only or otherwise unwilling; nothing is left behind.
    """
    check_target(target, force=force)
    target = Path(os.path.abspath(target))  # noqa: PTH100 - resolve() would follow a link that the user wants to keep
    try:
        if _must_stay(target):
            alone = not any(target.iterdir())
            with _staging(target) as staging:
                _write_files(staging, files)
                written = Written(target, _move_in(staging, target, files))
            if prepare and alone:
                prepare(target)
            return written
        with _parents(target), _staging(target.parent, f".{target.name[:100]}.scaffold-") as staging:
            _write_files(staging, files)
            if prepare:
                prepare(staging)
            _appear(staging, target)
        return Written(target)
    except OSError as error:
        raise _failure(error, target) from error


def _must_stay(target: Path) -> bool:
    """Return whether the folder itself has to survive: somebody is in it, links to it, or it holds something."""
    if not target.exists():
        return False
    here = Path.cwd()
    return target.is_symlink() or target in (here, *here.parents) or any(target.iterdir())


@contextmanager
def _parents(target: Path) -> Iterator[None]:
    """Make the folders above the target, and take them away again if the project does not come to be."""
    missing = [folder for folder in target.parents if not folder.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for folder in missing:
            folder.rmdir()
        raise


@contextmanager
def _staging(parent: Path, prefix: str = ".scaffold-") -> Iterator[Path]:
    """Give a new hidden folder inside `parent`, gone afterwards unless it was renamed."""
    staging = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        file = folder / path
        # Paths come from templates, which may be a stranger's: none may lead out of the project.
        if not file.resolve().is_relative_to(folder.resolve()):
            raise UsageError("new.error.path-outside", path=path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _appear(staging: Path, target: Path) -> None:
    """Give the finished folder its name, in one step."""
    umask = os.umask(0)
    os.umask(umask)
    # mkdtemp makes folders that only their owner can read; a project is an ordinary folder.
    staging.chmod(0o777 & ~umask)
    if os.name == "nt" and target.exists():  # Windows does not rename over an empty folder
        target.rmdir()
    staging.rename(target)


def _move_in(staging: Path, target: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Move finished files into a folder; put everything back if one cannot be moved."""
    undo: list[Callable[[], object]] = []
    saved: list[Path] = []
    try:
        for path in files:
            destination = target / path
            for folder in reversed([f for f in destination.parents if not f.exists()]):
                folder.mkdir()
                undo.append(folder.rmdir)
            if destination.exists() or destination.is_symlink():
                if destination.is_file() and destination.read_bytes() == files[path]:
                    continue
                kept = _free_name(destination)
                destination.rename(kept)
                undo.append(lambda kept=kept, destination=destination: kept.rename(destination))  # type: ignore[misc]
                saved.append(kept)
            (staging / path).rename(destination)
            undo.append(destination.unlink)
    except BaseException:
        for step in reversed(undo):
            step()
        raise
    return saved


def _free_name(path: Path) -> Path:
    """Return a name beside `path` that is not taken, such as `app.py.orig` or `app.py.orig2`."""
    name = path.with_name(f"{path.name}.orig")
    number = 2
    while name.exists() or name.is_symlink():
        name = path.with_name(f"{path.name}.orig{number}")
        number += 1
    return name


def _failure(error: OSError, target: Path) -> FailedError:
    code = _FAILURES.get(error.errno or 0, "cannot-write")
    return FailedError(
        f"new.error.{code}", target=target, path=error.filename or target, reason=error.strerror or error
    )
