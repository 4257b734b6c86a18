"""`scaffold check`: the static half of the platform's contract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold import output
from scaffold.errors import UsageError
from scaffold.messages import text

if TYPE_CHECKING:
    from scaffold.checks import Report

FORMATS = ("text", "json", "github", "sarif")


@click.command("check", help=text("check.help"))
@click.argument("directory", metavar="[DIR]", default=".")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help=text("check.option.format"))
@click.option("--select", metavar="IDS", multiple=True, help=text("check.option.select"))
@click.option("--ignore", metavar="IDS", multiple=True, help=text("check.option.ignore"))
@click.option("--fix", is_flag=True, help=text("check.option.fix"))
@click.option("--dry-run", "--diff", "dry_run", is_flag=True, help=text("check.option.dry-run"))
@click.option("--force", is_flag=True, help=text("check.option.force"))
def command(directory: str, **options: Any) -> int:  # noqa: ANN401 - click passes what the options above say
    """Check a project; return 1 if there are errors."""
    from scaffold import checks  # noqa: PLC0415 - not needed for --help
    from scaffold.checks import settings as configuration  # noqa: PLC0415 - as above

    folder = Path(directory)
    if not folder.is_dir():
        raise UsageError("check.error.no-directory", directory=directory)
    settings = configuration.load(folder, options["select"], options["ignore"])
    report = checks.check(folder, settings)
    if options["dry_run"]:
        return _show(folder, report)
    if options["fix"] and _mend(folder, report, force=options["force"]):
        report = checks.check(folder, settings)
    _tell(report, options["form"])
    return 1 if report.count("error") else 0


def _show(folder: Path, report: Report) -> int:
    """Print what `--fix` would change; return 1 if that is anything."""
    from scaffold.checks import fixes  # noqa: PLC0415 - seldom needed

    changed = fixes.mended(folder, report.findings)
    if changed:
        output.data(fixes.difference(changed))
    output.say(text("check.would-fix", count=len(changed)))
    return 1 if changed else 0


def _mend(folder: Path, report: Report, *, force: bool) -> bool:
    """Write what can be mended, and say so; return whether anything was."""
    from scaffold.checks import fixes  # noqa: PLC0415 - seldom needed

    changed = fixes.mended(folder, report.findings)
    if not changed:
        return False
    if not force:
        from scaffold.git import uncommitted  # noqa: PLC0415 - starting programs is slow to import

        open_changes = uncommitted(folder)
        if open_changes is None:
            raise UsageError("check.error.not-in-git", directory=folder)
        if open_changes:
            raise UsageError("check.error.uncommitted", directory=folder, found=", ".join(open_changes[:3]))
    fixes.write(folder, changed)
    output.say(text("check.fixed", files=", ".join(changed)))
    return True


def _tell(report: Report, form: str) -> None:
    from scaffold.checks.formats import FORMATS as WRITERS  # noqa: PLC0415 - not needed for --help

    said = WRITERS[form](report)
    if isinstance(said, dict):
        output.document(said)
    elif said:
        output.data(said)
    counts = {f"{severity}s": report.count(severity) for severity in ("error", "warning", "note")}
    output.say(text("check.summary" if report.findings else "check.clean", files=report.files, **counts))
