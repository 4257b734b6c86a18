"""What git makes of a project's files: which it tracks, and which it ignores."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from scaffold import files, git
from scaffold.checks.ignores import GITIGNORE, Ignores, decode, folders_above
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_MOST_FOLDERS_UP = 50


class ProjectRepository:
    """The repository that a project is in, if there is one.

    Its ignore files are read rather than asked of git, so that a project without git, or on a
    machine without it, is judged alike; ignore files outside of the repository are one machine's,
    and say nothing about a clone.

    Args:
        root: the project's folder.
        paths: its files.
    """

    def __init__(self, root: Path, paths: Iterable[str]) -> None:
        self._root = root.absolute()
        self._folders = [
            path.removesuffix(GITIGNORE) for path in paths if f"/{path}".endswith(f"/{GITIGNORE}")
        ]

    @cached_property
    def top(self) -> Path | None:
        """The folder that holds `.git`, None where no folder up from the project
        does, or where that ignores it all.
        """
        folders = islice((self._root, *self._root.parents), _MOST_FOLDERS_UP)
        found = next((folder for folder in folders if (folder / ".git").exists()), None)
        if found is None or found == self._root:
            return found
        prefix = f"{self._root.relative_to(found).as_posix()}/"
        above = Ignores(dict(_ignore_files(found, folders_above(prefix))))
        return None if above.covers(prefix) else found

    @cached_property
    def tracked(self) -> frozenset[str]:
        """The project's files that are in git's index."""
        if self.top is None:
            return frozenset()
        try:
            listed = git.run(self._root, "ls-files", "-z", "--cached")
        except FailedError:
            return frozenset()
        return frozenset(git.names(listed.stdout)) if listed.returncode == 0 else frozenset()

    def ignores(self, path: str) -> bool:
        """Return whether an ignore file of the repository covers a file of the project."""
        return self._ignores.covers(self._prefix + path)

    def leaves_out(self, path: str) -> bool:
        """Return whether a clone would lack a file of the project, because git ignores it."""
        return self.ignores(path) and path not in self.tracked

    @cached_property
    def _prefix(self) -> str:
        """The path from the top of the repository to the project."""
        if self.top is None or self.top == self._root:
            return ""
        return f"{self._root.relative_to(self.top).as_posix()}/"

    @cached_property
    def _ignores(self) -> Ignores:
        folders = [
            *folders_above(self._prefix),
            *(self._prefix + folder for folder in self._folders),
        ]
        return Ignores(dict(_ignore_files(self.top or self._root, folders)))


def _ignore_files(top: Path, folders: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the text of the ignore files, by folder."""
    for folder in folders:
        # There may be none, or one that nobody can read, which git says itself.
        with suppress(OSError):
            yield folder, decode(files.read(top / folder / GITIGNORE))
