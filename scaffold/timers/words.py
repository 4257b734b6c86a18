"""Say in words when a timer runs, in the current language.

Of our own: cron-descriptor 2.2 names weekdays in English in its Chinese texts, and
leaves out days such as `L-3`.
"""

from __future__ import annotations

from functools import reduce
from itertools import pairwise, product
from typing import TYPE_CHECKING

from scaffold.messages import text
from scaffold.timers import fields
from scaffold.timers.schedule import IntervalSchedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scaffold.timers.cron import Cron
    from scaffold.timers.fields import Field
    from scaffold.timers.schedule import Schedule

_UNITS = ((86400, "days"), (3600, "hours"), (60, "minutes"), (1, "seconds"))
_MOST_CLOCK_TIMES = 6
_RANGE, _PROGRESSION = 3, 3


def describe(schedule: Schedule) -> str:
    """Return a schedule in words."""
    if isinstance(schedule, IntervalSchedule):
        return _interval(schedule.seconds)
    found = schedule.cron.found
    time, day = _time(schedule.cron), _day(schedule.cron)
    if day == text("timers.words.every-day") and not _is_clock(schedule.cron):
        sentence = time  # "every day every 5 minutes" says one thing twice
    else:
        kind = "at-times" if _is_clock(schedule.cron) else "with-phrase"
        sentence = text(f"timers.words.{kind}", day=day, time=time)
    years = found[fields.YEAR]
    if not years.holds_all:
        sentence = text(
            "timers.words.in-years", sentence=sentence, years=_values(years.values, str)
        )
    return sentence


def _interval(seconds: int) -> str:
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return _every(unit, seconds // size)


def _every(unit: str, number: int) -> str:
    key = f"timers.words.every-{unit}" if number > 1 else f"timers.words.each-{unit}"
    return text(key, number=number)


def _times(cron: Cron) -> tuple[list[int], list[int], list[int]]:
    hours, minutes, seconds = (
        sorted(cron.found[name].values) for name in (fields.HOUR, fields.MINUTE, fields.SECOND)
    )
    return hours, minutes, seconds


def _is_clock(cron: Cron) -> bool:
    """Return whether the times of a day are few enough to name each."""
    hours, minutes, seconds = _times(cron)
    return len(hours) * len(minutes) * len(seconds) <= _MOST_CLOCK_TIMES


def _time(cron: Cron) -> str:
    """Return the time of day: a few times of the clock, or a phrase for each field."""
    hours, minutes, seconds = _times(cron)
    if _is_clock(cron):
        times = [_clock(*time) for time in product(hours, minutes, seconds)]
        return text("timers.words.at", times=_joined(times))
    if minutes == [0] and seconds == [0]:
        return _every_or_at("hours", hours, fields.HOUR, "on-the-hour")
    phrases = []
    if seconds != [0]:
        phrases.append(_every_or_at("seconds", seconds, fields.SECOND, "at-seconds"))
    if not phrases or len(minutes) < len(range(60)):
        phrases.append(_every_or_at("minutes", minutes, fields.MINUTE, "at-minutes"))
    if len(hours) < len(range(24)):
        phrases.append(_every_or_at("hours", hours, fields.HOUR, "at-hours"))
    return reduce(lambda first, then: text("timers.words.phrases", first=first, then=then), phrases)


def _clock(hour: int, minute: int, second: int) -> str:
    shown = f"{hour:02}:{minute:02}"
    return f"{shown}:{second:02}" if second else shown


def _every_or_at(unit: str, values: list[int], name: str, at: str) -> str:
    """Return the values of a field as "every 5 minutes", or one by one.

    Args:
        unit: `hours`, `minutes` or `seconds`.
        values: in order.
        name: the field.
        at: the message for values one by one.
    """
    limits = fields.LIMITS[name]
    if len(values) == limits.last - limits.first + 1:
        return _every(unit, 1)
    step = _step(values)
    if step and values[0] - step < limits.first and values[-1] + step > limits.last:
        phrase = _every(unit, step)
        if values[0] == limits.first:
            return phrase
        return text(f"timers.words.from-{unit}", phrase=phrase, first=values[0])
    return text(f"timers.words.{at}", values=_values(values, str))


def _step(values: list[int]) -> int:
    """Return the distance between values that are all equally far apart, else 0."""
    steps = {after - before for before, after in pairwise(values)}
    return steps.pop() if len(values) >= _PROGRESSION and len(steps) == 1 else 0


def _day(cron: Cron) -> str:
    day, weekday = cron.found[fields.DAY], cron.found[fields.WEEKDAY]
    month = cron.found[fields.MONTH].values
    every_month = len(month) == len(fields.MONTHS)
    months = text("timers.words.each-month") if every_month else _values(month, _month)
    if weekday.unspecified:
        return _by_day(day, months, every_month=every_month)
    return _by_weekday(weekday, months, every_month=every_month)


def _by_day(day: Field, months: str, *, every_month: bool) -> str:
    if day.last:
        what = "working-day" if day.nearest else "day"
        if day.offset:
            return text(f"timers.words.before-last-{what}", months=months, offset=day.offset)
        return text(f"timers.words.last-{what}", months=months)
    if day.nearest:
        return text("timers.words.nearest", months=months, day=min(day.values))
    if len(day.values) == fields.LIMITS[fields.DAY].last:
        key = "every-day" if every_month else "every-day-of"
        return text(f"timers.words.{key}", months=months)
    return text("timers.words.days", months=months, days=_values(day.values, str))


def _by_weekday(weekday: Field, months: str, *, every_month: bool) -> str:
    if weekday.last:
        return text("timers.words.last-of", months=months, day=_weekday(min(weekday.values)))
    if weekday.occurrence:
        number = text("timers.ordinals").split(", ")[weekday.occurrence - 1]
        day = _weekday(min(weekday.values))
        return text("timers.words.nth-of", months=months, day=day, number=number)
    if len(weekday.values) == len(fields.WEEKDAYS):
        key = "every-day" if every_month else "every-day-of"
        return text(f"timers.words.{key}", months=months)
    key = "weekdays" if every_month else "weekdays-of"
    return text(f"timers.words.{key}", months=months, days=_values(weekday.values, _weekday))


def _month(number: int) -> str:
    return text("timers.months").split(", ")[number - 1]


def _weekday(number: int) -> str:
    return text("timers.weekdays").split(", ")[number - 1]


def _values(values: Iterable[int], name: Callable[[int], str]) -> str:
    """Return values as a list in which neighbours are ranges: `1, 3 to 6 and 9`."""
    pieces: list[str] = []
    run: list[int] = []
    for value in [*sorted(values), None]:
        if run and (value is None or value != run[-1] + 1):
            if len(run) >= _RANGE:
                key = "range" if name is str else "range-of-names"
                pieces.append(text(f"timers.words.{key}", first=name(run[0]), last=name(run[-1])))
            else:
                pieces += map(name, run)
            run = []
        if value is not None:
            run.append(value)
    return _joined(pieces)


def _joined(pieces: list[str]) -> str:
    if len(pieces) == 1:
        return pieces[0]
    *before, last = pieces
    first = reduce(lambda first, then: text("timers.words.chain", first=first, then=then), before)
    return text("timers.words.list", first=first, last=last)
