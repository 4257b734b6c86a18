"""What imports into tables of PostgreSQL have in common, whatever shape these have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from scaffold.errors import UsageError
from scaffold.importer import feed
from scaffold.importer.report import ClassReport, ImportReport
from scaffold.importer.staged_writer import join, quoted
from scaffold.messages import text
from scaffold.store import values

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from scaffold.importer.sources import ImportSource, SourceClass, SourceRelation
    from scaffold.store.database import Database
    from scaffold.store.schema import Column


@dataclass
class PostgresqlImport:
    """An import.

    Args:
        source: what there is.
        database: where tables go: to the first schema of its search path.
        without: classes to leave out.
        progress: is called after each batch, with the class and how many rows it had.
    """

    INTO: ClassVar[str]  # as `--into` calls it
    source: ImportSource
    database: Database
    without: Collection[str]
    progress: Callable[[str, int], None]

    def __post_init__(self) -> None:
        """Begin a report."""
        self.report = ImportReport()
        self.columns: dict[str, dict[str, Column]] = {}

    def run(self) -> ImportReport:
        """Import all; return what became of it.

        Raises:
            UsageError: the database is no PostgreSQL.
            FailedError: a file cannot be read, or a table is somebody else's.
            DBAPIError: the database fails; what is there stays, and another run goes on.
        """
        if not self.database.locks_rows:
            raise UsageError("import.error.no-postgresql", into=self.INTO)
        self.begin()
        for found in self.source.classes:
            if found.name in self.without:
                continue
            counted = self.report.classes[found.name] = ClassReport(found.expected)
            if values.CLASS_NAME.fullmatch(found.name):
                self.import_class(found, counted)
            else:
                self.refuse(found, counted)
        for relation in self.source.relations:
            if relation.class_name not in self.without:
                self._relation(relation)
        self.finish()
        self.report.compare()
        return self.report

    def begin(self) -> None:
        """Do what comes before the first row."""

    def import_class(self, found: SourceClass, counted: ClassReport) -> None:
        """Import the rows of a class, and note its columns in `columns`."""
        raise NotImplementedError

    def table_for(self, relation: SourceRelation, target: str) -> str | None:
        """Return the table that entries of a relation go to, which is there then; None where none
        can be made.
        """
        raise NotImplementedError

    def finish(self) -> None:
        """Do what comes when all rows are there, and note what the target cannot do."""
        raise NotImplementedError

    def _relation(self, relation: SourceRelation) -> None:
        counted = self.report.relations[relation.name] = ClassReport(relation.expected)
        target = relation.target or self._target(relation)
        are_names = (
            values.CLASS_NAME.fullmatch(relation.class_name)
            and values.CLASS_NAME.fullmatch(target)
            and values.KEY.fullmatch(relation.key)
        )
        table = self.table_for(relation, target) if are_names else None
        if table is None:
            self.refuse(relation, counted)
            return
        for entries in feed.entry_batches(self.source, relation, self.report, counted):
            added = self.database.writing(partial(join, table=table, entries=entries))
            counted.inserted += added
            counted.unchanged += len(entries) - added
            self.progress(relation.name, len(entries))
        counted.total = self.total(table)

    def _target(self, relation: SourceRelation) -> str:
        """Return where a relation leads, as a column of its class says; "" where none does."""
        column = self.columns.get(relation.class_name, {}).get(relation.key)
        return (column.target if column else None) or ""

    def refuse(self, found: SourceClass | SourceRelation, counted: ClassReport) -> None:
        """Count all rows as refused, for the name that their table would have."""
        counted.read = counted.refused = feed.count(self.source, found.paths)
        name, key = found.class_and_key
        self.report.lose(name, key, text("import.reason.class-name"), "", counted.read)

    def total(self, table: str, condition: str = "") -> int:
        """Return how many rows a table has."""
        with self.database.reading() as connection:
            query = f"SELECT count(*) FROM {quoted(table)} {condition}"
            return int(connection.exec_driver_sql(query).scalar_one())
