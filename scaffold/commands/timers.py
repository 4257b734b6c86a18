"""`scaffold timers`: scheduled functions without the platform's console."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from scaffold import output, tables
from scaffold.commands import shared_options
from scaffold.errors import FailedError, UsageError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.timers.caller import AppClient
    from scaffold.timers.manifest import Timer
    from scaffold.timers.records import Run
    from scaffold.timers.stores import State

URL = "http://127.0.0.1:3000"
# As in scaffold.timers.manifest, which the help does not need.
FILE = "timers.yaml"
DATABASE = "sqlite:///.scaffold/timers.sqlite3"
# The rules of timers are LE100 and on.
RULES = "LE10"
FORMATS = ("crontab", "systemd", "kubernetes", "github")
_MOST_TIMES = 1000


@click.group("timers", help=text("timers.help"))
def command() -> None:
    """Run scheduled functions."""


_json = shared_options.as_json("timers.option.json")
_from = click.option("--from", "start", metavar="INSTANT", help=text("timers.option.from"))
_url = click.option("--url", metavar="URL", default=URL, help=text("timers.option.url"))


@command.command("list", help=text("timers.list.help"))
@shared_options.directory
@_from
@_json
def list_command(directory: str, start: str | None, *, as_json: bool) -> None:
    """List the timers, in words, with their next time."""
    from scaffold.timers import listing
    from scaffold.timers.words import describe

    timers = _timers(Path(directory))
    instant = listing.instant(start)
    if as_json:
        output.document([listing.described(timer, instant) for timer in timers])
        return
    heading = [text(f"timers.column.{name}") for name in ("name", "next", "when")]
    rows = [
        (
            timer.name,
            listing.shown(timer, timer.schedule.next_after(instant)),
            describe(timer.schedule),
        )
        for timer in timers
    ]
    for line in tables.columns([heading, *rows]):
        output.data(line)


@command.command("next", help=text("timers.next.help"))
@shared_options.directory
@_from
@click.option(
    "--count",
    type=click.IntRange(1, _MOST_TIMES),
    default=5,
    metavar="N",
    help=text("timers.option.count"),
)
@_json
def next_command(directory: str, start: str | None, count: int, *, as_json: bool) -> None:
    """Show the next times of each timer."""
    from scaffold.timers import listing

    timers, instant = _timers(Path(directory)), listing.instant(start)
    found = {timer.name: list(listing.following(timer, instant, count)) for timer in timers}
    if as_json:
        output.document({name: listing.instants(times) for name, times in found.items()})
        return
    for timer in timers:
        if not found[timer.name]:
            output.data(f"{text('timers.never')}  {timer.name}")
        for time in found[timer.name]:
            output.data(f"{listing.shown(timer, time)}  {timer.name}")


@command.command("check", help=text("timers.check.help"))
@shared_options.directory
def check_command(directory: str) -> int:
    """Check timers.yaml against the project; return 1 if there are errors."""
    from scaffold import checks
    from scaffold.checks.settings import CheckSettings
    from scaffold.commands.check import print_report

    folder = Path(directory)
    if not (folder / FILE).exists():
        _timers(folder)  # says what is missing
    report = checks.check(folder, CheckSettings(select=(RULES,)))
    print_report(report, "text")
    return 1 if report.count("error") else 0


@command.command("run", help=text("timers.run.help"))
@click.argument("name")
@shared_options.directory
@_url
def run_command(name: str, directory: str, url: str) -> None:
    """Call the function of a timer now."""
    folder = Path(directory)
    timers = {timer.name: timer for timer in _timers(folder)}
    if name not in timers:
        known = ", ".join(timers)
        raise UsageError("timers.error.no-such-timer", name=name, known=known, file=FILE)
    outcome = _app(folder, url).call(timers[name])
    if not outcome.ok:
        raise FailedError("timers.error.failed", name=name, detail=outcome.detail)
    output.say(text("timers.done", name=name, detail=f"{outcome.seconds:.2f} s"))
    output.data(outcome.detail)


@dataclass(frozen=True)
class TimersOptions:
    """What the user chose.

    Attributes:
        url: where the app listens.
        database: what all runners share.
        environment: the timers of this environment run.
    """

    url: str
    database: str
    environment: str


@command.command("serve", help=text("timers.serve.help"))
@shared_options.directory
@_url
@click.option(
    "--database",
    metavar="URL",
    envvar="SCAFFOLD_TIMERS_DATABASE",
    default=DATABASE,
    help=text("timers.option.database"),
)
@click.option(
    "--environment",
    type=click.Choice(("production", "stage", "development")),
    help=text("timers.option.environment"),
)
def serve_command(directory: str, url: str, database: str, environment: str | None) -> None:
    """Run the timers beside an app until stopped."""
    found = environment or os.environ.get("LEANCLOUD_APP_ENV") or "development"
    _serve(Path(directory), TimersOptions(url, database, found))


@command.command("export", help=text("timers.export.help"))
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@shared_options.directory
def export_command(form: str, directory: str) -> None:
    """Print the timers for another scheduler."""
    import shutil

    from scaffold.timers.exports import TARGETS, Home, explain, export

    home = Home(str(Path(directory).resolve()), shutil.which("scaffold") or "scaffold")
    written, refused = export(_timers(Path(directory)), TARGETS[form], home)
    if written:
        output.data(written)
    if refused:
        reasons = "\n".join(explain(error, name) for name, error in refused.items())
        raise FailedError("timers.error.not-exported", format=form, reasons=reasons)


def _serve(folder: Path, options: TimersOptions) -> None:
    """Run timers until a signal ends it."""
    from scaffold.engine.process import cleaned_up_on_signals
    from scaffold.timers.runner import Runner

    timers = [timer for timer in _timers(folder) if options.environment in timer.environments]
    if not timers:
        _idle(options.environment)
    app = _app(folder, options.url)
    with cleaned_up_on_signals(), _state(folder, options.database) as state:
        runner = Runner(timers, state, app, _report, _warn)
        output.say(
            text(
                "timers.serving",
                number=len(timers),
                environment=options.environment,
                url=options.url,
                database=_without_password(options.database),
            )
        )
        runner.serve()


def _idle(environment: str) -> NoReturn:
    """Do nothing until a signal ends it: a host would start a process that ends again and again."""
    from scaffold.engine.process import cleaned_up_on_signals

    output.say(text("timers.idle", file=FILE, environment=environment))
    with cleaned_up_on_signals():
        while True:
            threading.Event().wait()


def _report(timer: Timer, run: Run) -> None:
    name = timer.name if run.status in ("done", "failed") else f"{timer.name} ({run.status})"
    key = "done" if run.status == "done" else "failed"
    output.say(text(f"timers.{key}", name=name, detail=run.detail))


def _warn(timer: Timer, failures: int) -> None:
    output.complain(text("timers.often-failed", name=timer.name, number=failures))


def _timers(folder: Path) -> list[Timer]:
    from scaffold.timers import manifest

    if not folder.is_dir():
        raise UsageError("env.error.no-directory", directory=folder)
    found = manifest.load(folder, _variables(folder).get("LEANCLOUD_REGION", "CN"))
    if found is None:
        raise UsageError("timers.error.none", file=manifest.FILE, directory=folder)
    return found


def _variables(folder: Path) -> Mapping[str, str]:
    """Return the variables of a project: its `.env`, then what the shell has."""
    from scaffold.up import environment

    return {**environment.read_dotenv(folder / environment.FILE), **os.environ}


def _app(folder: Path, url: str) -> AppClient:
    from scaffold.timers.caller import AppClient

    return AppClient.of(url, _variables(folder))


@contextmanager
def _state(folder: Path, url: str) -> Iterator[State]:
    """Open the shared state, and say in our words what goes wrong with it."""
    from scaffold.timers import stores

    try:
        state = _opened(folder, url)
        try:
            yield state
        finally:
            state.close()
    except stores.problems() as error:
        reason = str(error).partition("\n")[0]
        shown = _without_password(url)
        raise FailedError("timers.error.state", url=shown, reason=reason) from error


def _opened(folder: Path, url: str) -> State:
    """Return the shared state; a relative SQLite file lies in the project."""
    from scaffold.timers import stores

    prefix = "sqlite:///"
    path = url.removeprefix(prefix)
    if path == url or Path(path).is_absolute():
        return stores.open_state(url)
    from scaffold.timers.state import SharedState

    return SharedState.in_project(folder, path)


def _without_password(url: str) -> str:
    return url.rpartition("@")[2]
