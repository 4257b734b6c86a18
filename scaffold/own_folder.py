"""The folder `.scaffold` of a project: data of this machine, which git ignores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold import atomic

if TYPE_CHECKING:
    from pathlib import Path

NAME = ".scaffold"


def make(project: Path, *names: str) -> Path:
    """Return a folder inside of it, made where it is missing.

    Git ignores it whatever the project's own .gitignore says; a file of the user's there stays.

    Args:
        project: the project's folder.
        names: what leads to the folder, none for the outermost.

    Raises:
        OSError: it cannot be made.
    """
    outermost = project / NAME
    folder = outermost.joinpath(*names)
    folder.mkdir(parents=True, exist_ok=True)
    ignore = outermost / ".gitignore"
    if not ignore.exists():
        atomic.write(ignore, b"*\n")
    return folder
