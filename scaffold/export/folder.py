"""The folder of an export: for its owner only, and for no repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold import atomic
from scaffold.errors import UsageError
from scaffold.export import layout
from scaffold.export.lines import PARTIAL

if TYPE_CHECKING:
    from pathlib import Path

_OWN = (layout.JOURNAL, layout.MANIFEST)
_IGNORE = ".gitignore"


def prepare(folder: Path) -> None:
    """Make the folder, or take one that has an export, and remove what a killed run left.

    Raises:
        UsageError: something else is there.
        OSError: it cannot be made.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError("export.error.no-folder", folder=folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = [path.name for path in folder.iterdir() if path.name != _IGNORE]
    is_own = any(name in found for name in _OWN)
    # A run that was killed at once leaves a part of our own .gitignore.
    if not is_own and any(not name.startswith(atomic.TEMPORARY) for name in found):
        raise UsageError("export.error.not-empty", folder=folder)
    folder.chmod(0o700)
    if not (folder / _IGNORE).exists():
        atomic.write(folder / _IGNORE, b"*\n")
    for path in (*folder.glob(f"{PARTIAL}*"), *folder.glob(f"*/{PARTIAL}*")):
        path.unlink()
    for path in folder.glob(f"{atomic.TEMPORARY}*"):
        path.unlink()
