"""A batch of rows into the data service's tables: one transaction, whole or not there."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exc, insert, select, update

from scaffold.errors import FailedError
from scaffold.importer import user_secrets
from scaffold.messages import text
from scaffold.store import access, claims, users, values
from scaffold.store.operations import KeyChange
from scaffold.store.schema import Class, Column, SchemaCache
from scaffold.store.tables import objects, uniques

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Row

    from scaffold.importer.report import ClassReport
    from scaffold.importer.rows import KeptRow
    from scaffold.store.database import Database

_ATTEMPTS = 5
# SQLite takes 32,766 parameters; PostgreSQL's indexes take values of 2,704 bytes.
_MOST_PARAMETERS = 10_000
_LONGEST = 600
_COLUMNS = ("class_id", "id", "created_at", "updated_at", "document", "acl", "readers")


class _ChangedMeanwhileError(Exception):
    """A row was changed after it was read."""


@dataclass
class BatchOutcome:
    """What became of a batch.

    Attributes:
        inserted: how many rows are new.
        updated: how many were older.
        unchanged: how many were there already.
        newer: the ids of those that are newer in the database, and stay.
        refused: the rows that cannot be kept, and why.
        declared: columns were added.
    """

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    newer: list[str] = field(default_factory=list)
    refused: list[tuple[KeptRow, str]] = field(default_factory=list)
    declared: bool = False

    def add_to(self, report: ClassReport) -> None:
        """Count it in a report."""
        report.inserted += self.inserted
        report.updated += self.updated
        report.unchanged += self.unchanged
        report.newer += len(self.newer)
        report.refused += len(self.refused)


@dataclass
class BatchWriter:
    """Writes rows of one class.

    Args:
        database: where to.
        class_name: the class.
        columns: those that the rows use.
    """

    database: Database
    class_name: str
    columns: Mapping[str, Column]

    def write(self, rows: Sequence[KeptRow]) -> BatchOutcome:
        """Write a batch; again where somebody else wrote one of its rows meanwhile.

        Raises:
            FailedError: somebody else writes its rows again and again.
            DBAPIError: the database fails; nothing of the batch is there.
        """
        for _ in range(_ATTEMPTS - 1):
            with suppress(exc.IntegrityError, _ChangedMeanwhileError):
                return self.database.writing(lambda connection: self._write(connection, rows))
        try:
            return self.database.writing(lambda connection: self._write(connection, rows))
        except _ChangedMeanwhileError as error:
            raise FailedError("import.error.busy", name=self.class_name) from error

    def _write(self, connection: Connection, rows: Sequence[KeptRow]) -> BatchOutcome:
        outcome = BatchOutcome()
        used = self._declared(connection, outcome)
        # Of a row that is there twice the newest counts.
        newest = {row.object_id: row for row in sorted(rows, key=lambda row: row.updated_at)}
        outcome.unchanged += len(rows) - len(newest)
        known = self._existing(connection, used, list(newest))
        added, changed, same = _sorted(newest, known, outcome)
        refused = self._claim(connection, used, added, changed, outcome)
        added = [row for row in added if row.object_id not in refused]
        changed = [row for row in changed if row.object_id not in refused]
        self._insert(connection, [_values(used, row) for row in added])
        for row in changed:
            old = known[row.object_id].updated_at
            own = (objects.c.class_id == used.id, objects.c.id == row.object_id)
            change = update(objects).where(*own, objects.c.updated_at == old)
            # Rows are not locked when they are read: most of them stay as they are.
            if connection.execute(change.values(**_columns(used, row))).rowcount != 1:
                raise _ChangedMeanwhileError
        outcome.inserted, outcome.updated = len(added), len(changed)
        if self.class_name == users.CLASS:
            user_secrets.keep(connection, added, changed, same)
        return outcome

    def _declared(self, connection: Connection, outcome: BatchOutcome) -> Class:
        """Return the class with the columns that rows brought since the last batch."""
        cache = SchemaCache()
        used = cache.ensure(connection, self.class_name)
        missing = [key for key in self.columns if key not in used.columns]
        if missing:
            outcome.declared = True
            changes = [_change(key, self.columns[key]) for key in missing]
            used = cache.declare(connection, used, changes)
        return used

    def _existing(
        self, connection: Connection, used: Class, wanted: list[str]
    ) -> dict[str, Row[Any]]:
        query = select(objects).where(objects.c.class_id == used.id, objects.c.id.in_(wanted))
        return {row.id: row for row in connection.execute(query)}

    def _insert(self, connection: Connection, rows: list[tuple[Any, ...]]) -> None:
        """Insert new rows; on PostgreSQL by COPY, which is several times as fast."""
        if not rows:
            return
        names = ", ".join(_COLUMNS)
        if not self.database.locks_rows:
            marks = ", ".join("?" * len(_COLUMNS))
            statement = f"INSERT INTO {objects.name} ({names}) VALUES ({marks})"
            connection.exec_driver_sql(statement, rows)
            return
        import psycopg

        driver: Any = connection.connection.driver_connection
        try:
            with (
                driver.cursor() as cursor,
                cursor.copy(f"COPY {objects.name} ({names}) FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
        except psycopg.errors.IntegrityError as error:
            raise exc.IntegrityError(None, None, error) from error

    def _claim(
        self,
        connection: Connection,
        used: Class,
        added: Sequence[KeptRow],
        changed: Sequence[KeptRow],
        outcome: BatchOutcome,
    ) -> set[str]:
        """Claim what must be unique; return the ids of the rows for which somebody else has it."""
        codes = claims.UNIQUE.get(self.class_name)
        if codes is None:
            return set()
        wanted = {
            row.object_id: set(claims.unique_values(row.document, codes))
            for row in (*added, *changed)
        }
        taken = _taken(
            connection,
            used,
            {value for each in wanted.values() for _, value in each if len(value) <= _LONGEST},
        )
        refused = set()
        claimed = []
        for row in (*added, *changed):
            mine = sorted(wanted[row.object_id])
            others = [pair for pair in mine if taken.get(pair, row.object_id) != row.object_id]
            long = [key for key, value in mine if len(value) > _LONGEST]
            if others or long:
                refused.add(row.object_id)
                reason = "taken" if others else "long-name"
                key = others[0][0] if others else long[0]
                outcome.refused.append((row, text(f"import.reason.{reason}", key=key)))
                continue
            taken |= dict.fromkeys(mine, row.object_id)
            claimed += [
                {"class_id": used.id, "key": key, "value": value, "object_id": row.object_id}
                for key, value in mine
            ]
        renewed = [row.object_id for row in changed if row.object_id not in refused]
        connection.execute(
            delete(uniques).where(uniques.c.class_id == used.id, uniques.c.object_id.in_(renewed))
        )
        if claimed:
            connection.execute(insert(uniques), claimed)
        return refused


def _change(key: str, column: Column) -> KeyChange:
    """Return a change of a column, which brings its type."""
    target = {"className": column.target} if column.target else None
    return KeyChange((key,), "Set", target, column.type)


def _sorted(
    rows: Mapping[str, KeptRow], known: Mapping[str, Row[Any]], outcome: BatchOutcome
) -> tuple[list[KeptRow], list[KeptRow], list[KeptRow]]:
    """Return the rows to insert, those to update, and those that are as they should be."""
    added, changed, same = [], [], []
    for object_id, row in rows.items():
        old = known.get(object_id)
        if old is None:
            added.append(row)
        elif _is_same(row, old):
            same.append(row)
        elif old.updated_at > row.updated_at:
            outcome.newer.append(object_id)
        else:
            changed.append(row)
    outcome.unchanged += len(same)
    return added, changed, same


def _is_same(row: KeptRow, old: Row[Any]) -> bool:
    if (row.created_at, row.updated_at, row.acl) != (old.created_at, old.updated_at, old.acl):
        return False
    # As written: 1 is 1.0 to Python, but not to who reads it.
    return values.dumps(row.document) == values.dumps(old.document)


def _columns(used: Class, row: KeptRow) -> dict[str, Any]:
    return {
        "class_id": used.id,
        "id": row.object_id,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "document": row.document,
        "acl": row.acl,
        "readers": access.readers(row.acl),
    }


def _values(used: Class, row: KeptRow) -> tuple[Any, ...]:
    """Return a row as drivers take it, with documents as text."""
    found = _columns(used, row)
    for name in ("document", "acl", "readers"):
        found[name] = None if found[name] is None else values.dumps(found[name])
    return tuple(found[name] for name in _COLUMNS)


def _taken(connection: Connection, used: Class, wanted: set[str]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    waiting = iter(sorted(wanted))
    while some := list(islice(waiting, _MOST_PARAMETERS)):
        query = select(uniques).where(uniques.c.class_id == used.id, uniques.c.value.in_(some))
        found |= {(row.key, row.value): row.object_id for row in connection.execute(query)}
    return found
