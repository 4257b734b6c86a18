"""When timers run next, as commands show it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from scaffold.errors import UsageError
from scaffold.messages import text
from scaffold.timers.schedule import CronSchedule
from scaffold.timers.words import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.timers.manifest import Timer


def instant(given: str | None) -> datetime:
    """Return the instant that the user gave, else now.

    Raises:
        UsageError: it is none, or has no zone.
    """
    if given is None:
        return datetime.now(timezone.utc)
    try:
        found = datetime.fromisoformat(given.replace("Z", "+00:00"))
    except ValueError as error:
        raise UsageError("timers.error.instant", given=given) from error
    if found.tzinfo is None:
        raise UsageError("timers.error.instant", given=given)
    return found


def following(timer: Timer, start: datetime, count: int) -> Iterator[datetime]:
    """Yield so many of the next times of a timer."""
    time = timer.schedule.next_after(start)
    while time is not None and count > 0:
        yield time
        time, count = timer.schedule.next_after(time), count - 1


def instants(times: Iterable[datetime]) -> list[str]:
    """Return times as JSON has them."""
    return [time.isoformat() for time in times]


def shown(timer: Timer, time: datetime | None) -> str:
    """Return a time in the timer's own zone."""
    if time is None:
        return text("timers.never")
    zone = timer.schedule.zone if isinstance(timer.schedule, CronSchedule) else timezone.utc
    return time.astimezone(zone).isoformat(sep=" ", timespec="seconds")


def described(timer: Timer, start: datetime) -> dict[str, Any]:
    """Return a timer as JSON has it."""
    time = timer.schedule.next_after(start)
    return {
        "name": timer.name,
        "function": timer.function,
        "schedule": timer.schedule_text[0],
        "timezone": timer.schedule_text[1],
        "environments": list(timer.environments),
        "words": describe(timer.schedule),
        "next": time and time.isoformat(),
        "ignored": timer.warnings,
    }
