"""What `scaffold new` makes, started by `scaffold boot` and put through its own tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scaffold.engine import environment
from scaffold.engine.boot import BootOptions, rehearse
from scaffold.project import write_project
from scaffold.render import render
from scaffold.starters import Answers, Catalog, combinations
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

pytestmark = pytest.mark.boot

CATALOG = Catalog(ROOT)
STARTERS = CATALOG.questions["starter"].choices
# The one Python that both dependency sets run on and that is supported longest.
DEFAULT_PYTHON = "3.11"


@dataclass(frozen=True)
class Case:
    """A combination of answers under the name that the test report shows."""

    answers: Answers

    def __str__(self) -> str:
        """Return the answers that tell the combination from others, joined."""
        functions = self.answers["dependencies"] if self.answers["cloud_functions"] else "no-functions"
        return f"{self.answers['starter']}-{self.answers['server']}-{functions}-{self.answers['python']}"


def _all() -> Iterable[Answers]:
    return (answers for starter in STARTERS for answers in combinations(CATALOG, starter))


def _on_default_python() -> list[Case]:
    """Return every server × cloud_functions × dependencies, with all options on."""
    chosen: dict[str, Case] = {}
    for answers in _all():
        if answers["python"] == DEFAULT_PYTHON:
            # `combinations` yields True before False: the first of its name has the most options on.
            chosen.setdefault(str(Case(answers)), Case(answers))
    return list(chosen.values())


def _on_every_python() -> list[Case]:
    """Return each starter once a Python, on the first server, with cloud functions and all options off."""
    chosen: dict[tuple[str, str], Case] = {}
    for answers in _all():
        if answers["cloud_functions"] and not answers["sessions"] and not answers["https_redirect"]:
            chosen.setdefault((str(answers["starter"]), str(answers["python"])), Case(answers))
    return list(chosen.values())


CASES = {str(case): case for case in (*_on_default_python(), *_on_every_python())}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_starts_and_passes_its_own_tests(case: Case, tmp_path: Path) -> None:
    """The project boots through every step, and its tests pass in the virtualenv it was booted in."""
    answers = case.answers
    project = write_project(tmp_path / "myapp", render(CATALOG.starter(str(answers["starter"])), answers)).folder
    report = rehearse(project, BootOptions(keep=True))
    try:
        if report.error and report.error.key == "engine.error.interpreter-missing":
            pytest.skip(f"Python {answers['python']} is not on this machine")
        assert report.error is None, f"{report.error}\n" + "\n".join(report.log)
        assert report.healthy
        assert report.folder is not None
        _run_own_tests(report.folder)
    finally:
        if report.folder is not None:
            shutil.rmtree(report.folder)
    function_steps = {step.status for step in report.steps if step.name in {"functions", "call", "refusal"}}
    assert function_steps == {"passed" if answers["cloud_functions"] else "skipped"}


def _run_own_tests(folder: Path) -> None:
    """Run the generated tests in the kept build folder of a rehearsal."""
    app, virtualenv = folder / "app", folder / "venv"
    environ = {
        **environment.inherited(os.environ),
        "VIRTUAL_ENV": str(virtualenv),
        "PATH": f"{virtualenv / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    for command in (["pip", "install", "--quiet", "-r", "requirements-dev.txt"], ["python", "-m", "pytest", "-q"]):
        executable = str(virtualenv / "bin" / command[0])
        done = subprocess.run(
            [executable, *command[1:]], cwd=app, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
