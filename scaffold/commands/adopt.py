"""`scaffold adopt`: take in a project that no template made."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold import output
from scaffold.errors import UsageError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.adopt.plan import Plan

PYTHONS = ("3.13", "3.12", "3.11", "3.10", "3.9", "3.8", "2.7")
_WRITE, _DIFF, _CANCEL = "write", "diff", "cancel"


@click.command("adopt", help=text("adopt.help"))
@click.argument("directory", metavar="[DIR]", default=".")
@click.option("--app", metavar="PATH", help=text("adopt.option.app"))
@click.option("--python", type=click.Choice(PYTHONS), metavar="X.Y", help=text("adopt.option.python"))
@click.option("--boot", is_flag=True, help=text("adopt.option.boot"))
@click.option("--dry-run", is_flag=True, help=text("adopt.option.dry-run"))
@click.option("--diff", is_flag=True, help=text("adopt.option.diff"))
@click.option("--yes", "--defaults", "yes", is_flag=True, help=text("adopt.option.yes"))
@click.option("--branch/--no-branch", default=True, help=text("adopt.option.branch"))
@click.option("--force", is_flag=True, help=text("adopt.option.force"))
@click.option("--json", "as_json", is_flag=True, help=text("adopt.option.json"))
def command(directory: str, **options: Any) -> int:  # noqa: ANN401 - click passes what the options above say
    """Adopt a project; return 1 if it was to be started and does not start."""
    from scaffold.adopt import plan as planning  # noqa: PLC0415 - not needed for --help

    converses = not options["as_json"] and not options["yes"] and output.can_converse()
    if not (converses or options["yes"] or options["dry_run"]):
        raise UsageError("adopt.error.not-confirmed")
    folder = _app(Path(directory), options["app"], converses=converses and not options["dry_run"])
    _check(folder, options)
    wanted = planning.Options(python=options["python"] or "", boot=options["boot"])
    with planning.made(folder, wanted, _progress(options)) as plan:
        return _carry_out(plan, options, converses=converses)


def _app(directory: Path, app: str | None, *, converses: bool) -> Path:
    """Return the folder of the app: the only one, the one that was named, or the one that the user chooses."""
    from scaffold.adopt import apps  # noqa: PLC0415 - not needed for --help

    if not directory.is_dir():
        raise UsageError("adopt.error.no-directory", directory=directory)
    if app is not None:
        folder = directory / app
        if not folder.is_dir():
            raise UsageError("adopt.error.no-directory", directory=folder)
        return folder
    found = apps.find(directory)
    if not found:
        raise UsageError("adopt.error.no-app", directory=directory.absolute())
    if len(found) == 1:
        return directory / found[0].path
    listed = ", ".join(item.path for item in found)
    if not converses:
        raise UsageError("adopt.error.several-apps", directory=directory, count=len(found), found=listed)
    import questionary  # noqa: PLC0415 - slow, and seldom needed

    return directory / str(questionary.select(text("adopt.ask.app"), [item.path for item in found]).unsafe_ask())


def _check(folder: Path, options: Mapping[str, Any]) -> None:
    """Refuse what was adopted already, and what git could not give back."""
    from scaffold.adopt import branch  # noqa: PLC0415 - as above
    from scaffold.adopt.contract import ANSWERS  # noqa: PLC0415 - as above
    from scaffold.checks.project import Project  # noqa: PLC0415 - as above

    if (folder / ANSWERS).exists():
        raise UsageError("adopt.error.has-template", directory=folder, file=ANSWERS)
    root = Project(folder).base
    if root:
        raise UsageError("adopt.error.build-root", directory=folder, root=root.rstrip("/"))
    if not options["dry_run"] and not options["force"]:
        branch.check_clean(folder)


def _progress(options: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a function
    def say(step: str) -> None:
        if not options["as_json"] and sys.stderr is not None and sys.stderr.isatty():
            output.say(output.style(text(f"adopt.progress.{step}"), "dim"))

    return say


def _carry_out(plan: Plan, options: Mapping[str, Any], *, converses: bool) -> int:
    """Show the plan, ask, write, and say what to do next."""
    from scaffold.adopt import report  # noqa: PLC0415 - as above

    writes = not options["dry_run"] and bool(plan.changes)
    if not options["as_json"]:
        _show(plan)
        if plan.changes and (options["diff"] or options["dry_run"]):
            output.data(report.difference(plan.changes))
    if writes and converses:
        _confirm(plan)
    branch, origin = _write(plan, options) if writes else ("", "")
    if options["as_json"]:
        shown = {"diff": report.difference(plan.changes)} if options["diff"] or options["dry_run"] else {}
        output.document({**report.document(plan), "written": writes, "branch": branch or None, **shown})
    else:
        _tell(plan, branch, origin, writes=writes)
    return 1 if plan.boot is not None and plan.boot.error is not None else 0


def _show(plan: Plan) -> None:
    from scaffold.adopt import report  # noqa: PLC0415 - as above

    output.say(output.style(text("adopt.found", folder=plan.folder.absolute()), "bold"))
    for line in report.found(plan):
        output.say(line)
    output.say()
    if not plan.changes:
        output.say(text("adopt.nothing"))
        return
    output.say(output.style(text("adopt.files", count=len(plan.changes)), "bold"))
    for line in report.files(plan):
        output.say(line)
    output.say()


def _confirm(plan: Plan) -> None:
    """Ask whether to write.

    Raises:
        KeyboardInterrupt: the user does not want it.
    """
    import questionary  # noqa: PLC0415 - slow, and only needed here

    from scaffold.adopt import report  # noqa: PLC0415 - as above

    choices = [questionary.Choice(text(f"adopt.ask.{key}"), key) for key in (_WRITE, _DIFF, _CANCEL)]
    while (answer := questionary.select(text("adopt.ask.write"), choices).unsafe_ask()) == _DIFF:
        output.say(report.difference(plan.changes))
    if answer == _CANCEL:
        raise KeyboardInterrupt


def _write(plan: Plan, options: Mapping[str, Any]) -> tuple[str, str]:
    """Write the plan; return the branch it is on, '' for the user's own, and where the user was."""
    from scaffold.adopt import branch as branches  # noqa: PLC0415 - as above
    from scaffold.adopt.writing import write  # noqa: PLC0415 - as above

    origin = branches.current(plan.folder)
    branch = branches.begin(plan.folder) if options["branch"] and origin else ""
    try:
        write(plan.folder, plan.changes)
    except BaseException:
        if branch:
            branches.abandon(plan.folder, branch, origin)
        raise
    return branch, origin


