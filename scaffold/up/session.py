"""One run of `scaffold up`. POSIX only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold import output
from scaffold.engine.process import cleaned_up_on_signals
from scaffold.errors import FailedError, UsageError
from scaffold.messages import text
from scaffold.up import ports
from scaffold.up.logs import Line, Log
from scaffold.up.project import Project
from scaffold.up.supervisor import Supervisor
from scaffold.up.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.up.console import Console

PORT_VARIABLE = "LEANCLOUD_APP_PORT"
_MARKS = {"warning": ("!", "yellow"), "note": ("·", "dim")}


@dataclass(frozen=True)
class UpOptions:
    """What the user chose.

    Args:
        port: where the app has to listen; None for 3000 or the next free one.
        given: variables for the app; they count most.
        installer: `uv`, or `pip` for the platform's way.
        reload: start again when a file changes.
        console: serve the function console.
    """

    port: int | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    installer: str = "uv"
    reload: bool = True
    console: bool = True


def run(directory: Path, options: UpOptions) -> None:
    """Run the project in `directory` until an exception, such as Ctrl-C, ends it; nothing is left behind.

    Raises:
        UsageError: the port is taken.
        FailedError: the project cannot be prepared for its first start.
    """
    project = Project(directory, options.installer, options.given)
    port = _app_port(options.port, project.plan().variables)
    log = Log(lambda line: _show(line, supervisor))
    supervisor = Supervisor(project, port, log, output.complain)
    watch = Watch(
        project.directory,
        supervisor.files_changed,
        lambda error: log.note(text("up.warn.no-watch", problem=error), "warning"),
    )
    console: Console | None = None

    def started() -> None:
        nonlocal console
        output.say(text("up.app", name=project.directory.name, url=f"http://127.0.0.1:{port}/"))
        # After the start, because importing a web framework takes a third of a second that the app can use.
        if options.reload:
            watch.start()
        if options.console:
            console = _start_console(supervisor, project.directory.name)
        output.say(text("up.how-to-end"))

    with cleaned_up_on_signals():
        try:
            supervisor.run(started)
        finally:
            watch.stop()
            if console:
                console.stop()


def _app_port(wanted: int | None, variables: Mapping[str, str]) -> int:
    """Return where the app listens.

    Raises:
        UsageError: the port that the user asked for is taken.
        FailedError: no port is free.
    """
    if wanted is not None:
        if not ports.is_free(wanted):
            raise UsageError("up.error.port-taken", port=wanted)
        return wanted
    configured = variables.get(PORT_VARIABLE, "")
    first = int(configured) if configured.isdecimal() and int(configured) else ports.FIRST
    port = ports.first_free(first)
    if port != first:
        output.say(text("up.other-port", taken=first, port=port))
    return port


def _start_console(supervisor: Supervisor, name: str) -> Console | None:
    try:
        from scaffold.up.console import Console  # noqa: PLC0415 - the extra may be missing
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"starlette", "uvicorn"}:
            raise
        output.say(text("up.no-console"))
        return None
    try:
        listener = ports.listen_on_loopback(supervisor.port + 1)
    except FailedError as error:
        output.say(text("up.console-failed", problem=error.parts()["seen"]))
        return None
    console = Console(supervisor, name, listener)
    console.start()
    output.say(text("up.console", url=console.url))
    return console


def _show(line: Line, supervisor: Supervisor) -> None:
    """Print a line: the app's are data, what is said about them is talk."""
    if line.kind != "app":
        mark, color = _MARKS[line.kind]
        output.say(output.style(f"{mark} {line.text}", color))
        return
    try:
        output.data(line.text)
    except (BrokenPipeError, FailedError) as error:
        supervisor.give_up(error)
