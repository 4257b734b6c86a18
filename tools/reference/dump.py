"""Print every command with its arguments and options as JSON: `python -m tools.reference.dump zh`.

Help texts are spoken in the language of the import, so each language is a process of its own.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from scaffold import cli, messages


def _option(option: click.Option, context: click.Context) -> dict[str, str]:
    names, description = option.get_help_record(context) or ("", "")
    return {"names": names, "help": description}


def describe(command: click.Command, context: click.Context) -> dict[str, Any]:
    """Return a command: how it is used, what it does, its options but for
    those that all commands have.
    """
    common = {"--help", *(name for option in cli.common_options() for name in option.opts)}
    left_out = common if context.parent else set()
    params = (param for param in command.get_params(context) if isinstance(param, click.Option))
    options = [option for option in params if not left_out.intersection(option.opts)]
    return {
        "usage": " ".join([context.command_path, *command.collect_usage_pieces(context)]),
        "help": command.help or "",
        "options": [_option(option, context) for option in options],
        "commands": _inner(command, context) if context.parent else {},
    }


def _inner(command: click.Command, context: click.Context) -> dict[str, Any]:
    """Return the commands of a group such as `scaffold timers`."""
    inner = command.commands if isinstance(command, click.Group) else {}
    return {
        name: describe(one, click.Context(one, context, info_name=name))
        for name, one in inner.items()
    }


def commands() -> dict[str, Any]:
    """Return every command by name, `scaffold` itself first, in the current language."""
    group = cli.build()
    with group.make_context("scaffold", [], resilient_parsing=True) as outer:
        found = {"scaffold": describe(group, outer)}
        for name in group.list_commands(outer):
            command = group.get_command(outer, name)
            if command is not None:
                found[name] = describe(command, click.Context(command, outer, info_name=name))
    return found


if __name__ == "__main__":
    messages.set_language(sys.argv[1])
    json.dump(commands(), sys.stdout)
