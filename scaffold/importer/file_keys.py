"""Under which key the contents of each file are kept: the platform's own where that can be, so that
old addresses can be led to the new place by another host name alone.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from scaffold.export.contents import SAVED
from scaffold.messages import text
from scaffold.store.files import CLASS, KEY
from scaffold.store.tables import classes, objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scaffold.export.reader import FileEntry
    from scaffold.importer.rows import KeptRow
    from scaffold.store.database import Database
    from scaffold.store.storage import Storage

_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,16}$", re.ASCII)
_BATCH = 500


@dataclass
class FileKeys:
    """Knows the keys of files.

    Args:
        database: where rows of files may be already.
        storage: where contents may be already.
        entries: what an export has of each file.
        lose: is called with field, reason and place for each value that is not kept.
    """

    database: Database
    storage: Storage
    entries: Iterable[FileEntry]
    lose: Callable[[str, str, str], None]
    # Any number of files: on the disk where there are many.
    _kept: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        """Note which files have contents."""
        self._kept = sqlite3.connect("")
        self._kept.execute("CREATE TABLE saved (id TEXT PRIMARY KEY) WITHOUT ROWID")
        self._kept.execute("CREATE TABLE keys (key TEXT PRIMARY KEY, id TEXT) WITHOUT ROWID")
        saved = ((each.object_id,) for each in self.entries if each.state == SAVED)
        self._kept.executemany("INSERT OR IGNORE INTO saved VALUES (?)", saved)

    def close(self) -> None:
        """Forget all."""
        self._kept.close()

    def set(self, rows: Sequence[KeptRow]) -> None:
        """Give each row of `_File` the key that its contents have or will have; a file without
        contents keeps its address instead.
        """
        known = keys_of(self.database, [row.object_id for row in rows])
        for row in rows:
            document = row.document
            key = known.get(row.object_id)
            if key is None and self._has_contents(row.object_id):
                key = self._free(row)
            if key is not None:
                document["key"] = key
                document.pop("url", None)
            elif document.pop("key", None) is not None:
                self.lose("key", text("import.reason.no-contents"), row.place)

    def _has_contents(self, object_id: str) -> bool:
        query = "SELECT 1 FROM saved WHERE id = ?"
        return self._kept.execute(query, (object_id,)).fetchone() is not None

    def _free(self, row: KeptRow) -> str:
        """Return the platform's key of a file, or one of its own where another file has that."""
        wanted = row.document.get("key")
        if isinstance(wanted, str) and KEY.fullmatch(wanted) and self._take(wanted, row.object_id):
            return wanted
        extension = _EXTENSION.search(str(row.document.get("name")))
        own = row.object_id + (extension[0].lower() if extension else "")
        self._take(own, row.object_id)
        if wanted is not None:
            self.lose("key", text("import.reason.file-key"), row.place)
        return own

    def _take(self, key: str, object_id: str) -> bool:
        """Return whether a file may have a key that it has not had so far."""
        self._kept.execute("INSERT OR IGNORE INTO keys VALUES (?, ?)", (key, object_id))
        (owner,) = self._kept.execute("SELECT id FROM keys WHERE key = ?", (key,)).fetchone()
        return owner == object_id and self.storage.size(key) is None


def keys_of(database: Database, object_ids: Sequence[str]) -> dict[str, str]:
    """Return the keys that rows of files have in the data service."""
    class_id = select(classes.c.id).where(classes.c.name == CLASS).scalar_subquery()
    query = select(objects.c.id, objects.c.document).where(
        objects.c.class_id == class_id, objects.c.id.in_(object_ids)
    )
    with database.reading() as connection:
        found: list[Any] = list(connection.execute(query))
    keys = ((row.id, row.document.get("key")) for row in found)
    return {id_: key for id_, key in keys if isinstance(key, str) and KEY.fullmatch(key)}
