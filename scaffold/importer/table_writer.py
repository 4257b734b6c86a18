"""The plain table of a class, and what of a row goes into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.errors import FailedError
from scaffold.importer import references
from scaffold.importer.shapes import (
    EXACT,
    FLOAT,
    INTEGER,
    SECRETS,
    TYPES,
    TableShape,
    column_name,
    value_of,
)
from scaffold.importer.staged_writer import StagedWriter, quoted
from scaffold.store import users, values
from scaffold.store.schema import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from scaffold.importer.rows import KeptRow
    from scaffold.store.database import Database

# By its comment a table is known as ours, and a column by the platform's name and type.
MARK = "scaffold import"
_COMMENTS = """
SELECT a.attname, col_description(a.attrelid, a.attnum), format_type(a.atttypid, a.atttypmod)
FROM pg_attribute AS a WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
"""
_KNOWN = "SELECT to_regclass(%s) IS NOT NULL, obj_description(to_regclass(%s), 'pg_class')"


def check_own(connection: Connection, table: str) -> bool:
    """Return whether a table of ours is there.

    Raises:
        FailedError: a table of somebody else is.
    """
    name = quoted(table)
    exists, comment = connection.exec_driver_sql(_KNOWN, (name, name)).one()
    if exists and not (comment or "").startswith(MARK):
        raise FailedError("import.error.table", table=table)
    return bool(exists)


def known_columns(connection: Connection, table: str) -> tuple[dict[str, Column], dict[str, str]]:
    """Return the platform's columns that a table of ours has, and the types of its numbers.

    Raises:
        FailedError: the table is somebody else's.
    """
    columns: dict[str, Column] = {}
    numbers: dict[str, str] = {}
    if check_own(connection, table):
        for _, comment, sort in connection.exec_driver_sql(_COMMENTS, (quoted(table),)):
            key, *described = (comment or "").split() or ("",)
            if described:
                columns[key] = Column(*described)
            if described == ["Number"]:
                numbers[key] = sort
    return columns, numbers


class TableWriter(StagedWriter):
    """Writes the rows of one class.

    Args:
        database: where to.
        shape: its table.
    """

    def __init__(self, database: Database, shape: TableShape) -> None:
        super().__init__(database, shape.name)
        self.shape = shape
        self._table = quoted(shape.name)
        self._types = shape.types()

    def make(self) -> None:
        """Make the table, or add what it lacks; constraints that rows could break are dropped
        until all rows are there.

        Raises:
            FailedError: the table is somebody else's.
        """
        self.database.writing(self._make)

    def _make(self, connection: Connection) -> None:
        run = connection.exec_driver_sql
        if not check_own(connection, self.shape.name):
            run(f'CREATE TABLE {self._table} ("objectId" text PRIMARY KEY)')
            run(f"COMMENT ON TABLE {self._table} IS '{MARK}'")
        there = {
            name: sort for name, _, sort in connection.exec_driver_sql(_COMMENTS, (self._table,))
        }
        for name, sort in self._types.items():
            if name not in there:
                run(f"ALTER TABLE {self._table} ADD COLUMN {quoted(name)} {sort}")
            elif there[name] != sort and {there[name], sort} <= {INTEGER, FLOAT, EXACT}:
                run(f"ALTER TABLE {self._table} ALTER COLUMN {quoted(name)} TYPE {sort}")
        for key, column in self.shape.columns.items():
            if column.type in {*TYPES, "Number"}:
                comment = " ".join(filter(None, (key, column.type, column.target)))
                name = quoted(column_name(key))
                run(f"COMMENT ON COLUMN {self._table}.{name} IS '{comment}'")
        for name in self.shape.references():
            references.drop(connection, self.shape.name, name)

    def columns(self) -> Sequence[str]:
        """Return the columns of the table."""
        return list(self._types)

    def merged(self, name: str) -> str:
        """Return what a column becomes; a source without passwords takes none away."""
        value = super().merged(name)
        is_secret = self.shape.class_name == users.CLASS and name in SECRETS
        return f"coalesce({value}, o.{quoted(name)})" if is_secret else value

    def cells(self, row: KeptRow) -> list[Any]:
        """Return a row as COPY writes it."""
        found: dict[str, Any] = {
            "objectId": row.object_id,
            "createdAt": row.created_at,
            "updatedAt": row.updated_at,
            "ACL": None if row.acl is None else values.dumps(row.acl),
        }
        found |= {key: row.secrets[key] for key in SECRETS if key in row.secrets}
        for key, value in row.document.items():
            found[column_name(key)] = value_of(value, self.shape.columns.get(key, Column("String")))
        return [found.get(name) for name in self._types]
