"""SQL that is written once and run by the driver.

SQLAlchemy writes the SQL of all statements, and runs most of them. For those that are run all the
time it takes three times as long to do that as PostgreSQL to answer.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import exc
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ClauseElement, Connection, Dialect
    from sqlalchemy.engine.interfaces import DBAPICursor

    from scaffold.store.values import Json

KEPT = 512
_CURSOR = "scaffold.store.prepared"


def rows(
    connection: Connection, statement: ClauseElement, values: Mapping[str, Json]
) -> list[tuple[Json, ...]]:
    """Run a statement that is made once; return its rows as the driver reads them.

    Args:
        connection: where it is run.
        statement: the statement; its columns are no JSON, and no list in it has a length that
            its values decide.
        values: its parameters.

    Raises:
        DBAPIError: the database refuses it.
    """
    return _run(connection, statement, values, fetches=True)


def run(connection: Connection, statement: ClauseElement, values: Mapping[str, Json]) -> None:
    """Run a statement that returns no rows; arguments and errors as of `rows`."""
    _run(connection, statement, values, fetches=False)


def _run(
    connection: Connection, statement: ClauseElement, values: Mapping[str, Json], *, fetches: bool
) -> list[tuple[Json, ...]]:
    sql, given = _written(statement, connection.dialect)
    driver = connection.dialect.loaded_dbapi
    try:
        cursor = _cursor(connection)
        cursor.execute(sql, {**given, **values})
        return list(cursor.fetchall()) if fetches else []
    except driver.Error as error:
        refused = exc.DBAPIError.instance(sql, None, error, driver.Error, hide_parameters=True)
        raise refused from error


def _cursor(connection: Connection) -> DBAPICursor:
    """Return the one cursor of a connection: psycopg takes half as long to make one as to use it.
    SQLite's end with what they read, see `sqlite.end_reads`.
    """
    if connection.dialect.name == "sqlite":
        return connection.connection.cursor()
    kept: DBAPICursor | None = connection.info.get(_CURSOR)
    if kept is None:
        kept = connection.info[_CURSOR] = connection.connection.cursor()
    return kept


@lru_cache(maxsize=KEPT)
def _written(statement: ClauseElement, dialect: Dialect) -> tuple[str, Mapping[str, Json]]:
    """Return a statement as SQL, and the values that it has itself."""
    by_name = sqlite.dialect(paramstyle="named") if dialect.name == "sqlite" else dialect
    compiled = statement.compile(dialect=by_name)
    return compiled.string, compiled.params
