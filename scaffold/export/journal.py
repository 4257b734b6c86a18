"""What an export goes on from: every row that was read, in a database beside the files.

A page of rows and the place after it are written in one transaction; the files are made from the
rows afterwards. So nothing is lost or there twice, whenever the process is killed. The bodies stay
here as well, which makes the next export write a class anew without asking for it.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from scaffold.errors import FailedError
from scaffold.export import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# `body` is the line of a row; `gone` has those that the server has no more. Names and ids are
# bytes: a server may send half a surrogate pair, which SQLite's texts cannot hold.
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS classes (
    number INTEGER PRIMARY KEY, name BLOB UNIQUE, path TEXT UNIQUE, place TEXT, dirty INTEGER
);
CREATE TABLE IF NOT EXISTS rows (
    class INTEGER, id BLOB, updated TEXT, body BLOB, PRIMARY KEY (class, id)
);
CREATE TABLE IF NOT EXISTS gone (class INTEGER, id BLOB, body BLOB, PRIMARY KEY (class, id));
CREATE TABLE IF NOT EXISTS seen (id BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS relations (
    number INTEGER PRIMARY KEY, class INTEGER, key BLOB, target BLOB, path TEXT UNIQUE,
    dirty INTEGER, UNIQUE (class, key)
);
CREATE TABLE IF NOT EXISTS owners (
    relation INTEGER, id BLOB, updated TEXT, PRIMARY KEY (relation, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    relation INTEGER, owning BLOB, related BLOB, PRIMARY KEY (relation, owning, related)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (id BLOB PRIMARY KEY, url BLOB, entry TEXT);
CREATE TABLE IF NOT EXISTS messages (
    at INTEGER, id BLOB, conversation BLOB, body BLOB, PRIMARY KEY (at, conversation, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inboxes (
    owner BLOB, kind BLOB, since INTEGER, PRIMARY KEY (owner, kind)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivered (
    owner BLOB, kind BLOB, number INTEGER, body BLOB, PRIMARY KEY (owner, kind, number)
) WITHOUT ROWID;
"""


_FRESH_SECONDS = 600


def blob(text: str) -> bytes:
    """Return a name or an id as it is kept."""
    return text.encode("utf-8", "surrogatepass")


def unblob(data: bytes) -> str:
    """Return a name or an id again."""
    return data.decode("utf-8", "surrogatepass")


def time_of(iso: str) -> datetime:
    """Return a time of the platform.

    Raises:
        ValueError: it is none.
    """
    return datetime.strptime(iso, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)


def seconds_between(earlier: str, later: str) -> float:
    """Return the seconds between two times as the platform writes them.

    Raises:
        ValueError: one is no time.
    """
    return (time_of(later) - time_of(earlier)).total_seconds()


@dataclass
class Place:
    """Where reading a class has arrived.

    Attributes:
        phase: `full`: all rows; `changes`: those that changed since; `count`: is it complete?;
            `compare`: the ids of all rows; `done`.
        since: the server's time at which the last complete pass began.
        begun: the server's time at which this pass began.
        cursor: of the next page.
        cursor_at: when it was given, by this machine's clock.
        last: the id of the last row.
        by_query: read on by queries, because the cursor expired.
        compared: how often the ids were compared in this pass.
        restarts: how often this phase began again.
    """

    phase: str = "full"
    since: str = ""
    begun: str = ""
    cursor: str = ""
    cursor_at: float = 0.0
    last: str = ""
    by_query: bool = False
    compared: int = 0
    restarts: int = 0

    def is_fresh(self, now: str) -> bool:
        """Return whether the class was read some minutes ago, so that a run that goes on with the
        one before need not read it again.
        """
        return self.phase == "done" and seconds_between(self.begun, now) < _FRESH_SECONDS

    def enter(self, phase: str) -> None:
        """Begin a phase."""
        self.phase, self.restarts = phase, 0
        self.rewind()

    def rewind(self) -> None:
        """Begin the phase again."""
        self.cursor, self.cursor_at, self.last, self.by_query = "", 0.0, "", False


