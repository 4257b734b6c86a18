"""Rows of a source, in batches of bounded size, with what cannot be read counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.export.manifest import WITHOUT_CONTENTS, in_words
from scaffold.importer.bson_reader import BsonReader
from scaffold.importer.reading import LinesReader
from scaffold.importer.rows import RefusedRowError
from scaffold.importer.sources import BSON
from scaffold.messages import text
from scaffold.store import values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from scaffold.importer.reading import SourceLine
    from scaffold.importer.report import ClassReport, ImportReport
    from scaffold.importer.rows import KeptRow, RowReader
    from scaffold.importer.sources import ImportSource, SourceClass, SourceRelation

MOST_ROWS = 1000
_MOST_BYTES = 8_000_000


@dataclass
class RowsBatch:
    """Rows that are written together.

    Attributes:
        rows: as they are kept.
        read: how many lines they come from.
        size: the bytes of these.
    """

    rows: list[KeptRow] = field(default_factory=list)
    read: int = 0
    size: int = 0

    @property
    def is_full(self) -> bool:
        """Whether it should be written."""
        return self.read >= MOST_ROWS or self.size >= _MOST_BYTES


def lines(
    source: ImportSource, found: SourceClass | SourceRelation, report: ImportReport
) -> Iterator[tuple[str, SourceLine]]:
    """Yield the lines of all files of a class or a relation, each with its place.

    Raises:
        FailedError: a file cannot be read.
    """
    for path in found.paths:
        reader = _reader(path, source)
        shown = _shown(path, source.root)
        for line in reader:
            yield f"{shown}:{line.number}", line
        if found.sha256 and reader.sha256 != found.sha256:
            report.problems.append(text("import.problem.changed", file=shown))


def _shown(path: Path, root: Path) -> str:
    if path == root or not path.is_relative_to(root):
        return path.name
    return str(path.relative_to(root))


def batches(
    source: ImportSource, found: SourceClass, reader: RowReader, report: ImportReport
) -> Iterator[RowsBatch]:
    """Yield the rows of a class; what cannot be kept is counted.

    Raises:
        FailedError: a file cannot be read.
    """
    counted = report.classes[found.name]
    batch = RowsBatch()
    for place, line in lines(source, found, report):
        batch.read += 1
        batch.size += line.size
        counted.read += 1
        try:
            batch.rows.append(_read(reader, line, place))
        except RefusedRowError as error:
            counted.refused += 1
            report.lose(found.name, "", str(error), place)
        if batch.is_full:
            yield batch
            batch = RowsBatch()
    if batch.read:
        yield batch


def entry_batches(
    source: ImportSource, relation: SourceRelation, report: ImportReport, counted: ClassReport
) -> Iterator[list[tuple[str, str]]]:
    """Yield the entries of a relation: the id of the owning and of the related row; what is none
    is counted.

    Raises:
        FailedError: a file cannot be read.
    """
    batch = []
    for place, line in lines(source, relation, report):
        counted.read += 1
        owner, related = ((line.row or {}).get(key) for key in ("owningId", "relatedId"))
        if is_id(owner) and is_id(related):
            batch.append((str(owner), str(related)))
        else:
            counted.refused += 1
            reason = line.problem or text("import.reason.id")
            report.lose(relation.class_name, relation.key, reason, place)
        if len(batch) >= MOST_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def is_id(value: object) -> bool:
    """Return whether a value can be the id of a row."""
    return isinstance(value, str) and values.OBJECT_ID.fullmatch(value) is not None


def _read(reader: RowReader, line: SourceLine, place: str) -> KeptRow:
    if line.row is None:
        raise RefusedRowError(line.problem)
    return reader.read(line.row, place)


def count(source: ImportSource, paths: Iterable[Path]) -> int:
    """Return how many rows files have that are not imported."""
    return sum(1 for path in paths for _ in _reader(path, source))


def _reader(path: Path, source: ImportSource) -> LinesReader | BsonReader:
    return (BsonReader if path.suffix == BSON else LinesReader)(path, source.root)


def note_rest(source: ImportSource, report: ImportReport) -> None:
    """Note what a source has and no database of ours takes."""
    if report.passwords.get("missing"):
        report.notes.append(
            text("import.note.passwords", number=f"{report.passwords['missing']:,}")
        )
    if source.export is None:
        if report.classes.get("_File"):
            report.notes.append(text("import.note.no-contents"))
        return
    manifest = source.export.manifest
    if manifest.finished_at is None:
        report.problems.append(text("import.problem.unfinished"))
    if manifest.messages:
        report.notes.append(text("import.note.messages", number=f"{manifest.messages.rows:,}"))
    if manifest.inboxes:
        report.notes.append(text("import.note.inboxes", number=f"{manifest.inboxes.rows:,}"))
    without = in_words(report.files, WITHOUT_CONTENTS)
    if without:
        report.notes.append(text("import.note.files", states=without))
