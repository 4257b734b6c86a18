"""The shapes of old projects, each with what becomes of it and what is left."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.checks.project import Project
from scaffold.checks.rules.names import old_names
from scaffold.diff import unified
from scaffold.migrate.plan import apply, plan
from tests.conftest import snapshot
from tests.migrate.conftest import SHAPES, copy_shape

if TYPE_CHECKING:
    from scaffold.migrate.plan import MigrationPlan

NAMES = sorted(path.name for path in SHAPES.iterdir())
PYTHONS_2 = ("python2.7", str(Path("~/.pyenv/versions/2.7.18/bin/python").expanduser()))
COMPILES = """
import sys
for path in sys.stdin.read().split("\\0"):
    try:
        compile(open(path, "rb").read(), path, "exec")
        sys.stdout.write(path + "\\n")
    except (SyntaxError, ValueError):
        pass
"""

shapes = pytest.mark.parametrize("name", NAMES)


def _difference(made: MigrationPlan) -> str:
    text = unified(
        (path, made.before[path], done.content) for path, done in sorted(made.files.items())
    )
    return text and f"{text}\n"


def _left(made: MigrationPlan) -> str:
    items = ((path, item) for path, found in sorted(made.left.items()) for item in found)
    return "".join(f"{path}:{item.line} {item.code} {item.name}\n" for path, item in items)


def _python_2() -> str:
    """Return a Python 2 that runs; pyenv's `python2.7` does not where it is switched off."""
    for name in PYTHONS_2:
        found = shutil.which(name)
        if (
            found
            and subprocess.run((found, "-c", "pass"), capture_output=True, check=False).returncode
            == 0
        ):
            return found
    pytest.skip("no Python 2 here")


def _compiling(python: str, folder: Path) -> set[str]:
    paths = "\0".join(str(path.relative_to(folder)) for path in folder.rglob("*.py"))
    done = subprocess.run(
        (python, "-c", COMPILES),
        cwd=folder,
        input=paths,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines())


@shapes
def test_shape(name: str) -> None:
    """Exactly these lines change, and exactly these places are left."""
    made = plan(SHAPES / name / "before", only="all")
    assert _difference(made) == (SHAPES / name / "expected.diff").read_bytes().decode("utf-8")
    assert _left(made) == (SHAPES / name / "expected.left").read_text("utf-8")


@shapes
def test_the_rest_stays(name: str, tmp_path: Path) -> None:
    """No file outside of the plan is touched, and a second run finds nothing to do."""
    folder = copy_shape(name, tmp_path / "project")
    before = snapshot(folder)
    made = plan(folder, only="all")
    apply(made)
    after = snapshot(folder)
    assert {path for path in before | after if before.get(path) != after.get(path)} == set(
        made.files
    )
    again = plan(folder, only="all")
    assert again.files == {}
    # What is said of the change itself is not said again.
    told = {
        path: [item for item in items if item.code != "sdk-kept-back"]
        for path, items in made.left.items()
    }
    assert {path: len(items) for path, items in again.left.items()} == {
        p: len(i) for p, i in told.items() if i
    }


@pytest.mark.parametrize("version", [2, 3])
def test_every_file_still_compiles(version: int, tmp_path: Path) -> None:
    """A file that Python 2 or 3 compiled is one that it compiles."""
    python = sys.executable if version == 3 else _python_2()
    shutil.copytree(SHAPES, tmp_path / "shapes")
    before = _compiling(python, tmp_path / "shapes")
    for name in NAMES:
        apply(plan(tmp_path / "shapes" / name / "before", only="all"))
    assert len(before) > len(NAMES)
    assert _compiling(python, tmp_path / "shapes") == before


@shapes
def test_check_names_the_same_places(tmp_path: Path, name: str) -> None:
    """`scaffold check` names no old name that a migration neither changes nor lists."""
    folder = copy_shape(name, tmp_path / "app")
    made = plan(folder)
    handled = {(path, change.line) for path, done in made.files.items() for change in done.changes}
    handled |= {(path, item.line) for path, items in made.left.items() for item in items}
    assert {(use.file, use.line) for use in old_names(Project(folder))} <= handled
