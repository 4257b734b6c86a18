"""Keep an app running: start it, start it again when a file changes or it crashes,
and end it with all it started.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scaffold.engine import build, manifest
from scaffold.engine.process import STOP_TIMEOUT, Process, uninterrupted
from scaffold.errors import FailedError
from scaffold.messages import text
from scaffold.printable import shortened
from scaffold.up.health_monitor import HealthMonitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scaffold.engine.health import HttpResponse
    from scaffold.up.logs import Log
    from scaffold.up.project import StartPlan, UpProject

AppStatus = Literal["installing", "starting", "healthy", "unhealthy", "crashed", "failed"]

# Seconds before an app that ended is started again: the first time, the
# next, … The last one repeats.
BACK_OFF = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
# An app that was healthy for so many seconds has not crashed at its start.
STEADY = 10.0
# Who has saved a file does not want to wait for requests that are still answered.
RELOAD_TIMEOUT = 3.0
_TICK = 0.1


@dataclass(frozen=True)
class AppState:
    """How the app is.

    Args:
        status: in one word.
        detail: what was seen, in the user's language; may be empty.
        starts: how often it was started.
    """

    status: AppStatus
    detail: str = ""
    starts: int = 0


class Supervisor:
    """Keeps one app running.

    Args:
        project: the app's project.
        port: where it has to listen.
        log: takes its output, and what happens to it.
        complain: shows the user an error that does not end the run.
    """

    def __init__(
        self, project: UpProject, port: int, log: Log, complain: Callable[[str], None]
    ) -> None:
        self.port = port
        self.log = log
        self.state = AppState("installing")
        self.on_change: Callable[[AppState], None] = lambda _state: None
        self._project = project
        self._complain = complain
        self._plan: StartPlan | None = None
        self._server: Process | None = None
        self._monitor: HealthMonitor | None = None
        self._lock = threading.Lock()
        self._awake = threading.Event()
        self._changed: list[str] = []
        self._started = 0.0
        self._healthy_since: float | None = None
        self._late = False
        self._crashes = 0
        self._start_at: float | None = None
        self._built_with: tuple[object, ...] | None = None
        self._broken: BaseException | None = None

    @property
    def variables(self) -> Mapping[str, str]:
        """What the app finds in its environment, keys included."""
        return self._plan.variables if self._plan else {}

    def files_changed(self, names: list[str]) -> None:
        """Start the app again soon; may be called from any thread."""
        with self._lock:
            self._changed += names
        self._awake.set()

    def give_up(self, error: BaseException) -> None:
        """End the run with an error; may be called from any thread."""
        self._broken = error
        self._awake.set()

    def run(self, started: Callable[[], None] = lambda: None) -> None:
        """Keep the app running until an exception, such as Ctrl-C, ends it.

        Args:
            started: called once, when the app was started for the first time.

        Raises:
            FailedError: the app cannot even be prepared for its first start.
        """
        try:
            self._prepare(self._project.plan())
            self._start()
            started()
            while True:
                self._tick()
                self._awake.wait(_TICK)
        finally:
            self._end(STOP_TIMEOUT)

    def _tick(self) -> None:
        """Do what is due."""
        self._awake.clear()
        if self._broken:
            raise self._broken
        with self._lock:
            changed, self._changed = self._changed, []
        if changed:
            self._reload(changed)
        elif self._server and (code := self._server.poll()) is not None:
            self._ended(code)
        elif self._start_at is not None and time.monotonic() >= self._start_at:
            self._start()
        elif self._server and not self._late and self.state.status != "healthy":
            self._tell_if_late()

    def _reload(self, changed: list[str]) -> None:
        self.log.note(text("up.changed", files=shortened(changed)))
        try:
            plan = self._project.plan()
            self._end(RELOAD_TIMEOUT)
            self._prepare(plan)
        except FailedError as error:
            self._complain(str(error))
            if not self._server:
                self._start_at = None
                self._set("failed", error.parts()["title"])
            return
        self._crashes = 0
        self._start()

    def _prepare(self, plan: StartPlan) -> None:
        """Make or renew the virtualenv, and build.

        Raises:
            FailedError: that failed.
        """
        if plan.made_up_keys:
            self.log.note(
                text("up.warn.made-up-keys", names=", ".join(plan.made_up_keys)), "warning"
            )
        current = plan.virtualenv.is_current()
        if not current:
            self._set("installing")
            self.log.note(text("up.installing", folder=plan.virtualenv.folder.name))
            begun = time.monotonic()
            plan.virtualenv.make(lambda line, error, _: self._run(line, error, plan))
            self.log.note(text("up.installed", seconds=f"{time.monotonic() - begun:.1f}"))
        self._project.keep_made_up()
        lines = build.build_commands(plan.manifest.build)
        if not current or self._built_with != (*lines,):
            for line in lines:
                self._run(line, "boot.error.build-failed", plan)
            self._built_with = (*lines,)
        self._plan = plan

    def _run(self, command: str | list[str], error: str, plan: StartPlan) -> None:
        """Run a command of the build to its end."""
        making = not isinstance(command, str)
        environ = plan.virtualenv.environ if making else plan.build_environ
        with self._process(command, plan, environ) as process:
            code = process.wait()
            for line in process.lines() if code else ():
                self.log.note(line)
        if code:
            line = command if isinstance(command, str) else " ".join(command)
            raise FailedError(error, command=line, code=code)

    @contextmanager
    def _process(
        self, command: str | list[str], plan: StartPlan, environ: Mapping[str, str]
    ) -> Iterator[Process]:
        """Have a process for the length of the block."""
        process = None
        try:
            with uninterrupted():
                process = Process(
                    command,
                    folder=plan.source,
                    environ=environ,
                )
            yield process
        finally:
            if process:
                with uninterrupted():
                    process.kill()

    def _start(self) -> None:
        plan = self._plan
        assert plan
        environ = {**plan.environ, "LEANCLOUD_APP_PORT": str(self.port)}
        with uninterrupted():
            self._server = Process(
                plan.manifest.run,
                folder=plan.source,
                environ=environ,
                on_line=self.log.add_app_line,
            )
        self._start_at, self._healthy_since, self._late = None, None, False
        self._started = time.monotonic()
        self.state = AppState("starting", "", self.state.starts + 1)
        strict = plan.manifest.functions_mode == "strict"
        self._monitor = HealthMonitor(self.port, strict=strict, on_change=self._health_changed)

    def _health_changed(
        self,
        monitor: HealthMonitor,
        healthy: bool,  # noqa: FBT001 - what `HealthMonitor` calls
        answer: HttpResponse,
    ) -> None:
        if monitor is not self._monitor:
            return
        seconds = f"{time.monotonic() - self._started:.2f}"
        if not healthy:
            self._set("unhealthy", str(answer))
            self.log.note(text("up.unhealthy", answer=answer), "warning")
            return
        first = self._healthy_since is None
        self._healthy_since = time.monotonic()
        self._set("healthy")
        self.log.note(text("up.healthy", seconds=seconds) if first else text("up.healthy-again"))
        if first:
            self.on_change(self.state)

    def _tell_if_late(self) -> None:
        assert self._plan
        limit = self._plan.manifest.startup_timeout
        if self._healthy_since is None and time.monotonic() - self._started > limit:
            self._late = True
            self.log.note(text("up.warn.late", seconds=limit, file=manifest.FILE), "warning")

    def _ended(self, code: int) -> None:
        """Start the app again, the later the more often it has ended."""
        if self._healthy_since is not None and time.monotonic() - self._healthy_since > STEADY:
            self._crashes = 0
        delay = BACK_OFF[min(self._crashes, len(BACK_OFF) - 1)]
        self._crashes += 1
        self._end(0)
        self._start_at = time.monotonic() + delay
        self._set("crashed", text("up.ended", code=code))
        self.log.note(text("up.restarting", code=code, seconds=f"{delay:.0f}"), "warning")

    def _end(self, timeout: float) -> None:
        """End the app and all that it started; a second Ctrl-C ends it at once."""
        server, monitor = self._server, self._monitor
        self._server = self._monitor = None
        if monitor:
            monitor.stop()
        if not server:
            return
        try:
            if not server.stop(timeout) and timeout:
                self.log.note(text("up.killed", seconds=f"{timeout:.0f}"), "warning")
        finally:
            with uninterrupted():
                server.kill()

    def processes(self) -> list[int]:
        """Return the numbers of the app's processes."""
        server = self._server
        return server.members() if server else []

    def _set(self, status: AppStatus, detail: str = "") -> None:
        self.state = AppState(status, detail, self.state.starts)
        if status != "healthy":  # that one is shown after the note about it
            self.on_change(self.state)
