"""Any number of runners take each due time once."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from scaffold.timers import schedule as schedule_module
from scaffold.timers.cron import Cron
from scaffold.timers.manifest import Timer
from scaffold.timers.schedule import CronSchedule, IntervalSchedule
from scaffold.timers.scheduler import LEASE, Scheduler
from scaffold.timers.state import SharedState
from scaffold.timers.stores import open_state
from scaffold.timers.tables import METADATA
from tests.redis_server import redis_server, redis_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.timers.stores import State

__all__ = ["redis_server", "redis_url"]

UTC = timezone.utc
# Ten times as many hours of instances; 1000 by hand.
HOURS = int(os.environ.get("SCAFFOLD_TIMER_HOURS", "150"))
START = datetime(2026, 11, 28, 16, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that a test moves."""

    time: datetime = START

    def __call__(self) -> datetime:
        """Return the time."""
        return self.time

    def move(self, **span: float) -> None:
        """Move it forward."""
        self.time += timedelta(**span)


def timer(name: str = "report", every: int = 60, **values: Any) -> Timer:
    """Return a timer that is due each so many seconds."""
    return Timer(name, "report", IntervalSchedule(every), (str(every), "UTC"), **values)


def memory(clock: Clock) -> SharedState:
    """Return a state in memory."""
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    METADATA.create_all(engine)
    return SharedState(engine, clock)


@pytest.fixture
def clock() -> Clock:
    """The time that counts."""
    return Clock()


@pytest.fixture(params=["memory", "redis_url"])
def state(clock: Clock, request: pytest.FixtureRequest) -> Iterator[State]:
    """What the runners of a test share."""
    if request.param == "memory":
        found: State = memory(clock)
    else:
        found = open_state(request.getfixturevalue(request.param))
        found._clock = clock
    yield found
    found.close()


def test_a_due_time_is_taken_once(clock: Clock, state: State) -> None:
    """Of two runners one gets the run."""
    first, second = (Scheduler([timer()], state) for _ in range(2))
    assert not first.work()
    clock.move(seconds=61)
    assert len(first.work()) == 1
    assert not second.work()


def test_a_missed_time_is_skipped_or_run_once(clock: Clock, state: State) -> None:
    """After a sleep of an hour the policy decides: no run, or one."""
    timers = [timer("skipped", 90), timer("caught-up", 90, missed="run-once")]
    scheduler = Scheduler(timers, state)
    scheduler.work()
    clock.move(minutes=60, seconds=59)
    work = scheduler.work()
    due = START + timedelta(minutes=60)
    assert [(one.timer.name, one.run.due) for one in work] == [("skipped", due), ("caught-up", due)]
    for one in work:
        state.finish(one.run, "done", "", clock())
    clock.move(minutes=1, seconds=41)
    assert [(one.timer.name, one.run.due) for one in scheduler.work()] == [
        ("caught-up", due + timedelta(seconds=90)),
    ]
    assert [run.status for run in state.runs("skipped")] == ["missed", "done", "missed"]


def test_an_overlapping_run_is_skipped_or_waits(clock: Clock, state: State) -> None:
    """While a run is under way the next one is left out, or begins after it."""
    timers = [timer("skips", 20), timer("waits", 20, overlap="wait")]
    scheduler = Scheduler(timers, state)
    scheduler.work()
    clock.move(seconds=21)
    running = scheduler.work()
    clock.move(seconds=20)
    assert not scheduler.work()
    for one in running:
        state.finish(one.run, "done", "", clock())
    assert [one.timer.name for one in scheduler.work()] == ["waits"]
    assert [run.status for run in state.runs("skips")] == ["overlapped", "done"]


@pytest.mark.parametrize(("missed", "again"), [("skip", 0), ("run-once", 1)])
def test_a_killed_runner(clock: Clock, state: State, missed: Any, again: int) -> None:
    """A run whose runner was killed is taken up after its lease, if missed times are to run."""
    scheduler = Scheduler([timer(every=3600, missed=missed)], state)
    scheduler.work()
    clock.move(hours=1)
    assert len(scheduler.work()) == 1
    clock.time += LEASE / 2
    assert not scheduler.work()
    clock.time += LEASE
    assert len(scheduler.work()) == again


def test_a_lost_lease_frees_nothing(clock: Clock, state: State) -> None:
    """A runner that comes back after its lease does not end the run of the one that took over."""
    scheduler = Scheduler([timer(every=3600, missed="run-once")], state)
    scheduler.work()
    clock.move(hours=1)
    (lost,) = scheduler.work()
    clock.time += LEASE
    (taken,) = scheduler.work()
    state.finish(lost.run, "failed", "late", clock())
    assert state.run(taken.run.id).status == "running"
    assert state.again(lost.run, clock(), LEASE) is None


