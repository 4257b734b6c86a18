"""`scaffold pins` compiles requirements.txt as the templates have it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from scaffold import git
from scaffold.catalog import Catalog

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Scaffold

STARTERS = Catalog().questions["starter"].choices


@pytest.fixture
def project(scaffold: Scaffold, workspace: Path) -> Path:
    """A generated project in git."""
    assert scaffold("new", "shop", "--defaults").code == 0
    return workspace / "shop"


@pytest.mark.boot
@pytest.mark.parametrize("starter", STARTERS)
@pytest.mark.parametrize("dependencies", ["current", "sdk"])
def test_a_new_project_is_up_to_date(
    scaffold: Scaffold, workspace: Path, starter: str, dependencies: str
) -> None:
    """What a new project has is what compiling gives, to the byte."""
    answers = ["--starter", starter, "--dependencies", dependencies, "--defaults", "--no-git"]
    assert scaffold("new", "shop", *answers).code == 0
    done = scaffold("pins", str(workspace / "shop"), "--check")
    assert (done.code, done.out) == (0, "")


@pytest.mark.boot
def test_add(scaffold: Scaffold, project: Path) -> None:
    """An added package gets the range of its major version, and all its pins; the others stay."""
    before = (project / "requirements.txt").read_text("utf-8")
    done = scaffold("pins", str(project), "--add", "humanize", "--add", "python-slugify>=8,<9")
    assert done.code == 0
    source = (project / "requirements.in").read_text("utf-8")
    assert source.splitlines()[-2:] == ["humanize>=4,<5", "python-slugify>=8,<9"]
    compiled = (project / "requirements.txt").read_text("utf-8")
    assert {"humanize", "python-slugify", "text-unidecode"} <= {
        line.partition("==")[0] for line in compiled.splitlines()
    }
    assert set(before.splitlines()) <= set(compiled.splitlines())
    assert scaffold("pins", str(project), "--check").code == 0
    again = scaffold("pins", str(project), "--add", "humanize")
    assert "up to date" in again.err


@pytest.mark.boot
def test_a_conflict_is_resolved(scaffold: Scaffold, project: Path) -> None:
    """A conflict that an update left in requirements.txt is resolved by compiling, for git too."""
    path = project / "requirements.txt"
    compiled = path.read_bytes()

    def commit(content: bytes, message: str) -> None:
        path.write_bytes(content)
        git.output(project, "commit", "--quiet", "--all", "-m", message)

    git.output(project, "config", "user.name", "a")
    git.output(project, "config", "user.email", "a@localhost")
    git.output(project, "checkout", "--quiet", "-b", "other")
    commit(compiled.replace(b"six==1.17.0", b"six==1.16.0"), "one")
    git.output(project, "checkout", "--quiet", "-")
    git.output(project, "checkout", "--quiet", "-b", "mine", "HEAD")
    commit(compiled.replace(b"six==1.17.0", b"six==1.17.0\nsimplejson==3.20.1"), "two")
    subprocess.run(["git", "merge", "other"], cwd=project, capture_output=True, check=False)
    assert b"<<<<<<<" in path.read_bytes()
    assert scaffold("pins", str(project)).code == 0
    assert path.read_bytes() == compiled
    assert not git.output(project, "ls-files", "--unmerged")


@pytest.mark.boot
def test_no_versions(scaffold: Scaffold, project: Path) -> None:
    """Where nothing fits together the packages are named, and both files stay as they were."""
    before = {
        name: (project / name).read_bytes() for name in ("requirements.in", "requirements.txt")
    }
    done = scaffold("pins", str(project), "--add", "flask<2")
    assert done.code == 0  # Flask is asked for already
    (project / "requirements.in").write_bytes(before["requirements.in"] + b"werkzeug<2\n")
    failed = scaffold("pins", str(project))
    assert failed.code == 1
    assert "werkzeug" in failed.err
    assert (project / "requirements.txt").read_bytes() == before["requirements.txt"]


@pytest.mark.parametrize(
    ("given", "arguments", "text"),
    [
        ({}, (), "requirements.in"),
        ({"requirements.in": "flask\n"}, ("--add", "no package!"), "no package!"),
        ({"requirements.in": "flask\n"}, ("--add", "-r other.txt"), "-r other.txt"),
        ({"requirements.in": "flask\n"}, ("--add", "a\nb"), "a"),
    ],
)
def test_refusals(
    scaffold: Scaffold,
    workspace: Path,
    given: dict[str, str],
    arguments: tuple[str, ...],
    text: str,
) -> None:
    """What cannot be compiled is one error that names it; nothing is written."""
    for name, content in given.items():
        (workspace / name).write_text(content, "utf-8")
    done = scaffold("pins", *arguments)
    assert done.code == 2
    assert text in done.err
    assert sorted(path.name for path in workspace.iterdir()) == sorted(given)
