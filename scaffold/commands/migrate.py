"""`scaffold migrate`: the platform's old names and the old SDK become the new ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from scaffold import output
from scaffold.commands import shared_options
from scaffold.errors import UsageError
from scaffold.messages import text


@dataclass(frozen=True)
class MigrateOptions:
    """What the user chose.

    Attributes:
        folder: the project.
        dry_run: only show what would change.
        show_diff: show the whole difference.
        as_json: describe the migration for programs.
        force: change files although git could not bring them back.
        after_update: copier calls, which has just merged a newer template.
    """

    folder: Path
    dry_run: bool = False
    show_diff: bool = False
    as_json: bool = False
    force: bool = False
    after_update: bool = False


@click.command("migrate", help=text("migrate.help"))
@shared_options.directory
@click.option("--dry-run", is_flag=True, help=text("migrate.option.dry-run"))
@click.option("--diff", "show_diff", is_flag=True, help=text("migrate.option.diff"))
@shared_options.as_json("migrate.option.json")
@click.option("--force", is_flag=True, help=text("migrate.option.force"))
@click.option("--after-update", is_flag=True, hidden=True, help=text("migrate.option.after-update"))
def command(directory: str, **options: bool) -> int:
    """Migrate a project; return 1 if names and SDK have to stay as they are."""
    return run(MigrateOptions(Path(directory), **options))


def run(options: MigrateOptions) -> int:
    """Migrate a project, or show what would change, and print what is left to a person."""
    from scaffold.migrate import report
    from scaffold.migrate.plan import apply, plan

    if not options.folder.is_dir():
        raise UsageError("migrate.error.no-directory", directory=options.folder)
    if options.after_update:
        return _after_update(options.folder)
    made = plan(options.folder)
    writes = not options.dry_run
    if made.files and writes:
        if not options.force:
            from scaffold import git_status

            git_status.require_clean(
                options.folder, "migrate.error.not-in-git", "migrate.error.uncommitted"
            )
        apply(made)
    if options.as_json:
        output.document(report.as_document(made, written=writes))
    elif options.dry_run or options.show_diff:
        report.show_diff(made)
    report.print_plan(made, written=writes)
    return 1 if made.stuck else 0


def _after_update(folder: Path) -> int:
    from scaffold.migrate import after_update, report

    report.print_update(after_update.run(folder))
    return 0
