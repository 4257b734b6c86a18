"""Is an export whole, and is it what the server has?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.export import layout, manifest
from scaffold.export.classes import ClassReader
from scaffold.export.client import RefusedError
from scaffold.export.reader import Export
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scaffold.export.client import Api
    from scaffold.export.journal import ExportJournal


def verify(
    folder: Path, api: Api, journal: ExportJournal, progress: Callable[[str, int], None]
) -> list[str]:
    """Open every file, count again on the server; return what is not as it should be. What is
    damaged is written or fetched anew by the next export.

    Raises:
        FailedError: there is no export, or the server fails.
    """
    export = Export.open(folder)
    found = [*_local(export, journal), *_on_server(export, ClassReader(api, journal, progress))]
    export.manifest.verified_at = None if found else ClassReader(api, journal, progress).now()
    manifest.save(folder, export.manifest)
    return found


def _local(export: Export, journal: ExportJournal) -> Iterator[str]:
    if export.manifest.finished_at is None:
        yield text("export.problem.unfinished")
    yield from export.manifest.problems
    for path in export.damaged():
        journal.forget(path)
        if path == layout.ARCHIVE:
            export.manifest.archive = None  # only `--archive` asks for another one
        yield text("export.problem.damaged", path=path)


def _on_server(export: Export, reader: ClassReader) -> Iterator[str]:
    for name, entry in export.manifest.classes.items():
        try:
            expected = reader.server_count(name)
        except RefusedError as error:
            yield text("export.problem.refused", name=name, problem=error.reason)
            continue
        rows = entry.written.rows
        reader.progress(name, rows)
        if rows != expected:
            yield text("export.problem.count", name=name, rows=rows, expected=expected)
