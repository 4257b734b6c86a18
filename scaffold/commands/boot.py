"""`scaffold boot`: rehearse a deployment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold import output
from scaffold.errors import UsageError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.status import Status

    from scaffold.engine.boot import BootReport, StepResult

INSTALLERS = ("uv", "pip")
# In MB: the trial instance has 256, standard ones have 512 to 4096.
INSTANCES = ("256", "512", "1024", "2048", "4096")
_COLORS = {"note": "cyan", "warning": "yellow"}
_MARKS = {"passed": ("✓", "green"), "failed": ("✗", "red"), "skipped": ("-", "dim")}


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
        output.say(f"{output.style(mark, color)} {seconds:>8}  {title}: {output.style(result.detail, 'dim')}")

    def close(self) -> None:
        """Take the spinner away."""
        if self._status:
            self._status.stop()
            self._status = None

    def _begin(self, title: str) -> None:
        if not output.talks_to_terminal():
            return
        from rich.console import Console  # noqa: PLC0415 - slow, and only terminals need it

        console = Console(stderr=True, no_color=not output.settings.color, highlight=False)
        self._status = console.status(title)
        self._status.start()


@click.command("boot", help=text("boot.help"))
@click.argument("directory", metavar="[DIR]", default=".")
@click.option("--installer", type=click.Choice(INSTALLERS), default="uv", help=text("boot.option.installer"))
@click.option("--env", "pairs", metavar="KEY=VALUE", multiple=True, help=text("boot.option.env"))
@click.option("--instance", type=click.Choice(INSTANCES), metavar="MB", help=text("boot.option.instance"))
@click.option("--keep", is_flag=True, help=text("boot.option.keep"))
@click.option("--json", "as_json", is_flag=True, help=text("boot.option.json"))
def command(  # noqa: PLR0913 - one argument an option
    directory: str,
    installer: Any,  # noqa: ANN401 - one of INSTALLERS
    pairs: tuple[str, ...],
    instance: str | None,
    *,
    keep: bool,
    as_json: bool,
) -> None:
    """Rehearse a deployment and say how it went."""
    from scaffold.engine.boot import BootOptions, rehearse  # noqa: PLC0415 - not needed for --help

    size = int(instance) if instance else None
    options = BootOptions(installer, keep=keep, env=variables(pairs), instance=size)
    progress = Progress()
    try:
        report = rehearse(Path(directory), options, progress)
    finally:
        progress.close()
    if as_json:
        output.document(document(report))
    _conclude(report)


def variables(pairs: Iterable[str]) -> dict[str, str]:
    """Read `KEY=VALUE` pairs; the last one of a name counts.

    Raises:
        UsageError: one has no `=`.
    """
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError("boot.error.bad-env", given=pair)
        found[name] = value
    return found


def document(report: BootReport) -> dict[str, object]:
    """Return a report as programs read it."""
    error = report.error
    return {
        "healthy": report.healthy,
        "cold_start_seconds": None if report.cold_start_seconds is None else round(report.cold_start_seconds, 3),
        "memory_mb": None if report.memory_mb is None else round(report.memory_mb, 1),
        "python": report.python,
        "installer": report.installer,
        "remarks": [remark._asdict() for remark in report.remarks],
        "steps": [vars(step) for step in report.steps],
        "error": {"key": error.key, **error.parts(), "log": list(report.log)} if error else None,
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
            output.complain("\n".join(["", text("boot.log"), *(f"  {line}" for line in report.log), ""]))
        raise report.error
    memory = "" if report.memory_mb is None else text("boot.memory", megabytes=f"{report.memory_mb:.0f}")
    output.say(text("boot.ready", seconds=f"{report.cold_start_seconds:.2f}", memory=memory))
