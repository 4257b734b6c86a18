"""Read an export: what `import` and `leave` are made for. Nothing of a server is asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import files
from scaffold.errors import FailedError
from scaffold.export import layout, lines, manifest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.export.lines import Json, Row
    from scaffold.export.manifest import ExportManifest

_MAX_SCHEMAS = 50_000_000


@dataclass(frozen=True)
class FileEntry:
    """What became of a file.

    Attributes:
        object_id: its row in `_File`.
        state: `saved`; `external`: the platform only had its address; `gone`: the server has it no
            more; `refused`: its address is none to ask, or the server will not; `failed`: another
            run may get it.
        path: its contents, from the folder of the export; "" unless they are saved.
        bytes: their size.
        sha256: of the contents.
        problem: what is odd about it.
    """

    object_id: str
    state: str
    path: str = ""
    bytes: int = 0
    sha256: str = ""
    problem: str = ""

    def as_json(self) -> Row:
        """Return the line of it."""
        found: Row = {"objectId": self.object_id, "state": self.state}
        if self.path:
            found |= {"path": self.path, "bytes": self.bytes, "sha256": self.sha256}
        return found | ({"problem": self.problem} if self.problem else {})


@dataclass(frozen=True)
class Export:
    """An export in a folder.

    Args:
        folder: where it is.
        manifest: what it holds; its `classes` and `relations` are the names to ask for.
    """

    folder: Path
    manifest: ExportManifest

    @classmethod
    def open(cls, folder: Path) -> Export:
        """Open an export, complete or not; see `manifest.finished_at`.

        Raises:
            FailedError: there is none in the folder, or a newer scaffold wrote it.
        """
        return cls(folder, manifest.load(folder))

    def schemas(self) -> dict[str, Row]:
        """Return the columns of each class.

        Raises:
            FailedError: the file is missing or damaged.
        """
        path = self._inside(layout.SCHEMAS)
        try:
            found: dict[str, Row] = json.loads(files.read(path, limit=_MAX_SCHEMAS))
        except (OSError, ValueError, RecursionError) as error:
            raise _damaged(layout.SCHEMAS, error) from error
        return found

    def rows(self, class_name: str) -> Iterator[Row]:
        """Yield the rows of a class in the order of their ids, as the API gave them.

        Raises:
            KeyError: the export has no such class.
            FailedError: the file is missing or damaged.
        """
        return self._read(self.manifest.classes[class_name].written.path)

    def related(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield the entries of a relation: the id of the owning and of the related row.

        Args:
            name: class and key with a dot between, a key of `manifest.relations`.

        Raises:
            KeyError: the export has no such relation.
            FailedError: the file is missing or damaged.
        """
        for row in self._read(self.manifest.relations[name].written.path):
            yield str(row.get("owningId")), str(row.get("relatedId"))

    def files(self) -> Iterator[FileEntry]:
        """Yield what became of each file.

        Raises:
            FailedError: the list is missing or damaged.
        """
        if self.manifest.files:
            for row in self._read(self.manifest.files.path):
                yield file_entry(row)

    def content(self, entry: FileEntry) -> Path:
        """Return where the contents of a saved file are.

        Raises:
            FailedError: its path leads out of the export.
        """
        return self._inside(entry.path)

    def messages(self) -> Iterator[Row]:
        """Yield the history of all conversations, oldest first.

        Raises:
            FailedError: the file is missing or damaged.
        """
        if self.manifest.messages:
            yield from self._read(self.manifest.messages.path)

    def inboxes(self) -> Iterator[Row]:
        """Yield the statuses in all inboxes, with `owner`, `inboxType` and `messageId`.

        Raises:
            FailedError: the file is missing or damaged.
        """
        if self.manifest.inboxes:
            yield from self._read(self.manifest.inboxes.path)

    def damaged(self) -> Iterator[str]:
        """Open every file, and yield the paths of those that are not as they were written."""
        for written in self.manifest.written():
            if not self._is_whole(written.path, written.bytes, written.sha256):
                yield written.path
                if written is self.manifest.files:
                    return  # what it lists is not to be believed
        archive = self.manifest.archive
        if archive and not self._is_whole(archive.path, archive.bytes, archive.sha256):
            yield archive.path
        for entry in self.files():
            if entry.path and not self._is_whole(entry.path, entry.bytes, entry.sha256):
                yield entry.path

    def _is_whole(self, path: str, size: int, sha256: str) -> bool:
        try:
            return lines.digest(self._inside(path)) == (size, sha256)
        except (OSError, FailedError):
            return False

    def _read(self, path: str) -> Iterator[Row]:
        try:
            yield from lines.read(self._inside(path))
        except (OSError, ValueError, RecursionError) as error:
            raise _damaged(path, error) from error

    def _inside(self, path: str) -> Path:
        """Return a path of the manifest, which may be somebody else's; no link leads out."""
        found = self.folder / path
        try:
            files.check_inside(found, self.folder)
        except (OSError, ValueError, RuntimeError) as error:
            raise _damaged(path, error) from error
        return found


def file_entry(row: Row) -> FileEntry:
    """Return what a line of the list of files says."""
    return FileEntry(
        str(row.get("objectId")),
        str(row.get("state")),
        str(row.get("path") or ""),
        _number(row.get("bytes")),
        str(row.get("sha256") or ""),
        str(row.get("problem") or ""),
    )


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _damaged(path: str, problem: Exception) -> FailedError:
    return FailedError("export.error.damaged", path=path, problem=problem)
