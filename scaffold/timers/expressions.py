"""Say the times of a timer in the fields of a crontab, and in a calendar expression of systemd.

Sources: crontab(5), systemd.time(7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.timers import fields
from scaffold.timers.schedule import IntervalSchedule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.timers.manifest import Timer
    from scaffold.timers.schedule import CronSchedule

_HOUR, _DAY = 3600, 86400
_SYSTEMD_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_WEEK = 7


class NotExpressibleError(Exception):
    """A timer has times that the other scheduler cannot say.

    Args:
        reason: the last part of the key of a message.
        nearest: what it can say that comes near, empty where nothing does.
    """

    def __init__(self, reason: str, nearest: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.nearest = nearest


def five_fields(timer: Timer) -> str:
    """Return the five fields of a crontab: minute, hour, day of the month, month, day of the week.

    Raises:
        NotExpressibleError: it has seconds, years, `L`, `W` or `#`, or does
            not divide an hour or a day.
    """
    schedule = timer.schedule
    if isinstance(schedule, IntervalSchedule):
        return _interval_fields(schedule.seconds)
    found = schedule.cron.found
    day, weekday = found[fields.DAY], found[fields.WEEKDAY]
    days = "*" if day.unspecified else numbers(day.values or {28}, fields.DAY)
    weekdays = "*"
    if not weekday.unspecified:
        weekdays = numbers({value - 1 for value in weekday.values}, fields.WEEKDAY)
    parts = (
        numbers(found[fields.MINUTE].values, fields.MINUTE),
        numbers(found[fields.HOUR].values, fields.HOUR),
        days,
        numbers(found[fields.MONTH].values, fields.MONTH),
        weekdays,
    )
    line = " ".join(parts)
    if found[fields.SECOND].values != {0}:
        raise NotExpressibleError("seconds", line)
    if not found[fields.YEAR].holds_all:
        raise NotExpressibleError("years", line)
    if day.last or day.nearest or weekday.last or weekday.occurrence:
        raise NotExpressibleError("days", line)
    return line


def _interval_fields(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if rest:
        raise NotExpressibleError("seconds", "* * * * *")
    if _HOUR % seconds == 0:
        if seconds == _HOUR:
            return "0 * * * *"
        return "* * * * *" if minutes == 1 else f"*/{minutes} * * * *"
    if _DAY % seconds == 0 and seconds % _HOUR == 0:
        hours = seconds // _HOUR
        return "0 0 * * *" if seconds == _DAY else f"0 */{hours} * * *"
    raise NotExpressibleError("interval", "0 * * * *")


def numbers(values: Iterable[int], name: str) -> str:
    """Return values as a crontab writes them: `*`, `1-5`, `1,15`."""
    limits = fields.LIMITS[name]
    size = limits.last - limits.first + 1
    listed = sorted(values)
    if len(listed) == size:
        return "*"
    pieces: list[list[int]] = []
    for value in listed:
        if pieces and value == pieces[-1][-1] + 1:
            pieces[-1].append(value)
        else:
            pieces.append([value])
    return ",".join(_piece(piece) for piece in pieces)


def _piece(values: list[int]) -> str:
    return str(values[0]) if len(values) == 1 else f"{values[0]}-{values[-1]}"


def on_calendar(schedule: CronSchedule) -> str:
    """Return a calendar expression of systemd, without its zone.

    Raises:
        NotExpressibleError: it has `W`.
    """
    found = schedule.cron.found
    day, weekday = found[fields.DAY], found[fields.WEEKDAY]
    if day.nearest:
        raise NotExpressibleError("weekday")
    names, days, separator = "", "*", "-"
    if day.last:
        days, separator = f"{day.offset + 1:02}", "~"
    elif not day.unspecified:
        days = _ranges(day.values, fields.DAY)
    elif weekday.last or weekday.occurrence:
        names = _SYSTEMD_DAYS[min(weekday.values) - 1] + " "
        if weekday.last:
            days, separator = "07/1", "~"
        else:
            first = _WEEK * (weekday.occurrence - 1) + 1
            days = f"{first:02}..{min(first + _WEEK - 1, 31):02}"
    elif len(weekday.values) < _WEEK:
        names = ",".join(_SYSTEMD_DAYS[value - 1] for value in sorted(weekday.values)) + " "
    years = found[fields.YEAR]
    year = "*" if years.holds_all else _ranges(years.values, fields.YEAR)
    month = _ranges(found[fields.MONTH].values, fields.MONTH)
    clock = ":".join(
        _ranges(found[name].values, name) for name in (fields.HOUR, fields.MINUTE, fields.SECOND)
    )
    return f"{names}{year}-{month}{separator}{days} {clock}"


def _ranges(values: Iterable[int], name: str) -> str:
    return numbers(values, name).replace("-", "..")
