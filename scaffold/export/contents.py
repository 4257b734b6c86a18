"""The contents of the files that `_File` names."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scaffold.errors import FailedError
from scaffold.export import layout, lines
from scaffold.export.downloads import NoContentError
from scaffold.export.journal import blob
from scaffold.export.manifest import WITHOUT_CONTENTS
from scaffold.export.reader import FileEntry, file_entry
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scaffold.export.downloads import Content, Downloads
    from scaffold.export.journal import ClassState, ExportJournal
    from scaffold.export.lines import Row

CLASS = "_File"
SAVED = "saved"
FAILED = "failed"
# So many in a row: the network is gone, not the files.
_MOST_FAILURES = 20
_BATCH = 500
_NEXT = "SELECT id, body FROM rows WHERE class = ? AND id > ? ORDER BY id LIMIT ?"
_LISTED = """
SELECT entry FROM files WHERE id IN (SELECT id FROM rows WHERE class = ?) ORDER BY id"""


@dataclass
class FileReader:
    """Fetches files.

    Args:
        folder: the export.
        journal: what is known of them.
        downloads: fetches contents.
        progress: is called after each file, with the class and 1.
    """

    folder: Path
    journal: ExportJournal
    downloads: Downloads
    progress: Callable[[str, int], None]
    _failures: int = 0

    def read(self, state: ClassState) -> None:
        """Fetch what is not there yet.

        Raises:
            FailedError: many cannot be fetched one after another.
            OSError: the disk is full, for example.
        """
        (self.folder / layout.FILES).mkdir(mode=0o700, exist_ok=True)
        last = b""
        query = (state.number, last, _BATCH)
        while rows := self.journal.connection.execute(_NEXT, query).fetchall():
            for _, body in rows:
                self._one(json.loads(body))
            query = (state.number, rows[-1][0], _BATCH)

    def _one(self, row: Row) -> None:
        object_id, url = row["objectId"], str(row.get("url") or "")
        known = self._known(object_id, url)
        if known and known.state not in WITHOUT_CONTENTS and self._is_there(known):
            return
        entry = self._fetched(row, url)
        self._failures = self._failures + 1 if entry.state == FAILED else 0
        with self.journal as connection:
            connection.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?)",
                (blob(object_id), blob(url), json.dumps(entry.as_json())),
            )
        self.progress(text("export.step.files"), 1)
        if self._failures >= _MOST_FAILURES:
            raise FailedError("export.error.files", number=self._failures, problem=entry.problem)

    def _known(self, object_id: str, url: str) -> FileEntry | None:
        """Return what became of a file before; another address may have other contents."""
        query = "SELECT entry FROM files WHERE id = ? AND url = ?"
        found = self.journal.connection.execute(query, (blob(object_id), blob(url))).fetchone()
        return file_entry(json.loads(found[0])) if found else None

    def _is_there(self, entry: FileEntry) -> bool:
        if entry.state != SAVED:
            return True
        try:
            return (self.folder / entry.path).stat().st_size == entry.bytes
        except OSError:
            return False

    def _fetched(self, row: Row, url: str) -> FileEntry:
        object_id, meta = row["objectId"], _meta(row)
        if not url:
            return FileEntry(object_id, "gone", problem=text("export.problem.no-url"))
        if meta.get("__source") == "external":
            return FileEntry(object_id, "external")
        path = layout.file_path(object_id, str(row.get("name") or ""))
        try:
            content = self.downloads.fetch(url, self.folder / path)
            if _difference(row, content):  # once more: a cache may have half of it
                content = self.downloads.fetch(url, self.folder / path)
        except NoContentError as error:
            return FileEntry(object_id, error.state, problem=error.problem)
        entry = FileEntry(object_id, SAVED, path, content.bytes, content.sha256)
        return replace(entry, problem=_difference(row, content))

    def entries(self, state: ClassState) -> Iterator[FileEntry]:
        """Yield what became of each file that the server has."""
        for found in self.journal.connection.execute(_LISTED, (state.number,)):
            yield file_entry(json.loads(found[0]))

    def lines(self, state: ClassState) -> Iterator[bytes]:
        """Yield the lines of the list of files."""
        return (lines.encode(entry.as_json()) for entry in self.entries(state))


def _meta(row: Row) -> Row:
    meta = row.get("metaData")
    return meta if isinstance(meta, dict) else {}


def _difference(row: Row, content: Content) -> str:
    """Return how contents differ from what the row says of them; clients wrote that, not the
    platform, so that the contents are kept all the same.
    """
    meta = _meta(row)
    size, checksum = meta.get("size"), meta.get("_checksum")
    if isinstance(size, int) and size != content.bytes:
        return text("export.problem.size", size=content.bytes, expected=size)
    if isinstance(checksum, str) and len(checksum) == len(content.md5):
        return "" if checksum.lower() == content.md5 else text("export.problem.checksum")
    return ""
