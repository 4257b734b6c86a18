"""The steps of a rehearsed deployment, in the platform's order. POSIX only."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, TypeAlias

from scaffold.engine import (
    build,
    environment,
    health,
    interpreter,
    manifest,
    memory,
    packages,
    ports,
)
from scaffold.engine.boot_run import Remark
from scaffold.engine.host_steps import host_headers, read_host, start_command
from scaffold.engine.listeners import listeners
from scaffold.engine.loglimits import LINE_LENGTH, LINES_A_MINUTE
from scaffold.engine.process import STOP_TIMEOUT
from scaffold.engine.request_steps import (
    SkippedError,
    call,
    deadline,
    in_short,
    interfaces,
    list_functions,
    page,
    ping,
    refuse,
    wait,
)
from scaffold.errors import FailedError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.engine.boot_run import BootRun
    from scaffold.engine.loglimits import Excess

# Seconds that the last health check before the deadline has.
SHORTEST_TIMEOUT = 0.1
# An instance that is fuller than this has no room for a busy hour.
FULL = 0.8
LINE_SHOWN = 60
# Seconds between two looks at where an app listens, and after how many it is taken to have
# settled there: soon on a port that servers take of themselves, later on another, which may be a
# helper's that comes before the server.
LOOK_EVERY = 0.2
SETTLED, LATER = 1.0, 3.0
USUAL_PORTS = frozenset({80, 3000, 5000, 8000, 8001, 8080, 8081, 8888, 9000, 10000})


def read_manifest(run: BootRun) -> str:
    """Read leanengine.yaml and decide what the instance's environment is."""
    run.manifest = manifest.load(run.directory)
    runtime = run.manifest.runtime
    if runtime not in {None, "python"}:
        raise FailedError("boot.error.runtime", file=manifest.FILE, runtime=runtime)
    if not run.source.is_dir():
        raise FailedError(
            "boot.error.no-build-root", file=manifest.FILE, root=run.manifest.build_root
        )
    described = packages.describe(run.manifest.system_dependencies, run.outer["PATH"])
    run.remarks += [Remark("note", line) for line in described]
    run.variables = environment.instance(
        run.source, ports.any_free(), run.extra, moved=run.host is not None
    )
    return text("boot.detail.manifest", run=in_short(run.manifest.run))


def find_interpreter(run: BootRun) -> str:
    """Find the CPython that `.python-version` asks for."""
    version = interpreter.requested(run.source, python_2=True)
    try:
        run.python = found = interpreter.find(version, run.outer)
    except FailedError as error:
        if version and version[:2] == interpreter.PYTHON_2:
            raise FailedError("boot.error.not-verified", **error.params) from error
        raise
    if found.version[:2] == interpreter.PYTHON_2:
        run.installer = "pip"  # uv installs nothing for Python 2
    wanted = ".".join(map(str, version or ()))
    exact = not version or found.version[: len(version)] == version
    key = "boot.detail.interpreter" if exact else "boot.detail.interpreter-other-patch"
    return text(key, found=found.dotted, path=found.path, wanted=wanted)


def create_virtualenv(run: BootRun) -> str:
    """Create a virtualenv outside the project."""
    assert run.python
    if run.python.version[:2] == interpreter.PYTHON_2:
        command = build.python_2_virtualenv_command(run.python.path, run.virtualenv)
    else:
        command = build.virtualenv_command(run.python.path, run.virtualenv, run.installer)
    build.copy_dependency_lists(run.source, run.app)
    run.run(command, "boot.error.virtualenv-failed", folder=run.app, environ=run.outer)
    if run.installer == "uv":
        build.put_pip_shim(run.virtualenv)
    return run.installer


def install(run: BootRun) -> str:
    """Run the `install` commands where only the dependency lists are."""
    lines = []
    for line in build.install_commands(run.manifest.install, run.source, run.app):
        lines.append(line)
        environ = _build_environment(run)
        run.run(line, "boot.error.install-failed", folder=run.app, environ=environ)
    return " · ".join(lines)


def build_project(run: BootRun) -> str:
    """Run the `build` commands where all files are."""
    build.copy_files(run.source, run.app)
    lines = build.build_commands(run.manifest.build)
    if not lines:
        key = "boot.skip.build-default" if run.manifest.build else "boot.skip.build"
        raise SkippedError(text(key))
    for line in lines:
        environ = _build_environment(run)
        run.run(line, "boot.error.build-failed", folder=run.app, environ=environ)
    return " · ".join(lines)


def start(run: BootRun) -> str:
    """Start the server and wait until something listens on the port."""
    environ = {**build.activated(run.outer, run.virtualenv), **run.variables}
    command, on_line = start_command(run), run.excess.add
    run.server = run.start(command, folder=run.app, environ=environ, on_line=on_line)
    return wait_for_port(run)


def wait_for_port(run: BootRun) -> str:
    """Wait until something listens on the port."""
    elsewhere = Elsewhere(run)
    if not wait(run, lambda: health.listens(run.port) or elsewhere.raise_if_settled()):
        key = "boot.error.not-on-port" if run.host else "boot.error.not-listening"
        raise FailedError(key, port=run.port, seconds=run.start_timeout)
    return text("boot.detail.start", port=run.port)


