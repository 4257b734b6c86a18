"""The files of a project that may be rewritten."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from scaffold import git
from scaffold.walking import walk

if TYPE_CHECKING:
    from pathlib import Path

FileSelection = Literal["known", "all"]
# copier's own: it must say what copier wrote into it.
ANSWERS = ".copier-answers"


def paths(folder: Path, which: FileSelection = "known") -> list[str]:
    """Return the files below a folder, with slashes: no links, and nothing
    that was vendored or built.

    Args:
        folder: the project.
        which: `known`: what git tracks or would add, everything where there
            is no git; `all`: everything.
    """
    found = [path for path in walk(folder) if not (folder / path).is_symlink()]
    listed = (
        _listed(folder, "--cached", "--others", "--exclude-standard") if which == "known" else None
    )
    return [path for path in found if (listed is None or path in listed) and not is_answers(path)]


def ignored(folder: Path) -> list[str]:
    """Return the files that the project has git ignore, such as `.env`."""
    listed = _listed(folder, "--others", "--ignored", "--exclude-standard") or frozenset()
    return [path for path in walk(folder) if path in listed and not (folder / path).is_symlink()]


def removed(folder: Path) -> list[str]:
    """Return the files that git tracks and that are not there."""
    return sorted(_listed(folder, "--deleted") or ())


def replaced(folder: Path) -> list[str]:
    """Return the files that git tracks, cannot show line by line, and that
    are not as it knows them.
    """
    done = git.run(
        folder, "diff", "--numstat", "--relative", "--no-renames", "--diff-filter=M", "-z"
    )
    records = (
        record.split(b"\t", 2) for record in done.stdout.split(b"\0") if record.count(b"\t") > 1
    )
    return [os.fsdecode(path) for added, _, path in records if added == b"-"]


def is_answers(path: str) -> bool:
    """Return whether a path is that of copier's answers."""
    name = path.rpartition("/")[2]
    return name.startswith(ANSWERS) and name.endswith((".yml", ".yaml"))


def _listed(folder: Path, *options: str) -> frozenset[str] | None:
    done = git.run(folder, "ls-files", "-z", *options)
    if done.returncode != 0:
        return None
    return frozenset(os.fsdecode(path) for path in done.stdout.split(b"\0") if path)
