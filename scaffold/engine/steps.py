"""The steps of a rehearsed deployment, in the platform's order. POSIX only."""

from __future__ import annotations

import secrets
import textwrap
import time
from typing import TYPE_CHECKING

from scaffold.engine import build, environment, health, interpreter, manifest, memory, packages
from scaffold.engine.loglimits import LINE_LENGTH, LINES_A_MINUTE
from scaffold.engine.process import STOP_TIMEOUT
from scaffold.engine.rehearsal import Remark
from scaffold.errors import FailedError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scaffold.engine.loglimits import Excess
    from scaffold.engine.rehearsal import Rehearsal

COMMAND_LENGTH = 72
# Seconds: of the last health check before the deadline, and in which a crash becomes an exit code.
SHORTEST_TIMEOUT = 0.1
CRASH_TIME = 0.5
UNAUTHORIZED = 401
SERVER_ERROR = 500
SAFE_FUNCTION = "hello"
# An instance that is fuller than this has no room for a busy hour.
FULL = 0.8
LINE_SHOWN = 60
PING_SHOWN = 80
# What must not open a cloud function, by the name of its message. The SDK lets the first and the last in
# (leancloud 3.0.2, without LEANCLOUD_APP_ANDX_KEY).
WRONG_KEYS: Mapping[str, dict[str, str]] = {
    "none": {},
    "wrong": {"X-LC-Key": "wrong"},
    "bad-master": {"X-LC-Key": "bad,master"},
}


class SkippedError(Exception):
    """A step that does not apply to this project; the text says why."""


def read_manifest(rehearsal: Rehearsal) -> str:
    """Read leanengine.yaml and decide what the instance's environment is."""
    rehearsal.manifest = manifest.load(rehearsal.directory)
    runtime = rehearsal.manifest.runtime
    if runtime not in {None, "python"}:
        raise FailedError("boot.error.runtime", file=manifest.FILE, runtime=runtime)
    if not rehearsal.source.is_dir():
        raise FailedError("boot.error.no-build-root", file=manifest.FILE, root=rehearsal.manifest.build_root)
    described = packages.describe(rehearsal.manifest.system_dependencies, rehearsal.outer["PATH"])
    rehearsal.remarks += [Remark("note", line) for line in described]
    rehearsal.variables = environment.instance(rehearsal.source, health.free_port(), rehearsal.extra)
    return text("boot.detail.manifest", run=_in_short(rehearsal.manifest.run))


def find_interpreter(rehearsal: Rehearsal) -> str:
    """Find the CPython that `.python-version` asks for."""
    version = interpreter.requested(rehearsal.source)
    rehearsal.python = found = interpreter.find(version, rehearsal.outer)
    wanted = ".".join(map(str, version or ()))
    exact = not version or found.version[: len(version)] == version
    key = "boot.detail.interpreter" if exact else "boot.detail.interpreter-other-patch"
    return text(key, found=found.dotted, path=found.path, wanted=wanted)


def create_virtualenv(rehearsal: Rehearsal) -> str:
    """Create a virtualenv outside the project."""
    assert rehearsal.python  # noqa: S101 - the steps come in order
    command = build.virtualenv_command(rehearsal.python.path, rehearsal.virtualenv, rehearsal.installer)
    build.copy_dependency_lists(rehearsal.source, rehearsal.app)
    rehearsal.run(command, "boot.error.virtualenv-failed", folder=rehearsal.app, environ=rehearsal.outer)
    if rehearsal.installer == "uv":
        build.put_pip_shim(rehearsal.virtualenv)
    return rehearsal.installer


def install(rehearsal: Rehearsal) -> str:
    """Run the `install` commands where only the dependency lists are."""
    lines = []
    for line in build.install_commands(rehearsal.manifest.install, rehearsal.source, rehearsal.app):
        lines.append(line)
        environ = _build_environment(rehearsal)
        rehearsal.run(line, "boot.error.install-failed", folder=rehearsal.app, environ=environ)
    return " · ".join(lines)


def build_project(rehearsal: Rehearsal) -> str:
    """Run the `build` commands where all files are."""
    build.copy_files(rehearsal.source, rehearsal.app)
    lines = build.build_commands(rehearsal.manifest.build)
    if not lines:
        key = "boot.skip.build-default" if rehearsal.manifest.build else "boot.skip.build"
        raise SkippedError(text(key))
    for line in lines:
        environ = _build_environment(rehearsal)
        rehearsal.run(line, "boot.error.build-failed", folder=rehearsal.app, environ=environ)
    return " · ".join(lines)


def start(rehearsal: Rehearsal) -> str:
    """Start the server and wait until something listens on the port."""
    environ = {**build.activated(rehearsal.outer, rehearsal.virtualenv), **rehearsal.variables}
    run, heard = rehearsal.manifest.run, rehearsal.excess.add
    rehearsal.server = rehearsal.start(run, folder=rehearsal.app, environ=environ, heard=heard)
    if not _wait(rehearsal, lambda: health.listens(rehearsal.port)):
        seconds = rehearsal.manifest.startup_timeout
        raise FailedError("boot.error.not-listening", port=rehearsal.port, seconds=seconds)
    return text("boot.detail.start", port=rehearsal.port)


