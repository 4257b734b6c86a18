"""What a shell offers on TAB: click's own completion, with this program's
commands, answers and texts.

A shell's script runs the program anew for each TAB, with `VARIABLE` set. Nothing is imported for
it but click, the command that stands on the line, and for answers the questions.
"""

from __future__ import annotations

import os
import re

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
)

from scaffold import cli, messages
from scaffold.errors import ScaffoldError

VARIABLE = "_SCAFFOLD_COMPLETE"
# Names of the program, each with a script of its own.
PROGRAMS = ("scaffold", "lean-scaffold")


class _Bash(BashComplete):
    """Bash, which takes `=` for a word of its own: `-d server=gu` reaches
    us as `-d`, `server`, `=`, `gu`.
    """

    def source(self) -> str:
        """Return the script; whether the Bash on PATH is new enough says nothing
        about the one that will read it.
        """
        return self.source_template % self.source_vars()

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one at the cursor, and that one,
        joined where Bash took them apart.
        """
        args, incomplete = super().get_completion_args()
        words: list[str] = []
        for word in (*args, incomplete):
            if words and (word == "=" or words[-1].endswith("=")):
                words[-1] += word
            else:
                words.append(word)
        self._before_equals = "".join(words[-1].rpartition("=")[:2])
        return words[:-1], words[-1]

    def format_completion(self, item: CompletionItem) -> str:
        """Return what stands behind the `=` on the line: it is the only word that Bash replaces."""
        return f"{item.type},{item.value.removeprefix(self._before_equals)}"


class _Whole(ShellComplete):
    """A shell that replaces the whole word: for `--server=gu` it must be
    given `--server=gunicorn`.
    """

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Return what may stand at the cursor, with the option that stands in the same word."""
        found = super().get_completions(args, incomplete)
        if incomplete.startswith("--") and "=" in incomplete:
            for item in found:
                item.value = f"{incomplete.partition('=')[0]}={item.value}"
        return found


class _Zsh(_Whole, ZshComplete):
    """Zsh."""


class _Fish(_Whole, FishComplete):
    """Fish."""


SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}


class _CompletingGroup(cli.LazyGroup):
    """The command line, with commands that are offered without importing them."""

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands without importing them, then the options."""
        names = (name for name in self.list_commands(ctx) if name.startswith(incomplete))
        commands = [CompletionItem(name, help=messages.text(f"{name}.help")) for name in names]
        return commands + click.Command.shell_complete(self, ctx, incomplete)


def script(shell: str) -> str:
    """Return the script that makes a shell complete every name of the program.

    Args:
        shell: a key of `SHELLS`.
    """
    made = (SHELLS[shell](_group(), {}, program, VARIABLE) for program in PROGRAMS)
    # zsh reads a `#compdef` line in a file of a folder for completions; one for all names.
    text = re.sub(r"(?m)^#compdef .*\n+", "", "\n".join(completion.source() for completion in made))
    return f"#compdef {' '.join(PROGRAMS)}\n{text}" if shell == "zsh" else text


def answer(instruction: str) -> int:
    """Print what a shell asks for.

    Args:
        instruction: the value of `VARIABLE`, such as `bash_complete`.

    Returns:
        The exit code: 1 if the instruction is none.
    """
    shell, _, what = instruction.partition("_")
    if shell not in SHELLS or what != "complete":
        return 1
    messages.set_language(messages.detect_language(os.environ))
    try:
        offered = SHELLS[shell](_group(), {}, PROGRAMS[0], VARIABLE).complete()
    except ScaffoldError:
        return 0  # a command that does not exist has nothing to offer
    if offered:
        click.echo(offered.encode())  # bytes: Windows would end the lines with CRLF
    return 0


def _group() -> click.Group:
    built = cli.build()
    return _CompletingGroup(
        built.name, help=built.help, params=built.params, context_settings=built.context_settings
    )
