"""Git: one first commit, whatever the user's settings are, and none where none belongs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold import git

if TYPE_CHECKING:
    from tests.conftest import Scaffold

MESSAGE = "Start here"
NEW = ("new", "shop", "--defaults")


@pytest.fixture
def folder(workspace: Path) -> Path:
    """A folder with a file, an ignored file and a file with Windows' line ends."""
    folder = workspace / "shop"
    folder.mkdir()
    (folder / "app.py").write_bytes(b"print('hello')\r\n")
    (folder / ".gitignore").write_text(".env\n")
    (folder / ".env").write_text("KEY=secret\n")
    return folder


@pytest.fixture
def settings(folder: Path) -> Path:
    """The user's git settings: all that could spoil, stop or follow a first commit."""
    marks, hooks, templates = (folder.parent / name for name in ("marks", "hooks", "templates"))
    (templates / "hooks").mkdir(parents=True)
    for place in (marks, hooks):
        place.mkdir()
    for name in (
        "pre-commit",
        "prepare-commit-msg",
        "commit-msg",
        "post-commit",
        "post-index-change",
    ):
        for place in (hooks, templates / "hooks"):
            (place / name).write_text(f"#!/bin/sh\ntouch '{marks}/{name}'\nexit 1\n")
            (place / name).chmod(0o755)
    path = Path(os.environ["HOME"]) / ".gitconfig"
    path.write_text(
        f"[core]\n\thooksPath = {hooks}\n\tautocrlf = true\n\tsafecrlf = true\n\tfsmonitor "
        f"= {hooks / 'pre-commit'}\n"
        f"[init]\n\ttemplateDir = {templates}\n\tdefaultBranch = trunk\n"
        "[commit]\n\tgpgSign = true\n\ttemplate = /nowhere\n[gpg]\n\tprogram = false\n"
        "[user]\n\tuseConfigOnly = true\n"
    )
    return marks


def _ask(folder: Path, *arguments: str) -> str:
    """Return what git says about a folder, in the environment that scaffold gave git."""
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "GIT_DIR"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def test_first_commit(folder: Path) -> None:
    """One commit holds every file that is not ignored, and nothing is left to commit."""
    assert git.first_commit(folder, MESSAGE)
    assert _ask(folder, "log", "--format=%s") == MESSAGE
    assert _ask(folder, "ls-files").split() == [".gitignore", "app.py"]
    assert _ask(folder, "status", "--porcelain") == ""


def test_nobody_is_configured(folder: Path) -> None:
    """Without an identity the commit is scaffold's, and none is written to
    the repository's settings.
    """
    assert git.first_commit(folder, MESSAGE)
    assert _ask(folder, "log", "--format=%an <%ae> %cn <%ce>") == (
        "scaffold <scaffold@localhost> scaffold <scaffold@localhost>"
    )
    assert "user." not in _ask(folder, "config", "--local", "--list")


def test_somebody_is_configured(folder: Path) -> None:
    """With an identity the commit is the user's; what is missing of it is filled in."""
    (Path(os.environ["HOME"]) / ".gitconfig").write_text("[user]\n\tname = Mei\n")
    assert git.first_commit(folder, MESSAGE)
    assert (
        _ask(folder, "log", "--format=%an <%ae> %cn <%ce>")
        == "Mei <scaffold@localhost> Mei <scaffold@localhost>"
    )


def test_somebody_in_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An identity that the environment gives is the user's too."""
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Mei")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "mei@example.org")
    assert git.first_commit(folder, MESSAGE)
    assert (
        _ask(folder, "log", "--format=%an <%ae> %cn <%ce>")
        == "Mei <scaffold@localhost> scaffold <mei@example.org>"
    )


def test_settings_that_could_spoil_it(folder: Path, settings: Path) -> None:
    """Signing, hooks, watchers and conversions of line ends that the user set
    up stay out of the first commit.
    """
    assert git.first_commit(folder, MESSAGE)
    assert list(settings.iterdir()) == []
    assert _ask(folder, "log", "--format=%s %G?") == f"{MESSAGE} N"
    stored = subprocess.run(
        ["git", "show", "HEAD:app.py"], cwd=folder, check=True, capture_output=True
    ).stdout
    assert stored == b"print('hello')\r\n"


@pytest.mark.usefixtures("settings")
def test_settings_that_are_kept(folder: Path) -> None:
    """The branch's name and the hooks for later commits are as the user wants them."""
    assert git.first_commit(folder, MESSAGE)
    assert _ask(folder, "branch", "--show-current") == "trunk"
    assert (folder / ".git" / "hooks" / "pre-commit").exists()


