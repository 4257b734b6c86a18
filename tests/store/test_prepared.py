"""What the driver runs itself is as what SQLAlchemy runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import bindparam, exc, insert, select

from scaffold.store import prepared
from scaffold.store.tables import classes

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scaffold.store.database import Database

_BY_NAME = select(classes.c.id, classes.c.name).where(classes.c.name == bindparam("name"))


def test_rows(database: Database) -> None:
    """Values are given by name, whatever is in them."""
    for name in ("_User", "_Role", "'; DROP TABLE store_classes --"):
        with database.reading() as connection:
            found = prepared.rows(connection, _BY_NAME, {"name": name})
            assert found == list(map(tuple, connection.execute(_BY_NAME, {"name": name})))


def test_what_a_transaction_writes_ends_with_it(database: Database) -> None:
    """A statement is part of the transaction that it is run in."""
    row = {"id": 4242, "name": "Prepared", "permissions": "{}"}

    def fail(connection: Connection) -> None:
        prepared.run(connection, insert(classes), row)
        assert prepared.rows(connection, _BY_NAME, {"name": "Prepared"}) == [(4242, "Prepared")]
        raise KeyError

    with pytest.raises(KeyError):
        database.writing(fail)
    with database.reading() as connection:
        assert prepared.rows(connection, _BY_NAME, {"name": "Prepared"}) == []


def test_refused(database: Database) -> None:
    """An error is SQLAlchemy's, by its kind and without values; the connection goes on."""
    row = {"id": 4243, "name": "_User", "permissions": '{"secret": {}}'}

    def write(connection: Connection) -> None:
        prepared.run(connection, insert(classes), row)

    with pytest.raises(exc.IntegrityError) as caught:
        database.writing(write)
    assert "secret" not in str(caught.value)
    with database.reading() as connection:
        assert prepared.rows(connection, _BY_NAME, {"name": "_User"})
