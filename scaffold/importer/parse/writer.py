"""Rows into a table of Parse Server's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.importer.parse import schema
from scaffold.importer.staged_writer import STAGING, StagedWriter, quoted
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from scaffold.importer.parse.cells import ParseCells
    from scaffold.importer.rows import KeptRow
    from scaffold.store.schema import Column

# PostgreSQL's indexes take values of 2,704 bytes.
_LONGEST = 600


@dataclass
class ParseWriter(StagedWriter):
    """Writes the rows of one class.

    Args:
        fields: its columns; rows may bring new ones.
        converter: turns values into what the table has.
        say: is called with column, what people have to know of a value, and its place.
        is_closed: a class that is new is for the master key only.
    """

    fields: Mapping[str, Column]
    converter: ParseCells
    say: Callable[[str, str, str], None]
    is_closed: bool
    _columns: Sequence[str] = ()

    def prepare(self, connection: Connection) -> None:
        """Make the table, or add the columns that rows brought since the last batch."""
        schema.ensure(connection, self.table, self.fields, is_closed=self.is_closed)
        own = [key for key, column in self.fields.items() if column.type in schema.TYPES]
        self._columns = [*schema.OWN, *sorted(own)]

    def columns(self) -> Sequence[str]:
        """Return the columns that an import writes."""
        return self._columns

    def compared(self, expression: str, name: str) -> str:
        """Return points as text: PostgreSQL does not compare them otherwise."""
        column = self.fields.get(name)
        return f"({expression})::text" if column and column.type == "GeoPoint" else expression

    def cells(self, row: KeptRow) -> list[Any]:
        """Return a row as COPY writes it."""
        found: dict[str, Any] = {
            "objectId": row.object_id,
            "createdAt": row.created_at,
            "updatedAt": row.updated_at,
            "_rperm": _granted(row.acl, "read"),
            "_wperm": _granted(row.acl, "write"),
        }
        for key, value in row.document.items():
            column = self.fields.get(key)
            if column:
                said: set[str] = set()
                found[key] = self.converter.cell(value, column, said.add)
                for each in sorted(said):
                    self.say(key, each, row.place)
        return [found.get(name) for name in self._columns]

    def refused(self, connection: Connection) -> dict[str, str]:
        """Refuse rows with a name that another row has: Parse Server starts with none of these."""
        found: dict[str, str] = {}
        names = schema.UNIQUE.get(self.table, ())
        if names:
            # So that the index of the table is used, however many rows it has.
            connection.exec_driver_sql(f"ANALYZE {STAGING}")
        for name in names:
            rows = connection.exec_driver_sql(_refusing(quoted(self.table), quoted(name)))
            for object_id, has_long in rows:
                reason = "long-name" if has_long else "taken"
                found[object_id] = text(f"import.reason.{reason}", key=name)
        return found


def _refusing(table: str, key: str) -> str:
    """Return what takes rows out of `STAGING`: with a value that an index does not take, that
    another row of the table has, or one before it. The names are our own.
    """
    return (
        f'WITH own AS (SELECT "objectId", {key}, row_number() OVER'
        f' (PARTITION BY {key} ORDER BY "objectId") AS place'
        f" FROM {STAGING} WHERE {key} IS NOT NULL),"
        f' bad AS (SELECT "objectId" FROM own WHERE place > 1 OR length({key}) > {_LONGEST}'
        f' UNION SELECT own."objectId" FROM own JOIN {table} AS o ON o.{key} = own.{key}'
        f' WHERE o."objectId" <> own."objectId")'
        f' DELETE FROM {STAGING} AS s USING bad WHERE s."objectId" = bad."objectId"'
        f' RETURNING s."objectId", length(s.{key}) > {_LONGEST}'
    )


def _granted(acl: dict[str, Any] | None, permission: str) -> list[str] | None:
    """Return who has a permission; None where everybody has all of them."""
    if acl is None:
        return None
    return sorted(name for name, granted in acl.items() if granted.get(permission))
