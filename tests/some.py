"""Something to loop over."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")


def some(items: Iterable[T]) -> list[T]:
    """Return items of which there is at least one: a loop over none would prove nothing."""
    found = list(items)
    assert found
    return found
