"""Relations: what each row of a class is related to.

The API has no list of a relation's entries: it is asked for each row, by `$relatedTo`. A relation
changes together with its row, so that only new and changed rows are asked about again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.export import layout, lines
from scaffold.export.client import RefusedError
from scaffold.export.journal import blob, unblob
from scaffold.export.walk import PAGE, in_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scaffold.export.client import Api
    from scaffold.export.journal import ClassState, ExportJournal
    from scaffold.export.lines import Row

# REST guide of the platform, "角色": the members of a role.
ROLES = "_Role"
OF_ROLES = {"users": "_User", "roles": ROLES}
RELATION = "Relation"
_BATCH = 1000
_NEXT = """
SELECT id, updated FROM rows WHERE class = ? AND id > ? AND NOT EXISTS (
    SELECT 1 FROM owners
    WHERE relation = ? AND owners.id = rows.id AND owners.updated = rows.updated
) ORDER BY id LIMIT ?"""
_ENTRIES = "SELECT owning, related FROM entries WHERE relation = ? ORDER BY owning, related"


@dataclass(frozen=True)
class Relation:
    """A relation of the journal.

    Attributes:
        number: by which its entries are kept.
        state: the class that has the column.
        key: the column.
        target: the class that it leads to.
        path: its file.
    """

    number: int
    state: ClassState
    key: str
    target: str
    path: str

    @property
    def name(self) -> str:
        """Return class and key."""
        return f"{self.state.name}.{self.key}"


def add(journal: ExportJournal, state: ClassState, columns: Row) -> None:
    """Know the relations that a class has by its schema."""
    found = {
        key: str(column.get("className"))
        for key, column in columns.items()
        if isinstance(column, dict) and column.get("type") == RELATION and column.get("className")
    }
    if state.name == ROLES:
        found = OF_ROLES | found
    if not found:
        return
    with journal as connection:
        for key, target in found.items():
            connection.execute(
                "INSERT OR IGNORE INTO relations (class, key, target, dirty) VALUES (?, ?, ?, 1)",
                (state.number, blob(key), blob(target)),
            )


def known(journal: ExportJournal, states: Iterable[ClassState]) -> list[Relation]:
    """Return the relations of classes, each with a file of its own."""
    by_number = {state.number: state for state in states}
    query = "SELECT number, class, key, target, path FROM relations ORDER BY number"
    found = journal.connection.execute(query).fetchall()
    taken = {path.lower() for *_, path in found if path}
    relations = []
    for number, class_number, key, target, given in found:
        state = by_number[class_number]
        path = given or layout.path_of(layout.RELATIONS, f"{state.name}.{unblob(key)}", taken)
        taken.add(path.lower())
        journal.connection.execute("UPDATE relations SET path = ? WHERE number = ?", (path, number))
        relations.append(Relation(number, state, unblob(key), unblob(target), path))
    return relations


@dataclass
class RelationReader:
    """Reads relations.

    Args:
        api: whom to ask.
        journal: where to.
        progress: is called after each row, with the relation and 1.
    """

    api: Api
    journal: ExportJournal
    progress: Callable[[str, int], None]

    def read(self, relation: Relation) -> None:
        """Bring a relation up to date.

        Raises:
            RefusedError: the server will not give it.
            FailedError: the server fails again and again.
        """
        last = b""
        while owners := self.journal.connection.execute(
            _NEXT, (relation.state.number, last, relation.number, _BATCH)
        ).fetchall():
            for owner, updated in owners:
                self._store(relation, owner, updated, list(self._related(relation, unblob(owner))))
                self.progress(relation.name, 1)
            last = owners[-1][0]
        self._forget(relation)

    def _related(self, relation: Relation, owner: str) -> Iterator[str]:
        pointer = {"__type": "Pointer", "className": relation.state.name, "objectId": owner}
        related = {"$relatedTo": {"object": pointer, "key": relation.key}}
        last = ""
        while True:
            where = related | ({"objectId": {"$gt": last}} if last else {})
            answer = self.api.get(
                f"/1.1/classes/{in_path(relation.target)}",
                {"where": where, "order": "objectId", "limit": str(PAGE), "keys": "objectId"},
            )
            ids = [str(row["objectId"]) for row in answer["results"]]
            yield from ids
            if len(ids) < PAGE:
                return
            if ids[-1] == last:
                raise RefusedError(200, "the same entries again")
            last = ids[-1]

    def _store(
        self, relation: Relation, owner: bytes, updated: str, related: Iterable[str]
    ) -> None:
        number = relation.number
        with self.journal as connection:
            connection.execute(
                "DELETE FROM entries WHERE relation = ? AND owning = ?", (number, owner)
            )
            connection.executemany(
                "INSERT OR IGNORE INTO entries VALUES (?, ?, ?)",
                [(number, owner, blob(each)) for each in related],
            )
            connection.execute(
                "INSERT OR REPLACE INTO owners VALUES (?, ?, ?)", (number, owner, updated)
            )
            connection.execute("UPDATE relations SET dirty = 1 WHERE number = ?", (number,))

    def _forget(self, relation: Relation) -> None:
        """Forget the entries of rows that the server has no more, and those that lead to one."""
        number, owning = relation.number, relation.state.number
        query = "SELECT number FROM classes WHERE name = ?"
        target = self.journal.connection.execute(query, (blob(relation.target),)).fetchone()
        with self.journal as connection:
            found = connection.execute(
                "DELETE FROM entries WHERE relation = ? AND ("
                " owning IN (SELECT id FROM gone WHERE class = ?)"
                " OR related IN (SELECT id FROM gone WHERE class = ?))",
                (number, owning, target and target[0]),
            )
            if found.rowcount:
                connection.execute("UPDATE relations SET dirty = 1 WHERE number = ?", (number,))

    def is_dirty(self, relation: Relation) -> bool:
        """Return whether entries changed since the file was written."""
        query = "SELECT dirty FROM relations WHERE number = ?"
        return bool(self.journal.connection.execute(query, (relation.number,)).fetchone()[0])

    def is_written(self, relation: Relation) -> None:
        """Keep that the file has all entries."""
        self.journal.connection.execute(
            "UPDATE relations SET dirty = 0 WHERE number = ?", (relation.number,)
        )

    def entries(self, relation: Relation) -> Iterator[bytes]:
        """Yield the lines of a relation."""
        for owning, related in self.journal.connection.execute(_ENTRIES, (relation.number,)):
            yield lines.encode({"owningId": unblob(owning), "relatedId": unblob(related)})
