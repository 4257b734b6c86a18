"""Put the result of an update in place: file by file, and all of it or nothing.

Each file is written beside its place and renamed; Ctrl-C and errors take back what was done. What a power cut or
SIGKILL leaves is noted in a journal before the first step, so that the next run can tell which git commands restore
the project.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.errors import FailedError, UsageError
from scaffold.update.repository import git, names, shown
from scaffold.update.scratch import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scaffold.update.plan import Change, Plan
    from scaffold.update.repository import Repository
    from scaffold.update.scratch import Scratch

_EXECUTABLE = "100755"
# Files on their way to their places; what a power cut leaves of them, `git clean` finds by this name.
_BESIDE = ".scaffold-update-"


@dataclass(frozen=True)
class Journal:
    """What an update was about to do.

    Attributes:
        head: the commit that it began at.
        files: a digest of each file afterwards, empty where it is removed.
        restore: the commands that take everything back.
    """

    head: str
    files: dict[str, str]
    restore: tuple[str, ...]

    @classmethod
    def of(cls, head: str, result: Path, plan: Plan, restore: Sequence[str]) -> Journal:
        """Return what to note down before the result in a folder is carried over."""
        return cls(head, {change.path: _digest(result / change.path) for change in plan.changes}, tuple(restore))

    @classmethod
    def read(cls, repository: Repository) -> Journal | None:
        """Return the journal that an update left, if it can be read."""
        try:
            return cls(**json.loads(repository.journal.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, repository: Repository) -> None:
        """Note it down, on the disk before anything else is."""
        with repository.journal.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
            file.flush()
            os.fsync(file.fileno())

    def explains(self, repository: Repository, changed: Iterable[str]) -> bool:
        """Return whether the update made all these changes, so that taking it back loses nothing else."""
        if repository.head() != self.head:
            return False
        found = {path for name in changed for path in _files(repository.folder, name)}
        found = {path for path in found if not Path(path).name.startswith(_BESIDE)}
        return all(_digest(repository.folder / path) == self.files.get(path) for path in found)


def _files(folder: Path, name: str) -> list[str]:
    """Return the files that git means by a name: folders of unknown files stand for what they hold."""
    place = folder / name
    if place.is_dir() and not place.is_symlink():
        return [path.relative_to(folder).as_posix() for path in place.rglob("*") if not path.is_dir()]
    return [name]


def _digest(path: Path) -> str:
    if path.is_symlink():
        return hashlib.sha256(os.fsencode(path.readlink())).hexdigest()
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def restore(repository: Repository, plan: Plan, *, where: str) -> list[str]:
    """Return the commands that take an update back, whatever was or was not done of it.

    Args:
        repository: the user's, before the update.
        plan: the update.
        where: the project's folder, as the user's shell has to know it.
    """
    project = "git" if where == "." else f"git -C {shlex.quote(where)}"
    commands = [f"{project} restore --source=HEAD --staged --worktree -- ."]
    added = sorted({_outermost(repository.folder, change.path) for change in plan.of("added")})
    if added:
        # -x: some may be ignored. Only what the update brings is named, so nothing else can go.
        commands.append(f"{project} clean -fdxq -- {shlex.join(added)}")
    return commands


def restore_half(commands: Sequence[str], *, where: str) -> list[str]:
    """Return the commands that take back an update that was cut off."""
    project = "git" if where == "." else f"git -C {shlex.quote(where)}"
    return [*commands, f"{project} clean -fxq -- {shlex.quote(f':(glob)**/{_BESIDE}*')}"]


def _outermost(folder: Path, path: str) -> str:
    """Return the file, or the outermost of its folders that is new with it."""
    parents = [parent for parent in reversed(Path(path).parents) if parent != Path()]
    return next((f"{parent.as_posix()}/" for parent in parents if not os.path.lexists(folder / parent)), path)


def check(repository: Repository, plan: Plan) -> None:
    """Refuse an update that would overwrite what git could not bring back, or that cannot be written.

    Raises:
        UsageError: a file that git does not know, or one whose name differs in case only, is in the way.
        FailedError: a folder is not writable.
    """
    folder = repository.folder
    in_the_way = [change.path for change in plan.of("added") if _is_in_the_way(folder, change.path)]
    if in_the_way:
        raise UsageError("update.error.in-the-way", found=shown(in_the_way), files=shlex.join(in_the_way))
    gone = {change.path for change in plan.of("removed")}
    known = {path.casefold(): path for path in names(git(folder, "ls-files", "-z")) if path not in gone}
    for change in plan.of("added"):
        twin = known.get(change.path.casefold(), change.path)
        if twin != change.path:
            raise UsageError("update.error.case", theirs=change.path, yours=twin)
    for change in plan.changes:
        parent = next(p for p in (folder / change.path).parents if p.is_dir())
        if not os.access(parent, os.W_OK | os.X_OK):
            raise FailedError("update.error.not-writable", path=change.path, folder=parent)


def _is_in_the_way(folder: Path, path: str) -> bool:
    """Return whether something is where a new file goes, or where a folder of it goes."""
    places = (folder / path, *(folder / parent for parent in Path(path).parents if parent != Path()))
    return os.path.lexists(places[0]) or any(os.path.lexists(p) and not p.is_dir() for p in places[1:])


def carry_over(scratch: Scratch, plan: Plan, journal: Journal) -> None:
    """Put the result in place.

    Args:
        scratch: the copy.
        plan: what happened there.
        journal: what is noted down before.

    Raises:
        FailedError: something could not be written; everything is as it was.
    """
    repository = scratch.repository
    undo: list[Callable[[], object]] = []
    path = repository.journal
    try:
        journal.write(repository)
        # What goes first makes room for what comes.
        for change in sorted(plan.changes, key=lambda change: change.action != "removed"):
            path = repository.folder / change.path
            _place(scratch.project / change.path, path, change, undo)
        _give_index(scratch, plan.entries)
    except BaseException as error:
        for step in reversed(undo):
            step()
        repository.journal.unlink(missing_ok=True)
        if isinstance(error, OSError):
            reason = error.strerror or error
            raise FailedError("update.error.not-written", path=path, reason=reason) from error
        raise
    repository.journal.unlink(missing_ok=True)


@dataclass(frozen=True)
class _State:
    """A file, or that there is none."""

    content: bytes | None
    link: Path | None = None
    mode: int | None = None

    @classmethod
    def of(cls, path: Path) -> _State:
        if path.is_symlink():
            return cls(None, path.readlink())
        return cls(path.read_bytes(), None, path.stat().st_mode & 0o7777) if path.is_file() else cls(None)

    def put(self, path: Path) -> None:
        """Make it so, in one step."""
        if self.content is None and self.link is None:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(_BESIDE + os.urandom(8).hex())
        try:
            if self.link is not None:
                beside.symlink_to(self.link)
            elif self.content is not None:
                beside.write_bytes(self.content)
                if self.mode is not None:
                    beside.chmod(self.mode)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def _place(new: Path, place: Path, change: Change, undo: list[Callable[[], object]]) -> None:
    """Put one file in its place; note before each step how to take it back."""
    before = _State.of(place)
    missing = [parent for parent in place.parents if not parent.exists()]
    undo.extend(partial(_remove_empty, parent) for parent in reversed(missing))
    undo.append(partial(before.put, place))
    after = _State.of(new)
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


def _give_index(scratch: Scratch, entries: Sequence[Entry]) -> None:
    """Give the user's index the stages of conflicts; `git status` shows them, `git checkout --ours` knows them."""
    if not entries:
        return
    folder = scratch.repository.folder
    blobs = "".join(f"{entry.blob}\n" for entry in entries).encode()
    pack = git(scratch.top, "pack-objects", "--stdout", "--quiet", stdin=blobs)
    git(folder, "unpack-objects", "-q", stdin=pack)
    gone = [Entry("0", "0" * len(entry.blob), "0", entry.path) for entry in entries]
    lines = b"".join(os.fsencode(str(entry)) + b"\0" for entry in (*dict.fromkeys(gone), *entries))
    git(folder, "update-index", "-z", "--index-info", stdin=lines)
