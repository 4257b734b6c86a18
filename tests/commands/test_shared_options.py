"""Arguments and options that several commands have."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click
import pytest

from scaffold.cli import COMMANDS
from scaffold.commands.shared_options import variables
from scaffold.errors import UsageError
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a shell completes by its own means, by the name that the help shows.
FOLDERS_AND_FILES = ("[DIR]", "DIR", "FILE", "SOURCE")


def test_variables() -> None:
    """The value may hold `=`, or be empty; the last of a name counts."""
    assert variables(["A=1", "B=", "A=x=y"]) == {"A": "x=y", "B": ""}
    with pytest.raises(UsageError):
        variables(["A"])


def _commands(command: click.Command) -> Iterator[click.Command]:
    yield command
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        yield from _commands(inner)


def _completions(command: click.Command, parameter: click.Parameter) -> set[str]:
    context = click.Context(command)
    return {item.type for item in parameter.shell_complete(context, "")}


@pytest.mark.parametrize("name", COMMANDS)
def test_folders_and_files_are_completed(name: str) -> None:
    """Whatever takes a folder or a file completes it."""
    command = importlib.import_module(f"scaffold.commands.{name}").command
    incomplete = [
        parameter.name
        for one in some(_commands(command))
        for parameter in one.params
        if parameter.metavar in FOLDERS_AND_FILES
        and not _completions(one, parameter) & {"dir", "file"}
    ]
    assert incomplete == []
