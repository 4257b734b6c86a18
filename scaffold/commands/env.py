"""`scaffold env`: the platform's variables, for a shell or a program."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold import output
from scaffold.commands import shared_options
from scaffold.errors import UsageError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PORT = "3000"
_PLAIN = re.compile(r"[\w./:@%+,-]*", re.ASCII)
# PowerShell takes these four for the plain single quote.
_POWERSHELL_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
# What `.env` readers take as it is: one line without a comment, a quote at its
# start, or blanks at its ends.
_BARE = re.compile(r"(?![\s'\"#])(?:(?!\s#)[^\r\n])+(?<!\s)")


@dataclass(frozen=True)
class EnvOptions:
    """What the user chose.

    Attributes:
        folder: the project.
        form: a key of `FORMATS`, or `json`.
        variables: those of `--env`; they count most.
    """

    folder: Path
    form: str
    variables: Mapping[str, str]


@click.command("env", help=text("env.help"))
@shared_options.directory
@click.option(
    "--format",
    "form",
    type=click.Choice(("sh", "fish", "powershell", "dotenv", "docker", "json")),
    default="sh",
    help=text("env.option.format"),
)
@shared_options.environment("env.option.env")
def command(directory: str, form: str, pairs: tuple[str, ...]) -> None:
    """Print the variables that an app finds in its environment."""
    from scaffold.engine.boot import check_variables

    folder = Path(directory)
    if not folder.is_dir():
        raise UsageError("env.error.no-directory", directory=directory)
    variables = shared_options.variables(pairs)
    check_variables(variables)
    run(EnvOptions(folder, form, variables))


def run(options: EnvOptions) -> None:
    """Print the variables, and say which keys are made up."""
    from scaffold.up import data, environment

    folder, given = options.folder, options.variables
    dotenv = environment.read_dotenv(folder / environment.FILE)
    served = data.running(folder)
    made_up = {**environment.throw_away(folder), "LEANCLOUD_APP_PORT": PORT}
    made_up |= {"LEANCLOUD_API_SERVER": served} if served else {}
    found = environment.variables(made_up, dotenv, given)
    if options.form == "json":
        output.document(found)
    else:
        output.exact(FORMATS[options.form](found))
    missing = environment.missing_keys(dotenv, given)
    if missing:
        output.say(text("env.some-made-up", names=", ".join(missing)))
    elif not (dotenv.get("LEANCLOUD_APP_ID") or given.get("LEANCLOUD_APP_ID")):
        output.say(text("env.made-up"))


def as_sh(found: Mapping[str, str]) -> str:
    """Return what a POSIX shell evaluates."""
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in found.items())


def as_fish(found: Mapping[str, str]) -> str:
    """Return what fish evaluates; between single quotes only a backslash and the quote
    are special.
    """
    quoted = {
        name: value.replace("\\", "\\\\").replace("'", "\\'") for name, value in found.items()
    }
    return "\n".join(f"set -gx {name} '{value}'" for name, value in quoted.items())


def as_powershell(found: Mapping[str, str]) -> str:
    """Return what PowerShell evaluates; between single quotes only the
    quote is special, and doubled.
    """
    quoted = {name: _POWERSHELL_QUOTES.sub(r"\1\1", value) for name, value in found.items()}
    return "\n".join(f"$env:{name} = '{value}'" for name, value in quoted.items())


def as_dotenv(found: Mapping[str, str]) -> str:
    """Return the lines of a `.env` file.

    Every value is read back by our own reader. python-dotenv's pattern for quotes runs on after a
    backslash at the end of a value, and a shell that sources the file has other rules for some:
    they get a form that all read wherever there is one. `--format sh` is the form for shells.
    """
    return "\n".join(f"{name}={_dotenv_value(value)}" for name, value in found.items())


def _dotenv_value(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    ends_in_backslash = value.endswith("\\")
    # Single quotes where they will do: between double ones shells and some readers replace $NAME.
    if not any(part in value for part in ("'", "\r", "\\\\")) and not ends_in_backslash:
        return f"'{value}'"
    if ends_in_backslash and _BARE.fullmatch(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "\\r") + '"'


def as_docker(found: Mapping[str, str]) -> str:
    """Return the lines of a file for `docker run --env-file`, which knows
    neither quotes nor escapes.

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
