"""What every user does to a project, and then a change of its answers: git merges both."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from scaffold.render import render
from tests.conftest import CATALOG
from tests.pairs import projects
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CHANGES = 8


def _lived_in(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return a project with a package, as `scaffold pins --add` writes it, and a variable.

    Formatting and fixes of lint change nothing: test_ruff.py.
    """
    variable = b"\n    SMTP_PORT: int = 25\n\n\nenv = Env.load()"
    return {
        **files,
        "requirements.in": files["requirements.in"] + b"humanize>=4,<5\n",
        "env.py": files["env.py"].replace(b"\n\n\nenv = Env.load()", variable),
    }


def _merges(folder: Path, before: bytes, mine: bytes, theirs: bytes) -> bool:
    """Return whether git merges a file that both sides changed."""
    for name, content in (("mine", mine), ("before", before), ("theirs", theirs)):
        (folder / name).write_bytes(content)
    command = ["git", "merge-file", "--stdout", "mine", "before", "theirs"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("starter", CATALOG.questions["starter"].choices)
def test_no_conflict(tmp_path: Path, starter: str) -> None:
    """Any answers may become any others: server, Python, dependencies, language and the rest."""
    made, compiled = projects(CATALOG, starter), CATALOG.starter(starter)
    # Far apart, so that most answers differ; the same pairs each time.
    step = len(made) // CHANGES
    for first, second in some(zip(made[::step], made[::-step], strict=True)):
        before, theirs = render(compiled, first), render(compiled, second)
        mine = _lived_in(before)
        edited = {path for path in mine if mine[path] != before[path]}
        assert edited == {"requirements.in", "env.py"}
        for path in edited:
            assert _merges(tmp_path, before[path], mine[path], theirs[path]), (path, first, second)
