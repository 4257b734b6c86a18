"""What a database is asked, by SQLAlchemy or by the driver itself."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch

from sqlalchemy import event

from scaffold.store import prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from scaffold.store.database import Database
    from scaffold.store.values import Json


@contextmanager
def statements(database: Database, look: Callable[[Connection, str, Json], None]) -> Iterator[None]:
    """Show each statement and what is given with it before it is run."""
    run = prepared._run

    def look_and_run(connection: Connection, statement: Json, values: Json, **more: bool) -> Json:
        sql, own = prepared._written(statement, connection.dialect)
        look(connection, sql, {**own, **values})
        return run(connection, statement, values, **more)

    def look_at(connection: Connection, _cursor: Json, sql: str, given: Json, *_: Json) -> None:
        look(connection, sql, given)

    event.listen(database.engine, "before_cursor_execute", look_at)
    with patch.object(prepared, "_run", look_and_run):
        yield
    event.remove(database.engine, "before_cursor_execute", look_at)
