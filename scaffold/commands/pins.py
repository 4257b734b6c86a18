"""`scaffold pins`: exact versions for all that requirements.in asks for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from scaffold import atomic, output
from scaffold.commands import shared_options
from scaffold.errors import UsageError
from scaffold.messages import text


@dataclass(frozen=True)
class PinsOptions:
    """What the user chose.

    Attributes:
        folder: the project.
        upgrade: packages to take the newest version of; `*` for all.
        add: requirements to add.
        check: write nothing; say whether the files are up to date.
    """

    folder: Path
    upgrade: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    check: bool = False


@click.command("pins", help=text("pins.help"))
@shared_options.directory
@click.option(
    "--upgrade",
    metavar="[PACKAGE]",
    multiple=True,
    is_flag=False,
    flag_value="*",
    help=text("pins.option.upgrade"),
)
@click.option("--add", metavar="PACKAGE", multiple=True, help=text("pins.option.add"))
@click.option("--check", is_flag=True, help=text("pins.option.check"))
def command(directory: str, upgrade: tuple[str, ...], add: tuple[str, ...], *, check: bool) -> int:
    """Compile the pins of a project; return 1 if `--check` finds them out of date."""
    folder = Path(directory)
    if not folder.is_dir():
        raise UsageError("pins.error.no-directory", directory=directory)
    return run(PinsOptions(folder, upgrade, add, check))


def run(options: PinsOptions) -> int:
    """Compile, and write or compare; return the exit code."""
    from scaffold.diff import unified
    from scaffold.pins import PinChanges, compile_pins

    packages = tuple(name for name in options.upgrade if name != "*")
    found = compile_pins(options.folder, PinChanges("*" in options.upgrade, packages, options.add))
    changes = [
        (name, before, after)
        for name, after in found.contents().items()
        if (before := _bytes(options.folder / name)) != after
    ]
    if changes:
        output.difference(unified(changes))
    if options.check:
        output.say(text("pins.outdated" if changes else "pins.current"))
        return 1 if changes else 0
    _write(options.folder, {name: after for name, _, after in changes})
    output.say(text("pins.written" if changes else "pins.current"))
    return 0


def _bytes(path: Path) -> bytes | None:
    from scaffold import files

    try:
        return files.read(path)
    except FileNotFoundError:
        return None


def _write(folder: Path, contents: dict[str, bytes]) -> None:
    """Write the files, and tell git that a conflict in one of them is resolved."""
    from scaffold import git

    atomic.write_all(folder, contents)
    unmerged = (
        git.run(folder, "ls-files", "--unmerged", "-z", "--", *contents) if contents else None
    )
    if unmerged is not None and unmerged.returncode == 0 and unmerged.stdout:
        git.run(folder, "add", "--", *contents)
