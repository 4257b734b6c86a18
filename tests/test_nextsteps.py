"""What to type next: three short commands, each with its reason, that end in a running app."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest
from wcwidth import wcswidth

from scaffold import messages, nextsteps
from scaffold.catalog import combinations
from scaffold.nextsteps import lines, next_steps
from scaffold.render import render
from tests.some import some

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.catalog import Catalog
    from scaffold.questions import Answers

ANSWERS: Answers = {"python": "3.11"}
PLAIN = {"leanengine.yaml": b"runtime: python\n"}
INSTALL = b"install:\n  - pip install -r requirements.txt\n  - pip install --no-deps sdk==1.0\n"
WITH_SDK = {"leanengine.yaml": INSTALL}
THREE = ["scaffold up", "scaffold test", "scaffold boot"]


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
    """First into the folder, quoted for a shell where it must be; then run, test, rehearse."""
    steps = _commands(workspace / folder)
    assert steps == [enter, *THREE]
    assert shlex.split(steps[0]) == ["cd", folder]


def _commands(folder: Path) -> list[str]:
    return [step.command for step in next_steps(folder, ANSWERS, PLAIN)]


def test_leading_dash(workspace: Path) -> None:
    """A folder that begins with a dash is no option of `cd`."""
    assert _commands(workspace / "-my shop")[0] == "cd './-my shop'"


def test_elsewhere(workspace: Path) -> None:
    """A folder that is not below the current one is shown whole."""
    assert _commands(workspace.parent / "shop")[0] == f"cd {workspace.parent / 'shop'}"


def test_in_the_current_folder(workspace: Path) -> None:
    """Who is there already need not go there."""
    assert _commands(workspace) == THREE


def test_another_template(workspace: Path) -> None:
    """What another template made may be no app: nothing is said of how to run it."""
    assert next_steps(workspace, {}, {}) == []


def test_windows(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows, where scaffold starts nothing, the commands are those of its shells."""
    monkeypatch.setattr(nextsteps, "_IS_WINDOWS", True)
    steps = next_steps(workspace / "my shop", ANSWERS, WITH_SDK)
    assert lines(steps) == [
        'cd "my shop"',
        "py -3.11 -m venv .venv",
        r".venv\Scripts\python -m pip install -r requirements-dev.txt",
        r".venv\Scripts\python -m pip install --no-deps sdk==1.0",
        r".venv\Scripts\python -m pytest",
    ]


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_width(
    language: str,
    windows: bool,
    catalog: Catalog,
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For every starter each line fits a terminal of 80 columns, and what it needs is there."""
    monkeypatch.setattr(nextsteps, "_IS_WINDOWS", windows)
    messages.set_language(language)
    for starter in some(catalog.questions["starter"].choices):
        for answers in some(combinations(catalog, starter)):
            files = render(catalog.starter(starter), answers)
            assert "requirements-dev.txt" in files
            shown = lines(next_steps(workspace / "myapp", answers, files))
            assert len(shown) >= 4
            assert max(map(wcswidth, shown)) <= 78, shown
