"""The steps of a rehearsed deployment that send requests to the app. POSIX only."""

from __future__ import annotations

import secrets
import textwrap
import time
from typing import TYPE_CHECKING

from scaffold.engine import health, manifest
from scaffold.errors import FailedError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scaffold.engine.boot_run import BootRun

COMMAND_LENGTH = 72
# Seconds in which a crash becomes an exit code.
CRASH_TIME = 0.5
UNAUTHORIZED = 401
SERVER_ERROR = 500
SAFE_FUNCTION = "hello"
PING_SHOWN = 80
# What must not open a cloud function, by the name of its message. The SDK lets the first and the
# last in (leancloud 3.0.2, without LEANCLOUD_APP_ANDX_KEY).
WRONG_KEYS: Mapping[str, dict[str, str]] = {
    "none": {},
    "wrong": {"X-LC-Key": "wrong"},
    "bad-master": {"X-LC-Key": "bad,master"},
}


class SkippedError(Exception):
    """A step that does not apply to this project; the text says why."""


def page(run: BootRun) -> str:
    """Ask for `/`; an app without a start page may say so, but not fail."""
    answer = ask(run, health.PAGE)
    if not answer.status or answer.status >= SERVER_ERROR:
        raise FailedError("boot.error.page", answer=answer)
    return str(answer)


def ping(run: BootRun) -> str:
    """Ask for the SDK's ping; an app without the SDK may not know it, but must not fail."""
    answer = ask(run, health.PING)
    if not answer.status or answer.status >= SERVER_ERROR:
        raise FailedError("boot.error.ping", answer=answer, path=health.PING.path)
    if not answer.ok:
        raise SkippedError(text("boot.skip.ping", answer=answer))
    # What an app answers is its own; a line of it is enough to recognise the SDK by.
    return f"{answer} {answer.body.decode('utf-8', 'replace').strip()[:PING_SHOWN]}".splitlines()[
        0
    ].rstrip()


def list_functions(run: BootRun) -> str:
    """Ask the SDK for its cloud functions and hooks, with the master key."""
    mode = run.manifest.functions_mode
    if mode == "disabled":
        raise no_functions(run)
    variables = run.variables
    keys = {
        "X-LC-Id": variables["LEANCLOUD_APP_ID"],
        "X-LC-Key": f"{variables['LEANCLOUD_APP_MASTER_KEY']},master",
    }
    answer = ask(run, health.Request(health.METADATAS, keys))
    if answer.status == UNAUTHORIZED:
        raise FailedError("boot.error.keys-refused", path=health.METADATAS, answer=answer)
    listed = answer.json()
    names = listed.get("result") if answer.ok and isinstance(listed, dict) else None
    if not isinstance(names, list):
        # An app without the SDK answers 404, or whatever it answers to a path it does not know.
        if answer.status and answer.status < SERVER_ERROR and mode != "strict":
            raise no_functions(run)
        key = "boot.error.strict-functions" if mode == "strict" else "boot.error.functions"
        raise FailedError(key, path=health.METADATAS, answer=answer)
    run.functions = [str(name) for name in names]
    return ", ".join(run.functions) or text("boot.detail.no-functions")


def call(run: BootRun) -> str:
    """Call `hello` with the app key. No other function is called: it could do something."""
    if run.functions is None:
        raise no_functions(run)
    if SAFE_FUNCTION not in run.functions:
        raise SkippedError(text("boot.skip.call", name=SAFE_FUNCTION))
    key = run.variables["LEANCLOUD_APP_KEY"]
    path, answer = _call(run, SAFE_FUNCTION, {"X-LC-Key": key})
    if answer.status == UNAUTHORIZED:
        raise FailedError("boot.error.keys-refused", path=path, answer=answer)
    if not answer.ok:
        raise FailedError("boot.error.call", name=SAFE_FUNCTION, path=path, answer=answer)
    return f"{SAFE_FUNCTION}: {answer}"


def refuse(run: BootRun) -> str:
    """Call a function without a key and with wrong ones. Keys are checked before
    names, so a made-up name will do.
    """
    if run.functions is None:
        raise no_functions(run)
    name = SAFE_FUNCTION if SAFE_FUNCTION in run.functions else f"rehearsal-{secrets.token_hex(4)}"
    tried = []
    for key, headers in WRONG_KEYS.items():
        tried.append(text(f"boot.key.{key}"))
        path, answer = _call(run, name, headers)
        if answer.status != UNAUTHORIZED:
            raise FailedError("boot.error.let-in", path=path, sent=tried[-1], answer=answer)
    return text("boot.detail.refused", keys=", ".join(tried))


def interfaces(run: BootRun) -> str:
    """Reach the app at local addresses other than 127.0.0.1."""
    addresses = health.other_addresses()
    if not addresses:
        raise SkippedError(text("boot.skip.interfaces"))
    for address in addresses:
        answer = ask(run, health.PING, host=address)
        if not answer.status:
            place = f"{address}:{run.port}"
            raise FailedError(
                "boot.error.localhost-only", address=place, answer=answer, file=manifest.FILE
            )
    return ", ".join(addresses)


def no_functions(run: BootRun) -> SkippedError:
    """Return why a step about cloud functions is skipped."""
    disabled = run.manifest.functions_mode == "disabled"
    return SkippedError(text("boot.skip.functions-disabled" if disabled else "boot.skip.functions"))


def deadline(run: BootRun) -> float:
    """Return until when the app has to be healthy, on the clock of `time.monotonic`."""
    return run.running_server.started + run.start_timeout


def wait(run: BootRun, condition: Callable[[], bool]) -> bool:
    """Wait for a condition until `startupTimeout` has passed since the
    start, or the server has ended.
    """

    def checked() -> bool:
        raise_if_ended(run)
        return condition()

    return health.wait_for(checked, deadline(run))


def in_short(command: str) -> str:
    """Return as much of a command as is needed to recognise it: some have twenty options."""
    return textwrap.shorten(command, COMMAND_LENGTH, placeholder=" …")


def raise_if_ended(run: BootRun) -> None:
    """Raise the error for a server that has ended by itself."""
    server = run.running_server
    code = server.poll()
    if code is not None:
        server.wait()
        key = "boot.error.crashed" if code else "boot.error.ended"
        raise FailedError(key, code=code, run=in_short(run.manifest.run), file=manifest.FILE)


def ask(
    run: BootRun, request: health.Request, *, host: str = health.LOOPBACK
) -> health.HttpResponse:
    """Send a request; a server that ended meanwhile is the error for that."""
    answer = health.ask(run.port, request, host=host)
    if not answer.status:
        # The connection of a crashing app breaks a moment before the app has ended.
        server = run.running_server
        health.wait_for(lambda: server.poll() is not None, time.monotonic() + CRASH_TIME)
        raise_if_ended(run)
    return answer


def _call(run: BootRun, name: str, headers: Mapping[str, str]) -> tuple[str, health.HttpResponse]:
    """Call a cloud function without arguments; return the path asked and the answer."""
    path = f"{health.FUNCTIONS}/{name}"
    sent = {"X-LC-Id": run.variables["LEANCLOUD_APP_ID"], **headers}
    return path, ask(run, health.Request(path, sent, b"{}"))
