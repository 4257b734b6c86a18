"""Read a field of a Quartz expression as Quartz 2.3 reads it.

The platform's scheduled functions use Quartz (http://www.quartz-scheduler.org,
`CronExpression`). Its reader is lenient in places: it ignores what follows a range of names, or
a number, in the same item. This one takes the same forms and gives the same values, and lists
what is ignored so that a user can be warned.
"""

from __future__ import annotations

import re

from scaffold.timers.fields import (
    DAY,
    LARGEST,
    LIMITS,
    MONTH,
    MONTHS,
    WEEKDAY,
    WEEKDAYS,
    Field,
    InvalidFieldError,
)

# Two fields hold days; `?` marks the one that does not count.
_DAYS = (DAY, WEEKDAY)
_LAST_OFFSET = 30
_OCCURRENCES = range(1, 6)
_LAST = re.compile(r"L(-[0-9]*W?)?|LW")
_LAST_DAY = re.compile(r"L(?:-([0-9]+))?(W)?")
_NUMBER = re.compile(r"([0-9]+)(.*)", re.DOTALL)
_RANGE_END = re.compile(r"([0-9]+)(?:/([0-9]+))?(.*)", re.DOTALL)


def read(name: str, text: str) -> Field:
    """Read one field.

    Args:
        name: one of `NAMES`.
        text: as written; letters in any case.

    Raises:
        InvalidFieldError: Quartz refuses it, or could not evaluate it.
    """
    text = text.upper()
    found = Field(name)
    several = "," in text
    if several and "L" in text and name in _DAYS:
        raise InvalidFieldError("last-in-list", name, text)
    if name == WEEKDAY and text.count("#") > 1:
        raise InvalidFieldError("several-occurrences", name, text)
    for item in filter(None, text.split(",")):
        _read_item(found, item)
    if not (found.values or found.unspecified or found.last):
        raise InvalidFieldError("empty", name, text)
    return found


def _read_item(found: Field, item: str) -> None:
    first = item[0]
    if _LAST.fullmatch(item):
        _read_last(found, item)
    elif "A" <= first <= "Z":
        _read_name(found, item)
    elif first == "?":
        _read_unspecified(found, item)
    elif first in "*/":
        _read_all(found, item)
    elif "0" <= first <= "9":
        _read_number(found, item)
    else:
        raise InvalidFieldError("unexpected", found.name, item)


def _read_last(found: Field, item: str) -> None:
    """Read `L`, `LW`, `L-3`, `L-3W`; in the day of the week `L` alone is Saturday."""
    if found.name == WEEKDAY:
        found.values.add(len(WEEKDAYS))
        found.ignore(item[1:])
    elif found.name == DAY:
        parts = _LAST_DAY.fullmatch(item)
        if parts is None:  # `L-` without a number
            raise InvalidFieldError("unexpected", found.name, item)
        found.last = True
        found.offset = _number(found, parts[1] or "0", item)
        found.nearest = found.nearest or bool(parts[2])
        if found.offset > _LAST_OFFSET:
            raise InvalidFieldError("offset", found.name, item)
    else:
        found.ignore(item)


def _read_name(found: Field, item: str) -> None:
    """Read `MON`, `MON-FRI`, `MON#2`, `MONL`, `JAN-MAR`."""
    start, rest = _named(found, item), item[3:]
    if rest.startswith("-"):
        end = _named(found, rest[1:], whole=item)
        found.add(start, end, 1, item)
        found.ignore(rest[4:])
        return
    if found.name == WEEKDAY and rest.startswith("#"):
        found.occurrence = _occurrence(found, rest[1:], item)
    elif found.name == WEEKDAY and rest.startswith("L"):
        found.last = True
        found.ignore(rest[1:])
    else:
        found.ignore(rest)
    found.add(start, None, 0, item)


def _named(found: Field, text: str, *, whole: str = "") -> int:
    names = {MONTH: MONTHS, WEEKDAY: WEEKDAYS}.get(found.name, ())
    if text[:3] not in names:
        raise InvalidFieldError("unexpected", found.name, whole or text)
    return names.index(text[:3]) + 1


def _read_unspecified(found: Field, item: str) -> None:
    if found.name not in _DAYS:
        raise InvalidFieldError("question-mark", found.name, item)
    if len(item) > 2:  # noqa: PLR2004 - Quartz looks one character further only
        raise InvalidFieldError("unexpected", found.name, item)
    found.unspecified = True
    found.ignore(item[1:])


def _read_all(found: Field, item: str) -> None:
    """Read `*`, `*/5`, `/5`."""
    rest = item.removeprefix("*")
    if not rest.startswith("/"):
        found.add_all(1)
        found.ignore(rest)
        return
    sign = rest[1:].removeprefix("+")  # Java reads `+5` as a number
    if not re.fullmatch("[0-9]+", sign):
        raise InvalidFieldError("step", found.name, item)
    found.add_all(_step(found, sign, item))


def _read_number(found: Field, item: str) -> None:
    """Read `5`, `5-9`, `5-9/2`, `5/10`, `6L`, `15W`, `6#2`."""
    parts = _NUMBER.fullmatch(item)
    assert parts is not None, item
    value, rest = _number(found, parts[1], item), parts[2]
    kind = rest[:1]
    if kind == "L":
        _read_last_weekday(found, value, item)
        found.ignore(rest[1:])
    elif kind == "W":
        _read_nearest(found, value, item)
        found.ignore(rest[1:])
    elif kind == "#":
        if found.name != WEEKDAY:
            raise InvalidFieldError("occurrence-here", found.name, item)
        found.occurrence = _occurrence(found, rest[1:], item)
        found.add(value, None, 0, item)
    elif kind == "-":
        _read_range(found, value, rest[1:], item)
    elif kind == "/":
        if not re.fullmatch("[0-9]+", rest[1:]):
            raise InvalidFieldError("step", found.name, item)
        found.add(value, None, _step(found, rest[1:], item), item)
    else:
        found.add(value, None, 0, item)
        found.ignore(rest)


def _read_last_weekday(found: Field, value: int, item: str) -> None:
    if found.name != WEEKDAY:
        raise InvalidFieldError("last-here", found.name, item)
    found.last = True
    found.add(value, None, 0, item)


def _read_nearest(found: Field, value: int, item: str) -> None:
    if found.name != DAY:
        raise InvalidFieldError("nearest-here", found.name, item)
    found.nearest = True
    found.add(value, None, 0, item)


def _read_range(found: Field, start: int, text: str, item: str) -> None:
    parts = _RANGE_END.fullmatch(text)
    if parts is None or parts[3].startswith("/"):
        raise InvalidFieldError("unexpected", found.name, item)
    end = _number(found, parts[1], item)
    step = 1 if parts[2] is None else _number(found, parts[2], item)
    found.add(start, end, step, item)
    found.ignore(parts[3])


def _number(found: Field, digits: str, item: str) -> int:
    if len(digits.lstrip("0")) > len(str(LARGEST)) or int(digits) > LARGEST:
        raise InvalidFieldError("out-of-range", found.name, item)
    return int(digits)


def _step(found: Field, digits: str, item: str) -> int:
    step = _number(found, digits, item)
    if step > LIMITS[found.name].step:
        raise InvalidFieldError("step-too-large", found.name, item)
    return step


def _occurrence(found: Field, text: str, item: str) -> int:
    sign = text.removeprefix("+")
    if not re.fullmatch("[0-9]+", sign) or _number(found, sign, item) not in _OCCURRENCES:
        raise InvalidFieldError("occurrence", found.name, item)
    return int(sign)
