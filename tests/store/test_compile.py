"""The SQL of conditions and orders, compared with the specification on both databases."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from scaffold.store import evaluate, queries, values
from scaffold.store.access import Caller
from scaffold.store.compile import SqlCompiler, is_exact
from scaffold.store.schema import Class, Column, SchemaCache
from scaffold.store.statements import Query
from scaffold.store.tables import classes, objects
from scaffold.store.where import parse
from scaffold.store.work import Transaction
from tests.store import generated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

    from scaffold.store.conditions import Path
    from scaffold.store.database import Database
    from scaffold.store.values import Document, Json

CLASS = 4711
USED = Class(CLASS, "Test", {}, {name: Column(sort) for name, sort in generated.TYPES.items()})
many = settings(max_examples=150)
many_documents = st.lists(generated.documents, min_size=1, max_size=6)


def _record(object_id: str, document: Document) -> Document:
    day = values.date(f"2026-11-{10 + int(object_id, 36) % 3}T00:00:00.000Z")
    return {"objectId": object_id, "createdAt": day, "updatedAt": day, **document}


def _fill(connection: Connection, records: Sequence[Document]) -> None:
    connection.execute(delete(objects))
    connection.execute(delete(classes))
    connection.execute(insert(classes).values(id=CLASS, name="Test", permissions={}))
    own = {"objectId", "createdAt", "updatedAt"}
    for record in records:
        day = record["createdAt"]["iso"]
        document = {key: value for key, value in record.items() if key not in own}
        row = {
            "class_id": CLASS,
            "id": record["objectId"],
            "created_at": day,
            "updated_at": day,
            "document": document,
        }
        connection.execute(insert(objects).values(**row))


def _found(connection: Connection, where: Json) -> list[Document]:
    """Return what a query finds, sorted out as the service does where the SQL finds too much."""
    condition = parse(where)
    sql = SqlCompiler(_dialect(connection), generated.TYPES).condition(condition)
    rows = connection.execute(select(objects).where(sql)).all()
    records = [_record(row.id, row.document) for row in rows]
    return (
        records
        if is_exact(condition)
        else [record for record in records if evaluate.holds(condition, record)]
    )


def _dialect(connection: Connection) -> Json:
    from scaffold.store import dialects

    return dialects.of(connection.dialect.name)


@many
@given(documents=many_documents, where=generated.wheres)
@example(documents=[{"n": 2**53 + 1}, {"n": 2**53}], where={"n": 2**53 + 1})
@example(documents=[{"b": True}, {"n": 1}], where={"$or": [{"n": True}, {"b": 1}]})
@example(documents=[{"mixed": {"x": [1.0, {"x": 1}]}}], where={"mixed": {"x": [1, {"x": 1.0}]}})
@example(documents=[{"l": [{"x": [1, 2]}, {"x": 3}]}], where={"l.x": 2})
def test_conditions(database: Database, documents: list[Document], where: Json) -> None:
    """Both databases find what the specification finds."""
    records = [_record(f"{number:x}", document) for number, document in enumerate(documents)]
    with database.transaction() as connection:
        _fill(connection, records)
        found = {record["objectId"] for record in _found(connection, where)}
        work = Transaction(connection, database, SchemaCache(), Caller())
        with_slots = {row.id for row in queries.rows(work, Query(USED, parse(where)))}
        connection.rollback()
    condition = parse(where)
    assert found == {record["objectId"] for record in records if evaluate.holds(condition, record)}
    assert with_slots == found


def _order(compiler: SqlCompiler, order: Sequence[tuple[Path, bool]]) -> list[ColumnElement[Json]]:
    return [
        *itertools.chain(*(compiler.order_by(*item) for item in order)),
        objects.c.created_at,
        objects.c.id,
    ]


@many
@given(documents=many_documents, order=generated.orders)
def test_orders(
    database: Database, documents: list[Document], order: list[tuple[Path, bool]]
) -> None:
    """Both databases put values of all kinds in the order of the specification."""
    records = [_record(f"{number:x}", document) for number, document in enumerate(documents)]
    with database.transaction() as connection:
        _fill(connection, records)
        by = _order(SqlCompiler(database.dialect, generated.TYPES), order)
        found = [row.id for row in connection.execute(select(objects.c.id).order_by(*by))]
        connection.rollback()
    assert found == [record["objectId"] for record in evaluate.ordered(records, order)]


@many
@given(document=generated.documents)
def test_documents(database: Database, document: Document) -> None:
    """Both databases give back what they were given, all digits of numbers included."""
    with database.transaction() as connection:
        _fill(connection, [_record("1", document)])
        kept = connection.scalar(select(objects.c.document))
        connection.rollback()
    assert values.equal(kept, document)
    assert str(_types(kept)) == str(_types(document))


def _types(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _types(value[key]) for key in sorted(value)}
    return [_types(item) for item in value] if isinstance(value, list) else values.kind(value)
