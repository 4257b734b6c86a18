"""The contents of files, from an export to where the data service keeps them."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING

from scaffold.errors import FailedError
from scaffold.export.contents import SAVED
from scaffold.importer import reading
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scaffold.export.reader import FileEntry
    from scaffold.importer.report import ImportReport
    from scaffold.importer.sources import ImportSource
    from scaffold.store.storage import Storage

_BATCH = 500
_PIECE = 1 << 20


def copy(
    source: ImportSource,
    keys_of: Callable[[list[str]], Mapping[str, str]],
    storage: Storage,
    report: ImportReport,
    progress: Callable[[str, int], None],
) -> None:
    """Put the contents of all files under the keys of their rows, each whole or not at all.

    Args:
        source: what there is.
        keys_of: returns the keys that files have, by their ids; none where a row is missing.
        storage: where to.
        report: counts what became of each.
        progress: is called after each file.

    Raises:
        OSError: a file cannot be written.
    """
    entries = source.files()
    while batch := list(islice(entries, _BATCH)):
        keys = keys_of([each.object_id for each in batch])
        for entry in batch:
            outcome = _one(source, entry, keys.get(entry.object_id), storage)
            report.files[outcome] = report.files.get(outcome, 0) + 1
            progress(text("export.step.files"), 1)


def _one(source: ImportSource, entry: FileEntry, key: str | None, storage: Storage) -> str:
    """Keep the contents of a file; return what became of it."""
    if entry.state != SAVED:
        return entry.state
    if key is None:
        return "without-row"
    if storage.size(key) == entry.bytes:
        return "unchanged"
    partial = storage.partial()
    try:
        if not _copied(source, entry, partial):
            return "damaged"
        storage.keep(key, partial)
    finally:
        partial.unlink(missing_ok=True)
    return "written"


def _copied(source: ImportSource, entry: FileEntry, partial: Path) -> bool:
    """Copy contents; return whether they are what was exported."""
    digest = hashlib.sha256()
    try:
        with (
            reading.opened(source.root / entry.path, source.root) as file,
            partial.open("wb") as target,
        ):
            while piece := file.read(_PIECE):
                digest.update(piece)
                target.write(piece)
    except FailedError:
        return False
    return digest.hexdigest() == entry.sha256
