"""`scaffold up`: run a project for daily work."""

from __future__ import annotations

import os
from pathlib import Path

import click

from scaffold.commands import shared_options
from scaffold.errors import UsageError
from scaffold.messages import text

DATA = ("keep", "memory", "none")


@click.command("up", help=text("up.help"))
@shared_options.directory
@click.option("--port", type=int, metavar="PORT", help=text("up.option.port"))
@shared_options.environment("up.option.env")
@shared_options.installer("up.option.installer")
@click.option("--no-reload", is_flag=True, help=text("up.option.no-reload"))
@click.option("--no-console", is_flag=True, help=text("up.option.no-console"))
@click.option("--no-timers", is_flag=True, help=text("up.option.no-timers"))
@click.option(
    "--data",
    type=click.Choice(DATA),
    default="keep",
    help=text("up.option.data"),
)
def command(
    directory: str,
    port: int | None,
    pairs: tuple[str, ...],
    installer: str,
    data: str,
    *,
    no_reload: bool,
    no_console: bool,
    no_timers: bool,
) -> None:
    """Run the project until Ctrl-C."""
    if os.name != "posix":
        raise UsageError("up.error.windows")
    from scaffold.engine.boot import PORTS, check_project, check_variables

    given = shared_options.variables(pairs)
    check_variables(given)
    if port is not None and port not in PORTS:
        raise UsageError("up.error.bad-port", given=port)
    check_project(Path(directory), "up.error.no-directory")
    # Starts processes the POSIX way.
    from scaffold.up.session import UpOptions, run

    flags = {"reload": not no_reload, "console": not no_console, "timers": not no_timers}
    run(Path(directory), UpOptions(port, given, installer, data=data, **flags))
