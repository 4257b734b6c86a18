"""The entries of relations into the data service's tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from scaffold.importer import feed
from scaffold.importer.report import ClassReport
from scaffold.messages import text
from scaffold.store import schema, values
from scaffold.store.errors import ApiError
from scaffold.store.operations import KeyChange
from scaffold.store.tables import relations

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from scaffold.importer.deletions import Deletions
    from scaffold.importer.report import ImportReport
    from scaffold.importer.sources import ImportSource, SourceRelation
    from scaffold.store.database import Database
    from scaffold.store.schema import Class


@dataclass
class RelationWriter:
    """Writes a relation.

    Args:
        database: where to.
        source: where from.
        relation: which one.
        report: what counts.
        deletions: deletes entries that the source has no more; None: they stay.
    """

    database: Database
    source: ImportSource
    relation: SourceRelation
    report: ImportReport
    deletions: Deletions | None = None

    def write(self, progress: Callable[[str, int], None]) -> None:
        """Add the entries that are missing.

        Raises:
            FailedError: a file cannot be read.
        """
        relation = self.relation
        report = self.report.relations[relation.name] = ClassReport(relation.expected)
        try:
            used = self.database.writing(self._declared)
        except ApiError as error:
            reason = text("import.reason.class", code=error.code)
            report.read = report.refused = feed.count(self.source, relation.paths)
            self.report.lose(relation.class_name, relation.key, reason, "", report.read)
            return
        names = ("class_id", "key", "owner_id", "target_id")
        for entries in feed.entry_batches(self.source, relation, self.report, report):
            rows = [(used.id, relation.key, *ends) for ends in entries]
            self._insert([dict(zip(names, row, strict=True)) for row in rows], report)
            if self.deletions:
                self.deletions.note_entries(entries)
            progress(relation.name, len(rows))
        report.total = self._total(used)
        if self.deletions:
            self.deletions.entries(relation, used.id)

    def _declared(self, connection: Connection) -> Class:
        """Return the class with the column of the relation.

        Raises:
            ApiError: it has no such class, or the column is of another type.
        """
        cache = schema.SchemaCache()
        used = cache.ensure(connection, self.relation.class_name)
        known = used.columns.get(self.relation.key)
        target = self.relation.target or (known.target if known else None)
        if not values.KEY.fullmatch(self.relation.key) or not target:
            raise ApiError(128)
        schema.check_name(target)
        change = KeyChange((self.relation.key,), "Set", {"className": target}, "Relation")
        return cache.declare(connection, used, [change])

    def _insert(self, batch: list[dict[str, Any]], report: ClassReport) -> None:
        dialect = postgresql if self.database.locks_rows else sqlite
        statement = dialect.insert(relations).values(batch).on_conflict_do_nothing()
        returning = statement.returning(relations.c.owner_id)
        added = self.database.writing(lambda connection: len(connection.execute(returning).all()))
        report.inserted += added
        report.unchanged += len(batch) - added

    def _total(self, used: Class) -> int:
        own = (relations.c.class_id == used.id, relations.c.key == self.relation.key)
        query = select(func.count()).select_from(relations).where(*own)
        with self.database.reading() as connection:
            return connection.scalar(query) or 0