@dataclass
class ClassState:
    """A class of the journal.

    Attributes:
        number: by which its rows are kept.
        name: the class.
        path: its file.
        place: where reading it has arrived.
    """

    number: int
    name: str
    path: str
    place: Place


class ExportJournal:
    """The database of an export.

    Args:
        folder: the export.

    Raises:
        FailedError: another process exports to the folder, or this is no database.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / layout.JOURNAL
        self.connection = sqlite3.connect(path, timeout=2.0, isolation_level=None)
        try:
            # The lock lasts as long as the process: two exports never write to one folder.
            self.connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")
            self.connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} COMMIT;")
        except sqlite3.DatabaseError as error:
            self.connection.close()
            key = "busy" if isinstance(error, sqlite3.OperationalError) else "journal"
            raise FailedError(f"export.error.{key}", file=path, problem=error) from error
        path.chmod(0o600)

    def close(self) -> None:
        """Close the database."""
        self.connection.close()

    def __enter__(self) -> sqlite3.Connection:
        self.connection.execute("BEGIN IMMEDIATE")
        return self.connection

    def __exit__(self, kind: object, *_: object) -> None:
        self.connection.execute("COMMIT" if kind is None else "ROLLBACK")

    def meta(self, key: str) -> str:
        """Return a fact of the export, "" where it is not known."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else ""

    def set_meta(self, key: str, value: str) -> None:
        """Keep a fact of the export."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def add_classes(self, names: Iterable[str]) -> None:
        """Know classes; those that it knows keep their files."""
        known = {state.name for state in self.classes()}
        taken = {state.path.lower() for state in self.classes()}
        with self as connection:
            for name in names:
                if name not in known:
                    path = layout.path_of(layout.CLASSES, name, taken)
                    taken.add(path.lower())
                    place = json.dumps(asdict(Place()))
                    connection.execute(
                        "INSERT INTO classes (name, path, place, dirty) VALUES (?, ?, ?, 1)",
                        (blob(name), path, place),
                    )

    def classes(self) -> list[ClassState]:
        """Return the classes that it knows."""
        found = self.connection.execute("SELECT number, name, path, place FROM classes")
        return [
            ClassState(number, unblob(name), path, Place(**json.loads(place)))
            for number, name, path, place in found
        ]

    def keep(self, state: ClassState) -> None:
        """Keep where reading a class has arrived."""
        self.connection.execute(
            "UPDATE classes SET place = ? WHERE number = ?",
            (json.dumps(asdict(state.place)), state.number),
        )

    def dirty(self, state: ClassState) -> bool:
        """Return whether the rows of a class changed since its file was written."""
        query = "SELECT dirty FROM classes WHERE number = ?"
        return bool(self.connection.execute(query, (state.number,)).fetchone()[0])

    def set_dirty(self, state: ClassState, *, dirty: bool) -> None:
        """Keep whether the file of a class has to be written."""
        self.connection.execute(
            "UPDATE classes SET dirty = ? WHERE number = ?", (dirty, state.number)
        )

    def count(self, state: ClassState) -> int:
        """Return how many rows of a class the server had at last."""
        query = "SELECT count(*) FROM rows WHERE class = ?"
        number: int = self.connection.execute(query, (state.number,)).fetchone()[0]
        return number

    def bodies(self, state: ClassState) -> Iterator[tuple[str, bytes]]:
        """Yield `updatedAt` and line of each row of a class, in the order of the ids."""
        query = "SELECT updated, body FROM rows WHERE class = ? ORDER BY id"
        return iter(self.connection.execute(query, (state.number,)))

    def gone(self, state: ClassState) -> Iterator[bytes]:
        """Yield the lines of the rows that the server has no more."""
        query = "SELECT body FROM gone WHERE class = ? ORDER BY id"
        return (row[0] for row in self.connection.execute(query, (state.number,)))

    def forget(self, path: str) -> None:
        """Have a file of the export written anew, or fetched anew, by the next run."""
        with self as connection:
            connection.execute("UPDATE classes SET dirty = 1 WHERE path = ?", (path,))
            connection.execute("UPDATE relations SET dirty = 1 WHERE path = ?", (path,))
            connection.execute("DELETE FROM files WHERE json_extract(entry, '$.path') = ?", (path,))
