"""SQL of conditions on what is no JSON: the columns that every object has, texts, relations."""

from __future__ import annotations

from operator import eq
from typing import TYPE_CHECKING

from sqlalchemy import (
    Text,
    bindparam,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)

from scaffold.store import regexes
from scaffold.store.conditions import Compare, Equal, Exists, In, Matches
from scaffold.store.tables import classes, objects, relations
from scaffold.store.values import SORTED_BY, Slot, kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement

    from scaffold.store.conditions import Condition, Path, RelatedTo
    from scaffold.store.dialect import Dialect, Value
    from scaffold.store.values import Json

# The columns that every object has, and the kinds of their values.
OWN = {
    "objectId": (objects.c.id, "String"),
    "createdAt": (objects.c.created_at, "Date"),
    "updatedAt": (objects.c.updated_at, "Date"),
}
OPERATORS: dict[str, Callable[[Value, Value], ColumnElement[bool]]] = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def related_to(condition: RelatedTo) -> ColumnElement[bool]:
    """Say whether an object is in a relation of another."""
    class_id = select(classes.c.id).where(classes.c.name == condition.class_name).scalar_subquery()
    return related(
        relations.c.class_id == class_id,
        relations.c.key == condition.key,
        relations.c.owner_id == condition.object_id,
        relations.c.target_id == objects.c.id,
    )


def related(*tests: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say whether there is such an entry of a relation."""
    return exists(
        select(literal_column("1")).select_from(relations).where(*tests).correlate_except(relations)
    )


def own(dialect: Dialect, condition: Condition, path: Path) -> ColumnElement[bool]:
    """Return a condition on a column that every object has, and that is text in the table."""
    column, sort = OWN[path[0]]
    if len(path) > 1:
        return _below_own(condition)
    if isinstance(condition, Equal | Compare | In):
        return _own_compared(condition, column, sort)
    if isinstance(condition, Exists):
        return true()
    if isinstance(condition, Matches) and sort == "String":
        return text_holds(dialect, condition, column)
    return false()


def _own_compared(condition: Equal | Compare | In, column: Value, sort: str) -> ColumnElement[bool]:
    given = condition.values if isinstance(condition, In) else (condition.value,)
    if given and isinstance(given[0], Slot):
        operator = OPERATORS[condition.operator] if isinstance(condition, Compare) else eq
        return operator(column, operand(sort, given[0]))
    wanted = [value if sort == "String" else value["iso"] for value in given if kind(value) == sort]
    if isinstance(condition, Compare):
        return or_(
            false(), *(OPERATORS[condition.operator](column, literal(value)) for value in wanted)
        )
    return column.in_(wanted)


def operand(sort: str, value: Json) -> ColumnElement[str]:
    """Return the text by which a value of a kind is compared."""
    name = SORTED_BY.get(sort)
    if isinstance(value, Slot):
        return bindparam(value.name, type_=Text())
    return literal(value[name] if name else value, Text)


def _below_own(condition: Condition) -> ColumnElement[bool]:
    """Return a condition on a key of a date or a string, where there is nothing."""
    missing = isinstance(condition, Equal) and condition.value is None
    listed = isinstance(condition, In) and None in condition.values
    return true() if missing or listed else false()


def text_holds(dialect: Dialect, condition: Matches, text: Value) -> ColumnElement[bool]:
    """Say whether a text contains what is plain text of a regular expression; true else."""
    plain = regexes.literal(condition.pattern, condition.options)
    if plain is None:
        return true()
    way, part = plain
    if way == "contains":
        return dialect.contains(text, part)
    if way == "starts":
        return dialect.starts(text, part)
    if way == "is":
        return text == part
    return func.substr(text, func.length(text) - len(part) + 1) == part
