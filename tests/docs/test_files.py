"""How a block of a page gets into its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.docs import files
from tests.docs.pages import Block

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = """import os


# About f.
@decorated
def f():
    return 1


x = 1
"""
YAML = """runtime: python

# The server.
run: >-
  exec gunicorn
  --threads 8

functionsMode: strict
"""


def written(path: Path, old: str, code: str, way: str, where: str = "") -> str:
    """Return what a file holds after a block was put into it."""
    path.write_text(old, "utf-8")
    files.write(Block("page.md:1", "file", "", code, path.name, way, where), path)
    return path.read_text("utf-8")


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (
            "def f():\n    return 2\n",
            PYTHON[: PYTHON.index("# About")] + "def f():\n    return 2\n\n\nx = 1\n",
        ),
        ("# New.\nx = 2\n", PYTHON.replace("x = 1", "# New.\nx = 2")),
        ("import re\n", PYTHON.replace("import os\n", "import os\nimport re\n")),
        ("def g(): pass\n", PYTHON + "\n\ndef g(): pass\n"),
    ],
    ids=["function", "variable", "import", "new"],
)
def test_change_of_python(code: str, found: str, tmp_path: Path) -> None:
    """A statement takes the place of its namesake, with its decorators and the comments above."""
    assert written(tmp_path / "app.py", PYTHON, code, "change") == found


def test_change_of_yaml(tmp_path: Path) -> None:
    """A key takes the place of its namesake with all lines; a new one goes to the end."""
    changed = written(
        tmp_path / "leanengine.yaml", YAML, "run: exec uwsgi\nstartupTimeout: 60\n", "change"
    )
    assert (
        changed == "runtime: python\n\nrun: exec uwsgi\nfunctionsMode: strict\nstartupTimeout: 60\n"
    )


def test_append_and_after(tmp_path: Path) -> None:
    """At the end, or below a line that is there; an absent one is the page's fault."""
    assert written(tmp_path / "a.py", "x = 1\n", "y = 2\n", "append") == "x = 1\n\n\ny = 2\n"
    assert written(tmp_path / "r.txt", "b\n", "a\n", "append") == "b\na\n"
    assert (
        written(tmp_path / "a.py", "x = 1\nz = 3\n", "    y = 2\n", "after", "x =")
        == "x = 1\n    y = 2\nz = 3\n"
    )
    with pytest.raises(AssertionError, match=r"page.md:1: no line"):
        written(tmp_path / "a.py", "x = 1\n", "y = 2\n", "after", "none")


def test_a_whole_file(tmp_path: Path) -> None:
    """In folders that are made for it."""
    path = tmp_path / "static" / "js" / "app.js"
    files.write(Block("page.md:1", "file", "js", "let x\n", "static/js/app.js"), path)
    assert path.read_text("utf-8") == "let x\n"
