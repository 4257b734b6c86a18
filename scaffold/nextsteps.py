"""What to type after a project was made."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.starters import Answer

STEPS = 3
_IS_WINDOWS = os.name == "nt"


def next_steps(folder: Path, answers: Mapping[str, Answer], files: Mapping[str, bytes]) -> list[str]:
    """Return the next commands for a project, at most three, for this system's shell.

    Args:
        folder: the project.
        answers: its answers.
        files: its files; what its leanengine.yaml installs, a virtualenv for daily work needs too.
    """
    if "leanengine.yaml" not in files or "python" not in answers:
        # Of another template, which may be for something else.
        return enter(folder)
    return [*enter(folder), "scaffold boot", _install(answers, files), _test()][:STEPS]


def enter(folder: Path) -> list[str]:
    """Return the command that goes to a folder, none if that is the current one."""
    absolute = Path(os.path.abspath(folder))  # noqa: PTH100 - the name that the user knows, not what it links to
    if absolute == Path.cwd():
        return []
    try:
        shown = str(absolute.relative_to(Path.cwd()))
    except ValueError:
        shown = str(absolute)
    if shown.startswith("-"):  # `cd` would take it for an option, quoted or not
        shown = os.path.join(os.curdir, shown)  # noqa: PTH118 - Path drops the dot
    return [f'cd "{shown}"' if _IS_WINDOWS and " " in shown else f"cd {shlex.quote(shown)}"]


def _python() -> str:
    return r".venv\Scripts\python" if _IS_WINDOWS else ".venv/bin/python"


def _install(answers: Mapping[str, Answer], files: Mapping[str, bytes]) -> str:
    maker = f"py -{answers['python']}" if _IS_WINDOWS else f"python{answers['python']}"
    commands = [f"{maker} -m venv .venv", f"{_python()} -m pip install -r requirements-dev.txt"]
    alone = re.findall(rb"pip install (--no-deps [^\s\"']+)", files["leanengine.yaml"])
    commands += [f"{_python()} -m pip install {arguments.decode()}" for arguments in alone]
    return " && ".join(commands)


def _test() -> str:
    return f"{_python()} -m pytest"
