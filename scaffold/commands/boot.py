"""`scaffold boot`: rehearse a deployment."""

from __future__ import annotations

import shutil
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from scaffold import output
from scaffold.commands import shared_options
from scaffold.errors import UsageError
from scaffold.hosts import HOSTS
from scaffold.messages import text
from scaffold.printable import wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from rich.status import Status

    from scaffold.engine.boot import BootReport, StepResult

# In MB: the trial instance has 256, standard ones have 512 to 4096.
INSTANCES = ("256", "512", "1024", "2048", "4096")
DATA = ("memory", "none")
_COLORS = {"note": "cyan", "warning": "yellow"}
_MARKS = {"passed": ("✓", "green"), "failed": ("✗", "red"), "skipped": ("-", "dim")}
# What stands before the title of a step: mark and seconds.
_INDENT = 12
# Of a file no width is known, and nothing is wrapped.
_UNKNOWN = 1 << 20


class Progress:
    """One line a step on stderr; on a terminal the running step is shown with a spinner."""

    def __init__(self) -> None:
        self._status: Status | None = None

    def __call__(self, result: StepResult) -> None:
        """Show that a step has begun or how it went."""
        if output.settings.quiet:
            return
        title = text(f"boot.step.{result.name}")
        if result.status == "running":
            self._begin(title)
            return
        self.close()
        mark, color = _MARKS[result.status]
        seconds = "" if result.status == "skipped" else f"{result.seconds:.2f} s"
        begin = f"{output.style(mark, color)} {seconds:>8}  {title}: "
        columns = shutil.get_terminal_size((_UNKNOWN, 0)).columns
        first, *others = wrapped(f"{title}: {result.detail}", columns - _INDENT)
        output.say(begin + output.style(first[len(title) + 2 :], "dim"))
        for line in others:
            output.say(" " * _INDENT + output.style(line, "dim"))

    def close(self) -> None:
        """Take the spinner away."""
        if self._status:
            self._status.stop()
            self._status = None

    def _begin(self, title: str) -> None:
        if not output.stderr_is_terminal():
            return
        from rich.console import Console

        console = Console(stderr=True, no_color=not output.settings.color, highlight=False)
        self._status = console.status(title)
        self._status.start()


@click.command("boot", help=text("boot.help"))
@shared_options.directory
@shared_options.installer("boot.option.installer")
@shared_options.environment("boot.option.env")
@click.option(
    "--instance", type=click.Choice(INSTANCES), metavar="MB", help=text("boot.option.instance")
)
@click.option(
    "--data",
    type=click.Choice(DATA),
    default="memory",
    show_default=True,
    help=text("boot.option.data"),
)
@shared_options.host("boot.option.host")
@click.option("--container", is_flag=True, help=text("boot.option.container"))
@click.option(
    "--build-arg",
    "build_arguments",
    metavar="KEY=VALUE",
    multiple=True,
    help=text("boot.option.build-arg"),
)
@click.option("--keep", is_flag=True, help=text("boot.option.keep"))
@shared_options.as_json("boot.option.json")
def command(
    directory: str,
    installer: Any,
    pairs: tuple[str, ...],
    *,
    instance: str | None,
    data: str,
    host: str | None,
    build_arguments: tuple[str, ...],
    container: bool,
    keep: bool,
    as_json: bool,
) -> None:
    """Rehearse a deployment and say how it went."""
    from scaffold.engine.boot import BootOptions, boot_project

    _check_options(build_arguments, container=container)
    given = shared_options.variables(pairs)
    size = int(instance) if instance else None
    progress = Progress()
    try:
        with _data(data, given) as found:
            options = BootOptions(
                installer,
                keep=keep,
                env={**found, **given},
                instance=size,
                host=HOSTS[host] if host else None,
                container=container,
                build_arguments=build_arguments,
            )
            report = boot_project(Path(directory), options, progress)
    finally:
        progress.close()
    if as_json:
        output.document(document(report))
    _conclude(report)


def _check_options(build_arguments: tuple[str, ...], *, container: bool) -> None:
    """Refuse options that would have no effect.

    Raises:
        UsageError: one is for images and none is built, or the other way round.
    """
    given = click.get_current_context().get_parameter_source("installer")
    if container and given is ParameterSource.COMMANDLINE:
        raise UsageError("boot.error.not-in-container", option="--installer")
    if build_arguments and not container:
        raise UsageError("boot.error.only-in-container", option="--build-arg")


def _data(choice: str, given: Mapping[str, str]) -> AbstractContextManager[Mapping[str, str]]:
    """Serve data while the app is rehearsed, so that one that reads at its start can start."""
    if choice == "none":
        return nullcontext({})
    from scaffold.up.data import in_memory

    return in_memory(given, output.say)


def document(report: BootReport) -> dict[str, object]:
    """Return a report as programs read it."""
    error = report.error
    return {
        "healthy": report.healthy,
        "cold_start_seconds": None
        if report.cold_start_seconds is None
        else round(report.cold_start_seconds, 3),
        "memory_mb": None if report.memory_mb is None else round(report.memory_mb, 1),
        "python": report.python,
        "installer": report.installer,
        "remarks": [remark._asdict() for remark in report.remarks],
        "steps": [vars(step) for step in report.steps],
        "error": {"key": error.key, "code": error.code, **error.parts(), "log": list(report.log)}
        if error
        else None,
        "folder": str(report.folder) if report.folder else None,
    }


def _conclude(report: BootReport) -> None:
    """Say the result; a failure goes on to the command line as the exception it is."""
    for remark in report.remarks:
        label = output.style(text(f"boot.remark.{remark.kind}"), _COLORS[remark.kind])
        output.say(f"{label} {remark.text}")
    if report.folder:
        output.say(text("boot.kept", folder=report.folder))
    if report.error:
        if report.log:
            output.complain(
                "\n".join(["", text("boot.log"), *(f"  {line}" for line in report.log), ""])
            )
        raise report.error
    memory = (
        "" if report.memory_mb is None else text("boot.memory", megabytes=f"{report.memory_mb:.0f}")
    )
    output.say(text("boot.ready", seconds=f"{report.cold_start_seconds:.2f}", memory=memory))
    output.say(text("boot.next"))
