"""An import into the data service's database, while it serves or not."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from scaffold.importer import contents, feed
from scaffold.importer.batches import BatchWriter
from scaffold.importer.deletions import Deletions
from scaffold.importer.file_keys import FileKeys, keys_of
from scaffold.importer.relations import RelationWriter
from scaffold.importer.report import ClassReport, ImportReport
from scaffold.importer.rows import RowReader, columns_of
from scaffold.messages import text
from scaffold.store import files, schema, users, views
from scaffold.store.errors import ApiError
from scaffold.store.tables import classes, objects, passwords

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from scaffold.importer.sources import ImportSource, SourceClass
    from scaffold.store.database import Database
    from scaffold.store.storage import Storage


@dataclass
class StoreImport:
    """An import.

    Args:
        source: what there is.
        database: where rows go.
        storage: where the contents of files go.
        without: classes to leave out.
        deletes: delete what was deleted on the platform.
        progress: is called after each batch, with the class and how many rows it had.
    """

    source: ImportSource
    database: Database
    storage: Storage
    without: Collection[str]
    deletes: bool
    progress: Callable[[str, int], None]

    def __post_init__(self) -> None:
        """Begin a report."""
        self.report = ImportReport()
        self._deletions: Deletions | None = None

    def run(self) -> ImportReport:
        """Import all; return what became of it.

        Raises:
            FailedError: a file cannot be read.
            DBAPIError: the database fails; what is there stays, and another run goes on.
        """
        self.database.migrate()
        with ExitStack() as stack:
            if self.deletes and self.source.export:
                deletions = Deletions(self.source.export, self.database, self.storage, self.report)
                self._deletions = stack.enter_context(closing(deletions))
            self._all()
        feed.note_rest(self.source, self.report)
        self.report.compare()
        return self.report

    def _all(self) -> None:
        for found in self.source.classes:
            if found.name not in self.without:
                self._class(found)
        for relation in self.source.relations:
            if relation.class_name not in self.without:
                RelationWriter(
                    self.database, self.source, relation, self.report, self._deletions
                ).write(self.progress)
        if files.CLASS not in self.without:
            keys = partial(keys_of, self.database)
            contents.copy(self.source, keys, self.storage, self.report, self.progress)
        if self._deletions:
            self._deletions.rows(self.without)

    def _class(self, found: SourceClass) -> None:
        report = self.report.classes[found.name] = ClassReport(found.expected)
        name = schema.ALIASES.get(found.name, found.name)
        try:
            known = self._known(name)
        except ApiError as error:
            reason = text("import.reason.class", code=error.code)
            report.read = report.refused = feed.count(self.source, found.paths)
            self.report.lose(found.name, "", reason, "", report.read)
            return
        columns = columns_of(found.columns) | dict(known)
        lose = partial(self.report.lose, found.name)
        entries = self.source.files() if name == files.CLASS else ()
        with closing(FileKeys(self.database, self.storage, entries, lose)) as keys:
            self._rows(found, RowReader(name, columns, lose), keys, report)
        report.total = self._total(name)
        if name == users.CLASS:
            self.report.passwords["missing"] = self._without_password()

    def _rows(
        self, found: SourceClass, reader: RowReader, keys: FileKeys, report: ClassReport
    ) -> None:
        writer = BatchWriter(self.database, reader.class_name, reader.columns)
        writer.write([])  # columns without values are there as well
        for batch in feed.batches(self.source, found, reader, self.report):
            if reader.class_name == files.CLASS:
                keys.set(batch.rows)
            outcome = writer.write(batch.rows)
            outcome.add_to(report)
            if self._deletions:
                self._deletions.note_owners(found.name, batch.rows, outcome.newer)
            for row, reason in outcome.refused:
                self.report.lose(found.name, "", reason, row.place)
            self.progress(found.name, batch.read)
        views.renew(self.database, reader.class_name)

    def _known(self, name: str) -> dict[str, schema.Column]:
        """Return the columns of a class, made where it is missing.

        Raises:
            ApiError: the data service has no such class, and none can be made.
        """
        used = self.database.writing(
            lambda connection: schema.SchemaCache().ensure(connection, name)
        )
        return dict(used.columns)

    def _without_password(self) -> int:
        has_password = select(passwords.c.user_id).where(passwords.c.user_id == objects.c.id)
        query = (
            select(func.count())
            .select_from(objects)
            .join(classes, classes.c.id == objects.c.class_id)
            .where(classes.c.name == users.CLASS, ~has_password.exists())
        )
        with self.database.reading() as connection:
            return connection.scalar(query) or 0

    def _total(self, name: str) -> int:
        query = (
            select(func.count())
            .select_from(objects)
            .join(classes, classes.c.id == objects.c.class_id)
            .where(classes.c.name == name)
        )
        with self.database.reading() as connection:
            return connection.scalar(query) or 0