@pytest.mark.parametrize(
    "name", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"]
)
def test_variables_of_another_repository(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside another repository's hook, whose variables git inherits, the
    commit still goes to the new one.
    """
    monkeypatch.setenv(name, str(folder.parent / "elsewhere"))
    assert git.reason_against(folder) is None
    assert git.first_commit(folder, MESSAGE)
    assert (folder / ".git" / "HEAD").exists()
    assert not (folder.parent / "elsewhere").exists()
    monkeypatch.delenv(name)
    assert _ask(folder, "ls-files").split() == [".gitignore", "app.py"]


def test_a_commit_that_fails(folder: Path) -> None:
    """Where git refuses, the half-made repository is taken away again, and the files stay."""
    (Path(os.environ["HOME"]) / ".gitconfig").write_text("[user]\n\tname = <>\n")
    assert not git.first_commit(folder, MESSAGE)
    assert sorted(path.name for path in folder.iterdir()) == [".env", ".gitignore", "app.py"]


def test_outside_of_a_repository(folder: Path) -> None:
    """A folder that is in no repository gets one, even before it exists."""
    assert git.reason_against(folder) is None
    assert git.reason_against(folder / "not" / "there") is None


def test_inside_a_repository(folder: Path) -> None:
    """A folder inside a repository gets none of its own."""
    _ask(folder, "init", "-q")
    for path in (folder, folder / "app", folder / "not" / "there"):
        assert git.reason_against(path) == "inside"


def test_inside_a_bare_repository(folder: Path) -> None:
    """A bare repository has no work tree that a project could be inside of."""
    _ask(folder, "init", "-q", "--bare", "bare.git")
    assert git.reason_against(folder / "bare.git" / "shop") is None


def test_git_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git there is no repository, and that is the reason given."""
    monkeypatch.setenv("PATH", "")
    assert git.reason_against(folder) == "missing"


def test_git_is_no_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git that does not start is a commit that fails, not a crash."""
    programs = folder.parent / "programs"
    programs.mkdir()
    (programs / "git").write_bytes(b"\x00\x01 not a program")
    (programs / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    assert git.reason_against(folder) is None
    assert not git.first_commit(folder, MESSAGE)


def test_new_makes_a_commit(scaffold: Scaffold, workspace: Path) -> None:
    """A new project is a clean repository with one commit."""
    result = scaffold(*NEW)
    assert (result.code, result.out) == (0, "")
    assert "git: a repository with one first commit" in result.err
    assert _ask(workspace / "shop", "rev-list", "--count", "HEAD") == "1"
    assert _ask(workspace / "shop", "status", "--porcelain", "--ignored") == ""


def test_new_in_chinese_commits_in_chinese(scaffold: Scaffold, workspace: Path) -> None:
    """The commit speaks the language of the user."""
    scaffold(*NEW, "--lang", "zh")
    assert _ask(workspace / "shop", "log", "--format=%s") == "由 scaffold 生成项目"


def test_new_without_git(scaffold: Scaffold, workspace: Path) -> None:
    """`--no-git` makes no repository and says so."""
    result = scaffold(*NEW, "--no-git")
    assert "git: no repository, as asked" in result.err
    assert not (workspace / "shop" / ".git").exists()


def test_new_inside_a_repository(scaffold: Scaffold, workspace: Path) -> None:
    """Inside a repository the project is left for the user to commit."""
    _ask(workspace, "init", "-q")
    result = scaffold(*NEW)
    assert "git: the folder is inside a repository already; commit when you like" in result.err
    assert not (workspace / "shop" / ".git").exists()
    assert _ask(workspace, "status", "--porcelain") == "?? shop/"


def test_new_without_git_installed(
    scaffold: Scaffold, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing git is said, and is no failure."""
    monkeypatch.setenv("PATH", "")
    result = scaffold(*NEW)
    assert result.code == 0
    assert "git: not found, so no repository was made" in result.err
    assert (workspace / "shop" / "wsgi.py").exists()


def test_new_where_git_fails(scaffold: Scaffold, workspace: Path) -> None:
    """A commit that fails is said, and the project is there without a repository."""
    (Path(os.environ["HOME"]) / ".gitconfig").write_text("[user]\n\tname = <>\n")
    result = scaffold(*NEW)
    assert result.code == 0
    assert "git: could not commit, so no repository was made" in result.err
    assert (workspace / "shop" / "wsgi.py").exists()
    assert not (workspace / "shop" / ".git").exists()


def test_new_beside_other_files(scaffold: Scaffold, workspace: Path) -> None:
    """A folder that holds the user's files is not committed for them."""
    (workspace / "shop").mkdir()
    (workspace / "shop" / "notes").write_text("mine\n")
    result = scaffold(*NEW, "--force")
    assert "git: the folder holds other files, so no repository was made" in result.err
    assert not (workspace / "shop" / ".git").exists()


def test_new_in_the_current_folder_makes_a_commit(
    scaffold: Scaffold, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The current folder, if empty, becomes a repository too."""
    (workspace / "shop").mkdir()
    monkeypatch.chdir(workspace / "shop")
    assert scaffold("new", ".", "--defaults").code == 0
    assert _ask(workspace / "shop", "rev-list", "--count", "HEAD") == "1"
    assert _ask(workspace / "shop", "status", "--porcelain", "--ignored") == ""
