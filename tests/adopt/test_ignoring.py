"""What git and the upload take is as the report says, whatever ignore files there were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.adopt.conftest import TUTORIAL
from tests.repositories import git

if TYPE_CHECKING:
    from tests.conftest import Repository, Scaffold


@pytest.mark.parametrize(
    "content",
    [
        "*.pyc\n",
        "*.pyc\r\n.env.local",
        ".env\n!.env\n",
        "# .env\n",
        ".python-version\n",
        ".env.*\n",
        "/*.yaml\nlib/\n",
    ],
)
def test_gitignore(scaffold: Scaffold, repository: Repository, content: str) -> None:
    """`.env` is ignored, every file that was written is not, and the user's lines stay."""
    folder = repository(TUTORIAL)
    (folder / ".gitignore").write_bytes(content.encode())
    git(folder, "add", "-f", ".gitignore")
    git(folder, "commit", "-qm", "ignore")
    assert scaffold("adopt", str(folder), "--yes").code == 0
    assert (folder / ".gitignore").read_bytes().startswith(content.encode())
    (folder / ".env").write_text("SECRET=1\n")
    git(folder, "add", "--all")
    listed = git(folder, "ls-files").split()
    assert ".env" not in listed
    assert {
        ".python-version",
        ".env.example",
        "leanengine.yaml",
        "leanengine/app.py",
        "wsgi.py",
    } <= {*listed}


def test_exclude_of_the_repository(scaffold: Scaffold, repository: Repository) -> None:
    """What only .git/info/exclude ignores is committed too, as the platform needs it."""
    folder = repository(TUTORIAL)
    (folder / ".git" / "info" / "exclude").write_text("leanengine/\n.env\n")
    scaffold("adopt", str(folder), "--yes")
    git(folder, "add", "--all")
    assert "leanengine/app.py" in git(folder, "ls-files").split()


def test_rule_above(scaffold: Scaffold, repository: Repository) -> None:
    """A rule of a folder above counts, and one that ignores the whole folder is reported."""
    tree = {f"api/{path}": text for path, text in TUTORIAL.items()}
    folder = repository(tree, {".gitignore": "*.yaml\n"})
    scaffold("adopt", str(folder), "--yes")
    git(folder, "add", "--all")
    assert "api/leanengine.yaml" in git(folder, "ls-files").split()


def test_leanignore(scaffold: Scaffold, repository: Repository) -> None:
    """The upload has what the platform needs, and no secret."""
    folder = repository(TUTORIAL, {".leanignore": "*.yaml\n.git/\n"})
    scaffold("adopt", str(folder), "--yes")
    lines = (folder / ".leanignore").read_text().splitlines()
    assert lines[:2] == ["*.yaml", ".git/"]
    assert {"!/leanengine.yaml", ".env"} <= {*lines}
