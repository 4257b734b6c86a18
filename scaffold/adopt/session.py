"""Adopt a project: find the app, plan, show the plan, ask, write, and say what comes next."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import output
from scaffold.adopt import apps, report
from scaffold.adopt import branch as branches
from scaffold.adopt.contract import ANSWERS
from scaffold.adopt.package import runs_shield
from scaffold.adopt.planning import PlanOptions, is_verified, plan_adoption
from scaffold.adopt.verdict import verdict
from scaffold.adopt.writing import write
from scaffold.checks.project import Project
from scaffold.engine.boot import BootOptions, boot_project
from scaffold.errors import UsageError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scaffold.adopt.options import AdoptOptions
    from scaffold.adopt.plan import AdoptionPlan
    from scaffold.adopt.third_party import Imported

_WRITE, _DIFF, _CANCEL = "write", "diff", "cancel"


def adopt(options: AdoptOptions) -> int:
    """Adopt a project.

    Returns:
        The exit code: 1 if it was started and does not pass.

    Raises:
        ScaffoldError: it cannot be adopted; nothing was changed.
        KeyboardInterrupt: the user does not want it.
    """
    if not (options.asks or options.assume_yes or options.dry_run):
        raise UsageError("adopt.error.not-confirmed")
    folder = _find_app(options)
    _check(folder, options)
    guesses = _accept_guesses(options)
    chosen = PlanOptions(options.python, options.boot, guesses, options.pairs)
    with plan_adoption(folder, chosen, _progress(options)) as plan:
        return _carry_out(plan, options)


def _find_app(options: AdoptOptions) -> Path:
    """Return the folder of the app: as given, the only one, or as the user selects."""
    directory = options.directory
    if not directory.is_dir():
        raise UsageError("adopt.error.no-directory", directory=directory)
    if options.app is not None:
        folder = directory / options.app
        if not folder.is_dir():
            raise UsageError("adopt.error.no-directory", directory=folder)
        return folder
    found = [app.path for app in apps.find(directory)]
    if not found:
        raise UsageError("adopt.error.no-app", directory=directory.absolute())
    if len(found) == 1:
        return directory / found[0]
    if not options.asks or options.dry_run:
        listed = ", ".join(found)
        raise UsageError(
            "adopt.error.several-apps", directory=directory, count=len(found), found=listed
        )
    from scaffold import prompts

    return directory / prompts.select(text("adopt.ask.app"), [(path, path) for path in found])


def _check(folder: Path, options: AdoptOptions) -> None:
    """Refuse a project that has a template already, and one that git could not restore.

    What an earlier version has adopted is adopted again: leanengine/ takes the place of its module.
    """
    if (folder / ANSWERS).exists() and not runs_shield(Project(folder)):
        raise UsageError("adopt.error.has-template", directory=folder, file=ANSWERS)
    root = Project(folder).base
    if root:
        raise UsageError("adopt.error.build-root", directory=folder, root=root.rstrip("/"))
    if not options.dry_run and not options.force:
        branches.check_clean(folder)


def _accept_guesses(options: AdoptOptions) -> Callable[[Sequence[Imported]], bool]:
    """Return how to decide whether guessed packages are required."""
    if options.asks and not options.dry_run and not options.add_guessed:
        return _ask_about_guesses
    return lambda _guesses: options.add_guessed


def _ask_about_guesses(guesses: Sequence[Imported]) -> bool:
    from scaffold import prompts

    for guess in guesses:
        output.say(f"  {guess.place}  import {guess.module}  →  {guess.package}")
    return prompts.confirm(text("adopt.ask.guessed", count=len(guesses)), default=False)


def _progress(options: AdoptOptions) -> Callable[[str], None]:
    """Return what reports the steps that take time: on a terminal only."""
    is_shown = not options.as_json and sys.stderr is not None and sys.stderr.isatty()

    def show(step: str) -> None:
        if is_shown:
            output.say(output.style(text(f"adopt.progress.{step}"), "dim"))

    return show


def _carry_out(plan: AdoptionPlan, options: AdoptOptions) -> int:
    writes = not options.dry_run and bool(plan.changes)
    asks = writes and options.asks
    if not options.as_json:
        _show_plan(plan, options, with_verdict=not asks)
    if asks:
        _confirm(plan)
    branch, origin = _write(plan, options) if writes else ("", "")
    if asks:
        plan = _offer_rehearsal(plan)
        _show_verdict(plan)
    if options.as_json:
        _print_document(plan, options, branch, writes=writes)
    else:
        _show_next_steps(plan, branch, origin, writes=writes)
        _show_way_out(plan.folder)
    return 1 if plan.boot is not None and plan.boot.error is not None else 0


def _show_plan(plan: AdoptionPlan, options: AdoptOptions, *, with_verdict: bool) -> None:
    if with_verdict:
        _show_verdict(plan)
    output.say(output.style(text("adopt.found", folder=plan.folder.absolute()), "bold"))
    _show_lines(report.found(plan))
    if plan.changes:
        output.say(output.style(text("adopt.files", count=len(plan.changes)), "bold"))
        _show_lines(report.files(plan))
        if options.shows_diff:
            output.data(report.difference(plan))
    else:
        output.say(text("adopt.nothing"))


def _show_verdict(plan: AdoptionPlan) -> None:
    """Say first what the user wants to know first: whether it starts."""
    head, *reasons = report.starts(plan)
    _show_lines([output.style(head, "bold"), *reasons])


def _show_lines(lines: Iterable[str]) -> None:
    for line in lines:
        output.say(line)
    output.say()


def _confirm(plan: AdoptionPlan) -> None:
    """Ask whether to write.

    Raises:
        KeyboardInterrupt: the user does not want it.
    """
    from scaffold import prompts

    choices = [(key, text(f"adopt.ask.{key}")) for key in (_WRITE, _DIFF, _CANCEL)]
    while (answer := prompts.select(text("adopt.ask.write"), choices)) == _DIFF:
        output.say(report.difference(plan))
    if answer == _CANCEL:
        raise KeyboardInterrupt


def _write(plan: AdoptionPlan, options: AdoptOptions) -> tuple[str, str]:
    """Write the plan; return its branch, '' for the user's own, and the branch it started from."""
    origin = branches.current(plan.folder)
    branch = branches.begin(plan.folder) if options.branch and origin else ""
    try:
        write(plan.folder, plan.changes)
    except BaseException:
        if branch:
            branches.abandon(plan.folder, branch, origin)
        raise
    return branch, origin


