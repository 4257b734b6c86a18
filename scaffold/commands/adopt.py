"""`scaffold adopt`: adopt a project that no template made."""

from __future__ import annotations

from pathlib import Path

import click

from scaffold import completers, output
from scaffold.adopt.options import AdoptOptions
from scaffold.commands import shared_options
from scaffold.messages import text

PYTHONS = ("3.13", "3.12", "3.11", "3.10", "3.9", "3.8", "2.7")


@click.command("adopt", help=text("adopt.help"))
@shared_options.directory
@click.option(
    "--app", metavar="PATH", shell_complete=completers.folders, help=text("adopt.option.app")
)
@click.option(
    "--python",
    type=click.Choice(PYTHONS),
    metavar="X.Y",
    default=None,
    help=text("adopt.option.python"),
)
@shared_options.data("adopt.option.data")
@click.option("--add-guessed", is_flag=True, help=text("adopt.option.add-guessed"))
@click.option("--boot", is_flag=True, help=text("adopt.option.boot"))
@click.option("--dry-run", is_flag=True, help=text("adopt.option.dry-run"))
@click.option("--diff", is_flag=True, help=text("adopt.option.diff"))
@click.option("--yes", "--defaults", "assume_yes", is_flag=True, help=text("adopt.option.yes"))
@click.option("--branch/--no-branch", default=True, help=text("adopt.option.branch"))
@click.option("--force", is_flag=True, help=text("adopt.option.force"))
@shared_options.as_json("adopt.option.json")
def command(
    directory: str, app: str | None, python: str | None, pairs: tuple[str, ...], **flags: bool
) -> int:
    """Adopt a project; return 1 if it was to be started and does not start."""
    from scaffold.adopt.session import adopt

    options = AdoptOptions(
        Path(directory), app, python or "", pairs, can_prompt=output.can_prompt(), **flags
    )
    return adopt(options)
