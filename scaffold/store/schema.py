"""Classes and their columns: made by their first use, of one type from then on."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from scaffold.store import built_in, tables, values
from scaffold.store.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Table

    from scaffold.store.operations import KeyChange
    from scaffold.store.values import Document, Json

MAX_CLASSES = 500
MAX_COLUMNS = 300
FRESH = 1.0  # seconds for which what was read of a class is used again
RESERVED = {"objectId", "createdAt", "updatedAt"}
# Names under which SDKs and the documentation know some of the platform's classes.
ALIASES = {
    "File": "_File",
    "files": "_File",
    "User": "_User",
    "Role": "_Role",
    "Installation": "_Installation",
}


@dataclass(frozen=True)
class Column:
    """A column's type, and the class that a pointer or a relation leads to."""

    type: str
    target: str | None = None


@dataclass(frozen=True)
class Class:
    """A class as it was read."""

    id: int
    name: str
    permissions: Document
    columns: Mapping[str, Column]

    @cached_property
    def types(self) -> dict[str, str]:
        """The types of the columns, by name."""
        return {name: column.type for name, column in self.columns.items()}

    @cached_property
    def form(self) -> frozenset[tuple[str, str]]:
        """The same, to be compared with others."""
        return frozenset(self.types.items())

    @cached_property
    def relations(self) -> dict[str, str | None]:
        """The columns that are relations, and where they lead."""
        return {
            name: column.target
            for name, column in self.columns.items()
            if column.type == "Relation"
        }


Known: TypeAlias = "dict[str, tuple[float, Class]]"


@dataclass
class SchemaCache:
    """What is known of the classes of one database.

    Attributes:
        known: what was read of each class, and when.
        uncommitted: the same for a transaction that has changed a class: nobody else sees that
            yet, or ever.
    """

    known: Known = field(default_factory=dict)
    uncommitted: WeakKeyDictionary[Connection, Known] = field(default_factory=WeakKeyDictionary)

    def find(self, connection: Connection, name: str, columns: Iterable[str] = ()) -> Class | None:
        """Return a class; None where there is none. It is read anew where it is
        old or lacks one of `columns`.
        """
        name = ALIASES.get(name, name)
        known = self.known
        if self.uncommitted:
            known = self.uncommitted.get(connection, known)
        read_at, found = known.get(name, (0.0, None))
        if (
            found
            and time.monotonic() - read_at < FRESH
            and all(column in found.columns for column in columns)
        ):
            return found
        found = _read(connection, name)
        if found:
            known[name] = (time.monotonic(), found)
        return found

    def existing(self, connection: Connection, name: str, columns: Iterable[str] = ()) -> Class:
        """Return a class that must be there.

        Raises:
            ApiError: 103, that is no name; 101, there is no such class.
        """
        check_name(name)
        found = self.find(connection, name, columns)
        if found is None:
            raise ApiError(101)
        return found

    def ensure(self, connection: Connection, name: str) -> Class:
        """Return a class, made where it is missing.

        Raises:
            ApiError: 103, that is no name; 154, there are too many classes.
        """
        check_name(name)
        found = self.find(connection, name)
        if found:
            return found
        if (
            connection.scalar(select(func.count()).select_from(tables.classes)) or 0
        ) >= MAX_CLASSES:
            raise ApiError(154, f"An app may have {MAX_CLASSES} classes.")
        self.uncommitted.setdefault(connection, {})
        insert_missing(connection, tables.classes, {"name": name, "permissions": {}})
        found = _read(connection, name)
        if found is None:
            raise ApiError(101)
        return found

    def declare(self, connection: Connection, used: Class, changes: Iterable[KeyChange]) -> Class:
        """Return the class with the columns that changes use; a column that
        is there must have their type.

        Raises:
            ApiError: 111, a column has another type; 154, the class has too many columns.
        """
        result = used
        for change in changes:
            if change.column not in result.columns and change.type is not None:
                result = self._add(connection, result, change)
            check_type(result, change)
        return result

    def _add(self, connection: Connection, used: Class, change: KeyChange) -> Class:
        row = {
            "class_id": used.id,
            "name": change.column,
            "type": change.type,
            "target": change.target,
        }
        if len(used.columns) >= MAX_COLUMNS:
            raise ApiError(154, f"A class may have {MAX_COLUMNS} columns.")
        self.uncommitted.setdefault(connection, {}).pop(used.name, None)
        insert_missing(connection, tables.columns, row)
        return replace(used, columns={**used.columns, **_read_columns(connection, used.id)})

    def forget(self, connection: Connection | None = None) -> None:
        """Read everything anew, also in a transaction that goes on."""
        self.known.clear()
        if connection is not None:
            self.uncommitted.get(connection, {}).clear()


