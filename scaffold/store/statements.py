"""Queries as SQL, made once for all of one form.

To say a query in SQL takes longer than to run it, and an app asks the same few questions with other
values all the time. So values of columns with a key stand as slots in it. A query with anything
else in its condition is said anew.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Text, bindparam, cast, func, literal_column, select

from scaffold.store import access, keyed, prepared, where
from scaffold.store.compile import SqlCompiler
from scaffold.store.conditions import All, Any, Compare, Equal, Exists, Not
from scaffold.store.plain_sql import OWN
from scaffold.store.tables import objects
from scaffold.store.values import Slot, kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from scaffold.store.conditions import Condition, Path
    from scaffold.store.dialect import Dialect
    from scaffold.store.schema import Class
    from scaffold.store.values import Json
    from scaffold.store.work import Transaction

    Statement = tuple[Select[tuple[Json, ...]], dict[str, Json]]

LIMIT = 100
KEPT = 256  # forms
NAMES = "names"  # of the caller, among the values
MAX_SLOTS = 20
MAX_ORDER = 3
COLUMNS = {
    "rows": (objects,),
    "texts": (
        objects.c.id,
        objects.c.created_at,
        objects.c.updated_at,
        cast(objects.c.document, Text).label("text"),
    ),
    "number": (func.count(),),
}


@dataclass(frozen=True)
class Query:
    """What is to be found.

    Args:
        used: the class.
        condition: which of its objects, without other queries in it.
        order: by what they are ordered, and whether that descends.
        limit: how many at most.
        skip: how many are passed over.
    """

    used: Class
    condition: Condition
    order: tuple[tuple[Path, bool], ...] = ()
    limit: int = LIMIT
    skip: int = 0


@dataclass(frozen=True)
class Form:
    """What queries have in common that are the same but for values.

    Args:
        what: which columns are wanted, as in `COLUMNS`.
        is_page: whether there is a limit.
        dialect: the database's JSON.
        class_id: the class.
        types: the types of its columns.
        condition: the condition, with slots.
        order: by what objects are ordered, and whether that descends.
        caller: `master`, `user` or `nobody`.
    """

    what: str
    is_page: bool
    dialect: Dialect
    class_id: int
    types: frozenset[tuple[str, str]]
    condition: Condition
    order: tuple[tuple[Path, bool], ...]
    caller: str


def rows(
    work: Transaction, query: Query, what: str, *, is_page: bool = True
) -> Sequence[Sequence[Json]]:
    """Return what a query finds, of columns that are no JSON.

    Args:
        work: the transaction, for the caller and the kind of database.
        query: the query.
        what: which columns are wanted, as in `COLUMNS`.
        is_page: whether the query's limit counts.
    """
    statement, parameters, is_kept = _of(work, query, what, is_page=is_page)
    if is_kept:
        return prepared.rows(work.connection, statement, parameters)
    return work.connection.execute(statement, parameters).all()


def of(work: Transaction, query: Query, what: str, *, is_page: bool = True) -> Statement:
    """Return a query as a statement, and the values to run it with; arguments as of `rows`."""
    statement, parameters, _ = _of(work, query, what, is_page=is_page)
    return statement, parameters


def _of(
    work: Transaction, query: Query, what: str, *, is_page: bool
) -> tuple[Select[tuple[Json, ...]], dict[str, Json], bool]:
    """Return the same, and whether the statement is kept."""
    given: dict[str, Json] = {}
    caller = "master" if work.caller.master else "user" if work.caller.user_id else "nobody"
    condition = _slotted(query, query.condition, given)
    form = Form(
        what,
        is_page,
        work.database.dialect,
        query.used.id,
        query.used.form,
        condition or query.condition,
        query.order,
        caller,
    )
    is_kept = condition is not None and len(given) <= MAX_SLOTS and _is_short(query)
    statement = kept(form) if is_kept else _made(form)
    parameters: dict[str, Json] = {}
    if is_page:
        parameters = {"limit": query.limit, "skip": query.skip}
    if caller == "user":
        parameters[NAMES] = work.database.dialect.names(work.caller.names)
    for name, value in given.items() if condition is not None else ():
        parameters |= keyed.parameters(form.dialect, name, value)
    return statement, parameters, is_kept


def _is_short(query: Query) -> bool:
    return len(query.order) <= MAX_ORDER and all(
        len(path) == 1 and (path[0] in OWN or path[0] in query.used.types)
        for path, _ in query.order
    )


def _slotted(query: Query, condition: Condition, given: dict[str, Json]) -> Condition | None:
    """Return a condition with slots, and put their values into `given`; None where it has
    something in it that cannot be a slot.
    """
    if isinstance(condition, All | Any):
        inner = [_slotted(query, each, given) for each in condition.conditions]
        found = tuple(each for each in inner if each is not None)
        return type(condition)(found) if len(found) == len(inner) else None
    if isinstance(condition, Not):
        one = _slotted(query, condition.condition, given)
        return None if one is None else Not(one)
    if isinstance(condition, Equal | Compare | Exists) and len(condition.path) == 1:
        return _with_slot(query, condition, given)
    return None


def _with_slot(
    query: Query, condition: Equal | Compare | Exists, given: dict[str, Json]
) -> Condition | None:
    name = condition.path[0]
    if isinstance(condition, Exists) or condition.value is None:
        return condition if name in query.used.types else None
    sort = OWN[name][1] if name in OWN else keyed.type_of(query.used.types, condition.path)
    if sort is None or kind(condition.value) != sort:
        return None
    slot = Slot(sort, f"slot{len(given)}", isinstance(condition.value, int))
    given[slot.name] = condition.value
    return replace(condition, value=slot)


def _made(form: Form) -> Select[tuple[Json, ...]]:
    compiler = SqlCompiler(form.dialect, dict(form.types), form.class_id)
    # The class is no parameter: an index of one class is found by its number.
    statement = select(*COLUMNS[form.what]).where(
        objects.c.class_id == literal_column(str(int(form.class_id))),
        compiler.condition(form.condition),
    )
    if form.caller != "master":
        names = NAMES if form.caller == "user" else None
        statement = statement.where(access.readable(form.dialect, names))
    if form.what == "number":
        return statement.select_from(objects)
    by = list(itertools.chain.from_iterable(compiler.order_by(*item) for item in form.order))
    near = where.nearest(form.condition)
    if near and not by:
        by = [compiler.away(near).asc().nulls_last()]
    statement = statement.order_by(*by, objects.c.created_at, objects.c.id)
    if not form.is_page:
        return statement
    limit, skip = (bindparam(name, type_=BigInteger()) for name in ("limit", "skip"))
    return statement.limit(limit).offset(skip)


kept = lru_cache(maxsize=KEPT)(_made)
