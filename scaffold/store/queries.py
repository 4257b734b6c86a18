"""Finding objects: what a query's parameters ask for."""

from __future__ import annotations

import itertools
import time
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import select

from scaffold.store import access, received, records, statements, values, where
from scaffold.store.compile import check_size, is_exact
from scaffold.store.conditions import All, Any, In, Not, RelatedTo, Subquery
from scaffold.store.errors import ApiError
from scaffold.store.evaluate import at, holds
from scaffold.store.objects import own_record
from scaffold.store.statements import Query
from scaffold.store.tables import objects

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from sqlalchemy import Row

    from scaffold.store.conditions import Condition, Path
    from scaffold.store.schema import Class
    from scaffold.store.values import Json
    from scaffold.store.work import Transaction

MAX_LIMIT = 1000
MAX_SKIP = 2**31
MAX_SUBQUERIES = 10
MAX_ORDER = 20
TIME = 10.0  # seconds in which a query with a regular expression must be done
PAGE = 500


def read(work: Transaction, used: Class, parameters: Mapping[str, Json], depth: int = 0) -> Query:
    """Read a query's parameters, and answer the queries in its conditions."""
    access.check_class(used, "find", work.caller)
    condition = where.parse(parsed(parameters.get("where"), {}))
    order = tuple(_orders(parameters.get("order")))
    paths = [found.path[0] for found in where.walk(condition) if hasattr(found, "path")]
    used = work.schema.existing(work.connection, used.name, paths)
    _check_private(work, used, [*paths, *(path[0] for path, _ in order)])
    condition = resolved(work, condition, depth)
    check_size(condition)
    if not is_exact(condition):
        condition = grounded(work, used, condition)
    limit = integer(parameters, "limit", statements.LIMIT)
    return Query(
        used,
        condition,
        order,
        limit if 1 <= limit <= MAX_LIMIT else statements.LIMIT,
        min(max(integer(parameters, "skip", 0), 0), MAX_SKIP),
    )


def parsed(value: Json, default: Json) -> Json:
    """Return a parameter that is JSON: in an address it is text."""
    if value is None or value == "":
        return default
    return received.read(value) if isinstance(value, str) else value


def flag(parameters: Mapping[str, Json], name: str) -> bool:
    """Return a parameter that is true or false."""
    return str(parameters.get(name, "")).lower() in {"1", "true"}


def integer(parameters: Mapping[str, Json], name: str, default: int) -> int:
    """Return a parameter that is a number."""
    value = parameters.get(name)
    if value is None or value == "":
        return default
    try:
        return int(str(value)[:20])
    except ValueError as error:
        raise ApiError(1, f"'{name}' must be a number.") from error


def _orders(order: Json) -> Iterator[tuple[Path, bool]]:
    if order is not None and not isinstance(order, str):
        raise ApiError(1, "'order' must be a string.")
    items = (order or "").split(",")
    if len(items) > MAX_ORDER:
        raise ApiError(1, f"A query may be ordered by {MAX_ORDER} keys.")
    for item in items:
        name = item.strip().lstrip("+")
        if name:
            yield where.path_of(name.removeprefix("-")), name.startswith("-")


def resolved(work: Transaction, condition: Condition, depth: int = 0) -> Condition:
    """Return a condition in which the answers of other queries stand in their place."""
    if isinstance(condition, All | Any):
        return type(condition)(
            tuple(resolved(work, inner, depth) for inner in condition.conditions)
        )
    if isinstance(condition, Not):
        return Not(resolved(work, condition.condition, depth))
    if isinstance(condition, RelatedTo) and not _may_read(work, condition):
        return Any()
    return _answered(work, condition, depth) if isinstance(condition, Subquery) else condition


def _may_read(work: Transaction, relation: RelatedTo) -> bool:
    """Say whether the caller may read the object that a relation belongs to."""
    used = work.schema.find(work.connection, relation.class_name)
    if used is None:
        return False
    access.check_class(used, "get", work.caller)
    query = select(objects.c.acl).where(
        objects.c.class_id == used.id, objects.c.id == relation.object_id
    )
    row = work.connection.execute(query).first()
    return row is not None and access.may(row.acl, "read", work.caller)


def grounded(work: Transaction, used: Class, condition: Condition) -> Condition:
    """Return a condition in which relations are replaced by the ids of the objects in them."""
    if isinstance(condition, All | Any):
        return type(condition)(tuple(grounded(work, used, inner) for inner in condition.conditions))
    if isinstance(condition, Not):
        return Not(grounded(work, used, condition.condition))
    if isinstance(condition, RelatedTo) or used.types.get(condition.path[0]) == "Relation":
        found = select(objects.c.id).where(
            objects.c.class_id == used.id, work.compiler(used).condition(condition)
        )
        return In(("objectId",), tuple(work.connection.scalars(found)))
    return condition


def _check_private(work: Transaction, used: Class, columns: list[str]) -> None:
    """Refuse to say by a query what is not shown of a user."""
    if used.name == "_User" and not work.caller.master and not records.PRIVATE.isdisjoint(columns):
        raise ApiError(403, "Forbidden to find users by what only they may see.")


def _answered(work: Transaction, condition: Subquery, depth: int) -> In:
    if depth >= MAX_SUBQUERIES:
        raise ApiError(1, f"Queries may be nested {MAX_SUBQUERIES} levels deep.")
    work.count_subquery()
    used = work.schema.existing(work.connection, condition.class_name)
    if condition.key:
        _check_private(work, used, [condition.key[0]])
    found = rows(work, read(work, used, condition.parameters, depth + 1))
    if condition.key is None:
        return In(condition.path, tuple(values.pointer(used.name, row.id) for row in found))
    listed = (at(own_record(row), condition.key) for row in found)
    return In(condition.path, tuple(itertools.chain.from_iterable(listed)))


def rows(work: Transaction, query: Query) -> Iterator[Row[tuple[Json, ...]]]:
    """Go through the rows that a query finds."""
    if is_exact(query.condition):
        yield from work.connection.execute(*statements.of(work, query, "rows"))
        return
    with closing(_sifted(work, query)) as found:
        yield from itertools.islice(found, query.skip, query.skip + query.limit)


def _sifted(work: Transaction, query: Query) -> Generator[Row[tuple[Json, ...]]]:
    """Go through the rows that meet a condition of which the database knows only a part."""
    deadline = work.begun + TIME
    statement, given = statements.of(work, query, "rows", is_page=False)
    pages = statement.execution_options(yield_per=PAGE)
    with (
        work.database.paging(work.connection) as connection,
        connection.execute(pages, given) as found,
    ):
        for row in found:
            if time.monotonic() > deadline:
                raise ApiError(124)
            if holds(query.condition, own_record(row)):
                yield row


def count(work: Transaction, query: Query) -> int:
    """Return how many objects meet a condition, whatever the limit."""
    if is_exact(query.condition):
        return int(statements.rows(work, query, "number", is_page=False)[0][0])
    return sum(1 for _ in _sifted(work, query))
