"""Reading a class into the journal until it is as on the server.

A pass reads all rows, the first time, then those that changed since it began. Then it counts: a
server that has another number of rows has deleted some, or one was missed, and the ids of all rows
are compared. Rows that the server has no more are kept apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from scaffold.export import lines, secrets
from scaffold.export.client import RefusedError
from scaffold.export.journal import blob, time_of
from scaffold.export.walk import PAGE, Walk, date, in_path
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scaffold.export.client import Api
    from scaffold.export.journal import ClassState, ExportJournal
    from scaffold.export.lines import Row

# A write that began earlier may become visible later.
_OVERLAP = timedelta(seconds=60)
_MOST_COMPARISONS = 3
_IDS = 50  # in one address
# The row that is read later is newer, unless a cache answered: then its `updatedAt` says so.
_INSERT = """
INSERT INTO rows (class, id, updated, body) VALUES (?, ?, ?, ?)
ON CONFLICT (class, id) DO UPDATE SET updated = excluded.updated, body = excluded.body
WHERE body != excluded.body"""
_NEWER = f"{_INSERT} AND excluded.updated >= updated"
_REMOVE = """
INSERT OR REPLACE INTO gone (class, id, body)
SELECT class, id, body FROM rows WHERE class = ? AND id NOT IN (SELECT id FROM seen)"""


@dataclass
class ClassReader:
    """Reads classes.

    Args:
        api: whom to ask.
        journal: where to.
        progress: is called after each page, with the class and how many rows it had.
    """

    api: Api
    journal: ExportJournal
    progress: Callable[[str, int], None]

    def now(self) -> str:
        """Return the server's time."""
        answer = self.api.get("/1.1/date")
        try:
            found = str(answer["iso"])
            _before(found)
        except (KeyError, TypeError, ValueError) as error:
            raise RefusedError(200, "no date") from error
        return found

    def read(self, state: ClassState) -> str:
        """Bring a class up to date; return what is not as it should be, "" where all is.

        Raises:
            RefusedError: the server will not give the class.
            FailedError: the server fails again and again.
        """
        place = state.place
        if place.phase == "done":
            place.enter("changes")
            place.begun, place.compared = self.now(), 0
        elif not place.begun:
            place.begun = place.since = self.now()
        problem = ""
        while place.phase != "done":
            if place.phase == "full":
                self._all(state)
            elif place.phase == "changes":
                self._changes(state)
            elif place.phase == "count":
                problem = self._count(state)
            else:
                self._compare(state)
        return problem

    def _all(self, state: ClassState) -> None:
        for page in Walk(self.api, state.name, state.place):
            self._store(state, page)
        # What changed while it was read is read again.
        self._enter(state, "changes")

    def _changes(self, state: ClassState) -> None:
        place = state.place
        where = {"updatedAt": {"$gte": date(_before(place.since))}}
        for page in Walk(self.api, state.name, place, where):
            self._store(state, page)
        self._enter(state, "count")

    def _count(self, state: ClassState) -> str:
        """Say whether all rows are there; return what is wrong after some comparisons."""
        place = state.place
        expected, found = self._expected(state), self.journal.count(state)
        is_unsure = expected != found and place.compared < _MOST_COMPARISONS
        if is_unsure and not (expected is None and place.compared):
            place.compared += 1
            with self.journal as connection:
                connection.execute("DELETE FROM seen")
                place.enter("compare")
                self.journal.keep(state)
            return ""
        place.since = place.begun
        self._enter(state, "done")
        if expected in {None, found}:
            return ""
        return text("export.problem.count", name=state.name, rows=found, expected=expected)

    def _expected(self, state: ClassState) -> int | None:
        """Return how many rows the server has, None where it will not count them."""
        try:
            return self.server_count(state.name)
        except RefusedError:
            return None

    def server_count(self, class_name: str) -> int:
        """Return how many rows the server has."""
        answer = self.api.get(f"/1.1/classes/{in_path(class_name)}", {"count": "1", "limit": "0"})
        number = answer.get("count") if isinstance(answer, dict) else None
        if not isinstance(number, int):
            raise RefusedError(200, "no count")
        return number

    def _compare(self, state: ClassState) -> None:
        """Fetch rows that are missing or differ, and mark those that the server has no more."""
        walk = Walk(self.api, state.name, state.place, keys="objectId,updatedAt")
        for page in walk:
            fetched = self._fetch(state, self._differing(state, page))
            seen = [(blob(row["objectId"]),) for row in page]
            with self.journal as connection:
                connection.executemany("INSERT OR IGNORE INTO seen VALUES (?)", seen)
                self._insert(state, fetched, _INSERT)
                self.journal.keep(state)
        with self.journal as connection:
            if connection.execute(_REMOVE, (state.number,)).rowcount:
                self.journal.set_dirty(state, dirty=True)
            connection.execute(
                "DELETE FROM rows WHERE class = ? AND id NOT IN (SELECT id FROM seen)",
                (state.number,),
            )
            connection.execute("DELETE FROM seen")
            state.place.enter("count")
            self.journal.keep(state)

    def _differing(self, state: ClassState, page: Sequence[Row]) -> list[str]:
        """Return the ids of a page that are not in the journal as they are on the server."""
        found = []
        query = "SELECT updated FROM rows WHERE class = ? AND id = ?"
        for row in page:
            object_id = row["objectId"]
            known = self.journal.connection.execute(query, (state.number, blob(object_id)))
            if known.fetchone() != (_updated(row),):
                found.append(object_id)
        return found

    def _fetch(self, state: ClassState, ids: Sequence[str]) -> list[Row]:
        """Return whole rows."""
        found: list[Row] = []
        for start in range(0, len(ids), _IDS):
            where = {"objectId": {"$in": ids[start : start + _IDS]}}
            answer = self.api.get(
                f"/1.1/classes/{in_path(state.name)}",
                {"where": where, "limit": str(PAGE), "returnACL": "true"},
            )
            found += answer["results"]
        return found

    def _store(self, state: ClassState, page: Sequence[Row]) -> None:
        """Keep a page, and the place after it."""
        with self.journal:
            self._insert(state, page, _NEWER)
            self.journal.keep(state)
        self.progress(state.name, len(page))

    def _insert(self, state: ClassState, page: Sequence[Row], statement: str) -> None:
        connection = self.journal.connection
        before = connection.total_changes
        connection.executemany(statement, [_line(state, row) for row in page])
        if connection.total_changes != before:
            self.journal.set_dirty(state, dirty=True)
        if state.place.phase != "full":  # a row may be there again
            gone = [(state.number, blob(row["objectId"])) for row in page]
            connection.executemany("DELETE FROM gone WHERE class = ? AND id = ?", gone)
        for key, target in _relations(page).items():
            connection.execute(
                "INSERT OR IGNORE INTO relations (class, key, target, dirty) VALUES (?, ?, ?, 1)",
                (state.number, blob(key), blob(target)),
            )

    def _enter(self, state: ClassState, phase: str) -> None:
        state.place.enter(phase)
        with self.journal:
            self.journal.keep(state)


def _line(state: ClassState, row: Row) -> tuple[int, bytes, str, bytes]:
    body = lines.encode(secrets.without(state.name, row))
    return state.number, blob(row["objectId"]), _updated(row), body


def _updated(row: Row) -> str:
    return str(row.get("updatedAt") or "")


def _relations(page: Sequence[Row]) -> dict[str, str]:
    """Return the relations of rows: their keys, and the classes that they lead to."""
    found: dict[str, str] = {}
    for row in page:
        for key, value in row.items():
            if isinstance(value, dict) and value.get("__type") == "Relation":
                found[key] = str(value.get("className") or "")
    return found


def _before(iso: str) -> str:
    """Return a time that is a little earlier, as the platform writes times."""
    then = time_of(iso) - _OVERLAP
    return f"{then.strftime('%Y-%m-%dT%H:%M:%S')}.{then.microsecond // 1000:03d}Z"
