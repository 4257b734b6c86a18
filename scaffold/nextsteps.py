"""What to type after a project was made."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scaffold.questions import Answer

_IS_WINDOWS = os.name == "nt"


class Step(NamedTuple):
    """A command to type, and the last word of the message `new.next.…` that says what for."""

    command: str
    reason: str = ""


def next_steps(
    folder: Path, answers: Mapping[str, Answer], files: Mapping[str, bytes]
) -> list[Step]:
    """Return the next commands for a project, for this system's shell.

    Args:
        folder: the project.
        answers: its answers.
        files: its files; what its leanengine.yaml installs, a virtualenv on Windows needs too.
    """
    steps = [Step(command) for command in enter(folder)]
    if "leanengine.yaml" not in files or "python" not in answers:
        # Of another template, which may be for something else.
        return steps
    if _IS_WINDOWS:  # where scaffold starts nothing
        return [*steps, *_by_hand(answers, files)]
    commands = ("up", "test", "boot")
    return [*steps, *(Step(f"scaffold {name}", name) for name in commands)]


def lines(steps: Sequence[Step]) -> list[str]:
    """Return steps as they are printed: each with what it is for, below each other."""
    width = max((len(step.command) for step in steps if step.reason), default=0)
    return [
        f"{step.command:<{width}}   {text(f'new.next.{step.reason}')}"
        if step.reason
        else step.command
        for step in steps
    ]


def enter(folder: Path) -> list[str]:
    """Return the command that goes to a folder, none if that is the current one."""
    # The name that the user knows, not what it links to.
    absolute = Path(os.path.abspath(folder))  # noqa: PTH100
    if absolute == Path.cwd():
        return []
    try:
        shown = str(absolute.relative_to(Path.cwd()))
    except ValueError:
        shown = str(absolute)
    if shown.startswith("-"):  # `cd` would take it for an option, quoted or not
        shown = os.path.join(os.curdir, shown)  # noqa: PTH118 - Path drops the dot
    return [f'cd "{shown}"' if _IS_WINDOWS and " " in shown else f"cd {shlex.quote(shown)}"]


def _by_hand(answers: Mapping[str, Answer], files: Mapping[str, bytes]) -> list[Step]:
    """Return the steps of Windows: a virtualenv with all packages, then the tests."""
    python = r".venv\Scripts\python"
    alone = re.findall(rb"pip install (--no-deps [^\s\"']+)", files["leanengine.yaml"])
    lists = ["-r requirements-dev.txt", *(arguments.decode() for arguments in alone)]
    return [
        Step(f"py -{answers['python']} -m venv .venv"),
        *(Step(f"{python} -m pip install {what}") for what in lists),
        Step(f"{python} -m pytest"),
    ]
