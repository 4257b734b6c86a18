"""An import into plain tables of PostgreSQL: one a class, with types, and one a relation.

A table that is there and was not made by an import is left alone. What nobody but the data service
enforces, ACLs and roles, becomes columns and rows like all else.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scaffold.export.contents import SAVED
from scaffold.importer import feed, references, shapes
from scaffold.importer.into_postgresql import PostgresqlImport
from scaffold.importer.references import TableReference
from scaffold.importer.rows import RowReader, columns_of
from scaffold.importer.staged_writer import ENDS, quoted
from scaffold.importer.table_writer import MARK, TableWriter, check_own, known_columns
from scaffold.messages import text
from scaffold.store import users
from scaffold.store.indexes import fitting

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scaffold.importer.report import ClassReport
    from scaffold.importer.sources import SourceClass, SourceRelation


class TablesImport(PostgresqlImport):
    """An import."""

    INTO = "tables"

    def __post_init__(self) -> None:
        """Begin a report."""
        super().__post_init__()
        self._references: list[TableReference] = []

    def import_class(self, found: SourceClass, counted: ClassReport) -> None:
        """Import a class into a table of its name, with types that fit all its values."""
        with self.database.reading() as connection:
            known, numbers = known_columns(connection, fitting(found.name))
        columns = columns_of(found.columns) | known
        shape = shapes.of(self.source, found, columns, numbers)
        writer = TableWriter(self.database, shape)
        writer.make()
        self.columns[found.name] = shape.columns
        lose = partial(self.report.lose, found.name)
        for batch in feed.batches(
            self.source, found, RowReader(found.name, shape.columns, lose), self.report
        ):
            writer.write(batch.rows, counted)
            if found.name == users.CLASS:
                for row in batch.rows:
                    if "sessionToken" in row.secrets:
                        lose("sessionToken", text("import.reason.no-sessions"), row.place)
            self.progress(found.name, batch.read)
        counted.total = self.total(shape.name)
        if found.name == users.CLASS:
            missing = self.total(shape.name, "WHERE password IS NULL")
            self.report.passwords["missing"] = missing
        for column, target in shape.references().items():
            self._references.append(TableReference(shape.name, column, fitting(target)))

    def table_for(self, relation: SourceRelation, target: str) -> str:
        """Return a table with both ends of each entry."""
        table = fitting(f"{relation.class_name}_{relation.key}")
        if table in self.columns:
            table = fitting(f"{table}_relation")
        self.database.writing(partial(_make_join, table=table))
        for column, end in zip(ENDS, (relation.class_name, target), strict=True):
            self._references.append(TableReference(table, column, fitting(end)))
        return table

    def finish(self) -> None:
        """Add foreign keys, and note what tables cannot do."""
        tables = {each.target for each in self._references if self._is_there(each.target)}
        references.add_all(self.database, self._references, tables, self.report)
        self.report.notes.append(text("import.note.acl"))
        saved = sum(entry.state == SAVED for entry in self.source.files())
        if saved:
            number, folder = f"{saved:,}", self.source.root / "files"
            self.report.notes.append(text("import.note.contents", number=number, folder=folder))
        feed.note_rest(self.source, self.report)

    def _is_there(self, table: str) -> bool:
        with self.database.reading() as connection:
            return check_own(connection, table)


def _make_join(connection: Connection, table: str) -> None:
    run = connection.exec_driver_sql
    if not check_own(connection, table):
        first, second = map(quoted, ENDS)
        run(
            f"CREATE TABLE {quoted(table)} ({first} text NOT NULL, {second} text NOT NULL,"
            f" PRIMARY KEY ({first}, {second}))"
        )
        run(f"COMMENT ON TABLE {quoted(table)} IS '{MARK}'")
    for column in ENDS:
        references.drop(connection, table, column)