def check_name(name: str) -> None:
    """Refuse what is no name of a class."""
    if not values.CLASS_NAME.fullmatch(name) or (
        name.startswith("_") and name not in built_in.CLASSES
    ):
        raise ApiError(103)


def check_type(used: Class, change: KeyChange) -> None:
    """Refuse a change that does not fit the type of its column."""
    column = used.columns.get(change.column)
    if column is None or change.type is None:
        return
    if column.type != change.type:
        raise ApiError(
            111,
            f"Invalid value type for field '{change.column}',expect type is "
            f'{{:type "{column.type}"}}, '
            f"but it is '{{:type \"{change.type}\"}}'.",
        )
    if column.target and change.target and column.target != change.target:
        raise ApiError(
            111,
            f"Invalid value type for field '{change.column}',expect type is "
            f'{{:type "{column.type}", '
            f':className "{column.target}"}}, but it is \'{{:type "{change.type}", '
            f':className "{change.target}"}}\'.',
        )


def insert_missing(connection: Connection, table: Table, row: Document) -> bool:
    """Insert a row unless there is one with the same key; say whether it was inserted."""
    statement = _insert(connection, table).values(**row).on_conflict_do_nothing()
    return connection.execute(statement.returning(*table.primary_key)).first() is not None


def insert_all_missing(connection: Connection, table: Table, rows: list[Document]) -> None:
    """Insert those of at least one row of which there are none with the same key."""
    connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)


def _insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    is_postgresql = connection.dialect.name == "postgresql"
    return postgresql.insert(table) if is_postgresql else sqlite.insert(table)


def install(connection: Connection) -> None:
    """Make the classes that the platform has by itself."""
    for name, (permissions, columns) in built_in.CLASSES.items():
        insert_missing(connection, tables.classes, {"name": name, "permissions": permissions})
        class_id = connection.scalar(
            select(tables.classes.c.id).where(tables.classes.c.name == name)
        )
        for key, column in columns.items():
            type_, _, target = column.partition(" ")
            row = {"class_id": class_id, "name": key, "type": type_, "target": target or None}
            insert_missing(connection, tables.columns, row)


def described(used: Class) -> dict[str, Json]:
    """Return a class as `/schemas` shows it."""
    own: dict[str, Json] = {
        "objectId": {"type": "String"},
        "createdAt": {"type": "Date"},
        "updatedAt": {"type": "Date"},
        "ACL": {"type": "ACL"},
    }
    for name, column in used.columns.items():
        own[name] = {"type": column.type} | ({"className": column.target} if column.target else {})
    return own


def names(connection: Connection) -> list[str]:
    """Return the names of all classes."""
    return list(connection.scalars(select(tables.classes.c.name).order_by(tables.classes.c.name)))


def _read(connection: Connection, name: str) -> Class | None:
    row = connection.execute(select(tables.classes).where(tables.classes.c.name == name)).first()
    if row is None:
        return None
    return Class(row.id, row.name, row.permissions, _read_columns(connection, row.id))


def _read_columns(connection: Connection, class_id: int) -> dict[str, Column]:
    rows = connection.execute(select(tables.columns).where(tables.columns.c.class_id == class_id))
    return {row.name: Column(row.type, row.target) for row in rows}
