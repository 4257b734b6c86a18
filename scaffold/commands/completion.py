"""`scaffold completion`: the script that makes a shell complete commands, options and answers."""

from __future__ import annotations

import os
from pathlib import PurePath

import click

from scaffold import output
from scaffold.errors import UsageError
from scaffold.messages import text

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", help=text("completion.help"))
@click.argument("shell", metavar=f"[{'|'.join(SHELLS)}]", required=False, type=click.UNPROCESSED)
def command(shell: str | None) -> None:
    """Print a shell's script."""
    from scaffold import completion  # noqa: PLC0415 - not needed for --help

    # Windows has no SHELL, and others may name one with its path and suffix: /usr/bin/zsh, fish.exe.
    name = PurePath(os.environ.get("SHELL", "")).stem if shell is None else shell
    if name not in SHELLS:
        group = "unknown-shell" if shell is None else "no-such-shell"
        raise UsageError(f"completion.error.{group}", given=name, shells=", ".join(SHELLS))
    output.data(completion.script(name).rstrip("\n"))
    if output.shows_data():
        # Shown to somebody who wanted to see what it is; a shell that reads it needs no advice.
        output.say("\n" + text(f"completion.use.{name}"))
