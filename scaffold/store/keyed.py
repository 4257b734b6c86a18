"""Columns of one type with an order: what of them is compared, sorted by and indexed.

A class column keeps the type of its first use, so that one SQL expression stands for all of its
values, and is NULL where there is none. Names of columns are part of the SQL, or no index would be
found by it; they have no characters but letters, digits and underscores (`values.KEY`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Text, and_, bindparam, false, or_

from scaffold.store import values
from scaffold.store.conditions import Compare, Equal, In
from scaffold.store.plain_sql import OPERATORS, operand
from scaffold.store.values import SORTED_BY, Json, Slot, kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import ColumnElement

    from scaffold.store.conditions import Condition, Path
    from scaffold.store.dialect import Dialect, Value

ID = "_id"  # ends the name of the slot for the id in a pointer
TYPES = {"Number", "Boolean", "String", "Date", "Pointer"}


def type_of(types: Mapping[str, str], path: Path) -> str | None:
    """Return the type of a column that has a key; None for all others, and below a column."""
    name = types.get(path[0]) if len(path) == 1 and values.KEY.fullmatch(path[0]) else None
    return name if name in TYPES else None


def holds(dialect: Dialect, sort: str, whole: Value, condition: Condition) -> ColumnElement[bool]:
    """Return a comparison of a column.

    Args:
        dialect: the database's JSON.
        sort: the column's type.
        whole: the column's value.
        condition: `Equal`, `In` or `Compare`.
    """
    key = dialect.key_of(sort, condition.path[0])  # type: ignore[union-attr]
    if isinstance(condition, Compare):
        operator = OPERATORS[condition.operator]
        if kind(condition.value) != sort:
            return false()
        return operator(key, _operand(dialect, sort, condition.value))
    one_of = isinstance(condition, In)
    given = condition.values if one_of else (condition.value,)  # type: ignore[union-attr]
    tests: list[ColumnElement[bool]] = [key.is_(None)] if None in given else []
    wanted = [value for value in given if kind(value) == sort]
    if sort in {"String", "Date"} and wanted and not isinstance(wanted[0], Slot):
        tests.append(key.in_([_plain(sort, value) for value in wanted]))
    elif sort == "Pointer":
        tests += _pointers(dialect, key, whole, wanted)
    elif wanted:
        tests.append(key.in_([_operand(dialect, sort, value) for value in wanted]))
    return or_(false(), *tests)


def is_for(condition: Condition) -> bool:
    """Say whether a condition is one that `holds` knows."""
    return isinstance(condition, Equal | In | Compare)


def _pointers(
    dialect: Dialect, key: Value, whole: Value, wanted: list[Json]
) -> Iterator[ColumnElement[bool]]:
    """Yield a comparison for each class: an id may belong to another one."""
    by_class: dict[Json, list[Json]] = {}
    for value in wanted:
        class_name, object_id = _parts(value)
        by_class.setdefault(class_name, []).append(object_id)
    for class_name, ids in by_class.items():
        yield and_(key.in_(ids), dialect.text(whole, "className") == class_name)


def _parts(pointer: Json) -> tuple[Json, Json]:
    """Return the class and the id of a pointer, both of them slots where the pointer is one."""
    if not isinstance(pointer, Slot):
        return pointer["className"], pointer["objectId"]
    return bindparam(pointer.name, type_=Text()), bindparam(f"{pointer.name}{ID}", type_=Text())


def _operand(dialect: Dialect, sort: str, value: Json) -> Value:
    return dialect.operand(value) if sort in {"Number", "Boolean"} else operand(sort, value)


def parameters(dialect: Dialect, name: str, value: Json) -> dict[str, Json]:
    """Return what is given for a value that stood as a slot of that name in `holds`."""
    sort = kind(value)
    if sort in {"Number", "Boolean"}:
        return {name: dialect.given(value)}
    if sort == "Pointer":
        return {name: value["className"], f"{name}{ID}": value["objectId"]}
    return {name: _plain(sort, value)}


def _plain(sort: str, value: Json) -> Json:
    name = SORTED_BY.get(sort)
    return value[name] if name else value
