"""An import into plain tables of PostgreSQL: one a class, with types, and one a relation.

A table that is there and was not made by an import is left alone. What nobody but the data service
enforces, ACLs and roles, becomes columns and rows like all else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from scaffold.errors import UsageError
from scaffold.export.contents import SAVED
from scaffold.importer import feed, references, shapes
from scaffold.importer.references import TableReference
from scaffold.importer.report import ClassReport, ImportReport
from scaffold.importer.rows import RowReader, columns_of
from scaffold.importer.table_writer import (
    MARK,
    STAGING,
    TableWriter,
    check_own,
    fill_staging,
    known_columns,
    quoted,
)
from scaffold.messages import text
from scaffold.store import users, values
from scaffold.store.indexes import fitting

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import Connection

    from scaffold.importer.sources import ImportSource, SourceClass, SourceRelation
    from scaffold.store.database import Database
    from scaffold.store.schema import Column

_ENDS = ("owningId", "relatedId")


@dataclass
class TablesImport:
    """An import.

    Args:
        source: what there is.
        database: where tables go: to the first schema of its search path.
        without: classes to leave out.
        progress: is called after each batch, with the class and how many rows it had.
    """

    source: ImportSource
    database: Database
    without: Collection[str]
    progress: Callable[[str, int], None]

    def __post_init__(self) -> None:
        """Begin a report."""
        self.report = ImportReport()
        self._references: list[TableReference] = []
        self._columns: dict[str, dict[str, Column]] = {}

    def run(self) -> ImportReport:
        """Import all; return what became of it.

        Raises:
            UsageError: the database is no PostgreSQL.
            FailedError: a file cannot be read, or a table is somebody else's.
            DBAPIError: the database fails; what is there stays, and another run goes on.
        """
        if not self.database.locks_rows:
            raise UsageError("import.error.no-postgresql")
        for found in self.source.classes:
            if found.name not in self.without:
                self._class(found)
        for relation in self.source.relations:
            if relation.class_name not in self.without:
                self._relation(relation)
        tables = {each.target for each in self._references if self._is_there(each.target)}
        references.add_all(self.database, self._references, tables, self.report)
        self._note()
        self.report.compare()
        return self.report

    def _is_there(self, table: str) -> bool:
        with self.database.reading() as connection:
            return check_own(connection, table)

    def _class(self, found: SourceClass) -> None:
        report = self.report.classes[found.name] = ClassReport(found.expected)
        if not values.CLASS_NAME.fullmatch(found.name):
            report.read = report.refused = feed.count(self.source, found.paths)
            self.report.lose(found.name, "", text("import.reason.class-name"), "", report.read)
            return
        with self.database.reading() as connection:
            known, numbers = known_columns(connection, fitting(found.name))
        columns = columns_of(found.columns) | known
        shape = shapes.of(self.source, found, columns, numbers)
        writer = TableWriter(self.database, shape)
        writer.prepare()
        self._columns[found.name] = shape.columns
        lose = partial(self.report.lose, found.name)
        for batch in feed.batches(
            self.source, found, RowReader(found.name, shape.columns, lose), self.report
        ):
            writer.write(batch.rows, report)
            if found.name == users.CLASS:
                for row in batch.rows:
                    if "sessionToken" in row.secrets:
                        lose("sessionToken", text("import.reason.no-sessions"), row.place)
            self.progress(found.name, batch.read)
        report.total = self._total(shape.name)
        if found.name == users.CLASS:
            missing = self._total(shape.name, "WHERE password IS NULL")
            self.report.passwords["missing"] = missing
        for column, target in shape.references().items():
            self._references.append(TableReference(shape.name, column, fitting(target)))

    def _relation(self, relation: SourceRelation) -> None:
        report = self.report.relations[relation.name] = ClassReport(relation.expected)
        target = relation.target or self._target(relation)
        words = (relation.class_name, target or "")
        if not all(map(values.CLASS_NAME.fullmatch, words)) or not values.KEY.fullmatch(
            relation.key
        ):
            report.read = report.refused = feed.count(self.source, relation.paths)
            reason = text("import.reason.class-name")
            self.report.lose(relation.class_name, relation.key, reason, "", report.read)
            return
        table = fitting(f"{relation.class_name}_{relation.key}")
        if table in self._columns:
            table = fitting(f"{table}_relation")
        self.database.writing(partial(_make_join, table=table))
        for entries in feed.entry_batches(self.source, relation, self.report, report):
            added = self.database.writing(partial(_join, table=table, entries=entries))
            report.inserted += added
            report.unchanged += len(entries) - added
            self.progress(relation.name, len(entries))
        report.total = self._total(table)
        for column, end in zip(_ENDS, (relation.class_name, str(target)), strict=True):
            self._references.append(TableReference(table, column, fitting(end)))

    def _target(self, relation: SourceRelation) -> str | None:
        """Return where a relation leads, as a column of its class says."""
        column = self._columns.get(relation.class_name, {}).get(relation.key)
        return column.target if column else None

    def _total(self, table: str, condition: str = "") -> int:
        with self.database.reading() as connection:
            query = f"SELECT count(*) FROM {quoted(table)} {condition}"  # noqa: S608 - checked
            return int(connection.exec_driver_sql(query).scalar_one())

    def _note(self) -> None:
        """Note what tables cannot do."""
        self.report.notes.append(text("import.note.acl"))
        saved = sum(entry.state == SAVED for entry in self.source.files())
        if saved:
            number, folder = f"{saved:,}", self.source.root / "files"
            self.report.notes.append(text("import.note.contents", number=number, folder=folder))
        feed.note_rest(self.source, self.report)


def _make_join(connection: Connection, table: str) -> None:
    run = connection.exec_driver_sql
    if not check_own(connection, table):
        first, second = _ENDS
        run(
            f'CREATE TABLE {quoted(table)} ("{first}" text NOT NULL, "{second}" text NOT NULL,'
            f' PRIMARY KEY ("{first}", "{second}"))'
        )
        run(f"COMMENT ON TABLE {quoted(table)} IS '{MARK}'")
    for column in _ENDS:
        references.drop(connection, table, column)


def _join(connection: Connection, table: str, entries: list[tuple[str, str]]) -> int:
    """Add entries that are missing; return how many."""
    names = [quoted(name) for name in _ENDS]
    fill_staging(connection, quoted(table), names, entries)
    listed = ", ".join(names)
    done: Any = connection.exec_driver_sql(
        f"WITH added AS (INSERT INTO {quoted(table)} ({listed})"  # noqa: S608 - checked names
        f" SELECT DISTINCT {listed} FROM {STAGING} ON CONFLICT DO NOTHING RETURNING 1)"
        " SELECT count(*) FROM added"
    )
    return int(done.scalar_one())
