"""Short Jinja conditions: which projects a line of a requirements file belongs to."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


class Case(NamedTuple):
    """A kind of project within one starter, dependency set and Python: what
    decides which packages it has.
    """

    cloud_functions: bool
    backend: str
    server: str


Box: TypeAlias = "tuple[frozenset[bool | str] | None, ...]"
"""A condition: for each field of a case the values that it may have, or None for any."""


def condition(having: Collection[Case], cases: Collection[Case]) -> str:
    """Return a Jinja condition that is true for `having` among `cases`;
    empty if it is true for all.

    No other cases exist, so the condition may say of them what makes it shortest.
    """
    boxes = list(dict.fromkeys(_boxes(frozenset(having), cases)))
    left = set(having)
    chosen: list[str] = []
    while left:
        covered, _, text = max(
            (len(_inside(box, left)), -len(_text(box)), _text(box)) for box in boxes
        )
        best = next(box for box in boxes if _text(box) == text)
        left.difference_update(_inside(best, left))
        assert covered
        chosen.append(text)
    return " or ".join(chosen)


def one_of(name: str, values: Iterable[str]) -> str:
    """Return the Jinja condition that an answer has one of some values."""
    *others, last = values
    return (
        f"cookiecutter.{name} in ({', '.join(map(repr, [*others, last]))})"
        if others
        else f"cookiecutter.{name} == '{last}'"
    )


def _boxes(having: frozenset[Case], cases: Collection[Case]) -> Iterator[Box]:
    """Yield conditions that are true for cases of `having` only: some values of one
    field, one or any of the others.
    """
    values = [frozenset(column) for column in zip(*cases, strict=True)]
    for widened, every in enumerate(values):
        singles = [[None, *(frozenset([value]) for value in column)] for column in values]
        singles[widened] = [None]
        for box in product(*singles):
            fitting = [
                v for v in every if _only(having, _with(box, widened, frozenset([v])), cases)
            ]
            if _only(having, box, cases):
                yield box
            elif fitting:
                yield _with(box, widened, frozenset(fitting))


def _with(box: Box, field: int, values: frozenset[bool | str]) -> Box:
    return (*box[:field], values, *box[field + 1 :])


def _only(having: frozenset[Case], box: Box, cases: Collection[Case]) -> bool:
    """Return whether a condition is true for some cases, and all of those are in `having`."""
    inside = _inside(box, cases)
    return bool(inside) and having.issuperset(inside)


def _inside(box: Box, cases: Iterable[Case]) -> list[Case]:
    return [
        c
        for c in cases
        if all(wanted is None or value in wanted for value, wanted in zip(c, box, strict=True))
    ]


def _text(box: Box) -> str:
    functions, backends, servers = box
    parts = []
    if functions is not None:
        parts.append(
            "cookiecutter.cloud_functions"
            if True in functions
            else "not cookiecutter.cloud_functions"
        )
    parts += [
        one_of(name, sorted(map(str, values)))
        for name, values in (("backend", backends), ("server", servers))
        if values
    ]
    return " and ".join(parts)
