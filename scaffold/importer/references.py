"""Foreign keys for pointers and relations of plain tables.

A pointer may lead to a row that is gone; its id is kept all the same. Such a key is left NOT VALID,
as PostgreSQL calls it: it holds for what is written from now on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exc

from scaffold.messages import text
from scaffold.store.indexes import fitting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from scaffold.importer.report import ImportReport
    from scaffold.store.database import Database


@dataclass(frozen=True)
class TableReference:
    """A column that leads to another table.

    Attributes:
        table: that has the column.
        column: which one.
        target: where it leads.
    """

    table: str
    column: str
    target: str

    @property
    def name(self) -> str:
        """What the foreign key is called."""
        return _name(self.table, self.column)


def _name(table: str, column: str) -> str:
    return fitting(f"{table}_{column}_fkey")


def drop(connection: Connection, table: str, column: str) -> None:
    """Drop the foreign key of a column, if it has one of ours."""
    connection.exec_driver_sql(
        f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{_name(table, column)}"'
    )


def add_all(
    database: Database, found: Iterable[TableReference], tables: set[str], report: ImportReport
) -> None:
    """Add foreign keys with their indexes, those that lead to a table of the import.

    Args:
        database: where.
        found: the columns.
        tables: those that are there.
        report: gets what is dangling.
    """
    for each in found:
        shown = f"{each.table}.{each.column}"
        if each.target not in tables:
            report.notes.append(text("import.note.no-target", name=shown, target=each.target))
            continue
        _add(database, each)
        try:
            validate = f'ALTER TABLE "{each.table}" VALIDATE CONSTRAINT "{each.name}"'
            _run(database, validate)
        except exc.IntegrityError:
            number = f"{_dangling(database, each):,}"
            report.notes.append(text("import.note.dangling", name=shown, number=number))


def _add(database: Database, each: TableReference) -> None:
    index = fitting(f"{each.table}_{each.column}_idx")

    def work(connection: Connection) -> None:
        drop(connection, each.table, each.column)
        connection.exec_driver_sql(
            f'CREATE INDEX IF NOT EXISTS "{index}" ON "{each.table}" ("{each.column}")'
        )
        connection.exec_driver_sql(
            f'ALTER TABLE "{each.table}" ADD CONSTRAINT "{each.name}"'
            f' FOREIGN KEY ("{each.column}") REFERENCES "{each.target}" ("objectId") NOT VALID'
        )

    database.writing(work)


def _run(database: Database, statement: str) -> None:
    database.writing(lambda connection: connection.exec_driver_sql(statement))


def _dangling(database: Database, each: TableReference) -> int:
    query = (
        f'SELECT count(*) FROM "{each.table}" AS o WHERE "{each.column}" IS NOT NULL'
        f' AND NOT EXISTS (SELECT 1 FROM "{each.target}" AS t'
        f' WHERE t."objectId" = o."{each.column}")'
    )
    with database.reading() as connection:
        return int(connection.exec_driver_sql(query).scalar_one())
