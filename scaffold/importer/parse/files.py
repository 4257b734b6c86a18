"""What files are called in Parse Server, which knows a file by its name alone."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.export.contents import SAVED
from scaffold.importer import feed
from scaffold.importer.report import ImportReport
from scaffold.importer.staged_writer import quoted
from scaffold.store import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.importer.sources import ImportSource
    from scaffold.store.database import Database

# Parse Server takes names of 128 characters; ids have 64 at most.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", re.ASCII)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,16}$", re.ASCII)
_TABLES = """
CREATE TABLE names (id TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
CREATE TABLE saved (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_MOST = 1000


def name_of(object_id: str, name: object) -> str:
    """Return what the file of a row is called: no two files have one name."""
    if isinstance(name, str) and _PLAIN.fullmatch(name):
        return f"{object_id}_{name}"
    extension = _EXTENSION.search(str(name))
    return object_id + (extension[0].lower() if extension else "")


@dataclass
class FileNames:
    """Knows the names of files.

    Args:
        source: what there is.
    """

    source: ImportSource
    # Any number of files: on the disk where there are many.
    _kept: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        """Make a place for names."""
        self._kept = sqlite3.connect("")
        self._kept.executescript(_TABLES)

    def close(self) -> None:
        """Forget all."""
        self._kept.close()

    def read(self, database: Database, table: str) -> None:
        """Read the rows of `_File` of an earlier import, then those of the source.

        Raises:
            FailedError: a file cannot be read.
        """
        rows = "INSERT OR REPLACE INTO names VALUES (?, ?)"
        self._kept.executemany(rows, _known(database, table))
        self._kept.executemany(rows, _read(self.source))
        saved = ((each.object_id,) for each in self.source.files() if each.state == SAVED)
        self._kept.executemany("INSERT OR IGNORE INTO saved VALUES (?)", saved)

    def name(self, object_id: str) -> str | None:
        """Return the name of a file; None where no row of `_File` has its id."""
        query = "SELECT name FROM names WHERE id = ?"
        found = self._kept.execute(query, (object_id,)).fetchone()
        return None if found is None else str(found[0])

    def is_elsewhere(self, object_id: str) -> bool:
        """Return whether an export has no contents of a file, which lead to an address then."""
        query = "SELECT 1 FROM saved WHERE id = ?"
        is_export = self.source.export is not None
        return is_export and self._kept.execute(query, (object_id,)).fetchone() is None

    def names(self, object_ids: Iterable[str]) -> dict[str, str]:
        """Return the names of files that have a row."""
        found = {each: self.name(each) for each in object_ids}
        return {each: name for each, name in found.items() if name is not None}


def _known(database: Database, table: str) -> Iterator[tuple[str, str]]:
    columns = (
        "SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND table_name = %s AND column_name IN ('objectId', 'name')"
    )
    wanted = 2
    with database.reading() as reading:
        if reading.exec_driver_sql(columns, (table,)).scalar_one() < wanted:
            return
        query = f'SELECT "objectId", name FROM {quoted(table)}'
        with database.paging(reading) as connection:
            options = connection.execution_options(yield_per=_MOST)
            for object_id, name in options.exec_driver_sql(query):
                yield object_id, name_of(object_id, name)


def _read(source: ImportSource) -> Iterator[tuple[str, str]]:
    # What is lost is counted when the rows are written.
    unread = ImportReport()
    for found in source.classes:
        if found.name != files.CLASS:
            continue
        for _, line in feed.lines(source, found, unread):
            row = line.row or {}
            object_id = row.get("objectId")
            if feed.is_id(object_id):
                yield str(object_id), name_of(str(object_id), row.get("name"))
