"""When a Quartz expression fires: the platform's cron, exact to the second.

An expression has six fields, or seven with the year: second, minute, hour, day of the month, month,
day of the week. One of the two day fields is `?`. Agreement with Quartz itself is measured by
`tools/quartz_oracle.py`; a recorded sample of its answers is part of the tests.
"""

from __future__ import annotations

import calendar
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from scaffold.timers import fields
from scaffold.timers.fields import InvalidFieldError
from scaffold.timers.reader import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from scaffold.timers.fields import Field

_SECOND = timedelta(seconds=1)
_LEAST_FIELDS, _SATURDAY, _SUNDAY = 6, 5, 6
_WEEK = 7


@dataclass(frozen=True)
class Cron:
    """An expression that Quartz accepts.

    Attributes:
        expression: as written.
        found: its fields by name.
    """

    expression: str
    found: dict[str, Field]

    @classmethod
    def parse(cls, expression: str) -> Cron:
        """Read an expression.

        Args:
            expression: six or seven fields with blanks between them.

        Raises:
            InvalidFieldError: Quartz refuses it, or cannot evaluate it.
        """
        parts = expression.replace("\t", " ").split(" ")
        parts = [part for part in parts if part]
        if len(parts) < _LEAST_FIELDS:
            raise InvalidFieldError("too-few-fields", "expression", expression)
        parts = [*parts, "*"][: len(fields.NAMES)]
        found = {name: read(name, part) for name, part in zip(fields.NAMES, parts, strict=True)}
        day, weekday = found[fields.DAY], found[fields.WEEKDAY]
        if day.unspecified == weekday.unspecified:
            reason = "no-day" if day.unspecified else "two-days"
            raise InvalidFieldError(reason, fields.WEEKDAY, f"{parts[3]} … {parts[5]}")
        return cls(expression, found)

    @property
    def ignored(self) -> list[str]:
        """The pieces of text that Quartz ignores, though they look as if they meant something."""
        extra = self.expression.split()[len(fields.NAMES) :]
        return [text for name in fields.NAMES for text in self.found[name].ignored] + extra

    @cached_property
    def _all_years(self) -> Sequence[int]:
        return sorted(self.found[fields.YEAR].values)

    @cached_property
    def _months(self) -> Sequence[int]:
        return sorted(self.found[fields.MONTH].values)

    @cached_property
    def _hours(self) -> Sequence[int]:
        return sorted(self.found[fields.HOUR].values)

    @cached_property
    def _within_hour(self) -> Sequence[int]:
        """The matching times of an hour, as seconds from its beginning."""
        minutes, seconds = (
            sorted(self.found[name].values) for name in (fields.MINUTE, fields.SECOND)
        )
        return [60 * minute + second for minute, second in product(minutes, seconds)]

    @cached_property
    def _days(self) -> DaysOfMonth:
        day, weekday, month = (
            self.found[name] for name in (fields.DAY, fields.WEEKDAY, fields.MONTH)
        )
        return DaysOfMonth(day, weekday, after_january=fields.JANUARY in month.values)

    def next_after(self, instant: datetime, zone: tzinfo) -> datetime | None:
        """Return the first time after an instant, in UTC, or None if it never fires again.

        A wall clock time that a change of the clocks leaves out does not fire; one that
        comes twice fires the second time.

        Args:
            instant: with a time zone.
            zone: the one that the expression is meant in.
        """
        return next(self.times_after(instant, zone), None)

    def times_after(self, instant: datetime, zone: tzinfo) -> Iterator[datetime]:
        """Yield the times after an instant, in UTC, as `next_after` gives them one by one."""
        start = instant.astimezone(zone).replace(tzinfo=None, microsecond=0) + _SECOND
        for wall in self._walls_from(start):
            found = _instant(wall, zone)
            if found is not None:
                yield found

    def previous_before(self, instant: datetime, zone: tzinfo) -> datetime | None:
        """Return the last time before an instant, in UTC, or None if it never fired since 1970.

        Args:
            instant: with a time zone.
            zone: the one that the expression is meant in.
        """
        local = instant.astimezone(zone)
        # Wall clock times that come twice count the second time, so the
        # hour before may hold later ones.
        start = local.replace(tzinfo=None, fold=0) + timedelta(days=1)
        for wall in self._walls_back(start):
            found = _instant(wall, zone)
            if found is not None and found < instant:
                return found
        return None

    def _walls_from(self, start: datetime) -> Iterator[datetime]:
        """Yield matching wall clock times, not before a start, in order."""
        for year in self._years(start.year, fields.last_year()):
            for month in self._months:
                if (year, month) < (start.year, start.month):
                    continue
                for day in self._days.of(year, month):
                    midnight = datetime(year, month, day)
                    yield from self._times_from(midnight, start)

    def _times_from(self, midnight: datetime, start: datetime) -> Iterator[datetime]:
        """Yield the matching times of a day, not before a start, in order."""
        first = max(0, (start - midnight) // _SECOND)
        for hour in self._hours[bisect_left(self._hours, first // 3600) :]:
            begin = bisect_left(self._within_hour, first - 3600 * hour)
            for second in self._within_hour[begin:]:
                yield midnight + timedelta(hours=hour, seconds=second)

    def _walls_back(self, end: datetime) -> Iterator[datetime]:
        """Yield matching wall clock times, not after an end, backwards."""
        for year in reversed(self._years(fields.FIRST_YEAR, end.year)):
            for month in reversed(self._months):
                if (year, month) > (end.year, end.month):
                    continue
                for day in reversed(self._days.of(year, month)):
                    midnight = datetime(year, month, day)
                    yield from self._times_back(midnight, end)

    def _times_back(self, midnight: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the matching times of a day, not after an end, backwards."""
        last = (end - midnight) // _SECOND
        for hour in reversed(self._hours):
            until = bisect_right(self._within_hour, last - 3600 * hour)
            for second in reversed(self._within_hour[:until]):
                yield midnight + timedelta(hours=hour, seconds=second)

    def _years(self, first: int, last: int) -> Sequence[int]:
        years = self._all_years
        return years[bisect_left(years, first) : bisect_right(years, last)]


@dataclass(frozen=True)
class DaysOfMonth:
    """The two fields that name days.

    Attributes:
        day: the day of the month.
        weekday: the day of the week; one of the two is `?`.
        after_january: whether the expression fires in January too.
    """

    day: Field
    weekday: Field
    after_january: bool

    def of(self, year: int, month: int) -> Sequence[int]:
        """Return the days of a month on which an expression fires, in order."""
        if self.day.unspecified:
            return self._by_weekday(year, month)
        if self.day.last:
            last = _length(year, month) - self.day.offset
            found: Sequence[int] = [
                _nearest_weekday(year, month, last) if self.day.nearest else last
            ]
        elif self.day.nearest:
            found = self._nearest(year, month)
        else:
            found = sorted(self.day.values)
        return [day for day in found if 1 <= day <= _length(year, month)]

    def _nearest(self, year: int, month: int) -> Sequence[int]:
        # Of several days with `W` Quartz takes the first only. From January 29 it goes on to
        # February 29 which, where there is none, its calendar takes for a day of March.
        day = min(self.day.values)
        if month == fields.FEBRUARY and day > _length(year, month) and self.after_january:
            return []
        return [_nearest_weekday(year, month, day)]

    def _by_weekday(self, year: int, month: int) -> Sequence[int]:
        if not (self.weekday.last or self.weekday.occurrence):
            return sorted(
                day for value in self.weekday.values for day in _dates(year, month, value)
            )
        # Of several weekdays with `L` or `#` Quartz takes the first only.
        dates = _dates(year, month, min(self.weekday.values))
        index = -1 if self.weekday.last else self.weekday.occurrence - 1
        return dates[index:][:1]


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _dates(year: int, month: int, weekday: int) -> Sequence[int]:
    """Return the days of a month that are a weekday, 1 for Sunday to 7 for Saturday."""
    first = (calendar.weekday(year, month, 1) + 1) % _WEEK + 1
    return range(1 + (weekday - first) % _WEEK, _length(year, month) + 1, _WEEK)


def _nearest_weekday(year: int, month: int, day: int) -> int:
    """Return the working day nearest to a day, within its month.

    A day that the month lacks counts into the next month, as Java's calendar does.
    """
    date = datetime(year, month, 1) + timedelta(days=day - 1)
    if date.weekday() == _SATURDAY:
        return day + 2 if day == 1 else day - 1
    if date.weekday() == _SUNDAY:
        return day - 2 if day == _length(year, month) else day + 1
    return day


def _instant(wall: datetime, zone: tzinfo) -> datetime | None:
    """Return the instant of a wall clock time, in UTC; None if the zone leaves that time out."""
    found = wall.replace(tzinfo=zone, fold=1).astimezone(timezone.utc).replace(fold=0)
    return found if found.astimezone(zone).replace(tzinfo=None) == wall else None
