"""The process that runs timers: `scaffold timers serve`, and a part of `scaffold up`."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

from scaffold.timers.scheduler import DAY, FAILURES_A_DAY, LEASE, Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    from scaffold.timers.caller import Outcome
    from scaffold.timers.manifest import Timer
    from scaffold.timers.records import Run
    from scaffold.timers.scheduler import LeasedRun
    from scaffold.timers.stores import State

    class TimerCaller(Protocol):
        """Something that calls the function of a timer."""

        def call(self, timer: Timer) -> Outcome:
            """Call it; return how it went."""


# A changed clock, or another runner's work, is seen after a second at the latest.
_LONGEST_WAIT = timedelta(seconds=1)
_SHORTEST_WAIT = timedelta(milliseconds=20)
_CALLS_AT_ONCE = 16
# Seconds before a failed run is tried again: the first time, the second, … The last one repeats.
# None is longer than a call, for which a lease leaves time.
BACK_OFF = (1.0, 5.0, 15.0)


class Runner:
    """Runs timers until it is stopped.

    Args:
        timers: those of this environment.
        state: what all runners share.
        app: is called.
        on_end: called with each run that ended, from any thread.
        on_warning: called with a timer that fails so often that the platform would switch it off.
    """

    def __init__(
        self,
        timers: Sequence[Timer],
        state: State,
        app: TimerCaller,
        on_end: Callable[[Timer, Run], None],
        on_warning: Callable[[Timer, int], None],
    ) -> None:
        self._scheduler = Scheduler(timers, state)
        self._state = state
        self._app = app
        self._on_end = on_end
        self._on_warning = on_warning
        self._calls: set[Future[None]] = set()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End `serve` soon; may be called from any thread, or a signal's handler."""
        self._stopped.set()

    def serve(self) -> None:
        """Run what is due until `stop`, or an exception; calls that are under way end first."""
        with ThreadPoolExecutor(_CALLS_AT_ONCE, thread_name_prefix="timer") as pool:
            try:
                while not self._stopped.is_set():
                    # No more than are called at once: a lease would run out in the queue.
                    for work in self._scheduler.work(self._free_calls()):
                        self._calls.add(pool.submit(self._run, work))
                    self._stopped.wait(self._seconds_to_wait())
            finally:
                self._stopped.set()  # no further attempt of a run that failed

    def _free_calls(self) -> int:
        """Return how many more calls may begin; raise what ended one without an outcome."""
        ended = {call for call in self._calls if call.done()}
        self._calls -= ended
        for call in ended:
            call.result()
        return _CALLS_AT_ONCE - len(self._calls)

    def _seconds_to_wait(self) -> float:
        now = self._state.now()
        due = self._scheduler.next_due(now)
        wait = _LONGEST_WAIT if due is None else min(due - now, _LONGEST_WAIT)
        return max(wait, _SHORTEST_WAIT).total_seconds()

    def _run(self, work: LeasedRun) -> None:
        """Call the function of a run, again where it fails and may be tried again."""
        run: Run | None = work.run
        while run is not None:
            outcome = self._app.call(work.timer)
            retries_left = work.timer.retries - (run.attempts - 1)
            if outcome.ok or retries_left <= 0 or self._pause_before_retry(run):
                self._finish(work.timer, run, outcome)
                return
            run = self._state.again(run, self._state.now(), LEASE)

    def _pause_before_retry(self, run: Run) -> bool:
        """Wait a while; return whether the runner was stopped meanwhile."""
        return self._stopped.wait(BACK_OFF[min(run.attempts, len(BACK_OFF)) - 1])

    def _finish(self, timer: Timer, run: Run, outcome: Outcome) -> None:
        now = self._state.now()
        self._state.finish(run, "done" if outcome.ok else "failed", outcome.detail, now)
        self._on_end(timer, self._state.run(run.id))
        if outcome.ok:
            return
        failures = self._state.failures(timer.name, now - DAY)
        if failures >= FAILURES_A_DAY:
            self._on_warning(timer, failures)
