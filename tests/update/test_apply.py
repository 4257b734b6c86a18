"""From the copy to the user's files: all of it or nothing. What copier does in
the copy is done by hand here.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.update import apply, runner
from tests.conftest import snapshot
from tests.repositories import commit, contents, git

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.questions import Answers
    from scaffold.update.template import Template
    from tests.conftest import Published, Scaffold

ANSWERS = ".copier-answers.yml"


@pytest.fixture
def project(workspace: Path, published: Published) -> Path:
    """A Flask project of version 1.0.0, committed, in the folder `shop`."""
    (workspace / "shop").mkdir()
    commit(workspace / "shop", published("1.0.0", starter="flask", project_name="shop"))
    return workspace / "shop"


@pytest.fixture
def copier(
    monkeypatch: pytest.MonkeyPatch, published: Published
) -> Callable[[Callable[[Path], object]], None]:
    """Let a function do what copier does in the copy."""

    def replace(work: Callable[[Path], object]) -> None:
        def update(
            copy: Path, _template: Template, _target: str, _data: Answers, *, trust: bool
        ) -> str:
            del trust
            work(copy)
            return ""

        def make(
            folder: Path, _template: Template, version: str, data: Answers, *, trust: bool
        ) -> None:
            del trust
            for path, content in published(version, **data).items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)

        monkeypatch.setattr(runner, "update", update)
        monkeypatch.setattr(runner, "make", make)

    return replace


def _work(copy: Path) -> None:
    """Add, change, remove, make executable, replace by a link."""
    (copy / "new" / "deep").mkdir(parents=True)
    (copy / "new" / "deep" / "file.py").write_bytes(b"new\n")
    (copy / "app.py").write_bytes(b"changed\r\n")
    (copy / "start.sh").unlink()
    (copy / "templates" / "error.html").unlink()
    (copy / "templates" / "index.html").unlink()
    (copy / "wsgi.py").chmod(0o755)
    (copy / "cloud.py").unlink()
    (copy / "cloud.py").symlink_to("app.py")


def test_every_kind_of_change(
    project: Path, copier: Callable[..., None], scaffold: Scaffold
) -> None:
    """The files, links and modes are as in the copy; the index is as it was; empty folders go."""
    copier(_work)
    (project / "app.py").chmod(0o600)
    index = git(project, "ls-files", "--stage")
    result = scaffold("update", "shop", "--json")
    assert result.code == 0, result.err
    assert (project / "new" / "deep" / "file.py").read_bytes() == b"new\n"
    assert (project / "app.py").read_bytes() == b"changed\r\n"
    assert (project / "app.py").stat().st_mode & 0o777 == 0o600
    assert (project / "wsgi.py").stat().st_mode & 0o100
    assert (project / "cloud.py").readlink() == Path("app.py")
    assert not (project / "templates").exists()
    assert git(project, "ls-files", "--stage") == index
    files = {file["path"]: file["action"] for file in json.loads(result.out)["files"]}
    assert files == {
        "app.py": "changed",
        "cloud.py": "changed",
        "new/deep/file.py": "added",
        "start.sh": "removed",
        "templates/error.html": "removed",
        "templates/index.html": "removed",
        "wsgi.py": "changed",
    }


def test_the_commands_take_it_back(
    project: Path, copier: Callable[..., None], scaffold: Scaffold
) -> None:
    """The commands that the summary names restore every file, and leave what the user
    made since.
    """
    before = contents(project)
    copier(_work)
    result = scaffold("update", "shop")
    commands = [
        line.strip() for line in result.err.partition("undo everything")[2].splitlines()[1:]
    ]
    assert [shlex.split(command)[:3] for command in commands] == [["git", "-C", str(project)]] * 2
    (project / "since.txt").write_bytes(b"mine\n")
    for command in commands:
        subprocess.run(shlex.split(command), check=True)
    assert contents(project) == before | {"since.txt": b"mine\n"}
    assert git(project, "status", "--porcelain") == "?? since.txt\n"


@pytest.mark.parametrize("option", ["--dry-run", "--json --dry-run", "--dry-run --diff"])
def test_dry_run(
    option: str, project: Path, copier: Callable[..., None], scaffold: Scaffold
) -> None:
    """The plan is shown, line by line if asked for, and not one byte is written, not even
    in .git.
    """
    copier(_work)
    before = snapshot(project)
    result = scaffold("update", "shop", *option.split())
    assert result.code == 0
    assert "new/deep/file.py" in result.out
    assert ("+changed" in result.out) == ("--diff" in option)
    assert snapshot(project) == before


def test_ctrl_c_half_way(
    project: Path, copier: Callable[..., None], scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done is taken back, whichever step Ctrl-C comes after."""
    copier(_work)
    before = snapshot(project)
    real, steps = apply._place, 0
    for last in (1, 4, 7):
        steps = 0

        def place(*arguments: object, last: int = last) -> None:
            nonlocal steps
            real(*arguments)  # type: ignore[arg-type]
            steps += 1
            if steps == last:
                raise KeyboardInterrupt

        monkeypatch.setattr(apply, "_place", place)
        result = scaffold("update", "shop")
        assert result.code == 130
        after = snapshot(project)
        assert {path for path in before | after if before.get(path) != after.get(path)} == set(), (
            last
        )


