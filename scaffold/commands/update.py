"""`scaffold update`: bring a project to a newer version of its template, or to other answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold import output, temporary
from scaffold.commands import shared_options
from scaffold.errors import UsageError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.questions import Answer, Question
    from scaffold.update.session import UpdatePreview, UpdateStart

CONFLICTS = 3


@dataclass(frozen=True)
class UpdateOptions:
    """What the user chose.

    Attributes:
        folder: the project.
        to: the version to go to, None for the newest.
        pairs: `KEY=VALUE` of each `-d`.
        check: only say whether there is a newer version.
        dry_run: write nothing.
        diff: show the changes.
        as_json: print JSON.
        defaults: ask nothing.
        trust: the template may run code of its own.
        can_prompt: there is a terminal, so that the user can be asked.
    """

    folder: Path
    to: str | None
    pairs: tuple[str, ...]
    check: bool
    dry_run: bool
    diff: bool
    as_json: bool
    defaults: bool
    trust: bool
    can_prompt: bool

    @property
    def asks(self) -> bool:
        """Whether the user is asked, before and after what would change is shown."""
        return self.can_prompt and not (self.defaults or self.as_json or self.dry_run)


@click.command("update", help=text("update.help"))
@shared_options.directory
@click.option("--to", metavar="VERSION", help=text("update.option.to"))
@shared_options.data("update.option.data")
@click.option("--check", is_flag=True, help=text("update.option.check"))
@click.option("--dry-run", is_flag=True, help=text("update.option.dry-run"))
@click.option("--diff", is_flag=True, help=text("update.option.diff"))
@shared_options.as_json("update.option.json")
@click.option("--defaults", is_flag=True, help=text("update.option.defaults"))
@click.option("--trust", is_flag=True, help=text("update.option.trust"))
def command(directory: str, **values: Any) -> int:
    """Update a project; return 1 if `--check` finds a newer template, 3 if conflicts are left."""
    options = UpdateOptions(Path(directory), **values, can_prompt=output.can_prompt())
    if not options.folder.is_dir():
        raise UsageError("update.error.no-directory", directory=directory)
    # Ignored errors: Windows keeps open what git has just written. Resolved: git
    # and copier resolve and compare.
    with temporary.folder("update") as made:
        workdir = made.resolve()
        return _check(options, workdir) if options.check else _update(options, workdir)


def _check(options: UpdateOptions, workdir: Path) -> int:
    """Say whether there is a newer template."""
    from scaffold.update import session
    from scaffold.update.answers_file import AnswersFile
    from scaffold.update.template import Template

    session.check_finished(options.folder)
    recorded = AnswersFile.of(options.folder)
    template = Template(recorded.source, workdir)
    newest = template.target(options.to)
    template.check_from(recorded.version, newest)
    newer = template.is_newer(newest, recorded.version)
    found = {"source": recorded.source, "current": recorded.version, "newest": newest}
    if options.as_json:
        output.document({**found, "update_available": newer})
    output.say(text("update.newer" if newer else "update.newest", **found))
    return 1 if newer else 0


def _update(options: UpdateOptions, workdir: Path) -> int:
    """Decide, preview, apply."""
    from scaffold.update import report, session

    folder = options.folder
    start = session.start(
        folder, workdir, options.to, options.pairs, _ask if options.asks else None
    )
    if start.is_current:
        output.say(text("update.current", folder=report.named(folder), version=start.target))
        if options.as_json:
            output.document(report.facts(start, folder) | {"written": False, "files": []})
        return 0
    preview = _preview(options, start, workdir)
    if options.asks and not _confirm(len(preview.plan.changes)):
        raise KeyboardInterrupt
    if not options.dry_run:
        preview.apply()
    _report(options, preview)
    has_conflicts = bool(preview.plan.of("conflict"))
    return CONFLICTS if has_conflicts and not options.dry_run else 0


def _preview(options: UpdateOptions, start: UpdateStart, workdir: Path) -> UpdatePreview:
    """Make the update in a copy, and show it."""
    from scaffold.update import report, session

    if not options.as_json:
        key = "update.begin-again" if start.stays else "update.begin"
        versions = {"old": start.recorded.version, "new": start.target}
        output.say(text(key, source=start.template.source, **versions))
    # For commands that are typed later, perhaps from another folder.
    is_here = options.folder.resolve() == Path.cwd().resolve()
    where = "." if is_here else str(options.folder.absolute())
    ask = _ask_trust if options.asks else _distrust
    preview = session.prepare(start, workdir, where, trusted=options.trust, ask=ask)
    if not options.as_json:
        report.show_preview(preview, diff=options.diff, as_data=options.dry_run)
    return preview


def _report(options: UpdateOptions, preview: UpdatePreview) -> None:
    """Say what was done, or that nothing was."""
    from scaffold.update import report

    if options.as_json:
        written = not options.dry_run
        output.document(
            report.document(preview, options.folder, written=written, diff=options.diff)
        )
    elif options.dry_run:
        output.say(text("update.nothing-written"))
    else:
        report.show_summary(preview, options.folder)


def _ask(question: Question, context: Mapping[str, Any]) -> Answer:
    """Put a question of the new version to the user, unless its default suits everybody."""
    from scaffold import answers, prompts
    from scaffold.questions import UserInput

    if answers.has_default_for_all(question):
        return question.default_for(context)

    def judge(typed: str) -> bool | str:
        try:
            question.accept(UserInput(typed, question.key), context)
        except UsageError as error:
            return error.parts()["title"]
        return True

    return prompts.ask_question(question, context, question.default_for(context), judge)


def _ask_trust(features: str) -> bool:
    output.say(text("update.untrusted", features=features))
    return _agree(text("update.trust"), default=False)


def _distrust(_features: str) -> bool:
    return False


def _confirm(count: int) -> bool:
    return _agree(text("update.confirm", count=count), default=True)


def _agree(question: str, *, default: bool) -> bool:
    from scaffold import prompts

    return prompts.confirm(question, default=default)
