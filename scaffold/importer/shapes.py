"""The columns of a plain table: types that fit all values of a class, and names that PostgreSQL
takes.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scaffold.importer import feed
from scaffold.importer.report import ClassReport, ImportReport
from scaffold.importer.rows import RowReader
from scaffold.store import users, values
from scaffold.store.indexes import fitting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scaffold.importer.sources import ImportSource, SourceClass
    from scaffold.store.schema import Column

OWN = {
    "objectId": "text",
    "createdAt": "timestamptz(3)",
    "updatedAt": "timestamptz(3)",
    "ACL": "jsonb",
}
# What a user logs in with; the platform's hash, for whoever can check it.
SECRETS = ("password", "salt")
TYPES = {
    "String": "text",
    "Boolean": "boolean",
    "Date": "timestamptz(3)",
    "Pointer": "text",
    "File": "text",
    "Bytes": "bytea",
    "GeoPoint": "jsonb",
    "Array": "jsonb",
    "Object": "jsonb",
}
INTEGER, FLOAT, EXACT = "bigint", "double precision", "numeric"
FRACTION, LARGE = "fraction", "large"
# Source: PostgreSQL's manual, "System Columns": no column may have these names.
SYSTEM_COLUMNS = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}


@dataclass
class TableShape:
    """The table of a class.

    Attributes:
        class_name: the class.
        columns: its columns, as the platform has them.
        numbers: the sorts of numbers in those that hold some.
    """

    class_name: str
    columns: dict[str, Column]
    numbers: dict[str, set[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the table is called."""
        return fitting(self.class_name)

    def types(self) -> dict[str, str]:
        """Return the types of all columns of the table, by name."""
        found = dict(OWN)
        if self.class_name == users.CLASS:
            found |= dict.fromkeys(SECRETS, "text")
        for key, column in sorted(self.columns.items()):
            if column.type == "Number":
                found[column_name(key)] = number_type(self.numbers.get(key, set()))
            elif column.type != "Relation":
                found[column_name(key)] = TYPES[column.type]
        return found

    def references(self) -> dict[str, str]:
        """Return the columns that lead to other classes, and these."""
        found = {}
        for key, column in self.columns.items():
            if column.type == "File":
                found[column_name(key)] = "_File"
            elif column.type == "Pointer" and column.target:
                found[column_name(key)] = column.target
        return found


def column_name(key: str) -> str:
    """Return what the column of a key is called: the key, if it can be."""
    return f"{key}_" if key in SYSTEM_COLUMNS else fitting(key)


def of(
    source: ImportSource,
    found: SourceClass,
    known: Mapping[str, Column],
    numbers: Mapping[str, str],
) -> TableShape:
    """Read a class once, and return the table that fits it.

    Args:
        source: what there is.
        found: the class.
        known: columns that are known, of its table or its description.
        numbers: the types of numbers that its table has already.

    Raises:
        FailedError: a file cannot be read.
    """
    sorts = {key: sorts_of(sort) for key, sort in numbers.items()}
    shape = TableShape(found.name, dict(known), sorts)
    # What is lost is counted when the rows are written.
    unread = ImportReport(classes={found.name: ClassReport()})
    reader = RowReader(found.name, shape.columns, lambda *_: None)
    for batch in feed.batches(source, found, reader, unread):
        for row in batch.rows:
            _widen(shape, row.document.items())
    return shape


def _widen(shape: TableShape, document: Iterable[tuple[str, Any]]) -> None:
    for key, value in document:
        if isinstance(value, int | float) and not isinstance(value, bool):
            shape.numbers.setdefault(key, set()).update(sort_of(value))


def number_type(sorts: set[str]) -> str:
    """Return the type that holds numbers of these sorts. Large integers beside fractions need
    digits that no float has.
    """
    if FRACTION not in sorts:
        return INTEGER
    return EXACT if LARGE in sorts else FLOAT


def sorts_of(sort: str) -> set[str]:
    """Return the sorts of numbers that a column of a type may have."""
    return {INTEGER: {LARGE}, FLOAT: {FRACTION}}.get(sort, {LARGE, FRACTION})


def sort_of(value: float) -> set[str]:
    """Return the sort of a number: a fraction, an integer beyond 2⁵³, or neither."""
    if isinstance(value, float):
        return {FRACTION}
    return {LARGE} if abs(value) > values.EXACT else set()


def value_of(value: Any, column: Column) -> Any:
    """Return a value as COPY writes it."""
    if value is None:
        return None
    if column.type in {"String", "Boolean", "Number"}:
        return value
    if column.type == "Date":
        return value["iso"]
    if column.type in {"Pointer", "File"}:
        return value["objectId" if column.type == "Pointer" else "id"]
    if column.type == "Bytes":
        return "\\x" + base64.b64decode(value["base64"]).hex()
    if column.type == "GeoPoint":
        value = {"latitude": value["latitude"], "longitude": value["longitude"]}
    return values.dumps(value)
