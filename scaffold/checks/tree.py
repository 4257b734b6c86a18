"""The files of a project that are worth reading."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

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
# No hand-written source is larger; a data file would only cost time.
MAX_BYTES = 1_000_000


def walk(root: Path, excluded: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the paths of a project's files, relative and with slashes, in a fixed order.

    Links to folders are not followed, so that none leads round in a circle or out of the project; foreign folders,
    virtualenvs and what `excluded` names (a path from the root, or the name of a folder anywhere) are left out.
    """
    yield from _walk(root, "", excluded)


def _walk(root: Path, inside: str, excluded: tuple[str, ...]) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(root / inside), key=lambda entry: entry.name)
    except OSError:
        return  # gone, or not ours to read
    names = {entry.name for entry in entries}
    # Old virtualenvs have no mark.
    if inside and (VIRTUALENV_MARK in names or {"bin", "lib", "include"} <= names):
        return
    for entry in entries:
        path = f"{inside}{entry.name}"
        if entry.name in FOREIGN_FOLDERS or path in excluded or entry.name in excluded:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(root, f"{path}/", excluded)
        elif _is_source(entry, root):
            yield path


def _is_source(entry: os.DirEntry[str], root: Path) -> bool:
    try:
        if not entry.is_file():
            return False
        # A link may lead anywhere, /etc/passwd included; what is checked is the project.
        return not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(root.resolve())
    except OSError:
        return False  # a link to itself


def read(path: Path) -> bytes:
    """Return a file's bytes; none if it cannot be read, is huge, or is not text."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return b""
        data = path.read_bytes()
    except OSError:
        return b""
    return b"" if b"\0" in data else data


def virtualenvs(root: Path) -> list[str]:
    """Return the names of the folders in a project's root that are virtualenvs."""
    return sorted(mark.parent.name for mark in root.glob(f"*/{VIRTUALENV_MARK}"))
