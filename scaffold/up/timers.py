"""The timers of a project under `scaffold up`: run beside the app, and shown in the console."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from scaffold import messages
from scaffold.errors import ScaffoldError
from scaffold.messages import text
from scaffold.timers import manifest, stores
from scaffold.timers.caller import AppClient
from scaffold.timers.runner import Runner
from scaffold.timers.schedule import CronSchedule
from scaffold.timers.words import describe

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.timers.caller import Outcome
    from scaffold.timers.manifest import Timer
    from scaffold.timers.records import Run
    from scaffold.timers.state import SharedState
    from scaffold.up.supervisor import Supervisor

ENVIRONMENT = "development"
_RUNS_SHOWN = 5


class Timers:
    """Runs the timers of a project for as long as its app runs.

    Args:
        folder: the project.
        supervisor: keeps the app running.
    """

    def __init__(self, folder: Path, supervisor: Supervisor) -> None:
        self._folder = folder
        self._supervisor = supervisor
        self._state: SharedState | None = None
        self._runner: Runner | None = None
        self._thread: threading.Thread | None = None
        self._timers: list[Timer] = []

    def start(self) -> None:
        """Read the file, and run what it says; say what is wrong with it, if anything is."""
        try:
            self._timers = manifest.load(self._folder, self._region()) or []
        except ScaffoldError as error:
            self._timers = []
            self._supervisor.log.note(error.parts()["seen"], "warning")
        here = [timer for timer in self._timers if ENVIRONMENT in timer.environments]
        if not here:
            return
        # SQLAlchemy takes a third of a second, which a project without timers does not wait for.
        from scaffold.timers.state import SharedState

        try:
            self._state = SharedState.in_project(self._folder)
        except stores.problems() as error:
            self._cannot_run(error)
            return
        self._runner = Runner(here, self._state, self, self._ended, self._failed_often)
        serve = partial(self._serve, self._runner)
        self._thread = threading.Thread(target=serve, name="timers", daemon=True)
        self._thread.start()
        names = ", ".join(timer.name for timer in here)
        self._supervisor.log.note(text("up.timers", number=len(here), names=names))

    def _serve(self, runner: Runner) -> None:
        """Run timers; say so if their state is damaged or cannot be written to any more."""
        try:
            runner.serve()
        except stores.problems() as error:
            self._cannot_run(error)

    def _cannot_run(self, error: Exception) -> None:
        reason = str(error).partition("\n")[0]
        self._supervisor.log.note(text("up.warn.timers-state", reason=reason), "warning")

    def stop(self) -> None:
        """Run nothing any more; calls that are under way are waited for."""
        if self._runner and self._thread:
            self._runner.stop()
            self._thread.join()
        if self._state:
            self._state.close()
        self._runner = self._thread = self._state = None

    def files_changed(self, names: list[str]) -> None:
        """Begin anew if the file was changed."""
        if manifest.FILE in names:
            self.stop()
            self.start()

    def call(self, timer: Timer) -> Outcome:
        """Call a timer's function in the app."""
        url = f"http://127.0.0.1:{self._supervisor.port}"
        return AppClient.of(url, self._supervisor.variables).call(timer)

    def run_now(self, name: str) -> Outcome | None:
        """Call the function of a timer; None if there is no such timer."""
        found = [timer for timer in self._timers if timer.name == name]
        return self.call(found[0]) if found else None

    def pause(self, name: str, *, paused: bool) -> None:
        """Let the times of a timer pass without a run, or no longer."""
        if self._state:
            self._state.pause(name, paused=paused)

    def shown(self, language: str) -> list[dict[str, Any]]:
        """Return what the console shows.

        Args:
            language: the one to describe the times in.
        """
        with messages.speaking(language):
            return [self._shown(timer) for timer in self._timers]

    def _shown(self, timer: Timer) -> dict[str, Any]:
        entry = self._state.entries().get(timer.name) if self._state else None
        runs = self._state.runs(timer.name, _RUNS_SHOWN) if self._state else []
        following = timer.schedule.next_after(self._state.now()) if self._state else None
        return {
            "name": timer.name,
            "function": timer.function,
            "schedule": " ".join(timer.schedule_text)
            if isinstance(timer.schedule, CronSchedule)
            else "",
            "words": describe(timer.schedule),
            "runs_here": ENVIRONMENT in timer.environments,
            "environments": list(timer.environments),
            "next": following and following.isoformat(),
            "paused": bool(entry and entry.paused),
            "runs": [
                {"due": run.due.isoformat(), "status": run.status, "detail": run.detail}
                for run in runs
            ],
        }

    def _region(self) -> str:
        return self._supervisor.variables.get("LEANCLOUD_REGION", "CN")

    def _ended(self, timer: Timer, run: Run) -> None:
        key = "timers.done" if run.status == "done" else "timers.failed"
        kind: Any = "note" if run.status == "done" else "warning"
        self._supervisor.log.note(text(key, name=timer.name, detail=run.detail), kind)

    def _failed_often(self, timer: Timer, failures: int) -> None:
        message = text("timers.often-failed", name=timer.name, number=failures)
        self._supervisor.log.note(message, "warning")
