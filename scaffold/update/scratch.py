"""A copy of the project, in which copier may work.

It is a repository of its own: git's objects are borrowed from the user's, everything written stays in the copy. So the
result can be shown before anything of the user's is touched, and copier's hundred steps can be cut off at any of them.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.git import NEUTRAL
from scaffold.update.repository import git, names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.update.repository import Repository

_SMALL = 1_000_000
_LINK, _SUBMODULE = "120000", "160000"
# Of folders above the project: they say which files git ignores, and how it ends their lines.
_RULES = (".gitignore", ".gitattributes")
_IDENTITY = {f"GIT_{who}_{what}": "scaffold" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
# What makes git do more than it is asked to, in the user's settings or its own.
# With `core.quotePath` copier takes the name of a file that is not ASCII for another, and fails.
QUIET = {name: value for name, value in NEUTRAL.items() if name != "core.autocrlf"} | {
    "core.quotePath": "false",
    "gc.auto": "0",
}
# The user's other settings count: line ends, filters. Those below would make copier lose lines in silence: it looks for
# what could not be merged in the output of `git status`, and does not look at what `git apply` says.
_CONFIG = """\
[include]
\tpath = "{config}"
\tpath = "{worktree_config}"
[core]
\tbare = false
\tworktree = "{top}"
\tsparseCheckout = false
\tsplitIndex = false
\tuntrackedCache = false
[status]
\tshowUntrackedFiles = normal
[apply]
\twhitespace = nowarn
\tignoreWhitespace = no
"""


@dataclass(frozen=True)
class Entry:
    """One line of git's index."""

    mode: str
    blob: str
    stage: str
    path: str

    def __str__(self) -> str:
        return f"{self.mode} {self.blob} {self.stage}\t{self.path}"


def index(folder: Path, *paths: str) -> list[Entry]:
    """Return git's index, with paths from the top of the repository.

    Args:
        folder: where git runs.
        paths: below it; without them, all of it.
    """
    entries = []
    for line in names(git(folder, "ls-files", "--stage", "-z", "--full-name", "--", *(paths or (".",)))):
        facts, path = line.split("\t", 1)
        mode, blob, stage = facts.split(" ")
        entries.append(Entry(mode, blob, stage, path))
    return entries


def quoted(path: Path) -> str:
    """Return a path as git's settings write it inside quotes."""
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


@dataclass(frozen=True)
class Scratch:
    """The copy.

    Args:
        repository: the user's.
        room: an empty folder for it.
    """

    repository: Repository
    room: Path

    @cached_property
    def top(self) -> Path:
        """The copy of the repository's work tree; templates may ask for its name."""
        return self.room / (self.repository.top.name or "project")

    @property
    def project(self) -> Path:
        """The copy of the project."""
        return self.top / self.repository.prefix

    @cached_property
    def entries(self) -> list[Entry]:
        """The project's part of the user's index."""
        return index(self.repository.folder)

    def make(self) -> None:
        """Copy the project, and commit it there as it is."""
        source = self.repository
        form = () if source.object_format == "sha1" else (f"--object-format={source.object_format}",)
        self.project.mkdir(parents=True)
        git(self.top, "init", "--quiet", "--template=", *form)
        self._borrow()
        missing = self._copy_files()
        self._copy_ignored()
        self._set_index(self.entries)
        if missing:  # a sparse checkout
            skipped = b"\0".join(map(os.fsencode, missing)) + b"\0"
            git(self.top, "update-index", "-z", "--skip-worktree", "--stdin", stdin=skipped)
        message = ("--message", "as it is", "--no-verify", "--allow-empty")
        git(self.top, "commit", "--quiet", *message, extra=_IDENTITY)

    def _borrow(self) -> None:
        """Use the objects, the settings and the rules of the user's repository."""
        source, own = self.repository, self.top / ".git"
        worktree_config = source.git_dir / "config.worktree"
        text = _CONFIG.format(
            config=quoted(source.common_config), worktree_config=quoted(worktree_config), top=quoted(self.top)
        )
        for name, value in QUIET.items():
            section, _, key = name.rpartition(".")
            text += f'[{section}]\n\t{key} = "{value}"\n'
        with (own / "config").open("a", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        (own / "objects" / "info").mkdir(parents=True, exist_ok=True)
        (own / "objects" / "info" / "alternates").write_bytes(os.fsencode(source.objects.resolve()) + b"\n")
        (own / "info").mkdir(exist_ok=True)
        for name in ("exclude", "attributes"):
            if (source.info / name).is_file():
                shutil.copyfile(source.info / name, own / "info" / name)
        folders = [Path(*Path(source.prefix).parts[:depth]) for depth in range(len(Path(source.prefix).parts))]
        for rules in (folder / name for folder in folders for name in _RULES):
            if (source.top / rules).is_file():
                shutil.copyfile(source.top / rules, self.top / rules)

    def _copy_files(self) -> list[str]:
        """Copy what git knows, as it is on the disk; return the paths that are not there."""
        missing = []
        made: set[Path] = set()
        for entry in self.entries:
            origin, copy = self.repository.top / entry.path, self.top / entry.path
            if entry.mode == _SUBMODULE:
                copy.mkdir(parents=True, exist_ok=True)
                continue
            if copy.parent not in made:
                copy.parent.mkdir(parents=True, exist_ok=True)
                made.add(copy.parent)
            if not os.path.lexists(origin):
                missing.append(entry.path)
            else:
                shutil.copy2(origin, copy, follow_symlinks=False)
                if entry.mode != _LINK:
                    copy.chmod(copy.stat().st_mode | 0o200)  # copier writes into files; the user's keep their modes
        return missing

    @cached_property
    def ignored(self) -> dict[str, bytes]:
        """Small files that git ignores: migrations tell of them, and templates may want their places."""
        from scaffold.migrate import files  # noqa: PLC0415 - only a rehearsal needs it

        found = {}
        for path in files.ignored(self.repository.folder):
            file = self.repository.folder / path
            with suppress(OSError):  # one that is not the user's to read
                if file.stat().st_size <= _SMALL:
                    found[path] = file.read_bytes()
        return found

    def is_untouched(self, path: str) -> bool:
        """Return whether a path is that of an ignored file, and still as the user left it."""
        copy = self.project / path
        return path in self.ignored and copy.is_file() and copy.read_bytes() == self.ignored[path]

    def _copy_ignored(self) -> None:
        for path, content in self.ignored.items():
            copy = self.project / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)

    def _set_index(self, entries: Iterable[Entry]) -> None:
        lines = b"".join(os.fsencode(str(entry)) + b"\0" for entry in entries)
        git(self.top, "update-index", "-z", "--index-info", stdin=lines)
