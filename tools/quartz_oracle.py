"""Compare `scaffold.timers.cron` with Quartz itself, over expressions
generated from the whole grammar.

Needs Debian's `libquartz2-java`, `libslf4j-java` and a Java runtime, and JPype from PyPI:

    python -m tools.quartz_oracle --count 100000            # prints the disagreements, exits 1 if
    there is one python -m tools.quartz_oracle --count 1500 --record tests/timers/quartz.json
"""

# ruff: noqa: PLR2004, S311 - the numbers weigh what is generated; nothing here is secret
from __future__ import annotations

import argparse
import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scaffold.timers.cron import Cron
from scaffold.timers.fields import MONTHS, WEEKDAYS, InvalidFieldError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

JARS = Path("/usr/share/java")
ZONES = (
    "UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe",
    "Asia/Kolkata", "America/Santiago", "Africa/Cairo", "Asia/Kathmandu", "Pacific/Auckland",
)  # fmt: skip
TIMES = 4
_REFUSED = "refused"
_SECONDS = 5


def numbers(rng: random.Random, low: int, high: int) -> str:
    """Return a number, now and then just outside of its range."""
    if rng.random() < 0.02:
        return str(rng.choice((low - 1, high + 1, high + 50)))
    value = str(rng.randint(low, high))
    return value.zfill(2) if rng.random() < 0.05 else value


