"""`scaffold check`: the static half of the platform's contract."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold import output
from scaffold.commands import shared_options
from scaffold.errors import UsageError
from scaffold.hosts import HOSTS
from scaffold.messages import text

if TYPE_CHECKING:
    from scaffold.checks import CheckReport

FORMATS = ("text", "json", "github", "sarif")


@dataclass(frozen=True)
class CheckOptions:
    """What the user chose.

    Attributes:
        folder: the project.
        form: one of `FORMATS`.
        select: beginnings of the ids that count.
        ignore: beginnings of the ids that do not.
        fix: change what can be fixed.
        dry_run: only show what `fix` would change.
        force: fix although git could not bring the files back.
        host: a name of `HOSTS`, None for the platform.
    """

    folder: Path
    form: str = "text"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fix: bool = False
    dry_run: bool = False
    force: bool = False
    host: str | None = None


@click.command("check", help=text("check.help"))
@shared_options.directory
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", help=text("check.option.format")
)
@click.option("--select", metavar="IDS", multiple=True, help=text("check.option.select"))
@click.option("--ignore", metavar="IDS", multiple=True, help=text("check.option.ignore"))
@shared_options.host("check.option.host")
@click.option("--fix", is_flag=True, help=text("check.option.fix"))
@click.option("--dry-run", "--diff", "dry_run", is_flag=True, help=text("check.option.dry-run"))
@click.option("--force", is_flag=True, help=text("check.option.force"))
def command(directory: str, **options: Any) -> int:
    """Check a project; return 1 if there are errors."""
    return run(CheckOptions(Path(directory), **options))


def run(options: CheckOptions) -> int:
    """Check a project, change or show what `--fix` and `--dry-run` ask for, and print the rest."""
    from scaffold import checks
    from scaffold.checks import settings as configuration

    if not options.folder.is_dir():
        raise UsageError("check.error.no-directory", directory=options.folder)
    _check_project(options.folder)
    settings = configuration.load(options.folder, options.select, options.ignore)
    if options.host:
        settings = replace(settings, host=HOSTS[options.host])
        _say_start(options.folder, options.host)
    report = checks.check(options.folder, settings)
    if options.dry_run:
        return _show_fixes(options.folder, report)
    if options.fix and _fix(options, report):
        report = checks.check(options.folder, settings)
    print_report(report, options.form)
    return 1 if report.count("error") else 0


def _say_start(folder: Path, name: str) -> None:
    """Say what a host would start by itself."""
    from scaffold.checks.project import Project
    from scaffold.engine.hosting import read_start

    project = Project(folder)
    start = read_start(folder / project.base, HOSTS[name], project.run)
    key = "check.host.starts" if start.command else "check.host.nothing"
    origin = start.source or text("check.host.guess")
    output.say(text(key, host=HOSTS[name].title, command=start.command, origin=origin) + "\n")


def _check_project(folder: Path) -> None:
    """Refuse a folder with nothing in it that the platform looks for; one that has some of it
    is a project with faults.

    Raises:
        UsageError: it is no project.
    """
    from scaffold.engine.manifest import FILE

    names = ("wsgi.py", "requirements.txt", FILE)
    if not any(os.path.lexists(folder / name) for name in names):
        raise UsageError(
            "boot.error.not-a-project", directory=folder.absolute(), missing=", ".join(names[:2])
        )


def _show_fixes(folder: Path, report: CheckReport) -> int:
    """Print what `--fix` would change; return 1 if that is anything."""
    from scaffold.checks import fixes
    from scaffold.diff import unified

    changed = fixes.fixed(folder, report.findings)
    if changed:
        pairs = ((path, before, after) for path, (before, after) in changed.items())
        output.difference(unified(pairs))
    output.say(text("check.would-fix", count=len(changed)))
    return 1 if changed else 0


def _fix(options: CheckOptions, report: CheckReport) -> bool:
    """Write what can be fixed, and say so; return whether anything was."""
    from scaffold.checks import fixes

    changed = fixes.fixed(options.folder, report.findings)
    if not changed:
        return False
    if not options.force:
        from scaffold import git_status

        git_status.require_clean(
            options.folder, "check.error.not-in-git", "check.error.uncommitted"
        )
    fixes.write(options.folder, changed)
    output.say(text("check.fixed", files=", ".join(changed)))
    return True


def print_report(report: CheckReport, form: str) -> None:
    """Print a report in one of `FORMATS`, then how many findings there are."""
    from scaffold.checks.formats import FORMATS as WRITERS

    printed = WRITERS[form](report)
    if isinstance(printed, dict):
        output.document(printed)
    elif printed and form == "github":
        output.exact(printed)
    elif printed:
        output.data(printed)
    counts = {f"{severity}s": report.count(severity) for severity in ("error", "warning", "note")}
    output.say(
        text("check.summary" if report.findings else "check.clean", files=report.files, **counts)
    )
    if report.findings and form == "text":
        output.say(text("check.more", rule=report.findings[0].rule.id))
