"""What all runners of one app share, in Redis.

A key is changed in a transaction that fails where another runner was faster (WATCH), and is then
tried again; so each time is taken once, as in scaffold.timers.state. The clock is that of Redis.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TypeVar

from redis import Redis

from scaffold.timers import redis_values as stored
from scaffold.timers.records import KEEP, Run, TimerRecord, millis

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from scaffold.timers.records import RunStatus

T = TypeVar("T")


class RedisState:
    """The shared state, with the methods of `SharedState`.

    Args:
        client: Redis, which decodes its answers.
        clock: returns the time; without one Redis is asked.
    """

    def __init__(self, client: Redis, clock: Callable[[], datetime] | None = None) -> None:
        # The package's types are those of the asynchronous client as well.
        self._client: Any = client
        self._clock = clock

    @classmethod
    def at(cls, url: str) -> RedisState:
        """Return the state in a Redis.

        Args:
            url: `redis://…`, `rediss://…` or `unix://…`.

        Raises:
            RedisError: it does not answer, or refuses.
        """
        client = Redis.from_url(url, decode_responses=True)
        client.ping()
        return cls(client)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def now(self) -> datetime:
        """Return the time that counts."""
        if self._clock:
            return self._clock()
        seconds, micros = self._client.time()
        return datetime.fromtimestamp(seconds + micros / 1e6, timezone.utc)

    def entries(self) -> dict[str, TimerRecord]:
        """Return what is known of each timer, by its name."""
        names = sorted(self._client.smembers(stored.NAMES))
        found = self._read_all([stored.timer_key(name) for name in names])
        return {
            name: stored.record_of(stored.StoredTimer(**values))
            for name, values in zip(names, found, strict=True)
            if values
        }

    def remember(self, timer: str, fingerprint: str, now: datetime) -> TimerRecord:
        """Note a new timer, or one that does not continue: its times begin now.

        Args:
            timer: its name.
            fingerprint: changes with its schedule.
            now: the time.
        """

        def note(pipe: Any) -> TimerRecord:
            known = stored.read_timer(pipe, timer)
            if known and stored.record_of(known).continues(fingerprint, now):
                return stored.record_of(known)
            changed = replace(
                known or stored.StoredTimer(fingerprint, 0),
                fingerprint=fingerprint,
                last_due=millis(now),
            )
            pipe.multi()
            pipe.sadd(stored.NAMES, timer)
            stored.write_timer(pipe, timer, changed)
            return stored.record_of(changed)

        return self._alone(note, stored.timer_key(timer))

    def take(self, timer: str, due: datetime, status: RunStatus, detail: str = "") -> bool:
        """Take a due time, so that no other runner does.

        Args:
            timer: its name.
            due: the time.
            status: `ready` to run it, else why it will not run.
            detail: for people.

        Returns:
            Whether this runner took it.
        """
        run = Run(secrets.token_hex(16), timer, due, status, detail=detail)

        def move(pipe: Any) -> bool:
            known = stored.read_timer(pipe, timer)
            if known is None or known.last_due >= millis(due):
                return False
            pipe.multi()
            stored.write_timer(pipe, timer, replace(known, last_due=millis(due)))
            stored.write_run(pipe, run)
            pipe.zadd(stored.runs_key(timer), {run.id: millis(due)})
            pipe.zremrangebyscore(stored.runs_key(timer), "-inf", millis(due - KEEP))
            return True

        return self._alone(move, stored.timer_key(timer))

    def begin(self, run: Run, now: datetime, lease: timedelta) -> Run | None:
        """Begin a run under a lease.

        Args:
            run: which; ready, or running under a lease that is over.
            now: the time.
            lease: how long nobody else may run this timer.

        Returns:
            The run, or None if another runner has it or runs the timer.
        """
        begun = replace(run, status="running", attempts=run.attempts + 1, started=now)

        def may_begin(pipe: Any, known: stored.StoredTimer) -> bool:
            same = stored.read_run(pipe, run.id)
            unchanged = same and (same.status, same.attempts) == (run.status, run.attempts)
            return bool(unchanged) and known.is_free(now)

        return self._lease(begun, now + lease, may_begin, stored.run_key(run.id))

    def again(self, run: Run, now: datetime, lease: timedelta) -> Run | None:
        """Begin the next attempt of a run under its lease, and return it;
        None if the lease is lost.
        """
        begun = replace(run, attempts=run.attempts + 1, started=now)
        return self._lease(begun, now + lease, lambda _, known: known.holds(run))

    def finish(self, run: Run, status: RunStatus, detail: str, now: datetime) -> None:
        """Note how a run ended, and give its lease back; nothing happens if the lease is lost."""
        ended = replace(run, status=status, detail=detail, finished=now)

        def write(pipe: Any) -> None:
            known = stored.read_timer(pipe, run.timer)
            if known is None or not known.holds(run):
                return
            free = replace(known, running=None, attempt=None, lease_until=None)
            failed = stored.failed_key(run.timer)
            pipe.multi()
            stored.write_timer(pipe, run.timer, free)
            stored.write_run(pipe, ended)
            if status == "failed":
                pipe.zadd(failed, {run.id: millis(now)})
            pipe.zremrangebyscore(failed, "-inf", millis(now - KEEP))

        self._alone(write, stored.timer_key(run.timer))

    def limit_lease(self, timer: str, until: datetime) -> None:
        """Let the lease of a timer end no later than at a time."""

        def write(pipe: Any) -> None:
            known = stored.read_timer(pipe, timer)
            if known and not known.is_free(until):
                pipe.multi()
                stored.write_timer(pipe, timer, replace(known, lease_until=millis(until)))

        self._alone(write, stored.timer_key(timer))

    def waiting(self, now: datetime) -> dict[str, list[Run]]:
        """Return the runs that are ready, or lost their runner, by timer, oldest first."""
        found: dict[str, list[Run]] = {}
        runs = self._read_runs(self._client.zrange(stored.OPEN, 0, -1))
        timers = self._read_all([stored.timer_key(run.timer) for run in runs])
        for run, values in zip(runs, timers, strict=True):
            known = values and stored.StoredTimer(**values)
            if run.status == "ready" or (known and known.holds(run) and known.is_free(now)):
                found.setdefault(run.timer, []).append(run)
        return found

    def run(self, identity: str) -> Run:
        """Return a run by its id."""
        return self._read_runs([identity])[0]

    def runs(self, timer: str, most: int = 20) -> list[Run]:
        """Return the last runs of a timer, newest first."""
        return self._read_runs(self._client.zrevrange(stored.runs_key(timer), 0, most - 1))

    def failures(self, timer: str, since: datetime) -> int:
        """Return how many runs of a timer failed since a time."""
        return int(self._client.zcount(stored.failed_key(timer), millis(since), "+inf"))

    def pause(self, timer: str, *, paused: bool) -> None:
        """Pause a timer, or let it go on."""

        def write(pipe: Any) -> None:
            known = stored.read_timer(pipe, timer)
            if known:
                pipe.multi()
                stored.write_timer(pipe, timer, replace(known, paused=paused))

        self._alone(write, stored.timer_key(timer))

    def _lease(
        self,
        begun: Run,
        until: datetime,
        may_begin: Callable[[Any, stored.StoredTimer], bool],
        *keys: str,
    ) -> Run | None:
        """Store an attempt with its lease and return it; None if it may not begin."""

        def write(pipe: Any) -> Run | None:
            known = stored.read_timer(pipe, begun.timer)
            if known is None or not may_begin(pipe, known):
                return None
            pipe.multi()
            stored.write_timer(pipe, begun.timer, known.leased(begun, until))
            stored.write_run(pipe, begun)
            return begun

        return self._alone(write, stored.timer_key(begun.timer), *keys)

    def _alone(self, change: Callable[[Any], T], *keys: str) -> T:
        """Read and write until no other runner changes the keys in between."""
        result: T = self._client.transaction(change, *keys, value_from_callable=True)
        return result

    def _read_all(self, keys: list[str]) -> list[dict[str, Any] | None]:
        return [value and json.loads(value) for value in self._client.mget(keys)] if keys else []

    def _read_runs(self, ids: list[str]) -> list[Run]:
        found = self._read_all([stored.run_key(identity) for identity in ids])
        return [stored.run_of(values) for values in found if values]