def _offer_rehearsal(plan: AdoptionPlan) -> AdoptionPlan:
    """Start what was written, if the user wants to know; return the plan with the outcome."""
    from scaffold import prompts

    if verdict(plan).answer != "unverified":
        return plan
    if not prompts.confirm(text("adopt.ask.boot"), default=True):
        return plan
    output.say(output.style(text("adopt.progress.boot"), "dim"))
    boot = boot_project(plan.folder, BootOptions())
    if is_verified(boot):
        return replace(plan, boot=boot)
    if boot.error is not None:
        output.say(boot.error.parts()["title"])
    return plan


def _print_document(
    plan: AdoptionPlan, options: AdoptOptions, branch: str, *, writes: bool
) -> None:
    document = {**report.document(plan), "written": writes, "branch": branch or None}
    if options.shows_diff:
        document["diff"] = report.difference(plan)
    output.document(document)


def _show_next_steps(plan: AdoptionPlan, branch: str, origin: str, *, writes: bool) -> None:
    """Say what is left to do, and which commands go on from here."""
    for key, found in (("steps", report.steps(plan)), ("warnings", report.warnings(plan))):
        blocks = ["  " + block.replace("\n", "\n  ") for block in found]
        if blocks:
            output.say(output.style(text(f"adopt.{key}", count=len(blocks)), "bold"))
            _show_lines(blocks)
    if writes:
        _show_commands(plan, branch, origin)
    elif plan.changes:
        output.say(text("adopt.dry-run"))


def _show_way_out(folder: Path) -> None:
    """Say what the app uses of the platform, which closes."""
    from scaffold.leave import plan, reading, summary

    made = plan.make(reading.read(folder), datetime.now(timezone.utc).date(), None, ())
    lines = list(summary.lines(made))
    if lines:
        output.say()
        _show_lines(lines)


def _show_commands(plan: AdoptionPlan, branch: str, origin: str) -> None:
    done = text("adopt.done" if branch else "adopt.done-here", branch=branch)
    output.say(output.style("✓ ", "green") + done)
    is_here = plan.folder.samefile(Path.cwd())
    before = "" if is_here else f"cd {shlex.quote(str(plan.folder))} && "
    for key, line in branches.next_commands(plan.changes, branch, origin):
        output.say(f"  {text(f'adopt.next.{key}')}")
        output.say("    " + output.style(before + line, "bold"))
