"""What was deleted on the platform since an earlier import, deleted here as well.

Only where somebody asks for it: a platform that comes to its end deletes too, and an export keeps
what it had. What is newer here than there stays, as ever.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select

from scaffold.export import layout, lines
from scaffold.importer.reading import LinesReader
from scaffold.store import access, files, objects, schema, tables, users
from scaffold.store.errors import ApiError
from scaffold.store.files import KEY
from scaffold.store.work import Transaction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Connection

    from scaffold.export.reader import Export
    from scaffold.importer.report import ImportReport
    from scaffold.importer.rows import KeptRow
    from scaffold.importer.sources import SourceRelation
    from scaffold.store.database import Database
    from scaffold.store.storage import Storage

_BATCH = 500
_TABLES = """
CREATE TABLE owners (class TEXT, id TEXT, PRIMARY KEY (class, id)) WITHOUT ROWID;
CREATE TABLE entries (owner TEXT, target TEXT, PRIMARY KEY (owner, target)) WITHOUT ROWID;
"""


@dataclass
class Deletions:
    """Deletes rows and entries of relations.

    Args:
        export: the export that is imported.
        database: where from.
        storage: where the contents of files are.
        report: what counts.
    """

    export: Export
    database: Database
    storage: Storage
    report: ImportReport

    def __post_init__(self) -> None:
        """Make a place for any number of ids: on the disk where there are many."""
        self._kept = sqlite3.connect("")
        self._kept.executescript(_TABLES)

    def close(self) -> None:
        """Forget all."""
        self._kept.close()

    def note_owners(self, class_name: str, rows: Iterable[KeptRow], newer: Collection[str]) -> None:
        """Note the rows whose relations are the export's: those that are not newer here."""
        found = [(class_name, row.object_id) for row in rows if row.object_id not in newer]
        self._kept.executemany("INSERT OR IGNORE INTO owners VALUES (?, ?)", found)

    def note_entries(self, entries: Iterable[tuple[str, str]]) -> None:
        """Note entries of the relation that is imported now."""
        self._kept.executemany("INSERT OR IGNORE INTO entries VALUES (?, ?)", entries)

    def entries(self, relation: SourceRelation, class_id: int) -> None:
        """Delete the entries of a relation that the export has no more; none where its file is not
        the one that was exported.
        """
        counted = self.report.relations[relation.name]
        if counted.read != relation.expected or not self._is_whole(relation):
            return
        own = (tables.relations.c.class_id == class_id, tables.relations.c.key == relation.key)
        ends = (tables.relations.c.owner_id, tables.relations.c.target_id)
        query = select(*ends).where(*own).execution_options(yield_per=_BATCH)
        with self.database.reading() as reading, self.database.paging(reading) as connection:
            found = [
                (owner, target)
                for owner, target in connection.execute(query)
                if self._is_gone(relation.class_name, owner, target)
            ]
        gone = delete(tables.relations).where(
            *own, ends[0] == bindparam("owner"), ends[1] == bindparam("target")
        )
        rows = [{"owner": owner, "target": target} for owner, target in found]
        if rows:
            self.database.writing(lambda connection: connection.execute(gone, rows))
        counted.deleted += len(found)
        counted.total -= len(found)
        self._kept.execute("DELETE FROM entries")

    def _is_whole(self, relation: SourceRelation) -> bool:
        return all(lines.digest(path)[1] == relation.sha256 for path in relation.paths)

    def _is_gone(self, class_name: str, owner: str, target: str) -> bool:
        query = (
            "SELECT EXISTS (SELECT 1 FROM owners WHERE class = ? AND id = ?)"
            " AND NOT EXISTS (SELECT 1 FROM entries WHERE owner = ? AND target = ?)"
        )
        return bool(self._kept.execute(query, (class_name, owner, owner, target)).fetchone()[0])

    def rows(self, without: Collection[str]) -> None:
        """Delete the rows that the export keeps as deleted.

        Args:
            without: classes to leave alone.

        Raises:
            FailedError: a file cannot be read.
        """
        for name, entry in self.export.manifest.classes.items():
            if not entry.deleted or name in without or name not in self.report.classes:
                continue
            path = entry.written.path.replace(layout.CLASSES, layout.DELETED, 1)
            reader = LinesReader(self.export.folder / path, self.export.folder)
            rows = (line.row for line in reader if line.row)
            counted = self.report.classes[name]
            while batch := list(islice(rows, _BATCH)):
                work = partial(self._delete, class_name=name, rows=batch)
                keys = self.database.writing(work)
                counted.deleted += len(keys)
                counted.total -= len(keys)
                for key in filter(None, keys):
                    self.storage.delete(key)

    def _delete(
        self, connection: Connection, class_name: str, rows: list[dict[str, Any]]
    ) -> list[str]:
        """Delete rows that are not newer here; return the key of each one's contents, or ""."""
        keys = []
        cache = schema.SchemaCache()
        work = Transaction(connection, self.database, cache, access.Caller(master=True))
        for row in rows:
            object_id = str(row.get("objectId"))
            try:
                used = cache.existing(connection, class_name)
                known = objects.locked(work, used, object_id, "write")
            except ApiError:
                continue  # it is not here
            if known.updated_at > str(row.get("updatedAt")):
                continue
            if class_name == users.CLASS:
                users.remove(work, object_id)
            else:
                objects.delete(work, class_name, object_id)
            key = known.document.get("key") if class_name == files.CLASS else None
            keys.append(key if isinstance(key, str) and KEY.fullmatch(key) else "")
        return keys
