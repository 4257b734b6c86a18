"""Arguments and options that several commands have, each with its completer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from scaffold import completers
from scaffold.errors import UsageError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    # Click's decorators take functions and commands alike.
    Decorated = TypeVar("Decorated", bound=Callable[..., Any] | click.Command)

INSTALLERS = ("uv", "pip")

directory = click.argument(
    "directory", metavar="[DIR]", default=".", shell_complete=completers.folders
)


def as_json(help_key: str) -> Callable[[Decorated], Decorated]:
    """Return the option `--json`, for output that programs read."""
    return click.option("--json", "as_json", is_flag=True, help=text(help_key))


def template(help_key: str) -> Callable[[Decorated], Decorated]:
    """Return the option `--template`, for questions and starters of the user's own."""
    return click.option(
        "--template", metavar="SOURCE", shell_complete=completers.folders, help=text(help_key)
    )


def data(help_key: str) -> Callable[[Decorated], Decorated]:
    """Return the option `-d`, an answer to any question; it may be given several times."""
    return click.option(
        "-d",
        "--data",
        "pairs",
        metavar="KEY=VALUE",
        multiple=True,
        shell_complete=completers.pairs,
        help=text(help_key),
    )


def answer(key: str, metavar: str) -> Callable[[Decorated], Decorated]:
    """Return the option of one question of `scaffold new`; its choices complete it."""
    return click.option(
        f"--{key}",
        metavar=metavar,
        shell_complete=completers.choices(key),
        help=text(f"new.option.{key}"),
    )


def environment(help_key: str) -> Callable[[Decorated], Decorated]:
    """Return the option `--env`, a variable for the app; it may be given several times."""
    return click.option("--env", "pairs", metavar="KEY=VALUE", multiple=True, help=text(help_key))


def host(help_key: str) -> Callable[[Decorated], Decorated]:
    """Return the option `--host`, for where the project moves to."""
    from scaffold.hosts import HOSTS

    return click.option(
        "--host", type=click.Choice(tuple(HOSTS)), metavar="NAME", help=text(help_key)
    )


def installer(help_key: str) -> Callable[[Decorated], Decorated]:
    """Return the option `--installer`."""
    return click.option(
        "--installer", type=click.Choice(INSTALLERS), default="uv", help=text(help_key)
    )


def variables(pairs: Iterable[str]) -> dict[str, str]:
    """Read the `KEY=VALUE` pairs of `--env`; the last one of a name counts.

    Raises:
        UsageError: one has no `=`.
    """
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError("boot.error.bad-env", given=pair)
        found[name] = value
    return found
