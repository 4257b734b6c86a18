"""`scaffold update`: bring a project to a newer version of its template, or to other answers."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold import output
from scaffold.errors import UsageError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.starters import Answer, Question

CONFLICTS = 3


@click.command("update", help=text("update.help"))
@click.argument("directory", metavar="[DIR]", default=".")
@click.option("--to", metavar="VERSION", help=text("update.option.to"))
@click.option("-d", "--data", "pairs", metavar="KEY=VALUE", multiple=True, help=text("update.option.data"))
@click.option("--check", is_flag=True, help=text("update.option.check"))
@click.option("--dry-run", is_flag=True, help=text("update.option.dry-run"))
@click.option("--diff", is_flag=True, help=text("update.option.diff"))
@click.option("--json", "as_json", is_flag=True, help=text("update.option.json"))
@click.option("--defaults", is_flag=True, help=text("update.option.defaults"))
@click.option("--trust", is_flag=True, help=text("update.option.trust"))
def command(directory: str, **options: Any) -> int:  # noqa: ANN401 - click passes what the options above say
    """Update a project; return 1 if `--check` finds a newer template, 3 if conflicts are left."""
    folder = Path(directory)
    if not folder.is_dir():
        raise UsageError("update.error.no-directory", directory=directory)
    # Ignored errors: Windows keeps open what git has just written. Resolved: git and copier resolve and compare.
    with tempfile.TemporaryDirectory(prefix="scaffold-update-", ignore_cleanup_errors=True) as name:
        room = Path(name).resolve()
        return _check(folder, room, options) if options["check"] else _update(folder, room, options)


def _check(folder: Path, room: Path, options: Mapping[str, Any]) -> int:
    """Tell whether there is a newer template."""
    from scaffold.update.recorded import Recorded  # noqa: PLC0415 - not needed for --help
    from scaffold.update.template import Template  # noqa: PLC0415 - as above

    recorded = Recorded.of(folder)
    template = Template(recorded.source, room)
    newest = template.target(options["to"])
    template.check_from(recorded.version, newest)
    newer = template.is_newer(newest, recorded.version)
    if options["as_json"]:
        output.document(
            {"source": recorded.source, "current": recorded.version, "newest": newest, "update_available": newer}
        )
    said = {"current": recorded.version, "newest": newest, "source": recorded.source}
    output.say(text("update.newer" if newer else "update.newest", **said))
    return 1 if newer else 0


def _update(folder: Path, room: Path, options: Mapping[str, Any]) -> int:
    from scaffold.update import report, session  # noqa: PLC0415 - not needed for --help

    converses = not (options["defaults"] or options["as_json"] or options["dry_run"]) and output.can_converse()
    start = session.start(folder, room, options["to"], options["pairs"], _ask if converses else None)
    if start.is_current:
        output.say(text("update.current", folder=report.named(folder), version=start.target))
        if options["as_json"]:
            output.document(report.facts(start, folder) | {"written": False, "files": []})
        return 0
    if not options["as_json"]:
        said = {"source": start.template.source, "old": start.recorded.version, "new": start.target}
        output.say(text("update.begin-again" if start.stays else "update.begin", **said))
    # For commands that are typed later, perhaps from another folder.
    where = "." if folder.resolve() == Path.cwd().resolve() else str(folder.absolute())
    ask = _ask_trust if converses else _distrust
    rehearsal = session.rehearse(start, room, where, trusted=options["trust"], ask=ask)
    writes = not options["dry_run"]
    if not options["as_json"]:
        report.preview(rehearsal, diff=options["diff"], as_data=options["dry_run"])
    if converses and not _confirm(len(rehearsal.plan.changes)):
        raise KeyboardInterrupt
    if writes:
        rehearsal.carry_over()
    if options["as_json"]:
        output.document(report.document(rehearsal, folder, written=writes, diff=options["diff"]))
    elif writes:
        report.tell(rehearsal, folder)
    else:
        output.say(text("update.nothing-written"))
    return CONFLICTS if writes and rehearsal.plan.of("conflict") else 0


def _ask(question: Question, context: Mapping[str, Any]) -> Answer:
    """Put a question of the new version to the user."""
    from prompt_toolkit.application import create_app_session  # noqa: PLC0415 - prompts are slow to import
    from prompt_toolkit.output import create_output  # noqa: PLC0415 - as above

    from scaffold.starters import Given  # noqa: PLC0415 - as above
    from scaffold.wizard import ask  # noqa: PLC0415 - as above

    def judge(typed: str) -> bool | str:
        try:
            question.accept(Given(typed, question.key), context)
        except UsageError as error:
            return error.parts()["title"]
        return True

    with create_app_session(output=create_output(sys.stderr)):
        return ask(question, context, question.default_for(context), judge)


def _ask_trust(features: str) -> bool:
    output.say(text("update.untrusted", features=features))
    return _agree(text("update.trust"), default=False)


def _distrust(_features: str) -> bool:
    return False


def _confirm(count: int) -> bool:
    return _agree(text("update.confirm", count=count), default=True)


def _agree(question: str, *, default: bool) -> bool:
    """Ask a question of yes or no, on stderr as all talk."""
    import questionary  # noqa: PLC0415 - prompts are slow to import
    from prompt_toolkit.application import create_app_session  # noqa: PLC0415 - as above
    from prompt_toolkit.output import create_output  # noqa: PLC0415 - as above

    with create_app_session(output=create_output(sys.stderr)):
        return bool(questionary.confirm(question, default=default).unsafe_ask())
