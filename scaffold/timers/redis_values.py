"""What the shared state of timers stores in Redis, and under which keys."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from scaffold.timers.records import KEEP, Run, TimerRecord, millis, time_of

if TYPE_CHECKING:
    from datetime import datetime

# Braces: all keys are on the same node of a cluster, as transactions need.
PREFIX = "{scaffold-timers}"
NAMES = f"{PREFIX}:names"
# The runs that are ready or running, by the time at which they were due.
OPEN = f"{PREFIX}:open"
_OPEN_STATUS = ("ready", "running")


@dataclass(frozen=True)
class StoredTimer:
    """What is stored of a timer; times are milliseconds."""

    fingerprint: str
    last_due: int
    paused: bool = False
    running: str | None = None
    attempt: int | None = None
    lease_until: int | None = None

    def holds(self, run: Run) -> bool:
        """Return whether a run has the lease."""
        return (self.running, self.attempt) == (run.id, run.attempts)

    def is_free(self, now: datetime) -> bool:
        """Return whether no lease is in force."""
        return self.lease_until is None or self.lease_until <= millis(now)

    def leased(self, run: Run, until: datetime) -> StoredTimer:
        """Return the same with a lease for a run."""
        return replace(self, running=run.id, attempt=run.attempts, lease_until=millis(until))


def timer_key(timer: str) -> str:
    """Return the key of a timer."""
    return f"{PREFIX}:timer:{timer}"


def run_key(identity: str) -> str:
    """Return the key of a run."""
    return f"{PREFIX}:run:{identity}"


def runs_key(timer: str) -> str:
    """Return the key of the ids of a timer's runs, by the time at which they were due."""
    return f"{PREFIX}:runs:{timer}"


def failed_key(timer: str) -> str:
    """Return the key of the ids of the runs that failed, by the time at which they ended."""
    return f"{PREFIX}:failed:{timer}"


def read_timer(pipe: Any, timer: str) -> StoredTimer | None:
    """Return what is stored of a timer, None if it is new."""
    value = pipe.get(timer_key(timer))
    return StoredTimer(**json.loads(value)) if value else None


def write_timer(pipe: Any, timer: str, values: StoredTimer) -> None:
    """Store what is known of a timer."""
    pipe.set(timer_key(timer), json.dumps(asdict(values)))


def read_run(pipe: Any, identity: str) -> Run | None:
    """Return a run, None if it is not stored any more."""
    value = pipe.get(run_key(identity))
    return run_of(json.loads(value)) if value else None


def write_run(pipe: Any, run: Run) -> None:
    """Store a run; one that ended for as long as runs are kept."""
    is_open = run.status in _OPEN_STATUS
    times = {"due": run.due, "started": run.started, "finished": run.finished}
    stored = {name: time and millis(time) for name, time in times.items()}
    value = json.dumps({**asdict(run), **stored})
    pipe.set(run_key(run.id), value, ex=None if is_open else KEEP)
    if is_open:
        pipe.zadd(OPEN, {run.id: millis(run.due)})
    else:
        pipe.zrem(OPEN, run.id)


def run_of(values: dict[str, Any]) -> Run:
    """Return the run that was stored."""
    names = ("due", "started", "finished")
    times = {name: values[name] and time_of(values[name]) for name in names}
    return Run(**{**values, **times})


def record_of(values: StoredTimer) -> TimerRecord:
    """Return what the scheduler knows of a stored timer."""
    until = None if values.lease_until is None else time_of(values.lease_until)
    return TimerRecord(values.fingerprint, time_of(values.last_due), values.paused, until)