def plain_item(rng: random.Random, low: int, high: int, names: tuple[str, ...] = ()) -> str:
    """Return one item of a list: a value, a range, a step, or all."""

    def value() -> str:
        if names and rng.random() < 0.5:
            name = rng.choice(names)
            return rng.choice((name, name.lower(), name.title()))
        return numbers(rng, low, high)

    span = high - low + 1
    step = str(
        rng.randint(0, span + 1) if rng.random() < 0.1 else rng.randint(1, max(1, span // 3))
    )
    return rng.choice(
        (
            value(), value(), value(), "*", "*/" + step, "/" + step,
            f"{value()}-{value()}", f"{value()}-{value()}/{step}", f"{value()}/{step}",
        )
    )  # fmt: skip


def listed(rng: random.Random, item: Callable[[], str], most: int = 3) -> str:
    """Return a list of items; now and then with an empty one, or with something that
    means nothing.
    """
    items = [item() for _ in range(rng.choice((1, 1, 1, 1, 2, most)))]
    if rng.random() < 0.01:
        items.insert(rng.randrange(len(items) + 1), rng.choice(("", "L", "W", "x", "5x", "#", "-")))
    return ",".join(items)


def day_item(rng: random.Random) -> str:
    """Return one item of the day of the month."""
    special = ["L", "LW", "l", "lw", f"L-{rng.randint(0, 30)}", f"L-{rng.randint(0, 9)}W"]
    special += [
        f"{rng.randint(1, 31)}W",
        f"{rng.randint(1, 31)}W",
        rng.choice(("W", "32W", "L-31")),
    ]
    return rng.choice(special) if rng.random() < 0.4 else plain_item(rng, 1, 31)


def weekday_item(rng: random.Random) -> str:
    """Return one item of the day of the week."""
    name = rng.choice(WEEKDAYS)
    special = (
        "L", f"{rng.randint(1, 7)}L", f"{name}L", f"{rng.randint(1, 7)}#{rng.randint(1, 5)}",
        f"{name}#{rng.randint(1, 5)}", f"{name.lower()}#{rng.randint(1, 5)}",
        f"{name}-{rng.choice(WEEKDAYS)}",
        rng.choice(("0L", "8L", "3#0", "3#6", "WED#6", "MON-FRI/2")),
    )  # fmt: skip
    return rng.choice(special) if rng.random() < 0.4 else plain_item(rng, 1, 7, WEEKDAYS)


def expression(rng: random.Random) -> str:
    """Return one expression of the grammar, most of them valid."""
    second = rng.choice(("0", "0", listed(rng, lambda: plain_item(rng, 0, 59))))
    minute = listed(rng, lambda: plain_item(rng, 0, 59))
    hour = listed(rng, lambda: plain_item(rng, 0, 23))
    month = rng.choice(("*", listed(rng, lambda: plain_item(rng, 1, 12, MONTHS))))
    days = rng.random()
    day, weekday = listed(rng, lambda: day_item(rng)), listed(rng, lambda: weekday_item(rng))
    if days < 0.48:
        day = "?"
    elif days < 0.96:
        weekday = "?"
    elif days < 0.98:
        day = weekday = "?"
    parts = [second, minute, hour, day, month, weekday]
    if rng.random() < 0.25:
        parts.append(listed(rng, lambda: plain_item(rng, 2024, 2034)))
    if rng.random() < 0.01:
        parts = parts[:-2]
    return rng.choice((" ", " ", " ", "  ", "\t")).join(parts)


def instant(rng: random.Random) -> int:
    """Return a start in seconds since 1970, often near a change of the clocks."""
    if rng.random() < 0.5:
        return rng.randint(1_767_225_600, 1_924_991_999)  # 2026 to 2030
    month, day, hour = rng.choice((3, 4, 9, 10, 11)), rng.randint(1, 30), rng.randint(0, 23)
    start = datetime(
        rng.randint(2026, 2030), month, day, hour, rng.randint(0, 59), tzinfo=timezone.utc
    )
    return int(start.timestamp())


def ours(text: str, start: int, zone: str) -> list[int] | str:
    """Return the next times after a start as our evaluator gives them, or that it refuses."""
    try:
        cron = Cron.parse(text)
    except InvalidFieldError:
        return _REFUSED
    found: list[int] = []
    after = datetime.fromtimestamp(start, timezone.utc)
    for _ in range(TIMES):
        following = cron.next_after(after, ZoneInfo(zone))
        if following is None:
            break
        found.append(int(following.timestamp()))
        after = following
    return found


class Quartz:
    """Quartz in a Java virtual machine.

    Args:
        jars: the folder of `quartz2.jar` and `slf4j-*.jar`.
    """

    def __init__(self, jars: Path) -> None:
        import jpype

        names = ("quartz2.jar", "slf4j-api.jar", "slf4j-nop.jar")
        jpype.startJVM(classpath=[str(jars / name) for name in names])
        self._class = jpype.JClass("org.quartz.CronExpression")
        self._date = jpype.JClass("java.util.Date")
        self._zone = jpype.JClass("java.util.TimeZone").getTimeZone
        self._error = jpype.JException
        self._pool = ThreadPoolExecutor(1)

    def times(self, text: str, start: int, zone: str) -> list[int] | str:
        """Return the next times after a start, or that Quartz refuses or
        fails, or that it does not end.
        """
        job = self._pool.submit(self._times, text, start, zone)
        try:
            return job.result(_SECONDS)
        except FutureTimeoutError:
            self._pool = ThreadPoolExecutor(1)  # the thread cannot be stopped
            return "endless"

    def _times(self, text: str, start: int, zone: str) -> list[int] | str:
        try:
            cron = self._class(text)
            cron.setTimeZone(self._zone(zone))
            found: list[int] = []
            date = self._date(start * 1000)
            for _ in range(TIMES):
                date = cron.getTimeAfter(date)
                if date is None:
                    break
                found.append(int(date.getTime()) // 1000)
        except self._error:
            return _REFUSED
        return found


def cases(seed: int, count: int) -> Iterator[tuple[str, int, str]]:
    """Yield expressions with a start and a zone, the same ones for a seed."""
    rng = random.Random(seed)
    for _ in range(count):
        yield expression(rng), instant(rng), rng.choice(ZONES)


def main() -> int:
    """Compare, and say how many agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jars", type=Path, default=JARS)
    parser.add_argument("--record", type=Path, help="write Quartz's answers there")
    options = parser.parse_args()
    quartz = Quartz(options.jars)
    recorded, wrong, refused, endless = [], 0, 0, 0
    for text, start, zone in cases(options.seed, options.count):
        theirs = quartz.times(text, start, zone)
        mine = ours(text, start, zone)
        refused += theirs == _REFUSED
        endless += theirs == "endless"
        if theirs != "endless":
            recorded.append({"expression": text, "after": start, "zone": zone, "times": theirs})
        if theirs not in (mine, "endless"):
            wrong += 1
            if wrong <= 40:
                print(f"{text!r} after {start} in {zone}: Quartz {theirs}, ours {mine}")
    print(
        f"{options.count} expressions, {refused} of them refused by Quartz, "
        f"{endless} never answered by it, {wrong} disagreements"
    )
    if options.record:
        lines = ",\n".join(json.dumps(case) for case in recorded)
        options.record.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    import os

    code = main()
    os._exit(code)  # threads that hang in Quartz would keep the process
