"""The user's repository: what an update must know of it, and the states in
which it cannot be updated.
"""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from scaffold import git, git_status
from scaffold.errors import FailedError, UsageError
from scaffold.printable import shortened

# GIT_CONFIG_COUNT, which has copier's own git leave things out, came with this version.
OLDEST_GIT = (2, 31)
# `git rev-parse` answers these in one go, a line each.
_FACTS = ("--show-toplevel", "--absolute-git-dir", "--show-object-format", "--show-prefix")
_PLACES = {
    "objects": "objects",
    "info": "info",
    "journal": "scaffold-update.json",
}
# copier's labels, at the beginning of a line; a project of its own would hardly write them.
MARKER = "<<<<<<< before updating"


@dataclass(frozen=True)
class Repository:
    """Where the project lies in git.

    Attributes:
        folder: the project.
        top: the repository's work tree, `folder` or above it.
        git_dir: its `.git`, of this worktree.
        object_format: `sha1` or `sha256`.
        prefix: from `top` to `folder`, empty or with `/` at its end.
        objects, info: objects and ignore lists, shared between worktrees.
        journal: where a beginning update is noted down.
    """

    folder: Path
    top: Path
    git_dir: Path
    object_format: str
    prefix: str
    objects: Path
    info: Path
    journal: Path

    @classmethod
    def at(cls, folder: Path) -> Repository:
        """Return the repository of a project.

        Raises:
            UsageError: there is no git, or one too old, or the folder is in no repository.
            FailedError: git does not want to read it.
        """
        _check_git(folder)
        # Resolved, because git and copier resolve and compare.
        folder = folder.resolve()
        places = [part for place in _PLACES.values() for part in ("--git-path", place)]
        try:
            answer = git.output(folder, "rev-parse", *_FACTS, *places)
        except FailedError as error:
            message = str(error.params["output"])
            if "not a git repository" in message or "must be run in a work tree" in message:
                raise UsageError("update.error.not-a-repository", folder=folder) from error
            raise
        top, git_dir, form, prefix, *rest = os.fsdecode(answer).removesuffix("\n").split("\n")
        paths = {name: folder / path for name, path in zip(_PLACES, rest, strict=True)}
        return cls(folder, Path(top), Path(git_dir), form, prefix, **paths)

    def settings(self, wanted: re.Pattern[str]) -> dict[str, str]:
        """Return the values of those of git's settings that match a
        pattern, by their names in lower case.
        """
        listed = git.names(git.output(self.folder, "config", "--null", "--list"))
        pairs = (entry.split("\n", 1) for entry in listed if "\n" in entry)
        return {name: value for name, value in pairs if wanted.fullmatch(name)}

    def head(self) -> str:
        """Return the current commit.

        Raises:
            UsageError: there is none yet.
        """
        arguments = ("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        found = git.output(self.folder, *arguments, ok=(0, 1, 128)).decode().strip()
        if not found:
            raise UsageError("update.error.no-commit", folder=self.folder)
        return found

    def changes(self) -> tuple[list[str], list[str]]:
        """Return what differs from the last commit: changed paths, and
        paths that git does not know.
        """
        found = git_status.changes(self.folder)
        changed = [path.removeprefix(self.prefix) for letters, path in found if letters != "??"]
        return changed, [
            path.removeprefix(self.prefix) for letters, path in found if letters == "??"
        ]

    def unmerged(self) -> list[str]:
        """Return the paths that git has in conflict."""
        listed = git.names(git.output(self.folder, "ls-files", "--unmerged", "-z"))
        return sorted({entry.split("\t", 1)[1] for entry in listed})

    def check_merged(self) -> None:
        """Refuse a project with an unfinished update.

        Raises:
            UsageError: git knows of unresolved conflicts.
        """
        if unmerged := self.unmerged():
            raise UsageError(
                "update.error.unmerged", found=shortened(unmerged), files=shlex.join(unmerged)
            )

    def check_clean(self) -> None:
        """Refuse a project that git could not restore.

        Raises:
            UsageError: an interrupted update, changes that are not committed,
                or marks of conflicts that are.
        """
        changed, unknown = self.changes()
        if unknown and not changed:
            raise UsageError("update.error.untracked", folder=self.folder, found=shortened(unknown))
        if changed:
            raise UsageError(
                "update.error.uncommitted", folder=self.folder, found=shortened(changed + unknown)
            )
        left = git.output(
            self.folder, "grep", "-n", "-I", "--full-name", f"^{MARKER}", "--", ".", ok=(0, 1)
        )
        if places := [":".join(line.split(":")[:2]) for line in os.fsdecode(left).splitlines()]:
            raise UsageError("update.error.markers", found=shortened(places))


def _check_git(folder: Path) -> None:
    if git.program() is None:
        raise UsageError("update.error.no-git")
    try:
        answer = git.output(folder, "version").decode("utf-8", "replace").strip()
    except FailedError as error:
        raise UsageError("update.error.no-git") from error
    found = re.search(r"(\d+)\.(\d+)", answer)
    if not found or (int(found[1]), int(found[2])) < OLDEST_GIT:
        raise UsageError("update.error.old-git", seen=answer, oldest="{}.{}".format(*OLDEST_GIT))