def _tell(plan: Plan, branch: str, origin: str, *, writes: bool) -> None:
    """Say what is left to do and which commands go on from here."""
    from scaffold.adopt import branch as branches  # noqa: PLC0415 - as above
    from scaffold.adopt import report  # noqa: PLC0415 - as above

    steps = list(report.steps(plan))
    if steps:
        output.say(output.style(text("adopt.steps", count=len(steps)), "bold"))
        for step in steps:
            output.say("  " + step.replace("\n", "\n  "))
        output.say()
    if plan.boot is not None:
        error = plan.boot.error
        output.say(text("adopt.boot.failed", problem=error.parts()["title"]) if error else text("adopt.boot.passed"))
    if not writes:
        if plan.changes:
            output.say(text("adopt.dry-run"))
        return
    output.say(output.style("✓ ", "green") + text("adopt.done" if branch else "adopt.done-here", branch=branch))
    for key, line in branches.ways_on(plan.changes, branch, origin):
        if key == "boot" and plan.is_python_2:
            continue  # it rehearses on Python 3 only
        output.say(f"  {text(f'adopt.next.{key}')}")
        where = shlex.quote(str(plan.folder))
        output.say("    " + output.style(line if plan.folder.samefile(Path.cwd()) else f"cd {where} && {line}", "bold"))
