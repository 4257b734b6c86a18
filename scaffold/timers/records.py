"""What is known of timers and of their runs, wherever it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal

RunStatus = Literal["ready", "running", "done", "failed", "missed", "overlapped", "abandoned"]
# A time that was taken so far ahead of now was taken by a wrong clock.
AHEAD = timedelta(days=1)
# Runs are kept this long; the count of failures looks back one day.
KEEP = timedelta(days=7)


@dataclass(frozen=True)
class Run:
    """One run of a timer.

    Attributes:
        id: names it.
        timer: the timer's name.
        due: when it was due.
        status: where it stands.
        attempts: how often the function was called.
        started: when it was called last, None if it was not.
        finished: when it ended, None if it has not.
        detail: what the function answered, or why there was no run.
    """

    id: str
    timer: str
    due: datetime
    status: RunStatus
    attempts: int = 0
    started: datetime | None = None
    finished: datetime | None = None
    detail: str = ""


@dataclass(frozen=True)
class TimerRecord:
    """What is known of one timer.

    Attributes:
        fingerprint: changes with its schedule.
        last_due: the last time that was taken.
        paused: its times pass without a run.
        lease_until: until when somebody runs it; None if nobody does.
    """

    fingerprint: str
    last_due: datetime
    paused: bool
    lease_until: datetime | None

    def continues(self, fingerprint: str, now: datetime) -> bool:
        """Return whether times are taken from `last_due` on: the schedule is the same, and
        `last_due` was not written by a wrong clock.
        """
        return self.fingerprint == fingerprint and self.last_due <= now + AHEAD


def millis(time: datetime) -> int:
    """Return a time as it is stored."""
    return round(time.timestamp() * 1000)


def time_of(stored: int) -> datetime:
    """Return the time that was stored."""
    return datetime.fromtimestamp(stored / 1000, timezone.utc)
