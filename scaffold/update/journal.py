"""What an update is about to do, noted down before it begins.

SIGKILL or a power cut may end an update between any two of its steps. The next run finds the
journal before it looks at anything else, compares it with the files, and names the git
commands that restore the project.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import atomic, git
from scaffold.errors import UsageError
from scaffold.printable import Lines, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.update.plan import UpdatePlan
    from scaffold.update.repository import Repository

# Files on their way to their places, as `atomic.write` names them: 16 hexadecimal digits.
_WAITING = f":(glob)**/{atomic.TEMPORARY}{'?' * 16}"


@dataclass(frozen=True)
class Journal:
    """What an update was about to do.

    Attributes:
        head: the commit that it began at.
        before: a digest of each file that it changes, empty where there is none.
        after: the same afterwards.
        added: files and outermost folders that the update makes.
        where: the project's folder, as the user's shell has to know it.
    """

    head: str
    before: dict[str, str]
    after: dict[str, str]
    added: tuple[str, ...]
    where: str

    @classmethod
    def of(
        cls, repository: Repository, head: str, result: Path, plan: UpdatePlan, where: str
    ) -> Journal:
        """Return what to note down before an update is applied.

        Args:
            repository: the user's.
            head: its commit.
            result: the project as it is to be.
            plan: the update.
            where: the project's folder, as the user's shell has to know it.
        """
        paths = [change.path for change in plan.changes]
        added = {_outermost(repository.folder, change.path) for change in plan.of("added")}
        before = {path: _digest(repository.folder / path) for path in paths}
        return cls(
            head,
            before,
            {path: _digest(result / path) for path in paths},
            tuple(sorted(added)),
            where,
        )

    @classmethod
    def read(cls, repository: Repository) -> Journal | None:
        """Return the journal that an update left, None if there is none that can be read."""
        try:
            return cls(**json.loads(repository.journal.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, repository: Repository) -> None:
        """Note it down, on the disk before anything else is.

        Raises:
            OSError: it cannot be written.
        """
        atomic.write(repository.journal, json.dumps(asdict(self)).encode())

    def restore(self) -> list[str]:
        """Return the commands that take the whole update back, and nothing
        that the user adds later.
        """
        commands = [f"{self._git} restore --source=HEAD --staged --worktree -- ."]
        if self.added:
            # -x: some may be ignored. Only what the update brings is named, so nothing else can go.
            commands.append(f"{self._git} clean -fdxq -- {shlex.join(self.added)}")
        return commands

    def restore_half(self, edited: Sequence[str]) -> list[str]:
        """Return the commands that take back what was done of it.

        Args:
            edited: what the user changed since, elsewhere; it stays as it is.
        """
        whole, *rest = self.restore()
        if edited:
            known = [f":(literal){path}" for path, digest in self.before.items() if digest]
            whole = f"{self._git} restore --source=HEAD --staged --worktree -- {shlex.join(known)}"
        return [whole, *rest, f"{self._git} clean -fxq -- {shlex.quote(_WAITING)}"]

    @property
    def _git(self) -> str:
        return "git" if self.where == "." else f"git -C {shlex.quote(self.where)}"


def check(repository: Repository) -> None:
    """Refuse a project if its last update was interrupted.

    Raises:
        UsageError: it was; the error names the commands that take it back.
    """
    journal = Journal.read(repository)
    if journal is None or repository.head() != journal.head or not _has_begun(repository, journal):
        return
    changed, unknown = repository.changes()
    edited = [path for path in (*changed, *unknown) if not _is_of_update(journal, path)]
    mixed = [
        path
        for path in journal.before
        if _digest(repository.folder / path) not in _states(journal, path)
    ]
    commands = Lines("\n".join(journal.restore_half(edited)))
    if mixed:
        raise UsageError(
            "update.error.interrupted-edited", found=shortened(mixed), commands=commands
        )
    raise UsageError("update.error.interrupted", folder=repository.folder, commands=commands)


def _has_begun(repository: Repository, journal: Journal) -> bool:
    """Return whether anything is there that the update did."""
    folder = repository.folder
    if any(
        _digest(folder / path) == after != journal.before[path]
        for path, after in journal.after.items()
    ):
        return True
    if set(journal.before) & set(repository.unmerged()):
        return True
    return bool(git.output(folder, "ls-files", "--others", "-z", "--", _WAITING))


def _is_of_update(journal: Journal, path: str) -> bool:
    name = Path(path).name
    return (
        path in journal.before
        or path.startswith(tuple(journal.added))
        or name.startswith(atomic.TEMPORARY)
    )


def _states(journal: Journal, path: str) -> tuple[str, str]:
    return journal.before[path], journal.after[path]


def _digest(path: Path) -> str:
    if path.is_symlink():
        return hashlib.sha256(os.fsencode(path.readlink())).hexdigest()
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _outermost(folder: Path, path: str) -> str:
    """Return the file, or the outermost of its folders that is new with it."""
    parents = [parent for parent in reversed(Path(path).parents) if parent != Path()]
    return next(
        (f"{parent.as_posix()}/" for parent in parents if not os.path.lexists(folder / parent)),
        path,
    )
