"""Put the result of an update in place: file by file, and all of it or nothing.

Each file is written beside its place and renamed; Ctrl-C and errors take back what was done. The
journal is written before everything else, and the answers file after it: as long as that is the
old one, the update is not finished.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from scaffold import atomic, git
from scaffold.errors import FailedError
from scaffold.printable import Lines
from scaffold.update import index

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scaffold.update.index import IndexEntry
    from scaffold.update.journal import Journal
    from scaffold.update.plan import FileUpdate, UpdatePlan
    from scaffold.update.repository import Repository
    from scaffold.update.working_copy import WorkingCopy

_EXECUTABLE = "100755"
_ANSWERS = ".copier-answers.yml"


def apply(copy: WorkingCopy, plan: UpdatePlan, journal: Journal) -> None:
    """Put the result in place.

    Args:
        copy: the copy.
        plan: what happened there.
        journal: what is noted down before.

    Raises:
        FailedError: something could not be written; everything is as it was, or
            the error says how to make it so.
    """
    repository = copy.repository
    undo: list[Callable[[], object]] = []
    path = repository.journal
    try:
        journal.write(repository)
        # What goes first makes room for what comes. The answers file says that the update is done.
        changes = sorted(plan.changes, key=lambda change: change.action != "removed")
        for change in (change for change in changes if change.path != _ANSWERS):
            path = repository.folder / change.path
            _place(copy.project / change.path, path, change, undo)
        _set_index(copy, plan.entries, undo)
        for change in (change for change in changes if change.path == _ANSWERS):
            path = repository.folder / change.path
            _place(copy.project / change.path, path, change, undo)
        repository.journal.unlink()
    except BaseException as error:
        _take_back(undo, repository, journal, error)
        if isinstance(error, OSError):
            reason = error.strerror or error
            raise FailedError("update.error.not-written", path=path, reason=reason) from error
        raise


def _take_back(
    undo: Sequence[Callable[[], object]],
    repository: Repository,
    journal: Journal,
    reason: BaseException,
) -> None:
    """Undo what was done.

    Raises:
        FailedError: that is not possible either; the journal stays.
    """
    try:
        for step in reversed(undo):
            step()
        if not repository.journal.is_dir():
            repository.journal.unlink(missing_ok=True)
    except OSError as error:
        commands = Lines("\n".join(journal.restore_half([])))
        raise FailedError(
            "update.error.not-taken-back",
            path=error.filename,
            reason=error.strerror,
            commands=commands,
        ) from reason


@dataclass(frozen=True)
class _FileState:
    """A file, or that there is none."""

    content: bytes | None
    link: Path | None = None
    mode: int | None = None

    @classmethod
    def of(cls, path: Path) -> _FileState:
        if path.is_symlink():
            return cls(None, path.readlink())
        return (
            cls(path.read_bytes(), None, path.stat().st_mode & 0o7777)
            if path.is_file()
            else cls(None)
        )

    def put(self, path: Path) -> None:
        """Make it so."""
        if self.content is None and self.link is None:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.content is None:
            beside = path.with_name(atomic.TEMPORARY + os.urandom(8).hex())
            beside.symlink_to(self.link or "")
            beside.replace(path)
            return
        if path.is_symlink():
            path.unlink()  # else what it leads to would be written
        atomic.write(path, self.content)
        if self.mode is not None and path.stat().st_mode & 0o7777 != self.mode:
            path.chmod(self.mode)


def _place(new: Path, place: Path, change: FileUpdate, undo: list[Callable[[], object]]) -> None:
    """Put one file in its place; note before each step how to take it back."""
    before = _FileState.of(place)
    missing = [parent for parent in place.parents if not parent.exists()]
    undo.extend(partial(_remove_empty, parent) for parent in reversed(missing))
    undo.append(partial(before.put, place))
    after = _FileState.of(new)
    if after.content is not None:
        # Whether it may be run is the template's to say; who may read and write it, the user's.
        after = replace(after, mode=_mode(before.mode, executable=change.mode == _EXECUTABLE))
    after.put(place)
    if change.action == "removed":
        for parent in place.parents:
            if not _remove_empty(parent):
                break


def _mode(before: int | None, *, executable: bool) -> int:
    if before is None:
        umask = os.umask(0)
        os.umask(umask)
        before = 0o666 & ~umask
    readable = (before & 0o444) >> 2
    return before | readable if executable else before & ~0o111


def _remove_empty(folder: Path) -> bool:
    with suppress(OSError):
        folder.rmdir()
        return True
    return False


def _set_index(
    copy: WorkingCopy, entries: Sequence[IndexEntry], undo: list[Callable[[], object]]
) -> None:
    """Give the user's index the stages of conflicts; `git status` shows them,
    `git checkout --ours` knows them.
    """
    if not entries:
        return
    folder = copy.repository.folder
    paths = {entry.path for entry in entries}
    before = {entry.path: entry for entry in copy.entries if entry.path in paths}
    # What the user committed of a file with a filter is not what is on the disk,
    # nor what the copy has of it.
    copied = {entry.path: entry.blob for entry in copy.first_entries}
    ours = [
        replace(before[entry.path], stage="2")
        if entry.stage == "2" and entry.blob == copied.get(entry.path)
        else entry
        for entry in entries
    ]
    pack = copy.git(
        "pack-objects", "--stdout", "--quiet", stdin="".join(f"{e.blob}\n" for e in ours).encode()
    )
    git.output(folder, "unpack-objects", "-q", stdin=pack)
    undo.append(partial(_write_index, folder, [*index.removals(ours), *before.values()]))
    _write_index(folder, [*index.removals(ours), *ours])


def _write_index(folder: Path, entries: Sequence[IndexEntry]) -> None:
    git.output(folder, "update-index", "-z", "--index-info", stdin=index.lines(entries))
