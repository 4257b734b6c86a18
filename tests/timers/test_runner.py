"""The process that runs timers calls each function once, and ends when it should."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, TypeAlias

import pytest
from sqlalchemy.exc import SQLAlchemyError

from scaffold.timers import runner as runner_module
from scaffold.timers.caller import Outcome
from scaffold.timers.manifest import Timer
from scaffold.timers.runner import Runner
from scaffold.timers.schedule import IntervalSchedule
from scaffold.timers.scheduler import CALL_SECONDS, LEASE
from scaffold.timers.state import SharedState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Serve: TypeAlias = "Callable[[App, list[Timer]], tuple[Runner, Future[None]]]"
START = datetime(2026, 11, 28, 16, tzinfo=timezone.utc)


def timers(number: int, retries: int = 0) -> list[Timer]:
    """Return timers that are due each hour."""
    hourly = IntervalSchedule(3600)
    return [Timer(f"t{n}", "f", hourly, ("3600", "UTC"), retries=retries) for n in range(number)]


@dataclass
class App:
    """An app that answers when a test lets it.

    Attributes:
        ok: what its functions answer.
        calls: the names of the timers that called it.
        may_answer: set when it answers.
    """

    ok: bool = True
    calls: list[str] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)

    def call(self, timer: Timer) -> Outcome:
        """Note a call."""
        self.calls.append(timer.name)
        assert self.may_answer.wait(60)
        return Outcome(self.ok, "", 0.0)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[SharedState]:
    """A database in which an hour has passed since the timers were made."""
    found = SharedState.at(f"sqlite:///{tmp_path / 'timers.sqlite3'}")
    yield found
    found.close()


@pytest.fixture
def serve(state: SharedState) -> Iterator[Serve]:
    """Start a runner to which each of its timers is due, in a thread."""
    pool = ThreadPoolExecutor(1)

    def start(app: App, due: list[Timer]) -> tuple[Runner, Future[None]]:
        state._clock = lambda: START
        runner = Runner(due, state, app, lambda *_: None, lambda *_: None)
        runner._scheduler.work()
        state._clock = lambda: START + timedelta(hours=1)
        return runner, pool.submit(runner.serve)

    yield start
    pool.shutdown()


def _interrupted() -> None:
    raise KeyboardInterrupt


def until(condition: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_no_run_waits_in_a_queue(serve: Serve, state: SharedState) -> None:
    """Of more runs than it calls at once a runner begins no more than those, so that no lease
    runs out before the call; the others follow, and each is called once.
    """
    app, due = App(), timers(40)
    runner, served = serve(app, due)
    until(lambda: len(app.calls) == runner_module._CALLS_AT_ONCE)
    statuses = Counter(state.runs(timer.name)[0].status for timer in due)
    assert statuses == {"running": 16, "ready": 24}
    app.may_answer.set()
    until(lambda: len(app.calls) == 40)
    runner.stop()
    served.result(60)
    assert set(Counter(app.calls).values()) == {1}


def test_it_ends_between_two_attempts(
    serve: Serve, state: SharedState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A runner that ends waits for calls, but not for the next attempt of one that failed."""
    monkeypatch.setattr(runner_module, "BACK_OFF", (3600.0,))
    app = App(ok=False)
    app.may_answer.set()
    _, served = serve(app, timers(1, retries=3))
    until(lambda: bool(app.calls))
    # A signal ends the loop by an exception as well.
    monkeypatch.setattr(state, "entries", _interrupted)
    with pytest.raises(KeyboardInterrupt):
        served.result(60)
    assert app.calls == ["t0"]


def test_a_state_that_fails_is_not_lost(
    serve: Serve, state: SharedState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a call cannot note ends the runner with the reason."""

    def finish(*_arguments: object) -> None:
        raise SQLAlchemyError("disk full")

    monkeypatch.setattr(state, "finish", finish)
    app = App()
    app.may_answer.set()
    _, served = serve(app, timers(1))
    with pytest.raises(SQLAlchemyError, match="disk full"):
        served.result(60)


def test_a_lease_outlasts_a_call_and_a_pause() -> None:
    """A run that is tried again is never taken for one whose runner died."""
    assert timedelta(seconds=CALL_SECONDS + max(runner_module.BACK_OFF)) < LEASE
