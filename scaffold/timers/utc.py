"""Five fields of a crontab for a scheduler that knows no time zone but UTC."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from scaffold.timers import fields
from scaffold.timers.expressions import NotExpressibleError, numbers
from scaffold.timers.schedule import IntervalSchedule

if TYPE_CHECKING:
    from scaffold.timers.manifest import Timer
    from scaffold.timers.schedule import CronSchedule

_WEEK, _DAY_MINUTES = 7, 24 * 60


def in_utc(timer: Timer, line: str) -> str:
    """Return five fields in UTC.

    Args:
        timer: the timer.
        line: its five fields in its own zone.

    Raises:
        NotExpressibleError: the zone changes its clocks, or times would fall on days that the
            fields cannot name.
    """
    schedule = timer.schedule
    if isinstance(schedule, IntervalSchedule):
        return line
    offsets = {_offset(schedule, day) for day in range(0, 366, 15)}
    offset = offsets.pop()
    if offsets:
        raise NotExpressibleError("zone", line)
    found = schedule.cron.found
    times = {
        60 * hour + minute - offset
        for hour in found[fields.HOUR].values
        for minute in found[fields.MINUTE].values
    }
    minutes = {time % 60 for time in times}
    hours = {time % _DAY_MINUTES // 60 for time in times}
    if len(times) != len(minutes) * len(hours):
        raise NotExpressibleError("zone", line)
    days = _moved_days(line, {time // _DAY_MINUTES for time in times})
    return " ".join((numbers(minutes, fields.MINUTE), numbers(hours, fields.HOUR), *days))


def _moved_days(line: str, moves: set[int]) -> list[str]:
    """Return the day fields of times that moved to the day before or after.

    Args:
        line: five fields.
        moves: by how many days its times moved.
    """
    day, month, weekday = line.split()[2:]
    if moves == {0} or (day, month, weekday) == ("*", "*", "*"):
        return [day, month, weekday]
    if len(moves) > 1 or (day, month) != ("*", "*"):
        raise NotExpressibleError("zone", line)
    (move,) = moves
    moved = {(int(value) + move) % _WEEK for part in weekday.split(",") for value in _span(part)}
    return [day, month, numbers(moved, fields.WEEKDAY)]


def _span(part: str) -> range:
    """Return the numbers of `5`, or of `1-5`."""
    first, _, last = part.partition("-")
    return range(int(first), int(last or first) + 1)


def _offset(schedule: CronSchedule, day: int) -> int:
    """Return the zone's distance from UTC in minutes, some days after the beginning of
    this year.
    """
    year = datetime.now(timezone.utc).year
    instant = datetime(year, 1, 1, tzinfo=timezone.utc) + timedelta(days=day)
    offset = instant.astimezone(schedule.zone).utcoffset() or timedelta()
    return round(offset.total_seconds() / 60)
