"""When a timer of `timers.yaml` is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import count, takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from scaffold.timers.cron import Cron

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class CronSchedule:
    """The times of a Quartz expression.

    Attributes:
        cron: the expression.
        zone: the time zone that it is meant in.
    """

    cron: Cron
    zone: tzinfo

    def next_after(self, instant: datetime) -> datetime | None:
        """Return the first time after an instant, None if there is none."""
        return self.cron.next_after(instant, self.zone)

    def times_after(self, instant: datetime) -> Iterator[datetime]:
        """Yield the times after an instant, in order."""
        return self.cron.times_after(instant, self.zone)

    def previous_before(self, instant: datetime) -> datetime | None:
        """Return the last time before an instant, None if there was none since 1970."""
        return self.cron.previous_before(instant, self.zone)


@dataclass(frozen=True)
class IntervalSchedule:
    """Every so many seconds, counted from 1970, so that all instances agree on the times.

    Attributes:
        seconds: between two times.
    """

    seconds: int

    def next_after(self, instant: datetime) -> datetime:
        """Return the first time after an instant."""
        step = timedelta(seconds=self.seconds)
        return EPOCH + ((instant - EPOCH) // step + 1) * step

    def times_after(self, instant: datetime) -> Iterator[datetime]:
        """Yield the times after an instant, in order."""
        first, step = self.next_after(instant), timedelta(seconds=self.seconds)
        return (first + number * step for number in count())

    def previous_before(self, instant: datetime) -> datetime | None:
        """Return the last time before an instant."""
        step = timedelta(seconds=self.seconds)
        return EPOCH + -((EPOCH - instant) // step + 1) * step


Schedule = CronSchedule | IntervalSchedule


def between(schedule: Schedule, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the times after `start`, up to and including `end`."""
    yield from takewhile(lambda due: due <= end, schedule.times_after(start))