def test_a_full_disk_half_way(
    project: Path, copier: Callable[..., None], scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the system names the file, and everything is as it was."""
    copier(_work)
    before = snapshot(project)
    real = apply._place

    def place(new: Path, target: Path, *rest: object) -> None:
        if target.name == "wsgi.py":
            raise OSError(28, "No space left on device")
        real(new, target, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(apply, "_place", place)
    result = scaffold("update", "shop")
    assert result.code == 1
    assert f"{project / 'wsgi.py'}: No space left on device" in result.err
    assert snapshot(project) == before


def test_a_full_disk_for_the_copy(
    project: Path, copier: Callable[..., None], scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no room for the copy, that is said, and nothing is touched."""
    copier(_work)
    before = snapshot(project)

    def full(source: object, *_rest: object, **_more: object) -> None:
        raise OSError(28, "No space left on device", str(source))

    monkeypatch.setattr(shutil, "copy2", full)
    result = scaffold("update", "shop")
    assert result.code == 1
    assert f"{project / '.copier-answers.yml'}: No space left on device" in result.err
    assert snapshot(project) == before


def test_something_in_the_way(
    project: Path, copier: Callable[..., None], scaffold: Scaffold
) -> None:
    """A file that git ignores is not written over: git could not bring it back."""
    commit(project, {".gitignore": b"new/\n"})
    (project / "new").mkdir()
    (project / "new" / "deep").write_bytes(b"mine\n")

    def work(copy: Path) -> None:
        shutil.rmtree(copy / "new")
        _work(copy)

    copier(work)
    before = snapshot(project)
    result = scaffold("update", "shop")
    assert (result.code, "new/deep" in result.err) == (2, True)
    assert "git add -f" in result.err
    assert snapshot(project) == before


def test_ignored_by_git(project: Path, copier: Callable[..., None], scaffold: Scaffold) -> None:
    """A new file that the user's .gitignore hides is written, and how to commit it is said."""
    commit(project, {".gitignore": b"new/\n"})
    copier(_work)
    result = scaffold("update", "shop")
    assert result.code == 0
    assert (project / "new" / "deep" / "file.py").is_file()
    assert "git add -f new/deep/file.py" in result.err


def test_names_that_differ_in_case_only(
    project: Path, copier: Callable[..., None], scaffold: Scaffold
) -> None:
    """Two names that are one on other systems are refused on all."""
    copier(lambda copy: (copy / "readme.md").write_bytes(b"new\n"))
    before = snapshot(project)
    result = scaffold("update", "shop")
    assert (result.code, "git mv README.md readme.md" in result.err) == (2, True)
    assert snapshot(project) == before


def test_changed_while_it_was_prepared(
    project: Path, copier: Callable[..., None], scaffold: Scaffold
) -> None:
    """Who saves a file while the update is being prepared does not lose it."""

    def work(copy: Path) -> None:
        _work(copy)
        (project / "app.py").write_bytes(b"just saved\n")

    copier(work)
    result = scaffold("update", "shop")
    assert (result.code, "explain update-changed-meanwhile" in result.err) == (2, True)
    assert (project / "app.py").read_bytes() == b"just saved\n"
    assert (project / "start.sh").is_file()


def test_read_only_files(project: Path, copier: Callable[..., None], scaffold: Scaffold) -> None:
    """Files that are read-only are updated and stay read-only."""
    for path in ("app.py", "start.sh"):
        (project / path).chmod(0o444)
    copier(_work)
    assert scaffold("update", "shop").code == 0
    assert (project / "app.py").read_bytes() == b"changed\r\n"
    assert (project / "app.py").stat().st_mode & 0o777 == 0o444


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(
    project: Path, copier: Callable[..., None], scaffold: Scaffold
) -> None:
    """A folder without permission is found before the first file is written."""
    copier(_work)
    (project / "templates").chmod(0o555)
    result = scaffold("update", "shop")
    (project / "templates").chmod(0o755)
    assert (result.code, "explain update-not-writable" in result.err) == (1, True)
    assert (project / "app.py").read_bytes() != b"changed\r\n"


def _conflict(copy: Path) -> None:
    marks = b"a\n<<<<<<< before updating\nmine\n=======\nnew\n>>>>>>> after updating\n" * 2
    (copy / "app.py").write_bytes(marks)
    blob = git(copy, "hash-object", "-w", "app.py").strip()
    lines = f"0 {'0' * 40}\tapp.py\n" + "".join(
        f"100644 {blob} {stage}\tapp.py\n" for stage in (1, 2, 3)
    )
    subprocess.run(
        ["git", "update-index", "--index-info"], cwd=copy, input=lines.encode(), check=True
    )


def test_conflicts(project: Path, copier: Callable[..., None], scaffold: Scaffold) -> None:
    """Exit code 3, each place with its line, and git knows of them, so that its tools can help."""
    copier(_conflict)
    result = scaffold("update", "shop", "--dry-run")
    assert (result.code, "conflict  app.py" in result.out) == (0, True)
    result = scaffold("update", "shop")
    assert result.code == 3
    assert "  shop/app.py:2\n  shop/app.py:8\n" in result.err
    assert "git add app.py" in result.err
    assert git(project, "status", "--porcelain") == "UU app.py\n"
    assert git(project, "show", ":2:app.py").startswith("a\n<<<<<<<")
    result = scaffold("update", "shop")
    assert (result.code, "explain update-unmerged" in result.err) == (2, True)
    git(project, "checkout", "--quiet", "--ours", "app.py")
    commit(project)
    assert "explain update-markers" in scaffold("update", "shop").err


def test_changed_by_the_user_and_gone_from_the_template(
    project: Path, copier: Callable[..., None], scaffold: Scaffold
) -> None:
    """A file that the template no longer has goes, but not with the user's changes in it."""
    mine = (project / "start.sh").read_bytes() + b"# mine\n"
    commit(project, {"start.sh": mine, "templates/error.html": b"mine\n"})
    (project / "start.sh").chmod(0o755)
    commit(project)
    copier(_work)
    result = scaffold("update", "shop")
    assert result.code == 3
    assert (project / "start.sh").read_bytes() == mine
    assert (project / "start.sh").stat().st_mode & 0o777 == 0o755
    assert (project / "templates" / "error.html").read_bytes() == b"mine\n"
    assert not (project / "templates" / "index.html").exists()
    assert "UD start.sh" in git(project, "status", "--porcelain")
    assert "git add start.sh) or not (git rm start.sh)" in result.err


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_printed(
    language: str, project: Path, copier: Callable[..., None], scaffold: Scaffold
) -> None:
    """The preview names every file, the summary counts them, and the next
    commands follow; in both languages.
    """
    copier(_work)
    result = scaffold("--lang", language, "update", "shop")
    words = {
        "en": ("added     new/deep/file.py", "1 added, 3 changed, 3 removed"),
        "zh": ("新增", "新增 1，修改 3，删除 3"),
    }
    assert [word for word in words[language] if word not in result.err] == []
    commands = (
        "cd shop",
        "git diff",
        "scaffold check",
        "scaffold boot",
        "git add -A . && git commit -m",
    )
    assert [command for command in commands if f"\n  {command}" not in result.err] == []
    assert project.is_dir()


def test_quiet(project: Path, copier: Callable[..., None], scaffold: Scaffold) -> None:
    """With --quiet nothing is printed."""
    copier(_work)
    result = scaffold("update", "shop", "--quiet")
    assert (result.code, result.out, result.err) == (0, "", "")
    assert (project / "new").is_dir()
