"""`scaffold env`: the platform's variables, for a shell or a program."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold import output
from scaffold.commands.boot import variables
from scaffold.errors import UsageError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PORT = "3000"
_PLAIN = re.compile(r"[\w./:@%+,-]*", re.ASCII)
# PowerShell takes these four for the plain single quote.
_POWERSHELL_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@click.command("env", help=text("env.help"))
@click.argument("directory", metavar="[DIR]", default=".")
@click.option(
    "--format",
    "form",
    type=click.Choice(("sh", "fish", "powershell", "dotenv", "docker", "json")),
    default="sh",
    help=text("env.option.format"),
)
@click.option("--env", "pairs", metavar="KEY=VALUE", multiple=True, help=text("env.option.env"))
def command(directory: str, form: str, pairs: tuple[str, ...]) -> None:
    """Print the variables that an app finds in its environment."""
    from scaffold.engine.boot import check_variables  # noqa: PLC0415 - not needed for --help
    from scaffold.up import environment  # noqa: PLC0415 - as above

    folder = Path(directory)
    if not folder.is_dir():
        raise UsageError("env.error.no-directory", directory=directory)
    given = variables(pairs)
    check_variables(given)
    dotenv = environment.read_dotenv(folder / environment.FILE)
    made_up = {**environment.throw_away(folder), "LEANCLOUD_APP_PORT": PORT}
    found = environment.variables(made_up, dotenv, given)
    if form == "json":
        output.document(found)
    else:
        output.data(FORMATS[form](found))
    missing = environment.missing_keys(dotenv, given)
    if missing:
        output.say(text("env.some-made-up", names=", ".join(missing)))
    elif not (dotenv.get("LEANCLOUD_APP_ID") or given.get("LEANCLOUD_APP_ID")):
        output.say(text("env.made-up"))


def as_sh(found: Mapping[str, str]) -> str:
    """Return what a POSIX shell evaluates."""
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in found.items())


def as_fish(found: Mapping[str, str]) -> str:
    """Return what fish evaluates; between single quotes only a backslash and the quote are special."""
    quoted = {name: value.replace("\\", "\\\\").replace("'", "\\'") for name, value in found.items()}
    return "\n".join(f"set -gx {name} '{value}'" for name, value in quoted.items())


def as_powershell(found: Mapping[str, str]) -> str:
    """Return what PowerShell evaluates; between single quotes only the quote is special, and doubled."""
    quoted = {name: _POWERSHELL_QUOTES.sub(r"\1\1", value) for name, value in found.items()}
    return "\n".join(f"$env:{name} = '{value}'" for name, value in quoted.items())


def as_dotenv(found: Mapping[str, str]) -> str:
    """Return the lines of a `.env` file."""
    return "\n".join(f"{name}={_dotenv_value(value)}" for name, value in found.items())


def _dotenv_value(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    # Single quotes where they will do: between double ones some readers replace $NAME.
    if not any(character in value for character in "'\\\n\r"):
        return f"'{value}'"
    return '"' + "".join(_ESCAPES.get(character, character) for character in value) + '"'


def as_docker(found: Mapping[str, str]) -> str:
    """Return the lines of a file for `docker run --env-file`, which knows neither quotes nor escapes.

    Raises:
        UsageError: a value has several lines, which such a file cannot hold.
    """
    for name, value in found.items():
        if "\n" in value or "\r" in value:
            raise UsageError("env.error.several-lines", name=name)
    return "\n".join(f"{name}={value}" for name, value in found.items())


FORMATS: dict[str, Callable[[Mapping[str, str]], str]] = {
    "sh": as_sh,
    "fish": as_fish,
    "powershell": as_powershell,
    "dotenv": as_dotenv,
    "docker": as_docker,
}
