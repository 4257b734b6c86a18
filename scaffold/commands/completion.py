"""`scaffold completion`: the script that makes a shell complete commands, options and answers."""

from __future__ import annotations

import os
from pathlib import PurePath

import click

from scaffold import output
from scaffold.errors import UsageError
from scaffold.messages import text

SHELLS = ("bash", "zsh", "fish")


def _shells(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    return [shell for shell in SHELLS if shell.startswith(incomplete)]


@click.command("completion", help=text("completion.help"))
@click.argument("shell", metavar=f"[{'|'.join(SHELLS)}]", required=False, shell_complete=_shells)
def command(shell: str | None) -> None:
    """Print a shell's script."""
    from scaffold import completion

    # Windows has no SHELL, and others may name one with its path and
    # suffix: /usr/bin/zsh, fish.exe.
    name = PurePath(os.environ.get("SHELL", "")).stem if shell is None else shell
    if name not in SHELLS:
        group = "unknown-shell" if shell is None else "no-such-shell"
        raise UsageError(f"completion.error.{group}", given=name, shells=", ".join(SHELLS))
    output.exact(completion.script(name).rstrip("\n"))
    if output.stdout_is_terminal():
        # Shown to somebody who wanted to see what it is; a shell that reads it needs no advice.
        output.say("\n" + text(f"completion.use.{name}"))
