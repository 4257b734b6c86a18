"""Arguments in, exit code out; nothing else."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING

import click

from scaffold import __version__, messages, output
from scaffold.arguments import Command, Group, in_our_words
from scaffold.errors import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Sequence

# Each command lives in `scaffold.commands.<name>` as `command`.
COMMANDS = ("new", "list", "check", "boot", "up", "env", "adopt", "migrate", "update", "completion")
INTERRUPTED = 130


class LazyGroup(Group):
    """A group that imports a command only when it is run or its help is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a project meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"scaffold.commands.{cmd_name}").command
        return Command.of(command, common_options())

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the messages, without importing any of them."""
        with formatter.section(messages.text("cli.commands")):
            formatter.write_dl([(name, messages.text(f"{name}.help")) for name in self.list_commands(ctx)])


def _set_quiet(_context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's
    if value:
        output.settings.quiet = True


def _show_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's
    if value:
        output.data(f"scaffold {__version__}")
        context.exit()


def _set_no_color(_context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's
    if value:
        output.settings.color = False


def common_options() -> list[click.Parameter]:
    """Return the options that may stand before and after the command."""
    text = messages.text
    return [
        click.Option(
            ["--lang"], type=click.Choice(messages.LANGUAGES), expose_value=False, help=text("cli.option.lang")
        ),
        click.Option(["--quiet"], is_flag=True, expose_value=False, callback=_set_quiet, help=text("cli.option.quiet")),
        click.Option(
            ["--no-color"], is_flag=True, expose_value=False, callback=_set_no_color, help=text("cli.option.no-color")
        ),
    ]


def build() -> click.Group:
    """Return the command line in the current language."""
    version = click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_version,
        help=messages.text("cli.option.version"),
    )
    return LazyGroup(
        "scaffold",
        help=messages.text("cli.help"),
        params=[*common_options(), version],
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def _language(arguments: Sequence[str]) -> str:
    """Return the language to speak: `--lang` wherever it stands, else the locale's.

    It is looked for before click reads the arguments, because the help and click's own errors must speak it too.
    """
    for number, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            wanted = value if equals else "".join(arguments[number + 1 : number + 2])
            if wanted in messages.LANGUAGES:
                return wanted
    return messages.detect_language(os.environ)


def run(arguments: Sequence[str]) -> int:
    """Run one command line.

    Args:
        arguments: without the program's name.

    Returns:
        The exit code: 0 done, 1 the answer is no, 2 wrong usage, 3 conflicts left, 130 interrupted.
    """
    messages.set_language(_language(arguments))
    output.settings = output.Settings.of_environment(os.environ)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese must not turn a message into a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        group = build()
        # Not `main()`: it would answer Ctrl-C and a closed pipe in its own way.
        with group.make_context("scaffold", list(arguments)) as context:
            code = group.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except ScaffoldError as error:
        return _fail(error)
    except click.ClickException as error:
        return _fail(in_our_words(error))
    except (KeyboardInterrupt, EOFError, click.Abort):
        output.say("\n" + messages.text("cli.interrupted"))
        return INTERRUPTED
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough; what is left in the buffers must not be flushed into nowhere.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in filter(None, (sys.stdout, sys.stderr)):
            os.dup2(nowhere, stream.fileno())
        return 0
    return code if isinstance(code, int) else 0


def _fail(error: ScaffoldError) -> int:
    output.complain(str(error))
    return error.exit_code
