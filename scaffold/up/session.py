"""One run of `scaffold up`. POSIX only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold import output
from scaffold.engine import ports
from scaffold.engine.process import cleaned_up_on_signals
from scaffold.errors import FailedError, UsageError
from scaffold.messages import text
from scaffold.up.announcement import Announcement
from scaffold.up.data import open_for
from scaffold.up.logs import Log, LogLine
from scaffold.up.project import UpProject
from scaffold.up.supervisor import Supervisor
from scaffold.up.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.up.console import Console
    from scaffold.up.data import Data
    from scaffold.up.timers import Timers

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
        timers: run the timers of timers.yaml.
        data: `keep`, `memory` or `none`.
    """

    port: int | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    installer: str = "uv"
    reload: bool = True
    console: bool = True
    timers: bool = True
    data: str = "keep"


def run(directory: Path, options: UpOptions) -> None:
    """Run the project in `directory` until an exception, such as Ctrl-C,
    ends it; nothing is left behind.

    Raises:
        UsageError: the port is taken.
        FailedError: the project cannot be prepared for its first start.
    """
    project = UpProject(directory, options.installer, options.given)
    port = _app_port(options.port, project.plan().variables)
    log = Log(lambda line: _show(line, supervisor, announcement))
    supervisor = Supervisor(project, port, log, output.complain)
    announcement = Announcement(project.directory.name, supervisor)
    supervisor.on_change = announcement.changed
    timers: Timers | None = None
    data = open_for(project, options.data, log)

    def files_changed(names: list[str]) -> None:
        supervisor.files_changed(names)
        if timers:
            timers.files_changed(names)

    watch = Watch(
        project.directory,
        files_changed,
        lambda error: log.note(text("up.warn.no-watch", problem=error), "warning"),
    )
    console: Console | None = None

    def started() -> None:
        nonlocal console, timers
        # After the start, because importing a web framework takes a third of a
        # second that the app can use.
        if data:
            data.start(project.plan().variables, port)
        if options.reload:
            watch.start()
        if options.timers:
            timers = _start_timers(project.directory, supervisor)
        if options.console:
            console = _start_console(supervisor, project.directory, timers, data)
            announcement.console = console.url if console else ""
        announcement.ready()

    with cleaned_up_on_signals(supervisor.give_up):
        try:
            supervisor.run(started)
        finally:
            watch.stop()
            for part in (console, timers, data):
                if part:
                    part.stop()


def _start_timers(folder: Path, supervisor: Supervisor) -> Timers:
    from scaffold.up.timers import Timers

    timers = Timers(folder, supervisor)
    timers.start()
    return timers


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


def _start_console(
    supervisor: Supervisor, folder: Path, timers: Timers | None, data: Data | None
) -> Console | None:
    from scaffold.up.console import Console, ConsoleParts

    try:
        listener = ports.listen_on_loopback(supervisor.port + 1)
    except FailedError as error:
        output.say(text("up.console-failed", problem=error.parts()["seen"]))
        return None
    console = Console(supervisor, folder.name, listener, ConsoleParts(timers, folder, data))
    console.start()
    return console


def _show(line: LogLine, supervisor: Supervisor, announcement: Announcement) -> None:
    """Print a line: the app's are data, what is said about them is a message."""
    if line.kind != "app":
        mark, color = _MARKS[line.kind]
        output.say(output.style(f"{mark} {line.text}", color))
        return
    if announcement.folds(line.text):
        return
    try:
        output.app_line(line.text)
    except (BrokenPipeError, FailedError) as error:
        supervisor.give_up(error)
