"""Conditions and orders as SQL; every value is a parameter, and every name that is not checked.

Queries in conditions are answered before (`queries.py`). A regular expression that is more than
plain text is left out here: what is found is a superset, and `evaluate.holds` sorts the rest out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import (
    and_,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)

from scaffold.store import keyed, regexes
from scaffold.store.conditions import (
    All,
    Any,
    Compare,
    Equal,
    Exists,
    In,
    Matches,
    Near,
    Not,
    RelatedTo,
    Size,
    Within,
)
from scaffold.store.errors import ApiError
from scaffold.store.plain_sql import OPERATORS, OWN, own, related, related_to, text_holds
from scaffold.store.tables import objects, relations
from scaffold.store.values import OBJECT_RANK, RANKS, SORTED_BY, Json, kind
from scaffold.store.where import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import ColumnElement

    from scaffold.store.conditions import Condition, Path
    from scaffold.store.dialect import Dialect, Value

MAX_VALUES = 20_000
MANY_VALUED = {"Array", "Object", None}


@dataclass(frozen=True)
class SqlCompiler:
    """Says conditions in SQL.

    Args:
        dialect: the database's JSON.
        types: the types of the class's columns.
        class_id: the class, for its relations.
    """

    dialect: Dialect
    types: Mapping[str, str]
    class_id: int = 0

    def condition(self, condition: Condition) -> ColumnElement[bool]:
        """Return a condition on `tables.objects`; it may be NULL instead of false."""
        if isinstance(condition, All):
            return and_(true(), *map(self.condition, condition.conditions))
        if isinstance(condition, Any):
            return or_(false(), *map(self.condition, condition.conditions))
        if isinstance(condition, Not):
            return not_(func.coalesce(self.condition(condition.condition), false()))
        if isinstance(condition, RelatedTo):
            return related_to(condition)
        return self._leaf(condition)

    def _leaf(self, condition: Condition) -> ColumnElement[bool]:
        path = condition.path  # type: ignore[union-attr]
        if path[0] in OWN:
            return own(self.dialect, condition, path)
        if self.types.get(path[0]) == "Relation":
            return self._relation(condition)
        sort = keyed.type_of(self.types, path)
        if sort and keyed.is_for(condition):
            return keyed.holds(self.dialect, sort, self.column(path[0]), condition)
        return _TESTS[type(condition)](self, condition)

    def column(self, name: str) -> Value:
        """Return the value of a column."""
        return self.dialect.key(self.dialect.value(objects.c.document), name)

    def somewhere(
        self, path: Path, test: Callable[[Value], ColumnElement[bool]], *, items: bool = True
    ) -> ColumnElement[bool]:
        """Say whether a test holds for a value at the end of a path, or with `items`
        for an item of an array there.
        """
        if len(path) == 1 and self.types.get(path[0]) not in MANY_VALUED:
            return test(self.column(path[0]))
        return self._search(self.column(path[0]), path[1:], test, items=items)

    def _search(
        self, value: Value, path: Path, test: Callable[[Value], ColumnElement[bool]], *, items: bool
    ) -> ColumnElement[bool]:
        if not path:
            return or_(test(value), self.dialect.any_item(value, test)) if items else test(value)

        def below(parent: Value) -> ColumnElement[bool]:
            return self._search(self.dialect.key(parent, path[0]), path[1:], test, items=items)

        return or_(below(value), self.dialect.any_item(value, below))

    def present(self, path: Path) -> ColumnElement[bool]:
        """Say whether there is a value at the end of a path."""
        return self.somewhere(path, lambda value: value.is_not(None), items=False)

    def compare(self, condition: Compare, value: Value) -> ColumnElement[bool]:
        """Return a comparison with one value."""
        sort, wanted = kind(condition.value), condition.value
        operator = OPERATORS[condition.operator]
        if sort in {"Number", "Boolean"}:
            holds = operator(self.dialect.number(value), self.dialect.operand(wanted))
        else:
            text = self.dialect.text(value, SORTED_BY.get(sort))
            holds = operator(text, literal(wanted if sort == "String" else wanted[SORTED_BY[sort]]))
        return and_(self.dialect.is_kind(value, sort), holds)

    def _relation(self, condition: Condition) -> ColumnElement[bool]:
        """Return whether an object is in the relation; nothing else can be asked of one."""
        if isinstance(condition, In):
            return or_(
                false(),
                *(self._relation(Equal(condition.path, value)) for value in condition.values),
            )
        if (
            not isinstance(condition, Equal)
            or kind(condition.value) != "Pointer"
            or len(condition.path) > 1
        ):
            return false()
        return related(
            relations.c.class_id == self.class_id,
            relations.c.key == condition.path[0],
            relations.c.owner_id == objects.c.id,
            relations.c.target_id == condition.value["objectId"],
        )

    def order_by(self, path: Path, descends: bool) -> list[Value]:  # noqa: FBT001 - as orders are
        """Return what rows are ordered by."""
        if path[0] in OWN and len(path) == 1:
            parts: list[Value] = [OWN[path[0]][0]]
        elif path[0] in OWN:
            return []
        elif sort := keyed.type_of(self.types, path):
            key = self.dialect.key_of(sort, path[0])
            return [key.desc().nulls_last() if descends else key.asc().nulls_first()]
        else:
            value = self.plain(path)
            parts = [self._rank(value), self._number(value), self._text(value)]
        return [part.desc() if descends else part.asc() for part in parts]

    def plain(self, path: Path) -> Value:
        """Return the value at the end of a path through objects only."""
        value = self.column(path[0])
        for name in path[1:]:
            value = self.dialect.key(value, name)
        return value

    def _rank(self, value: Value) -> Value:
        known = [
            (self.dialect.is_kind(value, sort), literal(rank))
            for sort, rank in RANKS.items()
            if rank
        ]
        return case(
            *known,
            (self.dialect.is_kind(value, "null"), 0),
            (value.is_(None), 0),
            else_=OBJECT_RANK,
        )

    def _number(self, value: Value) -> Value:
        kinds = [self.dialect.is_kind(value, sort) for sort in ("Number", "Boolean")]
        return case((or_(*kinds), self.dialect.number(value)))

    def _text(self, value: Value) -> Value:
        typed = [
            (self.dialect.is_kind(value, sort), self.dialect.text(value, key))
            for sort, key in SORTED_BY.items()
        ]
        return case((self.dialect.is_kind(value, "String"), self.dialect.text(value)), *typed)

    def away(self, near: Near) -> ColumnElement[float]:
        """Return the distance by which results are ordered, NULL where there is no point."""
        return self.distance(near, self.plain(near.path))

    def distance(self, near: Near, value: Value) -> ColumnElement[float]:
        """Return how far a value is away, NULL where it is no point."""
        distance = self.dialect.distance(value, near.latitude, near.longitude)
        return case((self.dialect.is_kind(value, "GeoPoint"), distance))


def check_size(condition: Condition) -> None:
    """Refuse a condition with more values than both databases can be given at once.

    Raises:
        ApiError: 1, it has too many, other queries' results included.
    """
    values = sum(len(found.values) for found in walk(condition) if isinstance(found, In))
    if values > MAX_VALUES:
        raise ApiError(1, f"The lists of a query may have {MAX_VALUES} values in all.")


def is_exact(condition: Condition) -> bool:
    """Say whether the SQL of a condition finds just what meets it."""
    return not any(
        isinstance(found, Matches) and not regexes.literal(found.pattern, found.options)
        for found in walk(condition)
    )


def _equal(compiler: SqlCompiler, condition: Equal) -> ColumnElement[bool]:
    found = compiler.somewhere(
        condition.path, lambda value: compiler.dialect.equals(value, condition.value)
    )
    if condition.value is not None:
        return found
    return or_(found, not_(func.coalesce(compiler.present(condition.path), false())))


def _in(compiler: SqlCompiler, condition: In) -> ColumnElement[bool]:
    found = compiler.somewhere(
        condition.path, lambda value: compiler.dialect.among(value, condition.values)
    )
    has_null = any(value is None for value in condition.values)
    return or_(found, _equal(compiler, Equal(condition.path, None))) if has_null else found


def _matches(compiler: SqlCompiler, condition: Matches) -> ColumnElement[bool]:
    dialect = compiler.dialect

    def test(value: Value) -> ColumnElement[bool]:
        return and_(
            dialect.is_kind(value, "String"), text_holds(dialect, condition, dialect.text(value))
        )

    return compiler.somewhere(condition.path, test)


def _near(compiler: SqlCompiler, condition: Near) -> ColumnElement[bool]:
    def test(value: Value) -> ColumnElement[bool]:
        away = compiler.distance(condition, value)
        least = away >= condition.least
        return least if condition.most is None else and_(least, away <= condition.most)

    return compiler.somewhere(condition.path, test)


def _within(compiler: SqlCompiler, condition: Within) -> ColumnElement[bool]:
    number, operand = compiler.dialect.number, compiler.dialect.operand

    def test(value: Value) -> ColumnElement[bool]:
        latitude, longitude = number(value, "latitude"), number(value, "longitude")
        return and_(
            compiler.dialect.is_kind(value, "GeoPoint"),
            latitude >= operand(condition.south),
            latitude <= operand(condition.north),
            longitude >= operand(condition.west),
            longitude <= operand(condition.east),
        )

    return compiler.somewhere(condition.path, test)


def _size(compiler: SqlCompiler, condition: Size) -> ColumnElement[bool]:
    return compiler.somewhere(
        condition.path, lambda value: compiler.dialect.length(value) == condition.size, items=False
    )


_TESTS: dict[type, Callable[[SqlCompiler, Json], ColumnElement[bool]]] = {
    Equal: _equal,
    In: _in,
    Compare: lambda compiler, condition: compiler.somewhere(
        condition.path, lambda value: compiler.compare(condition, value)
    ),
    Exists: lambda compiler, condition: compiler.present(condition.path),
    Matches: _matches,
    Near: _near,
    Within: _within,
    Size: _size,
}
