"""Rows into a table of PostgreSQL: by COPY beside it, and from there by one statement a batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from scaffold.importer.report import ClassReport
    from scaffold.importer.rows import KeptRow
    from scaffold.store.database import Database

STAGING = '"scaffold import"'
ENDS = ("owningId", "relatedId")


def quoted(name: str) -> str:
    """Return a name as SQL has it; what is no word was refused before."""
    return f'"{name}"'


@dataclass
class StagedOutcome:
    """What became of a batch.

    Attributes:
        added: how many rows are new.
        changed: how many were older.
        newer: how many are newer in the table, and stay.
        refused: the ids of rows that cannot be kept, and why.
    """

    added: int
    changed: int
    newer: int
    refused: dict[str, str] = field(default_factory=dict)


@dataclass
class StagedWriter:
    """Writes the rows of one class.

    Args:
        database: where to.
        table: the name of the table, which has a primary key `objectId`.
    """

    database: Database
    table: str

    def columns(self) -> Sequence[str]:
        """Return the columns that are written."""
        raise NotImplementedError

    def cells(self, row: KeptRow) -> list[Any]:
        """Return a row as COPY writes it, in the order of the columns."""
        raise NotImplementedError

    def prepare(self, connection: Connection) -> None:
        """Make the table, or add what it lacks, in the transaction of a batch."""

    def refused(self, connection: Connection) -> dict[str, str]:
        """Take rows out of `STAGING` that cannot be kept; return their ids, and why, for people."""
        del connection
        return {}

    def merged(self, name: str) -> str:
        """Return what a column of a row that is there becomes."""
        return f"EXCLUDED.{quoted(name)}"

    def compared(self, expression: str, name: str) -> str:
        """Return what says whether a column is the same."""
        del name
        return expression

    def write(self, rows: Sequence[KeptRow], report: ClassReport) -> Sequence[tuple[KeptRow, str]]:
        """Write a batch, and count what became of it.

        Returns:
            The rows that cannot be kept, and why, for people.
        """
        # Of a row that is there twice the newest counts.
        newest = {row.object_id: row for row in sorted(rows, key=lambda row: row.updated_at)}
        done = self.database.writing(lambda connection: self._write(connection, newest.values()))
        report.inserted += done.added
        report.updated += done.changed
        report.newer += done.newer
        report.refused += len(done.refused)
        report.unchanged += len(rows) - done.added - done.changed - done.newer - len(done.refused)
        return [(newest[object_id], reason) for object_id, reason in done.refused.items()]

    def _write(self, connection: Connection, rows: Iterable[KeptRow]) -> StagedOutcome:
        """Write rows in one transaction.

        All names in the statements are checked when rows are read, or are our own.
        """
        self.prepare(connection)
        table, columns = quoted(self.table), self.columns()
        names = [quoted(name) for name in columns]
        fill_staging(connection, table, names, map(self.cells, rows))
        refused = self.refused(connection)
        listed, old, staged = ", ".join(names), self._listed("o"), self._listed("s")
        newer = connection.exec_driver_sql(
            f"SELECT count(*) FROM {table} AS o"
            f' JOIN {STAGING} AS s USING ("objectId") WHERE o."updatedAt" > s."updatedAt"'
            f" AND ({old}) IS DISTINCT FROM ({staged})"
        ).scalar_one()
        merged = {name: self.merged(name) for name in columns}
        changes = ", ".join(f"{quoted(name)} = {value}" for name, value in merged.items())
        new = ", ".join(self.compared(value, name) for name, value in merged.items())
        added, written = connection.exec_driver_sql(
            f"WITH written AS (INSERT INTO {table} AS o ({listed})"
            f' SELECT {listed} FROM {STAGING} ON CONFLICT ("objectId") DO UPDATE SET {changes}'
            f' WHERE o."updatedAt" <= EXCLUDED."updatedAt"'
            f" AND ({old}) IS DISTINCT FROM ({new})"
            f" RETURNING o.xmax = 0 AS is_new)"
            f" SELECT count(*) FILTER (WHERE is_new), count(*) FROM written"
        ).one()
        return StagedOutcome(added, written - added, newer, refused)

    def _listed(self, alias: str) -> str:
        return ", ".join(self.compared(f"{alias}.{quoted(name)}", name) for name in self.columns())


def fill_staging(
    connection: Connection, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Put rows into a table of this transaction that is like another one."""
    run = connection.exec_driver_sql
    run(f"CREATE TEMPORARY TABLE {STAGING} (LIKE {table}) ON COMMIT DROP")
    driver: Any = connection.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {STAGING} ({', '.join(names)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def join(connection: Connection, table: str, entries: Sequence[tuple[str, str]]) -> int:
    """Add entries of a relation that are missing; return how many."""
    names = [quoted(name) for name in ENDS]
    fill_staging(connection, quoted(table), names, entries)
    listed = ", ".join(names)
    done: Any = connection.exec_driver_sql(
        f"WITH added AS (INSERT INTO {quoted(table)} ({listed})"
        f" SELECT DISTINCT {listed} FROM {STAGING} ON CONFLICT DO NOTHING RETURNING 1)"
        " SELECT count(*) FROM added"
    )
    return int(done.scalar_one())
