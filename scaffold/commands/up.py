"""`scaffold up`: run a project for daily work."""

from __future__ import annotations

import os
from pathlib import Path

import click

from scaffold.commands.boot import INSTALLERS, variables
from scaffold.errors import UsageError
from scaffold.messages import text


@click.command("up", help=text("up.help"))
@click.argument("directory", metavar="[DIR]", default=".")
@click.option("--port", type=int, metavar="PORT", help=text("up.option.port"))
@click.option("--env", "pairs", metavar="KEY=VALUE", multiple=True, help=text("up.option.env"))
@click.option("--installer", type=click.Choice(INSTALLERS), default="uv", help=text("up.option.installer"))
@click.option("--no-reload", is_flag=True, help=text("up.option.no-reload"))
@click.option("--no-console", is_flag=True, help=text("up.option.no-console"))
def command(  # noqa: PLR0913 - one a flag
    directory: str, port: int | None, pairs: tuple[str, ...], installer: str, *, no_reload: bool, no_console: bool
) -> None:
    """Run the project until Ctrl-C."""
    if os.name != "posix":
        raise UsageError("up.error.windows")
    from scaffold.engine.boot import PORTS, check_project, check_variables  # noqa: PLC0415 - not needed for --help

    given = variables(pairs)
    check_variables(given)
    if port is not None and port not in PORTS:
        raise UsageError("up.error.bad-port", given=port)
    check_project(Path(directory), "up.error.no-directory")
    # Starts processes the POSIX way.
    from scaffold.up.session import UpOptions, run  # noqa: PLC0415

    run(Path(directory), UpOptions(port, given, installer, reload=not no_reload, console=not no_console))
