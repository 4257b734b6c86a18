"""The fields of a Quartz expression, and the values that each may hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Final

SECOND, MINUTE, HOUR, DAY, MONTH, WEEKDAY, YEAR = (
    "second",
    "minute",
    "hour",
    "day-of-month",
    "month",
    "day-of-week",
    "year",
)
NAMES: Final = (SECOND, MINUTE, HOUR, DAY, MONTH, WEEKDAY, YEAR)
# Quartz looks no further than a hundred years from now, and nobody writes a year after 2999.
FIRST_YEAR, LAST_YEAR, YEARS_AHEAD = 1970, 2999, 100
JANUARY, FEBRUARY = 1, 2
MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
# Java's `int`; Quartz refuses larger numbers.
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Limits:
    """The values that a field takes.

    Attributes:
        first: the smallest.
        last: the largest.
        step: the largest step after `/`.
    """

    first: int
    last: int
    step: int


LIMITS: Final = {
    SECOND: Limits(0, 59, 59),
    MINUTE: Limits(0, 59, 59),
    HOUR: Limits(0, 23, 23),
    DAY: Limits(1, 31, 31),
    MONTH: Limits(1, 12, 12),
    WEEKDAY: Limits(1, 7, 7),
    YEAR: Limits(FIRST_YEAR, LAST_YEAR, LARGEST),
}


def last_year() -> int:
    """Return the last year in which Quartz fires anything."""
    return datetime.now(timezone.utc).year + YEARS_AHEAD


class InvalidFieldError(ValueError):
    """A field that Quartz refuses.

    Args:
        reason: the last part of the key of a message in `timers.json`.
        name: the field.
        item: what stands there.
    """

    def __init__(self, reason: str, name: str, item: str) -> None:
        super().__init__(f"{name}: {item}: {reason}")
        self.reason = reason
        self.name = name
        self.item = item


@dataclass
class Field:
    """The values of one field.

    Attributes:
        name: one of `NAMES`.
        values: the numbers that match.
        unspecified: `?` stands there.
        last: `L`: the last day of the month, or the last such weekday of it.
        offset: days before the last day of the month, of `L-3`.
        nearest: `W`: the weekday nearest to the day.
        occurrence: 2 in `FRI#2`, 0 without `#`.
        ignored: text that Quartz reads over without a word.
    """

    name: str
    values: set[int] = field(default_factory=set)
    unspecified: bool = False
    last: bool = False
    offset: int = 0
    nearest: bool = False
    occurrence: int = 0
    ignored: list[str] = field(default_factory=list)

    def add(self, start: int, end: int | None, step: int, item: str) -> None:
        """Add a value, or a range of values.

        Args:
            start: the first.
            end: the last; None for the largest where there is a step.
            step: between two of them; 0 for `start` alone.
            item: the text, for the error.

        Raises:
            InvalidFieldError: the field has no such values.
        """
        limits = LIMITS[self.name]
        if self.name != YEAR and not (
            limits.first <= start <= limits.last and (end or 0) <= limits.last
        ):
            raise InvalidFieldError("out-of-range", self.name, item)
        if step == 0:
            self.values.add(start)
            return
        stop = self._open_end() if end is None else end
        if stop >= start:
            self.values.update(range(start, min(stop, limits.last) + 1, step))
        elif self.name == YEAR:
            raise InvalidFieldError("years-backwards", self.name, item)
        else:  # from Friday to Monday
            size = limits.last - limits.first + 1
            for value in range(start, stop + size + 1, step):
                self.values.add((value - limits.first) % size + limits.first)

    def add_all(self, step: int) -> None:
        """Add each value, or each `step`th."""
        self.values.update(range(LIMITS[self.name].first, self._open_end() + 1, step or 1))

    @property
    def holds_all(self) -> bool:
        """Whether each value matches."""
        return self.values.issuperset(range(LIMITS[self.name].first, self._open_end() + 1))

    def _open_end(self) -> int:
        """Return the largest value where none is written."""
        if self.name != YEAR:
            return LIMITS[self.name].last
        return last_year()

    def ignore(self, text: str) -> None:
        """Note text that Quartz reads over."""
        if text:
            self.ignored.append(text)