def become_healthy(rehearsal: Rehearsal) -> str:
    """Ask for health until it is there or the time allowed for the start is over."""
    strict = rehearsal.manifest.functions_mode == "strict"
    answer = health.Answer(0)

    def check() -> bool:
        nonlocal answer
        left = _deadline(rehearsal) - time.monotonic()
        rehearsal.healthy, answer = health.check(rehearsal.port, strict=strict, timeout=max(left, SHORTEST_TIMEOUT))
        return rehearsal.healthy

    if not _wait(rehearsal, check):
        key = "boot.error.unhealthy"
        if strict:
            key = "boot.error.not-the-sdk" if answer.ok else "boot.error.strict"
        raise FailedError(key, seconds=rehearsal.manifest.startup_timeout, answer=answer, path=health.PING.path)
    rehearsal.cold_start = time.monotonic() - rehearsal.running_server.started
    return text("boot.detail.healthy", seconds=f"{rehearsal.cold_start:.2f}")


def page(rehearsal: Rehearsal) -> str:
    """Ask for `/`; an app without a start page may say so, but not fail."""
    answer = _ask(rehearsal, health.PAGE)
    if not answer.status or answer.status >= SERVER_ERROR:
        raise FailedError("boot.error.page", answer=answer)
    return str(answer)


def ping(rehearsal: Rehearsal) -> str:
    """Ask for the SDK's ping; an app without the SDK may not know it, but must not fail."""
    answer = _ask(rehearsal, health.PING)
    if not answer.status or answer.status >= SERVER_ERROR:
        raise FailedError("boot.error.ping", answer=answer, path=health.PING.path)
    if not answer.ok:
        raise SkippedError(text("boot.skip.ping", answer=answer))
    # What an app answers is its own; a line of it is enough to recognise the SDK by.
    return f"{answer} {answer.body.decode('utf-8', 'replace').strip()[:PING_SHOWN]}".splitlines()[0].rstrip()


def list_functions(rehearsal: Rehearsal) -> str:
    """Ask the SDK for its cloud functions and hooks, with the master key."""
    mode = rehearsal.manifest.functions_mode
    if mode == "disabled":
        raise _no_functions(rehearsal)
    variables = rehearsal.variables
    keys = {"X-LC-Id": variables["LEANCLOUD_APP_ID"], "X-LC-Key": f"{variables['LEANCLOUD_APP_MASTER_KEY']},master"}
    answer = _ask(rehearsal, health.Request(health.METADATAS, keys))
    if answer.status == UNAUTHORIZED:
        raise FailedError("boot.error.keys-refused", path=health.METADATAS, answer=answer)
    listed = answer.json()
    names = listed.get("result") if answer.ok and isinstance(listed, dict) else None
    if not isinstance(names, list):
        # An app without the SDK answers 404, or whatever it answers to a path it does not know.
        if answer.status and answer.status < SERVER_ERROR and mode != "strict":
            raise _no_functions(rehearsal)
        key = "boot.error.strict-functions" if mode == "strict" else "boot.error.functions"
        raise FailedError(key, path=health.METADATAS, answer=answer)
    rehearsal.functions = [str(name) for name in names]
    return ", ".join(rehearsal.functions) or text("boot.detail.no-functions")


def call(rehearsal: Rehearsal) -> str:
    """Call `hello` with the app key. No other function is called: it could do something."""
    if rehearsal.functions is None:
        raise _no_functions(rehearsal)
    if SAFE_FUNCTION not in rehearsal.functions:
        raise SkippedError(text("boot.skip.call", name=SAFE_FUNCTION))
    key = rehearsal.variables["LEANCLOUD_APP_KEY"]
    path, answer = _call(rehearsal, SAFE_FUNCTION, {"X-LC-Key": key})
    if answer.status == UNAUTHORIZED:
        raise FailedError("boot.error.keys-refused", path=path, answer=answer)
    if not answer.ok:
        raise FailedError("boot.error.call", name=SAFE_FUNCTION, path=path, answer=answer)
    return f"{SAFE_FUNCTION}: {answer}"


def refuse(rehearsal: Rehearsal) -> str:
    """Call a function without a key and with wrong ones. Keys are checked before names, so a made-up name will do."""
    if rehearsal.functions is None:
        raise _no_functions(rehearsal)
    name = SAFE_FUNCTION if SAFE_FUNCTION in rehearsal.functions else f"rehearsal-{secrets.token_hex(4)}"
    tried = []
    for key, headers in WRONG_KEYS.items():
        tried.append(text(f"boot.key.{key}"))
        path, answer = _call(rehearsal, name, headers)
        if answer.status != UNAUTHORIZED:
            raise FailedError("boot.error.let-in", path=path, sent=tried[-1], answer=answer)
    return text("boot.detail.refused", keys=", ".join(tried))


