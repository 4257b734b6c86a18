"""`scaffold migrate`: the platform's old names and the old SDK become the new ones."""

from __future__ import annotations

from pathlib import Path

import click

from scaffold import output
from scaffold.errors import UsageError
from scaffold.messages import text


@click.command("migrate", help=text("migrate.help"))
@click.argument("directory", metavar="[DIR]", default=".")
@click.option("--dry-run", is_flag=True, help=text("migrate.option.dry-run"))
@click.option("--diff", "show_diff", is_flag=True, help=text("migrate.option.diff"))
@click.option("--json", "as_json", is_flag=True, help=text("migrate.option.json"))
@click.option("--force", is_flag=True, help=text("migrate.option.force"))
@click.option("--after-update", is_flag=True, hidden=True, help=text("migrate.option.after-update"))
def command(  # noqa: PLR0913 - click passes what the options above say
    directory: str, *, dry_run: bool, show_diff: bool, as_json: bool, force: bool, after_update: bool
) -> int:
    """Migrate a project; return 1 if names and SDK have to stay as they are."""
    from scaffold.migrate import report  # noqa: PLC0415 - not needed for --help
    from scaffold.migrate.plan import apply, plan  # noqa: PLC0415 - as above

    folder = Path(directory)
    if not folder.is_dir():
        raise UsageError("migrate.error.no-directory", directory=directory)
    if after_update:
        return _after_update(folder)
    made = plan(folder)
    if made.files and not dry_run:
        if not force:
            _check_clean(folder)
        apply(made)
    if as_json:
        output.document(report.as_document(made, written=not dry_run))
    elif dry_run or show_diff:
        report.show_diff(made)
    report.tell(made, written=not dry_run)
    return 1 if made.stuck else 0


def _check_clean(folder: Path) -> None:
    from scaffold.git import uncommitted  # noqa: PLC0415 - starting programs is slow to import

    found = uncommitted(folder)
    if found is None:
        raise UsageError("migrate.error.not-in-git", directory=folder)
    if found:
        raise UsageError("migrate.error.uncommitted", directory=folder, found=", ".join(found[:3]))


def _after_update(folder: Path) -> int:
    from scaffold.migrate import after_update, report  # noqa: PLC0415 - as above

    report.tell_update(after_update.run(folder))
    return 0
