"""Rows into a plain table of PostgreSQL, by COPY beside it and one statement a batch."""

from __future__ import annotations

from dataclasses import dataclass
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
from scaffold.store import users, values
from scaffold.store.schema import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from scaffold.importer.report import ClassReport
    from scaffold.importer.rows import KeptRow
    from scaffold.store.database import Database

# By its comment a table is known as ours, and a column by the platform's name and type.
MARK = "scaffold import"
STAGING = '"scaffold import"'
_COMMENTS = """
SELECT a.attname, col_description(a.attrelid, a.attnum), format_type(a.atttypid, a.atttypmod)
FROM pg_attribute AS a WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
"""
_KNOWN = "SELECT to_regclass(%s) IS NOT NULL, obj_description(to_regclass(%s), 'pg_class')"


def quoted(name: str) -> str:
    """Return a name as SQL has it; what is no word was refused before."""
    return f'"{name}"'


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


@dataclass
class TableWriter:
    """Writes the rows of one class.

    Args:
        database: where to.
        shape: its table.
    """

    database: Database
    shape: TableShape

    def __post_init__(self) -> None:
        """Know the table's columns."""
        self._table = quoted(self.shape.name)
        self._types = self.shape.types()

    def prepare(self) -> None:
        """Make the table, or add what it lacks; constraints that rows could break are dropped
        until all rows are there.

        Raises:
            FailedError: the table is somebody else's.
        """
        self.database.writing(self._prepare)

    def _prepare(self, connection: Connection) -> None:
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

    def write(self, rows: Sequence[KeptRow], report: ClassReport) -> None:
        """Write a batch; count what became of it."""
        # Of a row that is there twice the newest counts.
        newest = {row.object_id: row for row in sorted(rows, key=lambda row: row.updated_at)}
        added, changed, newer = self.database.writing(
            lambda connection: self._write(connection, newest.values())
        )
        report.inserted += added
        report.updated += changed
        report.newer += newer
        report.unchanged += len(rows) - added - changed - newer

    def _write(self, connection: Connection, rows: Iterable[KeptRow]) -> tuple[int, int, int]:
        """Return how many rows were added, how many changed, and how many stay as they are newer.

        All names in the statements are checked when rows are read, or are our own.
        """
        names = [quoted(name) for name in self._types]
        fill_staging(connection, self._table, names, map(self._values, rows))
        listed, old = ", ".join(names), _listed("o", names)
        newer = connection.exec_driver_sql(
            f"SELECT count(*) FROM {self._table} AS o"  # noqa: S608
            f' JOIN {STAGING} AS s USING ("objectId") WHERE o."updatedAt" > s."updatedAt"'
            f" AND ({old}) IS DISTINCT FROM ({_listed('s', names)})"
        ).scalar_one()
        merged = [self._merged(name) for name in names]
        changes = ", ".join(f"{name} = {value}" for name, value in zip(names, merged, strict=True))
        added, written = connection.exec_driver_sql(
            f"WITH written AS (INSERT INTO {self._table} AS o ({listed})"  # noqa: S608
            f' SELECT {listed} FROM {STAGING} ON CONFLICT ("objectId") DO UPDATE SET {changes}'
            f' WHERE o."updatedAt" <= EXCLUDED."updatedAt"'
            f" AND ({old}) IS DISTINCT FROM ({', '.join(merged)})"
            f" RETURNING o.xmax = 0 AS is_new)"
            f" SELECT count(*) FILTER (WHERE is_new), count(*) FROM written"
        ).one()
        return added, written - added, newer

    def _merged(self, name: str) -> str:
        """Return what a column becomes; a source without passwords takes none away."""
        is_secret = self.shape.class_name == users.CLASS and name.strip('"') in SECRETS
        return f"coalesce(EXCLUDED.{name}, o.{name})" if is_secret else f"EXCLUDED.{name}"

    def _values(self, row: KeptRow) -> list[Any]:
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


def fill_staging(
    connection: Connection, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Put rows into a table of this transaction that is like another one."""
    run = connection.exec_driver_sql
    run(f"CREATE TEMPORARY TABLE {STAGING} (LIKE {table}) ON COMMIT DROP")
    driver: Any = connection.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {STAGING} ({', '.join(names)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _listed(alias: str, names: Iterable[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)
