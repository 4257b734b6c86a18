"""What runners share, on each kind of database, under many writers at once."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from scaffold.timers.manifest import Timer
from scaffold.timers.schedule import IntervalSchedule
from scaffold.timers.scheduler import Scheduler
from scaffold.timers.state import SharedState
from scaffold.timers.stores import open_state
from tests.postgresql import postgresql
from tests.redis_server import redis_server, redis_url

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.timers.stores import State

__all__ = ["postgresql", "redis_server", "redis_url"]
TIMERS = [
    Timer(f"t{number}", "f", IntervalSchedule(1), ("1", "UTC"), overlap="wait")
    for number in range(3)
]


@pytest.fixture(params=["sqlite", "postgresql", "redis_url"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'timers.sqlite3'}"
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("name", ["timers.sqlite3", "kept/timers.sqlite3"])
def test_the_users_gitignore_stays(name: str, tmp_path: Path) -> None:
    """A database elsewhere in a project takes nothing out of the project's own .gitignore."""
    ignore = (tmp_path / name).with_name(".gitignore")
    ignore.parent.mkdir(exist_ok=True)
    ignore.write_text("mine/\n", "utf-8")
    SharedState.in_project(tmp_path, name).close()
    assert ignore.read_text("utf-8") == "mine/\n"


def test_the_databases_clock_counts(url: str) -> None:
    """All runners go by one clock."""
    state = open_state(url)
    assert abs(state.now() - datetime.now(timezone.utc)) < timedelta(seconds=5)
    state.close()


def test_many_runners_at_once(url: str) -> None:
    """Of eight runners in as many threads, each due time of each timer is given to one."""
    given: list[tuple[str, datetime]] = []
    start = datetime(2026, 11, 28, 16, tzinfo=timezone.utc)
    first = open_state(url)
    moments = iter([start, *(start + timedelta(seconds=second) for second in range(1, 9))])
    now = next(moments)
    states = [open_state(url) for _ in range(8)]
    for state in states:
        state._clock = lambda: now
    Scheduler(TIMERS, states[0]).work()
    barrier = threading.Barrier(len(states))

    def run(state: State) -> None:
        scheduler = Scheduler(TIMERS, state)
        barrier.wait()
        for work in scheduler.work():
            given.append((work.run.timer, work.run.due))
            state.finish(work.run, "done", "", now)

    for moment in moments:
        now = moment
        threads = [threading.Thread(target=run, args=(state,)) for state in states]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    # A run that waited for the one before is begun by whoever asks next.
    now += timedelta(seconds=0)
    for _ in range(30):
        for work in Scheduler(TIMERS, states[0]).work():
            given.append((work.run.timer, work.run.due))
            states[0].finish(work.run, "done", "", now)
    for state in (first, *states):
        state.close()
    assert set(Counter(given).values()) == {1}
    assert len(given) == 3 * 8
