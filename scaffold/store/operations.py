"""What an update does to a document: plain values, and the operations that
SDKs send as `{"__op": …}`.

A pure specification that is also what runs: an update reads the row under a lock, applies this,
writes the row. Relations are kept elsewhere, their operations only declare a column here.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.store import values
from scaffold.store.errors import ApiError
from scaffold.store.values import INT_RANGE, Document, Json, equal, kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

RELATION_OPERATIONS = {"AddRelation", "RemoveRelation"}
MAX_RELATED = 1000
MAX_BATCH = 20
MAX_PATH = 6


class Missing:
    """The value of a key that a document does not have."""


MISSING = Missing()


@dataclass(frozen=True)
class KeyChange:
    """What a request does to one key.

    Args:
        path: the column, and the keys below it.
        operation: `Set`, or the name of an operation.
        argument: the value to set, the amount, the objects …
        type: the type that the column has after it; None where it may have any.
    """

    path: tuple[str, ...]
    operation: str
    argument: Json
    type: str | None

    @property
    def column(self) -> str:
        """The column that is changed."""
        return self.path[0]

    @property
    def target(self) -> str | None:
        """The class that a pointer or a relation leads to."""
        if self.operation in RELATION_OPERATIONS:
            return str(self.argument[0]["className"]) if self.argument else None
        named = self.type in {"Pointer", "Relation"} and isinstance(self.argument, dict)
        return str(self.argument["className"]) if named else None


def parse(body: Document) -> list[KeyChange]:
    """Read the body of a create or an update, sorted by key.

    Raises:
        ApiError: a key or an operation is not one.
    """
    return [change for key in sorted(body) for change in _changes(key, body[key])]


def apply(document: Document, changes: list[KeyChange]) -> Document:
    """Return `document` after `changes`, in their order.

    Raises:
        ApiError: an operation does not fit the value that is there.
    """
    result = copy.deepcopy(document)
    for change in changes:
        if change.type != "Relation":
            _apply(result, change)
    return result


def split(key: str) -> tuple[str, ...]:
    """Return the column and the keys below it that a dotted key names.

    Raises:
        ApiError: 105, it names none.
    """
    path = tuple(values.storable(key).split("."))
    if not values.KEY.fullmatch(path[0]) or not all(path) or len(path) > MAX_PATH:
        raise ApiError(105, f"{_INVALID} The column is: '{key[:100]}'.")
    return path


_INVALID = (
    "Invalid key name. Keys are case-sensitive and 'a-zA-Z0-9_' are the only valid characters."
)


def _changes(key: str, value: Json) -> Iterator[KeyChange]:
    path = split(key)
    if not (isinstance(value, dict) and "__op" in value):
        kept = values.normalise(value)
        yield KeyChange(path, "Set", kept, _type_of(path, kept))
    elif value["__op"] == "Batch":
        listed = _objects(value, "ops")
        if len(listed) > MAX_BATCH:
            raise ApiError(128, f"A Batch may have {MAX_BATCH} operations.")
        for item in listed:
            if not (isinstance(item, dict) and item.get("__op") in RELATION_OPERATIONS):
                raise ApiError(128)
            yield from _changes(key, item)
    else:
        yield _operation(path, value)


def _type_of(path: tuple[str, ...], value: Json) -> str | None:
    if len(path) > 1:
        return "Object"
    return None if value is None else kind(value)


def _operation(path: tuple[str, ...], value: Document) -> KeyChange:
    name = value["__op"]
    reader = _ARGUMENTS.get(name) if isinstance(name, str) else None
    if reader is None:
        raise ApiError(1, f"Unknown operation {str(name)[:60]!r}.")
    column_type, argument = reader(value)
    if len(path) > 1:
        if column_type == "Relation":
            raise ApiError(128, "A relation is a column of its own.")
        column_type = "Object"
    return KeyChange(path, "Increment" if name == "Decrement" else name, argument, column_type)


def _objects(value: Document, key: str = "objects") -> list[Json]:
    found = value.get(key)
    if not isinstance(found, list):
        raise ApiError(1, f"The operation {value['__op']} needs a list of {key}.")
    return found


def _array(value: Document) -> tuple[str, Json]:
    return "Array", values.normalise(_objects(value))


def _number(value: Document, key: str) -> Json:
    number = values.normalise(value.get(key, 1 if key == "amount" else None))
    if kind(number) != "Number":
        raise ApiError(1, f"The operation {value['__op']} needs a number as {key}.")
    return number


def _increment(value: Document) -> tuple[str, Json]:
    amount = _number(value, "amount")
    return "Number", amount if value["__op"] == "Increment" else -amount


def _bits(value: Document) -> tuple[str, Json]:
    number = _number(value, "value")
    if not isinstance(number, int):
        raise ApiError(1, f"The operation {value['__op']} needs an integer.")
    return "Number", number


def _relation(value: Document) -> tuple[str, Json]:
    objects = values.normalise(_objects(value))
    if len(objects) > MAX_RELATED or any(kind(item) != "Pointer" for item in objects):
        raise ApiError(128)
    if len({item["className"] for item in objects}) != 1:
        raise ApiError(128, "A relation leads to the objects of one class.")
    return "Relation", objects


_ARGUMENTS: dict[str, Callable[[Document], tuple[str | None, Json]]] = {
    "Increment": _increment,
    "Decrement": _increment,
    "BitAnd": _bits,
    "BitOr": _bits,
    "BitXor": _bits,
    "Add": _array,
    "AddUnique": _array,
    "Remove": _array,
    "AddRelation": _relation,
    "RemoveRelation": _relation,
    "Delete": lambda _: (None, None),
}


def _apply(document: Document, change: KeyChange) -> None:
    parent = _parent(document, change)
    if parent is None:
        return
    last = change.path[-1]
    result = _RESULTS[change.operation](parent.get(last, MISSING), change)
    if isinstance(result, Missing):
        parent.pop(last, None)
    else:
        parent[last] = result


def _parent(document: Document, change: KeyChange) -> Document | None:
    """Return the object that holds the last key, made where it is missing; None
    where nothing is to be deleted.
    """
    found = document
    for key in change.path[:-1]:
        child = found.get(key)
        if child is None:
            if change.operation == "Delete":
                return None
            child = found[key] = {}
        if not isinstance(child, dict) or "__type" in child:
            raise ApiError(
                111, f"'{key}' is no object, so '{'.'.join(change.path)}' cannot be set."
            )
        found = child
    return found


def _increased(old: Json, change: KeyChange) -> Json:
    return _checked(_old(old, 0, "Number", change) + change.argument)


def _checked(number: Json) -> Json:
    if isinstance(number, int) and number not in INT_RANGE:
        raise ApiError(1, "The result has more than 64 bits.")
    return values.normalise(number)


def _bitwise(operation: Callable[[int, int], int]) -> Callable[[Json, KeyChange], Json]:
    def result(old: Json, change: KeyChange) -> Json:
        number = _old(old, 0, "Number", change)
        if not isinstance(number, int):
            raise ApiError(1, f"The operation {change.operation} needs an integer.")
        return operation(number, change.argument)

    return result


def _added(old: Json, change: KeyChange) -> Json:
    return [*_old(old, [], "Array", change), *change.argument]


def _added_once(old: Json, change: KeyChange) -> Json:
    result = list(_old(old, [], "Array", change))
    for item in change.argument:
        if not _is_among(item, result):
            result.append(item)
    return result


def _removed(old: Json, change: KeyChange) -> Json:
    kept = _old(old, [], "Array", change)
    return [item for item in kept if not _is_among(item, change.argument)]


def _is_among(item: Json, others: Iterable[Json]) -> bool:
    return any(equal(item, other) for other in others)


def _old(old: Json, empty: Json, expected: str, change: KeyChange) -> Json:
    """Return the value to work on: nothing and null count as empty."""
    if old is None or isinstance(old, Missing):
        return empty
    if kind(old) != expected:
        raise ApiError(
            111,
            f"'{'.'.join(change.path)}' is no {expected}: {change.operation} cannot be applied.",
        )
    return old


_RESULTS: dict[str, Callable[[Json, KeyChange], Json]] = {
    "Set": lambda _, change: change.argument,
    "Delete": lambda *_: MISSING,
    "Increment": _increased,
    "BitAnd": _bitwise(int.__and__),
    "BitOr": _bitwise(int.__or__),
    "BitXor": _bitwise(int.__xor__),
    "Add": _added,
    "AddUnique": _added_once,
    "Remove": _removed,
}