class Elsewhere:
    """Notices an app that has settled on other addresses than the platform's.

    Args:
        run: its rehearsal, in which the server was started.
    """

    def __init__(self, run: BootRun) -> None:
        self._run = run
        self._asked = self._since = time.monotonic()

    def raise_if_settled(self) -> bool:
        """Raise the error if it has listened elsewhere for a while, and only there.

        Returns:
            False, for an app that may still come.

        Raises:
            FailedError: it listens elsewhere.
        """
        now = time.monotonic()
        if now - self._asked < LOOK_EVERY:
            return False
        self._asked = now
        found = listeners(self._run.running_server.members())
        if not found:
            self._since = now
        usual = any(listener.port in USUAL_PORTS for listener in found)
        if now - self._since > (SETTLED if usual else LATER):
            raise FailedError(
                "boot.error.listens-elsewhere",
                found=", ".join(map(str, found)),
                port=self._run.port,
                run=in_short(self._run.manifest.run),
                file=manifest.FILE,
            )
        return False


def become_healthy(run: BootRun) -> str:
    """Ask for health until it is there or the time allowed for the start is over."""
    strict = run.manifest.functions_mode == "strict"
    answer = health.HttpResponse(0)

    def check() -> bool:
        nonlocal answer
        left = deadline(run) - time.monotonic()
        run.healthy, answer = health.check(
            run.port, strict=strict, timeout=max(left, SHORTEST_TIMEOUT), headers=host_headers(run)
        )
        return run.healthy

    if not wait(run, check):
        key = "boot.error.unhealthy"
        if strict:
            key = "boot.error.not-the-sdk" if answer.ok else "boot.error.strict"
        raise FailedError(key, seconds=run.start_timeout, answer=answer, path=health.PING.path)
    run.cold_start = time.monotonic() - run.running_server.started
    return text("boot.detail.healthy", seconds=f"{run.cold_start:.2f}")


def fit_instance(run: BootRun) -> str:
    """Measure the memory that the app takes after all it was asked, against
    the size of the instance.
    """
    run.memory = used = memory.pss(run.running_server.members())
    size = run.instance
    if used is None:
        raise SkippedError(text("boot.skip.memory"))
    if not size:
        return text("boot.detail.memory", used=f"{used:.0f}")
    figures = {"used": f"{used:.0f}", "size": size, "percent": f"{100 * used / size:.0f}"}
    if used > size:
        raise FailedError("boot.error.memory", **figures, file=manifest.FILE)
    if used > FULL * size:
        run.remarks.append(Remark("warning", text("boot.warn.memory", **figures)))
    return text("boot.detail.memory-of", **figures)


def stop(run: BootRun) -> str:
    """Send SIGTERM and see that everything ends within the platform's ten seconds, or send
    the signal of another host and give it that host's time.
    """
    timeout = run.host.grace if run.host else STOP_TIMEOUT
    number = run.host.stop_signal if run.host else signal.SIGTERM
    if not run.running_server.stop(timeout, number):
        raise FailedError(
            "boot.error.ignores-sigterm",
            seconds=f"{timeout:.0f}",
            run=in_short(run.manifest.run),
        )
    return text("boot.detail.stopped")


Steps: TypeAlias = "tuple[tuple[str, Callable[[BootRun], str]], ...]"
STEPS: Steps = (
    ("manifest", read_manifest),
    ("interpreter", find_interpreter),
    ("virtualenv", create_virtualenv),
    ("install", install),
    ("build", build_project),
    ("start", start),
    ("health", become_healthy),
    ("page", page),
    ("ping", ping),
    ("functions", list_functions),
    ("call", call),
    ("refusal", refuse),
    ("interfaces", interfaces),
    ("memory", fit_instance),
    ("stop", stop),
)


def steps_of(run: BootRun, table: Steps) -> Iterator[tuple[str, Callable[[BootRun], str]]]:
    """Yield the steps of a rehearsal; on another host there is one more after the first."""
    for step in table:
        yield step
        if run.host and step[0] == "manifest":
            yield "host", read_host


def log_warnings(excess: Excess) -> Iterator[Remark]:
    """Yield the warnings that an app's log has earned."""
    if excess.long_lines:
        start = excess.first_long_line[:LINE_SHOWN]
        message = text(
            "boot.warn.long-lines", count=excess.long_lines, limit=LINE_LENGTH, start=start
        )
        yield Remark("warning", message)
    if excess.too_fast:
        yield Remark("warning", text("boot.warn.many-lines", limit=LINES_A_MINUTE))


def _build_environment(run: BootRun) -> dict[str, str]:
    """Return what install and build commands see: the instance's variables only
    where the manifest asks for them.
    """
    seen = run.variables if run.manifest.expose_environments_on_build else {}
    return {**build.activated(run.outer, run.virtualenv), **seen}
