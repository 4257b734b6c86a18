"""What all runners of one app share: which times were taken, who runs what until when.

A database holds it, PostgreSQL or SQLite (or Redis, see scaffold.timers.redis_state), so that any
number of runners take each due time once: a time is taken by moving `last_due` forward, a run by
writing a lease, each in one statement that fails for all but one. The database's clock counts, so
that an instance with a wrong clock does not run anything early.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from scaffold import own_folder
from scaffold.timers.records import AHEAD, KEEP, Run, TimerRecord, millis, time_of
from scaffold.timers.tables import RUNS, TIMERS, open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy import ColumnElement, Engine, Row, Select

    from scaffold.timers.records import RunStatus

FILE = f"{own_folder.NAME}/timers.sqlite3"


class SharedState:
    """The shared state.

    Args:
        engine: the database.
        clock: returns the time; without one the database is asked, or this
            machine where the database is SQLite.
    """

    def __init__(self, engine: Engine, clock: Callable[[], datetime] | None = None) -> None:
        self._engine = engine
        self._clock = clock

    @classmethod
    def at(cls, url: str) -> SharedState:
        """Return the state in a database; its tables are made if they are missing.

        Args:
            url: `sqlite:///timers.sqlite3` or `postgresql://…`.
        """
        return cls(open_database(url))

    @classmethod
    def in_project(cls, folder: Path, name: str = FILE) -> SharedState:
        """Return the state in a file of a project, which git ignores in `.scaffold`."""
        path = folder / name
        if path.is_relative_to(folder / own_folder.NAME):
            own_folder.make(folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls.at(f"sqlite:///{path}")

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def now(self) -> datetime:
        """Return the time that counts."""
        if self._clock:
            return self._clock()
        if self._engine.dialect.name == "sqlite":
            return datetime.now(timezone.utc)
        with self._engine.connect() as connection:
            found: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return found.astimezone(timezone.utc)

    def entries(self) -> dict[str, TimerRecord]:
        """Return what is known of each timer, by its name."""
        return {
            row.name: TimerRecord(
                row.fingerprint,
                time_of(row.last_due),
                row.paused,
                None if row.lease_until is None else time_of(row.lease_until),
            )
            for row in self._rows(select(TIMERS))
        }

    def remember(self, timer: str, fingerprint: str, now: datetime) -> TimerRecord:
        """Note a new timer, or one that does not continue: its times begin now.

        Args:
            timer: its name.
            fingerprint: changes with its schedule.
            now: the time.
        """
        values = {"fingerprint": fingerprint, "last_due": millis(now)}
        ahead = TIMERS.c.last_due > millis(now + AHEAD)
        ended = or_(TIMERS.c.fingerprint != fingerprint, ahead)
        changed = and_(TIMERS.c.name == timer, ended)
        with self._engine.begin() as connection:
            connection.execute(update(TIMERS).where(changed).values(values))
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(TIMERS).values(name=timer, paused=False, **values))
        except IntegrityError:
            pass  # it was there, or another runner was faster
        return self.entries()[timer]

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
        moment = millis(due)
        later = and_(TIMERS.c.name == timer, TIMERS.c.last_due < moment)
        with self._engine.begin() as connection:
            taken = connection.execute(update(TIMERS).where(later).values(last_due=moment))
            if taken.rowcount != 1:
                return False
            row = {"id": secrets.token_hex(16), "timer": timer, "due": moment, "status": status}
            connection.execute(insert(RUNS).values(attempts=0, detail=detail, **row))
            old = and_(RUNS.c.timer == timer, RUNS.c.due < millis(due - KEEP))
            connection.execute(delete(RUNS).where(and_(old, RUNS.c.status != "ready")))
        return True

    def begin(self, run: Run, now: datetime, lease: timedelta) -> Run | None:
        """Begin a run under a lease.

        Args:
            run: which; ready, or running under a lease that is over.
            now: the time.
            lease: how long nobody else may run this timer.

        Returns:
            The run, or None if another runner has it or runs the timer.
        """
        moment = millis(now)
        free = or_(TIMERS.c.running.is_(None), TIMERS.c.lease_until <= moment)
        attempt = run.attempts + 1
        until = {
            "running": run.id,
            "attempt": attempt,
            "lease_until": millis(now + lease),
        }
        with self._engine.begin() as connection:
            mine = and_(TIMERS.c.name == run.timer, free)
            if connection.execute(update(TIMERS).where(mine).values(until)).rowcount != 1:
                return None
            same = and_(
                RUNS.c.id == run.id,
                RUNS.c.status == run.status,
                RUNS.c.attempts == run.attempts,
            )
            begun = {"status": "running", "attempts": attempt, "started": moment}
            if connection.execute(update(RUNS).where(same).values(begun)).rowcount != 1:
                connection.rollback()
                return None
        return self.run(run.id)

    def again(self, run: Run, now: datetime, lease: timedelta) -> Run | None:
        """Begin the next attempt of a run under its lease, and return it;
        None if the lease is lost.
        """
        begun = {"attempts": run.attempts + 1, "started": millis(now)}
        renewed = {"attempt": run.attempts + 1, "lease_until": millis(now + lease)}
        with self._engine.begin() as connection:
            if connection.execute(update(TIMERS).where(_held(run)).values(renewed)).rowcount != 1:
                return None
            connection.execute(update(RUNS).where(RUNS.c.id == run.id).values(begun))
        return self.run(run.id)

    def finish(self, run: Run, status: RunStatus, detail: str, now: datetime) -> None:
        """Note how a run ended, and give its lease back; nothing happens if the lease is lost."""
        free = {"running": None, "attempt": None, "lease_until": None}
        ended = {"status": status, "detail": detail, "finished": millis(now)}
        with self._engine.begin() as connection:
            if connection.execute(update(TIMERS).where(_held(run)).values(free)).rowcount != 1:
                return
            connection.execute(update(RUNS).where(RUNS.c.id == run.id).values(ended))

    def limit_lease(self, timer: str, until: datetime) -> None:
        """Let the lease of a timer end no later than at a time."""
        later = and_(TIMERS.c.name == timer, TIMERS.c.lease_until > millis(until))
        with self._engine.begin() as connection:
            connection.execute(update(TIMERS).where(later).values(lease_until=millis(until)))

    def waiting(self, now: datetime) -> dict[str, list[Run]]:
        """Return the runs that are ready, or lost their runner, by timer, oldest first."""
        lost = and_(TIMERS.c.lease_until <= millis(now), TIMERS.c.running == RUNS.c.id)
        query = (
            select(RUNS)
            .join(TIMERS, TIMERS.c.name == RUNS.c.timer)
            .where(or_(RUNS.c.status == "ready", and_(RUNS.c.status == "running", lost)))
            .order_by(RUNS.c.due)
        )
        found: dict[str, list[Run]] = {}
        for row in self._rows(query):
            found.setdefault(row.timer, []).append(_run(row))
        return found

    def run(self, identity: str) -> Run:
        """Return a run by its id."""
        return _run(self._rows(select(RUNS).where(RUNS.c.id == identity))[0])

    def runs(self, timer: str, most: int = 20) -> list[Run]:
        """Return the last runs of a timer, newest first."""
        query = select(RUNS).where(RUNS.c.timer == timer).order_by(RUNS.c.due.desc())
        return [_run(row) for row in self._rows(query.limit(most))]

    def failures(self, timer: str, since: datetime) -> int:
        """Return how many runs of a timer failed since a time."""
        failed = and_(
            RUNS.c.timer == timer, RUNS.c.status == "failed", RUNS.c.finished >= millis(since)
        )
        return int(self._rows(select(func.count()).select_from(RUNS).where(failed))[0][0])

    def pause(self, timer: str, *, paused: bool) -> None:
        """Pause a timer, or let it go on."""
        with self._engine.begin() as connection:
            connection.execute(update(TIMERS).where(TIMERS.c.name == timer).values(paused=paused))

    def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with self._engine.connect() as connection:
            return connection.execute(query).all()


def _held(run: Run) -> ColumnElement[bool]:
    return and_(
        TIMERS.c.name == run.timer,
        TIMERS.c.running == run.id,
        TIMERS.c.attempt == run.attempts,
    )


def _run(row: Row[Any]) -> Run:
    return Run(
        row.id,
        row.timer,
        time_of(row.due),
        row.status,
        row.attempts,
        None if row.started is None else time_of(row.started),
        None if row.finished is None else time_of(row.finished),
        row.detail,
    )
