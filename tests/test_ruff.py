"""What generated projects look like to ruff: formatted and clean, by their own pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scaffold.messages import LANGUAGES
from scaffold.render import render
from tests.conftest import CATALOG
from tests.pairs import projects
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.questions import Answers


def _is_old(answers: Answers) -> bool:
    """Return whether a project is for a Python before 3.10."""
    return answers["python"] in {"3.8", "3.9"}


def _different_projects(starter: str) -> Iterator[dict[str, bytes]]:
    """Yield projects of a starter that together hold each Python file that any combination of
    answers makes. A file that an earlier project has is empty: only its name matters, by which
    ruff knows the project's own modules.
    """
    compiled = CATALOG.starter(starter)
    seen: set[tuple[str, bytes, bytes]] = set()
    # Of the Python only requirements depend, which are none of ruff's, and the target version.
    different = {
        (
            *((key, value) for key, value in answers.items() if key != "python"),
            _is_old(answers),
        ): answers
        for answers in projects(CATALOG, starter)
    }
    for answers in different.values():
        for language in LANGUAGES:
            each: Answers = {**answers, "language": language}
            files = render(compiled, each)
            settings = files["pyproject.toml"]
            found = {(path, files[path], settings) for path in files if path.endswith(".py")}
            if found - seen:
                yield {**files, **{path: b"" for path, _, _ in found & seen}}
            seen |= found


@pytest.mark.parametrize("starter", CATALOG.questions["starter"].choices)
def test_ruff_changes_nothing(tmp_path: Path, starter: str) -> None:
    """`ruff format .` and `ruff check .` find nothing to do, whatever was answered."""
    made = list(_different_projects(starter))
    assert made
    for number, files in enumerate(made):
        build_file_tree(tmp_path / str(number), files)
    for command in (["format", "--check", "--diff"], ["check", "--output-format", "concise"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "."],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
