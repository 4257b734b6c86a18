"""The tree that a `where` is read into: what `evaluate.py` asks of a
document and `compile.py` says in SQL.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from scaffold.store.values import Document, Json

Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class All:
    """Every one of the conditions holds; true where there is none."""

    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Any:
    """One of the conditions holds at least; false where there is none."""

    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Not:
    """The condition does not hold."""

    condition: Condition


@dataclass(frozen=True)
class Equal:
    """The value, or one of the array, is `value`; null is also what is missing."""

    path: Path
    value: Json


@dataclass(frozen=True)
class In:
    """The value, or one of the array, is one of `values`."""

    path: Path
    values: tuple[Json, ...]


@dataclass(frozen=True)
class Compare:
    """The value, or one of the array, is of the operand's kind and
    `operator` (`<`, `<=`, `>`, `>=`) holds.
    """

    path: Path
    operator: str
    value: Json


@dataclass(frozen=True)
class Exists:
    """There is a value; null is one."""

    path: Path


@dataclass(frozen=True)
class Size:
    """The value is an array of that many items."""

    path: Path
    size: int


@dataclass(frozen=True)
class Matches:
    """The value, or one of the array, is a string in which the regular expression is found."""

    path: Path
    pattern: str
    options: str = ""


@dataclass(frozen=True)
class Near:
    """The value is a point at least `least` and at most `most` radians away."""

    path: Path
    latitude: float
    longitude: float
    least: float = 0
    most: float | None = None


@dataclass(frozen=True)
class Within:
    """The value is a point in the box."""

    path: Path
    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True)
class RelatedTo:
    """The object is in the relation `key` of another."""

    class_name: str
    object_id: str
    key: str


@dataclass(frozen=True)
class Subquery:
    """The value is among the results of another query, or among the values of one of their keys.

    Args:
        path: where the value is.
        class_name: the class of the other query.
        parameters: its `where`, `limit`, `skip` and `order`, as they were sent.
        key: the key of the results to compare with; None for pointers to the results.
    """

    path: Path
    class_name: str
    parameters: Document = field(hash=False)
    key: Path | None = None


Condition: TypeAlias = (
    All
    | Any
    | Not
    | Equal
    | In
    | Compare
    | Exists
    | Size
    | Matches
    | Near
    | Within
    | RelatedTo
    | Subquery
)
