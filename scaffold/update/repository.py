"""The user's repository: what an update must know of it, and the states in which it cannot be updated."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.errors import FailedError, UsageError
from scaffold.git import environment

if TYPE_CHECKING:
    from collections.abc import Mapping

# GIT_CONFIG_COUNT, with which copier's own git is told what to leave out, came with this version.
OLDEST_GIT = (2, 31)
# `git rev-parse` answers these in one go, a line each.
_FACTS = ("--show-toplevel", "--absolute-git-dir", "--show-object-format", "--show-prefix")
_PLACES = {"common_config": "config", "objects": "objects", "info": "info", "journal": "scaffold-update.json"}
# copier's labels, at the beginning of a line; a project of its own would hardly write them.
MARKER = "<<<<<<< before updating"
_SHOWN = 5


def git(
    folder: Path,
    *arguments: str,
    stdin: bytes = b"",
    extra: Mapping[str, str] | None = None,
    ok: tuple[int, ...] = (0,),
) -> bytes:
    """Run git and return what it printed.

    Args:
        folder: where.
        arguments: after `git`.
        stdin: what it reads.
        extra: variables beside the user's own.
        ok: exit codes that are no failure.

    Raises:
        FailedError: git failed; the error holds what it said.
    """
    # Reading must not write, not even the index' cache of times; what git says is looked into, so it speaks English.
    variables = {**environment(), "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", **(extra or {})}
    command = ["git", *arguments]
    run = subprocess.run(command, cwd=folder, env=variables, input=stdin, capture_output=True, check=False)
    if run.returncode not in ok:
        said = run.stderr.decode("utf-8", "replace").strip()
        raise FailedError("update.error.git-failed", command=shlex.join(command[:3]), folder=folder, said=said)
    return run.stdout


def names(listed: bytes) -> list[str]:
    """Return the paths of one of git's lists that end each entry with NUL."""
    return [os.fsdecode(name) for name in listed.split(b"\0") if name]


def shown(paths: list[str]) -> str:
    """Return a few of many paths, enough to recognise them."""
    return ", ".join(paths[:_SHOWN]) + (f", … ({len(paths)})" if len(paths) > _SHOWN else "")


@dataclass(frozen=True)
class Repository:
    """Where the project lies in git.

    Attributes:
        folder: the project.
        top: the repository's work tree, `folder` or above it.
        git_dir: its `.git`, of this worktree.
        object_format: `sha1` or `sha256`.
        prefix: from `top` to `folder`, empty or with `/` at its end.
        common_config, objects, info: git's settings, objects and ignore lists, shared between worktrees.
        journal: where a beginning update is noted down.
    """

    folder: Path
    top: Path
    git_dir: Path
    object_format: str
    prefix: str
    common_config: Path
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
            answer = git(folder, "rev-parse", *_FACTS, *places)
        except FailedError as error:
            said = str(error.params["said"])
            if "not a git repository" in said or "must be run in a work tree" in said:
                raise UsageError("update.error.not-a-repository", folder=folder) from error
            raise
        top, git_dir, form, prefix, *rest = os.fsdecode(answer).removesuffix("\n").split("\n")
        paths = {name: folder / path for name, path in zip(_PLACES, rest, strict=True)}
        return cls(folder, Path(top), Path(git_dir), form, prefix, **paths)

    def head(self) -> str:
        """Return the current commit.

        Raises:
            UsageError: there is none yet.
        """
        found = git(self.folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}", ok=(0, 1, 128)).decode().strip()
        if not found:
            raise UsageError("update.error.no-commit", folder=self.folder)
        return found

    def changes(self) -> tuple[list[str], list[str]]:
        """Return what differs from the last commit: changed paths, and paths that git does not know."""
        arguments = ("status", "--porcelain", "-z", "--untracked-files=normal", "--no-renames", "--", ".")
        listed = names(git(self.folder, *arguments))
        return (
            [entry[3:].removeprefix(self.prefix) for entry in listed if not entry.startswith("??")],
            [entry[3:].removeprefix(self.prefix) for entry in listed if entry.startswith("??")],
        )

    def check_merged(self) -> None:
        """Refuse a project whose last update is unfinished.

        Raises:
            UsageError: git knows of unresolved conflicts.
        """
        unmerged = sorted({entry.split("\t", 1)[1] for entry in names(git(self.folder, "ls-files", "-u", "-z"))})
        if unmerged:
            raise UsageError("update.error.unmerged", found=shown(unmerged), files=shlex.join(unmerged))

    def check_clean(self) -> None:
        """Refuse a project that git could not restore.

        Raises:
            UsageError: an interrupted update, changes that are not committed, or marks of conflicts that are.
        """
        changed, unknown = self.changes()
        if (changed or unknown) and (commands := _interrupted(self, changed + unknown)):
            raise UsageError("update.error.interrupted", folder=self.folder, commands="\n".join(commands))
        if unknown and not changed:
            raise UsageError("update.error.untracked", folder=self.folder, found=shown(unknown))
        if changed:
            raise UsageError("update.error.uncommitted", folder=self.folder, found=shown(changed + unknown))
        left = git(self.folder, "grep", "-n", "-I", "--full-name", f"^{MARKER}", "--", ".", ok=(0, 1))
        if places := [":".join(line.split(":")[:2]) for line in os.fsdecode(left).splitlines()]:
            raise UsageError("update.error.markers", found=shown(places))


def _interrupted(repository: Repository, changed: list[str]) -> tuple[str, ...]:
    """Return how to get back, if all that changed is an update that was cut off half way, else nothing."""
    if not repository.journal.is_file():
        return ()
    from scaffold.update.transfer import Journal  # noqa: PLC0415 - seldom needed

    journal = Journal.read(repository)
    return journal.restore if journal is not None and journal.explains(repository, changed) else ()


def _check_git(folder: Path) -> None:
    if shutil.which("git") is None:
        raise UsageError("update.error.no-git")
    try:
        answer = git(folder, "version").decode("utf-8", "replace").strip()
    except (FailedError, OSError) as error:
        raise UsageError("update.error.no-git") from error
    found = re.search(r"(\d+)\.(\d+)", answer)
    if not found or (int(found[1]), int(found[2])) < OLDEST_GIT:
        raise UsageError("update.error.old-git", seen=answer, oldest="{}.{}".format(*OLDEST_GIT))
