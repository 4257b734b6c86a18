"""Walk over the files of a project, without links to folders and without vendored code."""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path, PurePath

# Of files and folders in one tree.
MAX_ENTRIES = 250_000
# Folders within each other. Python's own functions that copy and remove
# trees end at about a thousand.
MAX_DEPTH = 200
# What was vendored, built or cached by somebody's program: not the user's source.
FOREIGN_FOLDERS = frozenset(
    {
        ".git",
        ".hg",
        ".idea",
        ".leancloud",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".tox",
        ".vscode",
        "__pycache__",
        "bower_components",
        "node_modules",
        "site-packages",
    }
)
VIRTUALENV_MARK = "pyvenv.cfg"


def walk(root: Path, excluded: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the paths of a project's files, relative and with slashes, in a fixed order.

    Links to folders are not followed, so that none leads round in a circle or out of the project;
    foreign folders, virtualenvs and what `excluded` names (a path from the root, or the name of a
    folder anywhere) are left out.

    Raises:
        FailedError: there are more than `MAX_ENTRIES`, or folders more than `MAX_DEPTH` deep.
    """
    count = 0
    waiting = [("", iter(_entries(root)))]
    while waiting:
        inside, entries = waiting[-1]
        entry = next(entries, None)
        if entry is None:
            waiting.pop()
            continue
        count += 1
        if count > MAX_ENTRIES:
            raise FailedError("files.error.too-many", folder=root, limit=MAX_ENTRIES)
        path = f"{inside}{entry.name}"
        if entry.name in FOREIGN_FOLDERS or path in excluded or entry.name in excluded:
            continue
        if entry.is_dir(follow_symlinks=False):
            check_depth(root, PurePosixPath(path))
            below = _entries(root / path)
            if not _is_virtualenv(below):
                waiting.append((f"{path}/", iter(below)))
        elif _is_source(entry, root):
            yield path


def check_depth(root: Path, folder: PurePath) -> None:
    """Refuse a folder that is more than `MAX_DEPTH` folders below another.

    Args:
        root: where it is counted from.
        folder: the folder, relative to `root`.

    Raises:
        FailedError: it is too deep.
    """
    if len(folder.parts) > MAX_DEPTH:
        raise FailedError("files.error.too-deep", folder=root, path=folder, limit=MAX_DEPTH)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []  # gone, or not ours to read


def _is_virtualenv(entries: list[os.DirEntry[str]]) -> bool:
    names = {entry.name for entry in entries}
    # Old virtualenvs have no mark.
    return VIRTUALENV_MARK in names or {"bin", "lib", "include"} <= names


def _is_source(entry: os.DirEntry[str], root: Path) -> bool:
    try:
        if not entry.is_file():
            return False
        # A link may lead anywhere, /etc/passwd included; what is looked at is the project.
        return not entry.is_symlink() or (root / entry.path).resolve().is_relative_to(
            root.resolve()
        )
    except (OSError, RuntimeError):
        return False  # a link to itself
