"""An import into the tables that Parse Server keeps in PostgreSQL, while it runs or not.

What Parse Server cannot use of users is kept apart from its classes; sessions are left out.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from scaffold.export.contents import SAVED
from scaffold.importer import contents, feed
from scaffold.importer.into_postgresql import PostgresqlImport
from scaffold.importer.parse import cells, schema, users_apart
from scaffold.importer.parse.cells import ParseCells
from scaffold.importer.parse.files import FileNames
from scaffold.importer.parse.names import ParseNames, ParseRowReader, field_name
from scaffold.importer.parse.writer import ParseWriter
from scaffold.messages import text
from scaffold.store import files, users
from scaffold.store.schema import Column

if TYPE_CHECKING:
    from scaffold.importer.report import ClassReport, ImportReport
    from scaffold.importer.rows import KeptRow
    from scaffold.importer.sources import SourceClass, SourceRelation
    from scaffold.store.storage import Storage


@dataclass
class ParseImport(PostgresqlImport):
    """An import.

    Args:
        storage: where the contents of files go; None: they stay in the export.
    """

    INTO = "parse"
    storage: Storage | None = None
    _keys: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Know the names of all classes."""
        super().__post_init__()
        self._names = ParseNames([found.name for found in self.source.classes])
        self._files = FileNames(self.source)
        self._joins: dict[str, tuple[str, str]] = {}

    def run(self) -> ImportReport:
        """Import all; return what became of it.

        Raises:
            UsageError: the database is no PostgreSQL.
            FailedError: a file cannot be read, or a table is somebody else's.
            DBAPIError: the database fails; what is there stays, and another run goes on.
        """
        with closing(self._files):
            return super().run()

    def begin(self) -> None:
        """Read the names of files, which values in all classes may have."""
        self._files.read(self.database, self._names.of(files.CLASS))

    def import_class(self, found: SourceClass, counted: ClassReport) -> None:
        """Import a class."""
        name = self._names.of(found.name)
        with self.database.reading() as connection:
            known = schema.known_columns(connection, name)
        columns = self._names.columns(found.columns) | known
        self.columns[found.name] = columns
        lose = partial(self.report.lose, found.name)
        reader = ParseRowReader(name, columns, lose, self._names)
        say = partial(self._say, found.name)
        writer = ParseWriter(
            self.database,
            name,
            columns,
            ParseCells(self._names, self._files),
            say,
            is_closed=name != found.name and found.name.startswith("_"),
        )
        writer.write([], counted)  # classes and columns without values are there as well
        for batch in feed.batches(self.source, found, reader, self.report):
            is_user = name == users.CLASS
            apart = [(row, users_apart.parties(row)) for row in batch.rows if is_user]
            for row, _ in apart:
                users_apart.close(row)
            for row, reason in writer.write(batch.rows, counted):
                lose("", reason, row.place)
            self._keep_apart(apart)
            self.progress(found.name, batch.read)
        counted.total = self.total(name)
        self._note_names(found.name, name, reader.renamed)

    def _say(self, class_name: str, key: str, what: str, place: str) -> None:
        """Count what people have to know of a value."""
        if what == cells.KEYS:
            self._keys[class_name, key] += 1
        else:
            self.report.lose(class_name, key, text(f"import.reason.parse-{what}"), place)

    def _keep_apart(self, apart: list[tuple[KeptRow, dict[str, Any]]]) -> None:
        self.database.writing(partial(users_apart.keep, found=apart))
        for row, _ in apart:
            if "sessionToken" in row.secrets:
                reason = text("import.reason.parse-session")
                self.report.lose(users.CLASS, "sessionToken", reason, row.place)

    def _note_names(self, class_name: str, name: str, renamed: dict[str, str]) -> None:
        note = self.report.notes.append
        if name != class_name:
            which = "closed" if class_name.startswith("_") else "renamed"
            note(text(f"import.note.parse-{which}", name=class_name, new=name))
        for key, new in renamed.items():
            note(text("import.note.parse-renamed", name=f"{class_name}.{key}", new=new))

    def table_for(self, relation: SourceRelation, target: str) -> str | None:
        """Return the table of a relation, made with what describes it."""
        owner, key = self._names.of(relation.class_name), field_name(relation.key)
        column = Column("Relation", self._names.of(target))
        table = schema.join_table(owner, key)
        with self.database.reading() as connection:
            known = schema.known_columns(connection, owner).get(key)
        if known not in {None, column} or self._joins.setdefault(table, (owner, key)) != (
            owner,
            key,
        ):
            return None
        is_closed = owner != relation.class_name
        self.database.writing(
            partial(schema.ensure, class_name=owner, columns={key: column}, is_closed=is_closed)
        )
        return table

    def finish(self) -> None:
        """Copy the contents of files, and note what Parse Server cannot do."""
        note = self.report.notes.append
        if self.storage and files.CLASS not in self.without:
            contents.copy(self.source, self._files.names, self.storage, self.report, self.progress)
        elif saved := sum(entry.state == SAVED for entry in self.source.files()):
            folder = self.source.root / "files"
            note(text("import.note.parse-contents", number=f"{saved:,}", folder=folder))
        for (class_name, key), rows in self._keys.items():
            name, number = f"{class_name}.{key}", f"{rows:,}"
            note(text("import.note.parse-keys", name=name, number=number))
        feed.note_rest(self.source, self.report)
        if users.CLASS in self.columns:
            self._note_users()
        note(text("import.note.parse-permissions"))

    def _note_users(self) -> None:
        note = self.report.notes.append
        without = "WHERE _hashed_password IS NULL"
        missing = self.total(users.CLASS, without)
        with self.database.reading() as connection:
            hashes, parties = users_apart.counts(connection)
        self.report.passwords |= {"missing": missing, "apart": hashes}
        if missing:
            mails = f"{self.total(users.CLASS, f'{without} AND email IS NULL'):,}"
            note(text("import.note.parse-passwords", number=f"{missing:,}", mails=mails))
        if hashes:
            note(text("import.note.parse-apart", hashes=f"{hashes:,}"))
        if parties:
            note(text("import.note.parse-parties", number=f"{parties:,}"))
