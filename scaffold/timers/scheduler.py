"""Which timers run now. Any number of runners may ask; each due time is given to one of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from scaffold.timers import schedule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.timers.manifest import Timer
    from scaffold.timers.records import Run, RunStatus, TimerRecord
    from scaffold.timers.schedule import Schedule
    from scaffold.timers.stores import State

# The platform waits so long for a function's answer (LeanEngine docs, "Scheduled functions").
CALL_SECONDS = 15
# A runner that has not written for longer than a call, the pause before the next one and a
# little is taken for dead.
LEASE = timedelta(seconds=3 * CALL_SECONDS)
# A time that passed so long ago was missed: the machine slept, or nobody ran.
GRACE = timedelta(seconds=60)
# A lease that ends so far ahead was begun by a wrong clock.
_LONGEST_BLOCK = timedelta(hours=1)
# The platform switches a task off that failed so often within a day.
FAILURES_A_DAY = 30
DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class LeasedRun:
    """A run that is to be made now, under a lease.

    Attributes:
        timer: what to call.
        run: the run, already noted as running.
    """

    timer: Timer
    run: Run


class Scheduler:
    """Finds the work of one runner.

    Args:
        timers: those that run in this environment.
        state: what all runners share.
    """

    def __init__(self, timers: Sequence[Timer], state: State) -> None:
        self._timers = timers
        self._state = state

    def work(self, most: int | None = None) -> list[LeasedRun]:
        """Take what is due now, and return what this runner has to run.

        Args:
            most: how many runs it can begin; the others stay for later, or for another runner.
        """
        now = self._state.now()
        entries = self._state.entries()
        waiting = self._state.waiting(now)
        for timer in self._timers:
            waits = bool(waiting.get(timer.name))
            self._take_due(timer, entries.get(timer.name), now, waits=waits)
        waiting = self._state.waiting(now)
        timers = [timer for timer in self._timers if timer.name in waiting]
        timers.sort(key=lambda timer: waiting[timer.name][0].due)
        begun = (work for timer in timers for work in self._begin(timer, waiting[timer.name], now))
        return list(islice(begun, most))

    def next_due(self, now: datetime) -> datetime | None:
        """Return the first time after now at which a timer is due."""
        times = [timer.schedule.next_after(now) for timer in self._timers]
        return min((time for time in times if time is not None), default=None)

    def _take_due(
        self, timer: Timer, entry: TimerRecord | None, now: datetime, *, waits: bool
    ) -> None:
        """Take each time of a timer that has passed since the last one taken."""
        fingerprint = _fingerprint(timer)
        if entry is None or not entry.continues(fingerprint, now):
            entry = self._state.remember(timer.name, fingerprint, now)
        if entry.lease_until is not None and entry.lease_until > now + _LONGEST_BLOCK:
            # The clock went back, and perhaps the runner is dead: nobody waits for the old time.
            self._state.limit_lease(timer.name, now + LEASE)
        on_time = max(entry.last_due, now - GRACE)
        times = list(schedule.between(timer.schedule, on_time, now))
        missed = _last_between(timer.schedule, entry.last_due, on_time)
        if missed is not None:
            # A time that is due now makes up for those that were missed.
            runs = timer.missed == "run-once" and not times and not entry.paused
            late: RunStatus = "ready" if runs else "missed"
            self._state.take(timer.name, missed, late, "paused" if entry.paused else "")
            waits = waits or runs
        busy = waits or (entry.lease_until is not None and entry.lease_until > now)
        for due in times:
            if entry.paused:
                self._state.take(timer.name, due, "missed", "paused")
            elif busy and timer.overlap == "skip":
                self._state.take(timer.name, due, "overlapped")
            else:
                busy = self._state.take(timer.name, due, "ready") or busy

    def _begin(self, timer: Timer, waiting: Sequence[Run], now: datetime) -> Iterator[LeasedRun]:
        """Begin the oldest run of a timer that waits, unless the timer is running."""
        for run in waiting:
            if run.status == "running" and timer.missed == "skip":
                # Its runner died: whether the function ran is not known, and
                # nobody asked for a second run.
                self._state.finish(run, "abandoned", "", now)
                continue
            begun = self._state.begin(run, now, LEASE)
            if begun:
                yield LeasedRun(timer, begun)
            return


def _last_between(found: Schedule, start: datetime, end: datetime) -> datetime | None:
    """Return the last time after `start` up to `end`, None if there is none."""
    first = found.next_after(start)
    return None if first is None or first > end else found.previous_before(end + _TICK)


def _fingerprint(timer: Timer) -> str:
    return hashlib.sha256(repr(timer.schedule_text).encode()).hexdigest()
