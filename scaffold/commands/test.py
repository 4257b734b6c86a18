"""`scaffold test`: run a project's tests."""

from __future__ import annotations

import os
from pathlib import Path

import click

from scaffold.errors import UsageError
from scaffold.messages import text


@click.command("test", help=text("test.help"))
@click.argument("arguments", metavar="[-- PYTEST…]", nargs=-1)
def command(arguments: tuple[str, ...]) -> int:
    """Run the tests of the project in the current folder; return 1 if one fails."""
    if os.name != "posix":
        raise UsageError("test.error.windows")
    from scaffold.engine.boot import check_project
    from scaffold.up.testing import run_tests

    folder = Path()
    check_project(folder)
    return run_tests(folder, arguments)
