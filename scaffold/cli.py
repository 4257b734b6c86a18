"""Arguments in, exit code out; nothing else."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold import __version__, files, messages, output
from scaffold.click_i18n import TranslatedCommand, TranslatedGroup, translated
from scaffold.errors import ScaffoldError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

# Each command lives in `scaffold.commands.<name>` as `command`.
COMMANDS = (
    "new",
    "list",
    "check",
    "boot",
    "up",
    "test",
    "env",
    "pins",
    "adopt",
    "migrate",
    "update",
    "timers",
    "store",
    "leave",
    "export",
    "import",
    "explain",
    "completion",
)
INTERRUPTED = 130


class LazyGroup(TranslatedGroup):
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
        return _finished(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the messages, without importing any of them."""
        with formatter.section(messages.text("cli.commands")):
            formatter.write_dl(
                [(name, messages.text(f"{name}.help")) for name in self.list_commands(ctx)]
            )


def _finished(command: click.Command) -> click.Command:
    """Return a command, or a group of commands, with the options that all have."""
    if isinstance(command, click.Group):
        inner = {name: _finished(one) for name, one in command.commands.items()}
        return TranslatedGroup(
            command.name, help=command.help, params=common_options(), commands=inner
        )
    return TranslatedCommand.of(command, common_options())


def _set_quiet(_context: click.Context, _parameter: click.Parameter, value: object) -> None:
    if value:
        output.settings.quiet = True


def _show_version(context: click.Context, _parameter: click.Parameter, value: object) -> None:
    if value:
        output.data(f"scaffold {__version__}")
        context.exit()


def _set_no_color(_context: click.Context, _parameter: click.Parameter, value: object) -> None:
    if value:
        output.settings.color = False


def common_options() -> list[click.Parameter]:
    """Return the options that may stand before and after the command."""
    text = messages.text
    return [
        click.Option(
            ["--lang"],
            type=click.Choice(messages.LANGUAGES),
            expose_value=False,
            help=text("cli.option.lang"),
        ),
        click.Option(
            ["--quiet"],
            is_flag=True,
            expose_value=False,
            callback=_set_quiet,
            help=text("cli.option.quiet"),
        ),
        click.Option(
            ["--no-color"],
            is_flag=True,
            expose_value=False,
            callback=_set_no_color,
            help=text("cli.option.no-color"),
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

    It is looked for before click reads the arguments, because the help and
    click's own errors must speak it too.
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
    output.settings = output.OutputSettings.of_environment(os.environ)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese must not turn a message into a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        if "new" not in arguments:  # which names the folder that it could not make
            _check_current_folder()
        group = build()
        # Not `main()`: it would answer Ctrl-C and a closed pipe in its own way.
        with group.make_context("scaffold", list(arguments)) as context:
            code = group.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except (KeyboardInterrupt, EOFError, click.Abort):
        output.say("\n" + messages.text("cli.interrupted"))
        return INTERRUPTED
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough.
        for stream in filter(None, (sys.stdout, sys.stderr)):
            output.forget(stream)
        return 0
    except (ScaffoldError, click.ClickException, OSError) as error:
        return _fail(error)
    return code if isinstance(code, int) else 0


def _check_current_folder() -> None:
    """Refuse to run in a folder that somebody has removed: relative names
    mean nothing there, and git fails.

    Raises:
        UsageError: there is no current folder.
    """
    try:
        Path.cwd()
    except OSError as error:
        raise UsageError("cli.error.no-current-folder", reason=error.strerror or error) from error


def _fail(error: ScaffoldError | click.ClickException | OSError) -> int:
    """Print an error in our words; return its exit code."""
    if isinstance(error, click.ClickException):
        error = translated(error)
    elif isinstance(error, OSError):
        error = files.failure(error)
    more = f"{messages.text('cli.error.explain')} scaffold explain {error.code}"
    output.complain(f"{error}\n  {more}")
    return error.exit_code