def test_a_changed_schedule_begins_anew(clock: Clock, state: State) -> None:
    """Times of a new schedule that passed before it was written were not missed."""
    Scheduler([timer(every=3600)], state).work()
    clock.move(hours=5)
    changed = Scheduler([timer(every=1800, missed="run-once")], state)
    assert not changed.work()


def test_a_paused_timer(clock: Clock, state: State) -> None:
    """The times of a paused timer pass without a run, also once it goes on."""
    scheduler = Scheduler([timer(missed="run-once")], state)
    scheduler.work()
    state.pause("report", paused=True)
    clock.move(seconds=61)
    assert not scheduler.work()
    state.pause("report", paused=False)
    assert not scheduler.work()


def test_a_pause_over_night(clock: Clock, state: State) -> None:
    """Times that passed in a pause while nobody ran were not missed, whatever comes after."""
    scheduler = Scheduler([timer(every=3600, missed="run-once")], state)
    scheduler.work()
    state.pause("report", paused=True)
    clock.move(hours=9, minutes=30)
    assert not scheduler.work()
    state.pause("report", paused=False)
    assert not scheduler.work()


def test_no_more_than_can_be_called(clock: Clock, state: State) -> None:
    """A runner begins as many runs as it can call, those that are due for longest first."""
    timers = [timer(f"t{number}", every) for number, every in enumerate((60, 60, 30, 60))]
    scheduler = Scheduler(timers, state)
    scheduler.work()
    clock.move(seconds=31)
    assert not scheduler.work(0)
    clock.move(seconds=30)
    assert [work.timer.name for work in scheduler.work(2)] == ["t2", "t0"]
    assert [work.timer.name for work in scheduler.work()] == ["t1", "t3"]


def test_a_clock_of_another_year(clock: Clock, state: State) -> None:
    """Times that a wrong clock took years ahead do not keep a timer from running."""
    scheduler = Scheduler([timer()], state)
    scheduler.work()
    clock.move(days=3650)
    for work in scheduler.work():
        state.finish(work.run, "done", "", clock())
    clock.time = START
    assert not scheduler.work()
    clock.move(seconds=61)
    assert [work.run.due for work in scheduler.work()] == [START + timedelta(seconds=60)]


def test_a_clock_that_went_back_after_a_kill(clock: Clock, state: State) -> None:
    """A dead runner's lease ends soon, though its end lies hours ahead once the clock is right."""
    scheduler = Scheduler([timer(missed="run-once")], state)
    scheduler.work()
    clock.move(hours=3, seconds=30)
    assert len(scheduler.work()) == 1  # by a runner that is killed
    clock.time = START
    scheduler.work()
    clock.time += LEASE / 2
    assert not scheduler.work()
    clock.time += LEASE / 2
    assert len(scheduler.work()) == 1


@dataclass
class Instance:
    """One of the runners of the simulation; now and then it is killed with what it runs.

    Attributes:
        scheduler: its part in the work.
        running: what it runs, and until when.
    """

    scheduler: Scheduler
    running: list[tuple[Any, datetime]] = field(default_factory=list)


def test_simulated_instances() -> None:
    """Ten runners that are killed, and a clock that jumps: each due time is run,
    and none again within its lease.
    """
    rng, clock = random.Random(20261128), Clock()
    state = memory(clock)
    schedule = CronSchedule(Cron.parse("0 0 * * * ?"), UTC)
    kept = Timer("kept", "f", schedule, ("x", "UTC"), missed="run-once", overlap="wait")
    instances = [Instance(Scheduler([kept], state)) for _ in range(10)]
    instances[0].scheduler.work()
    starts: dict[datetime, list[datetime]] = {}
    killed, end = 0, START + timedelta(hours=HOURS)
    while clock.time < end:
        clock.move(seconds=rng.choice((-20, 1, 5, 30, 60, 300, 900)))
        for instance in instances:
            _finish(state, instance, clock.time)
        instance = rng.choice(instances)
        for work in instance.scheduler.work():
            starts.setdefault(work.run.due, []).append(clock.time)
            ends = clock.time + timedelta(seconds=rng.randint(0, 14))
            instance.running.append((work.run, ends))
            if rng.random() < 0.1:
                instance.running.clear()
                killed += 1
    due = list(schedule_module.between(schedule, START, end - timedelta(hours=1)))
    assert [time for time in due if time not in starts] == []
    for times in starts.values():
        for before, after in pairwise(times):
            assert after - before >= LEASE
    assert killed > HOURS / 20
    # A run is repeated only where its runner was killed.
    assert sum(len(times) - 1 for times in starts.values()) <= killed


def _finish(state: State, instance: Instance, now: datetime) -> None:
    """Note the runs that have ended."""
    for run, ends in list(instance.running):
        if ends <= now:
            state.finish(run, "done", "", now)
            instance.running.remove((run, ends))
