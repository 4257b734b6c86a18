"""`scaffold leave`: the plan of the way out of the platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold import completers, output
from scaffold.commands import shared_options
from scaffold.errors import UsageError
from scaffold.leave.steps import KEYS
from scaffold.messages import text

if TYPE_CHECKING:
    from scaffold.leave.plan import Plan

FORMATS = ("text", "json", "markdown", "sarif")


@dataclass(frozen=True)
class LeaveOptions:
    """What the user chose.

    Attributes:
        folder: the app, with the sources of its clients.
        form: one of `FORMATS`.
        export: the folder of an export, '' for the one in `folder`.
        done: the keys of steps that are done.
        today: the day to count from.
    """

    folder: Path
    form: str = "text"
    export: str = ""
    done: tuple[str, ...] = ()
    today: date = date.min


@click.command("leave", help=text("leave.help"))
@shared_options.directory
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", help=text("leave.option.format")
)
@click.option(
    "--export",
    metavar="DIR",
    default="",
    shell_complete=completers.folders,
    help=text("leave.option.export"),
)
@click.option(
    "--done",
    type=click.Choice(KEYS),
    metavar="STEP",
    multiple=True,
    help=text("leave.option.done"),
)
def command(directory: str, form: str, export: str, done: tuple[str, ...]) -> int:
    """Print the plan; return 1 while something irreversible is not done."""
    today = datetime.now(timezone.utc).date()
    return run(LeaveOptions(Path(directory), form, export, done, today))


def run(options: LeaveOptions) -> int:
    """Read the app, print its plan, and return the exit code."""
    from scaffold.leave import plan, reading, saved

    if not options.folder.is_dir():
        raise UsageError("leave.error.no-directory", directory=options.folder)
    export = saved.load(Path(options.export)) if options.export else saved.find(options.folder)
    made = plan.make(reading.read(options.folder), options.today, export, options.done)
    _print(made, options.form)
    return 1 if made.open else 0


def _print(plan: Plan, form: str) -> None:
    """Print a plan in one of `FORMATS`, then what is open."""
    from scaffold.leave.formats import FORMATS as WRITERS

    printed = WRITERS[form](plan)
    if isinstance(printed, dict):
        output.document(printed)
    elif form == "markdown":
        output.exact(printed)
    else:
        output.data(printed)
    keys = [planned.step.key for planned in plan.open]
    if keys:
        output.say(text("leave.open", count=len(keys), steps=", ".join(keys), first=keys[0]))
    elif plan.steps:
        output.say(text("leave.closed"))
