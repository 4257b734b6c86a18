"""What has been exported already, by the manifest of the export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import files
from scaffold.errors import FailedError, UsageError
from scaffold.export import layout, manifest
from scaffold.messages import text

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.export.manifest import ExportManifest


@dataclass(frozen=True)
class SavedExport:
    """An export.

    Attributes:
        folder: where it is, as the user knows it.
        manifest: what it holds.
    """

    folder: str
    manifest: ExportManifest

    @property
    def is_verified(self) -> bool:
        """Whether it was complete and the same as on the server."""
        return bool(self.manifest.finished_at and self.manifest.verified_at)

    @property
    def has_messages(self) -> bool:
        """Whether it has the history of conversations."""
        return self.is_verified and self.manifest.messages is not None


def describe(saved: SavedExport | None) -> str:
    """Return the state of an export in the current language."""
    if saved is None:
        return text("leave.export.none")
    if saved.is_verified:
        return text("leave.export.verified", folder=saved.folder, date=saved.manifest.verified_at)
    state = "unverified" if saved.manifest.finished_at else "unfinished"
    return text(f"leave.export.{state}", folder=saved.folder)


def load(folder: Path) -> SavedExport:
    """Read the export that the user names.

    Raises:
        UsageError: there is none.
    """
    try:
        return SavedExport(str(folder), manifest.load(folder))
    except FailedError as error:
        problem = error.parts()["seen"] if files.exists(folder / layout.MANIFEST) else None
        raise UsageError(
            "leave.error.no-export",
            directory=folder,
            problem=problem or text("leave.no-manifest"),
        ) from error


def find(folder: Path) -> SavedExport | None:
    """Return the export in one of an app's folders, the one verified last if there are several."""
    found = exports(folder)
    return max(found, key=lambda saved: saved.manifest.verified_at or "", default=None)


def exports(folder: Path) -> list[SavedExport]:
    """Return the exports in the folders of an app."""
    found = (_loaded(path.parent) for path in sorted(folder.glob(f"*/{layout.MANIFEST}")))
    return [saved for saved in found if saved is not None]


def _loaded(folder: Path) -> SavedExport | None:
    """Return an export, None for a folder with a manifest of something else."""
    try:
        return SavedExport(folder.name, manifest.load(folder))
    except FailedError:
        return None
