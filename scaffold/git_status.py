"""What git has not committed, found out without the filters of the repository.

Git runs a filter, such as Git LFS, to compare a file with what was committed of it. A filter may
be a stranger's program, and is not run here. So a file with a filter counts as changed only where
neither of these shows that it is as committed: for Git LFS the digest in the pointer, for all
filters the time and the size that git has noted down.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import git
from scaffold.errors import UsageError
from scaffold.printable import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

# `git-lfs`' specification; a pointer is shorter than this.
_LFS_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.*\n)*oid sha256:(\w{64})\nsize (\d+)\n"
)
_LONGEST_POINTER = 1024
_NOTED = re.compile(r"^  mtime: (\d+):(\d+)$.*^  size: (\d+)\t", re.MULTILINE | re.DOTALL)
_NO_FILTER = frozenset({"unspecified", "unset", "set"})
_CHANGED = " M"


def changes(folder: Path) -> list[tuple[str, str]]:
    """Return what differs from the last commit below a folder.

    Returns:
        Git's two letters, as `git status --porcelain` has them, and the path
        from the top of the repository.

    Raises:
        FailedError: git cannot say it.
    """
    options = ("--porcelain", "-z", "--untracked-files=normal", "--no-renames")
    listed = git.output(folder, "status", *options, "--", ".")
    found = [(entry[:2], entry[3:]) for entry in git.names(listed)]
    same = _unchanged(folder, [path for letters, path in found if letters == _CHANGED])
    return [(letters, path) for letters, path in found if path not in same]


def uncommitted(folder: Path) -> list[str] | None:
    """Return the paths below a folder that differ from the last commit, None where
    it is in no work tree of git's.

    Raises:
        FailedError: git cannot say it.
    """
    inside = git.run(folder, "rev-parse", "--is-inside-work-tree")
    if inside.stdout.strip() != b"true":
        return None
    return [path for _, path in changes(folder)]


def require_clean(folder: Path, not_in_git: str, uncommitted_files: str) -> None:
    """Refuse to change a folder that git could not restore.

    Args:
        folder: the project.
        not_in_git: the key of the error where there is no repository.
        uncommitted_files: the key of the error where something is not committed.

    Raises:
        UsageError: either is so.
        FailedError: git cannot say it.
    """
    found = uncommitted(folder)
    if found is None:
        raise UsageError(not_in_git, directory=folder)
    if found:
        raise UsageError(uncommitted_files, directory=folder, found=shortened(found))


def _unchanged(folder: Path, paths: Sequence[str]) -> set[str]:
    """Return those of the paths that have a filter, and are as they were committed."""
    if not paths:
        return set()
    top = Path(
        os.fsdecode(git.run(folder, "rev-parse", "--show-toplevel").stdout.removesuffix(b"\n"))
    )
    listed = b"".join(os.fsencode(path) + b"\0" for path in paths)
    answers = git.names(git.run(top, "check-attr", "--stdin", "-z", "filter", stdin=listed).stdout)
    filtered = [
        path
        for path, _, value in zip(*[iter(answers)] * 3, strict=False)
        if value not in _NO_FILTER
    ]
    return {path for path in filtered if _is_noted(top, path) or _is_pointed_at(top, path)}


def _is_noted(top: Path, path: str) -> bool:
    """Return whether a file has the time and the size that git has noted down for it."""
    shown = git.run(top, "ls-files", "--debug", "--", f":(literal){path}").stdout.decode(
        "utf-8", "replace"
    )
    noted = _NOTED.search(shown)
    if noted is None:
        return False
    seconds, nanoseconds, size = map(int, noted.groups())
    found = (top / path).lstat()
    return (found.st_mtime_ns, found.st_size) == (seconds * 10**9 + nanoseconds, size)


def _is_pointed_at(top: Path, path: str) -> bool:
    """Return whether what was committed is Git LFS' pointer to what the file holds."""
    size = git.run(top, "cat-file", "-s", f":{path}").stdout
    if not size.strip().isdigit() or int(size) > _LONGEST_POINTER:
        return False
    pointer = _LFS_POINTER.fullmatch(git.run(top, "cat-file", "blob", f":{path}").stdout)
    file = top / path
    if pointer is None or file.is_symlink() or file.stat().st_size != int(pointer[2]):
        return False
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while part := content.read(1 << 20):
            digest.update(part)
    return digest.hexdigest().encode() == pointer[1]