def interfaces(rehearsal: Rehearsal) -> str:
    """Reach the app at local addresses other than 127.0.0.1."""
    addresses = health.other_addresses()
    if not addresses:
        raise SkippedError(text("boot.skip.interfaces"))
    for address in addresses:
        answer = _ask(rehearsal, health.PING, host=address)
        if not answer.status:
            place = f"{address}:{rehearsal.port}"
            raise FailedError("boot.error.localhost-only", address=place, answer=answer, file=manifest.FILE)
    return ", ".join(addresses)


def fit_instance(rehearsal: Rehearsal) -> str:
    """Measure the memory that the app takes after all it was asked, against the size of the instance."""
    rehearsal.memory = used = memory.pss(rehearsal.running_server.members())
    size = rehearsal.instance
    if used is None:
        raise SkippedError(text("boot.skip.memory"))
    if not size:
        return text("boot.detail.memory", used=f"{used:.0f}")
    figures = {"used": f"{used:.0f}", "size": size, "percent": f"{100 * used / size:.0f}"}
    if used > size:
        raise FailedError("boot.error.memory", **figures, file=manifest.FILE)
    if used > FULL * size:
        rehearsal.remarks.append(Remark("warning", text("boot.warn.memory", **figures)))
    return text("boot.detail.memory-of", **figures)


def stop(rehearsal: Rehearsal) -> str:
    """Send SIGTERM and see that everything ends within the platform's ten seconds."""
    if not rehearsal.running_server.stop(STOP_TIMEOUT):
        raise FailedError(
            "boot.error.ignores-sigterm", seconds=f"{STOP_TIMEOUT:.0f}", run=_in_short(rehearsal.manifest.run)
        )
    return text("boot.detail.stopped")


STEPS: tuple[tuple[str, Callable[[Rehearsal], str]], ...] = (
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


def log_warnings(excess: Excess) -> Iterator[Remark]:
    """Yield the warnings that an app's log has earned."""
    if excess.long_lines:
        start = excess.first_long_line[:LINE_SHOWN]
        message = text("boot.warn.long-lines", count=excess.long_lines, limit=LINE_LENGTH, start=start)
        yield Remark("warning", message)
    if excess.too_fast:
        yield Remark("warning", text("boot.warn.many-lines", limit=LINES_A_MINUTE))


def _no_functions(rehearsal: Rehearsal) -> SkippedError:
    """Return why a step about cloud functions is skipped."""
    disabled = rehearsal.manifest.functions_mode == "disabled"
    return SkippedError(text("boot.skip.functions-disabled" if disabled else "boot.skip.functions"))


def _build_environment(rehearsal: Rehearsal) -> dict[str, str]:
    """Return what install and build commands see: the instance's variables only where the manifest asks for them."""
    seen = rehearsal.variables if rehearsal.manifest.expose_environments_on_build else {}
    return {**build.activated(rehearsal.outer, rehearsal.virtualenv), **seen}


def _deadline(rehearsal: Rehearsal) -> float:
    """Return until when the app has to be healthy, on the clock of `time.monotonic`."""
    return rehearsal.running_server.started + rehearsal.manifest.startup_timeout


def _wait(rehearsal: Rehearsal, condition: Callable[[], bool]) -> bool:
    """Wait for a condition until `startupTimeout` has passed since the start, or the server has ended."""

    def checked() -> bool:
        _raise_if_ended(rehearsal)
        return condition()

    return health.wait_for(checked, _deadline(rehearsal))


def _in_short(command: str) -> str:
    """Return as much of a command as tells which it is: some have twenty options."""
    return textwrap.shorten(command, COMMAND_LENGTH, placeholder=" …")


def _raise_if_ended(rehearsal: Rehearsal) -> None:
    server = rehearsal.running_server
    code = server.poll()
    if code is not None:
        server.wait()
        key = "boot.error.crashed" if code else "boot.error.ended"
        raise FailedError(key, code=code, run=_in_short(rehearsal.manifest.run), file=manifest.FILE)


def _ask(rehearsal: Rehearsal, request: health.Request, *, host: str = health.LOOPBACK) -> health.Answer:
    answer = health.ask(rehearsal.port, request, host=host)
    if not answer.status:
        # The connection of a crashing app breaks a moment before the app has ended.
        server = rehearsal.running_server
        health.wait_for(lambda: server.poll() is not None, time.monotonic() + CRASH_TIME)
        _raise_if_ended(rehearsal)
    return answer


def _call(rehearsal: Rehearsal, name: str, headers: Mapping[str, str]) -> tuple[str, health.Answer]:
    """Call a cloud function without arguments; return the path asked and the answer."""
    path = f"{health.FUNCTIONS}/{name}"
    sent = {"X-LC-Id": rehearsal.variables["LEANCLOUD_APP_ID"], **headers}
    return path, _ask(rehearsal, health.Request(path, sent, b"{}"))
