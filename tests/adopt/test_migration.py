"""Files of the repository outside of the app's folder move with it, where they are surely
about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.adopt.conftest import OLD_FLASK
from tests.repositories import git

if TYPE_CHECKING:
    from tests.conftest import Repository, Scaffold
    from tests.trees import Tree

API: Tree = {f"api/{path}": text for path, text in OLD_FLASK.items()}
AROUND: Tree = {
    "Dockerfile": "FROM python:3.8\nENV LC_APP_PORT=3000\n",
    ".github/workflows/ci.yml": "jobs:\n  test:\n    env:\n      LC_APP_ID: x\n",
    "Procfile": "web: LC_APP_PORT=$PORT python api/wsgi.py\n",
}


def test_moved(scaffold: Scaffold, repository: Repository) -> None:
    """Dockerfile, CI and Procfile beside the folder are part of the plan,
    the diff and the way back.
    """
    folder = repository(API, AROUND)
    before = {path: (folder / path).read_text() for path in AROUND}
    diff = scaffold("adopt", str(folder), "--dry-run").out
    (folder.parent / "patch").write_text(diff, "utf-8")
    git(folder, "apply", "--check", "../patch")
    result = scaffold("adopt", str(folder), "--yes")
    assert result.code == 0
    for path, text in before.items():
        assert (folder / path).read_text() == text.replace("LC_APP", "LEANCLOUD_APP")
    assert (
        "requirements.txt wsgi.py ../.github/workflows/ci.yml ../Dockerfile ../Procfile && rm "
        in result.err
    )


@pytest.mark.parametrize(
    "tree",
    [
        {"server.js": "process.env.LC_APP_PORT\n"},
        {"tools/send.py": "import os\nos.environ['LC_APP_ID']\n"},
        {f"web/{path}": text for path, text in OLD_FLASK.items()},
    ],
)
def test_shared(scaffold: Scaffold, repository: Repository, tree: Tree) -> None:
    """What may be about another app stays, and is reported with its place."""
    folder = repository(API, AROUND, tree)
    result = scaffold("adopt", str(folder), "--yes", "--app", "api")
    assert (folder / "Dockerfile").read_text() == AROUND["Dockerfile"]
    assert "../Dockerfile:2" in result.err


def test_uncommitted(scaffold: Scaffold, repository: Repository) -> None:
    """A file with changes that git could not give back stays."""
    folder = repository(API, AROUND)
    (folder / "Dockerfile").write_text("FROM python:3.9\nENV LC_APP_PORT=3000\n")
    result = scaffold("adopt", str(folder), "--yes")
    assert "ENV LC_APP_PORT" in (folder / "Dockerfile").read_text()
    assert "../Dockerfile:2" in result.err
    assert "LEANCLOUD_APP_PORT" in (folder / "Procfile").read_text()
