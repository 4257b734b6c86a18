"""What to type next: three commands that are right for the answers and the folder."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from scaffold import nextsteps
from scaffold.nextsteps import next_steps
from scaffold.render import render
from scaffold.starters import combinations

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.starters import Answers, Catalog

ANSWERS: Answers = {"python": "3.11"}
PLAIN = {"leanengine.yaml": b"runtime: python\n"}
WITH_SDK = {"leanengine.yaml": b"install:\n  - pip install -r requirements.txt\n  - pip install --no-deps sdk==1.0\n"}
PREPARE = "python3.11 -m venv .venv && .venv/bin/python -m pip install -r requirements-dev.txt"


@pytest.mark.parametrize(
    ("folder", "enter"),
    [
        ("shop", "cd shop"),
        ("a/b/shop", "cd a/b/shop"),
        ("my shop", "cd 'my shop'"),
        ("it's", "cd 'it'\"'\"'s'"),
        ("云", "cd '云'"),
        ("$HOME", "cd '$HOME'"),
    ],
)
def test_below_the_current_folder(workspace: Path, folder: str, enter: str) -> None:
    """First into the folder, quoted for a shell where it must be; then boot, then a virtualenv."""
    steps = next_steps(workspace / folder, ANSWERS, PLAIN)
    assert steps == [enter, "scaffold boot", PREPARE]
    assert shlex.split(steps[0]) == ["cd", folder]


def test_leading_dash(workspace: Path) -> None:
    """A folder that begins with a dash is no option of `cd`."""
    assert next_steps(workspace / "-my shop", ANSWERS, PLAIN)[0] == "cd './-my shop'"


def test_elsewhere(workspace: Path) -> None:
    """A folder that is not below the current one is shown whole."""
    assert next_steps(workspace.parent / "shop", ANSWERS, PLAIN)[0] == f"cd {workspace.parent / 'shop'}"


def test_in_the_current_folder(workspace: Path) -> None:
    """Who is there already runs the tests as the third step."""
    assert next_steps(workspace, ANSWERS, PLAIN) == ["scaffold boot", PREPARE, ".venv/bin/python -m pytest"]


@pytest.mark.parametrize("python", ["3.8", "3.13"])
def test_the_projects_python(workspace: Path, python: str) -> None:
    """The virtualenv is made with the Python of the answers."""
    assert next_steps(workspace, {"python": python}, PLAIN)[1].startswith(f"python{python} -m venv .venv")


def test_what_is_installed_alone(workspace: Path) -> None:
    """What leanengine.yaml installs without its dependencies, the virtualenv gets too."""
    assert (
        next_steps(workspace, ANSWERS, WITH_SDK)[1]
        == f"{PREPARE} && .venv/bin/python -m pip install --no-deps sdk==1.0"
    )


def test_windows(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows the commands are those of its shells."""
    folder = workspace / "my shop"
    monkeypatch.setattr(nextsteps, "_IS_WINDOWS", True)
    steps = next_steps(folder, ANSWERS, PLAIN)
    assert steps == [
        'cd "my shop"',
        "scaffold boot",
        r"py -3.11 -m venv .venv && .venv\Scripts\python -m pip install -r requirements-dev.txt",
    ]


def test_every_combination(catalog: Catalog, workspace: Path) -> None:
    """For each project the third step installs files that the project has, and the SDK where it needs it alone."""
    starter = catalog.starter("flask")
    for answers in combinations(catalog, "flask"):
        files = render(starter, answers)
        install = next_steps(workspace / "shop", answers, files)[2]
        assert f"python{answers['python']} -m venv" in install
        assert "requirements-dev.txt" in files
        alone = bool(answers["cloud_functions"]) and answers["dependencies"] == "current"
        assert ("--no-deps" in install) == alone, answers
