"""`scaffold new`: what it writes, what it shows, and when it asks."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold import answers as sources
from scaffold import output
from scaffold.commands import new
from scaffold.questions import Answer, UserInput
from scaffold.render import render
from tests.conftest import on_disk, snapshot

if TYPE_CHECKING:
    from scaffold.catalog import Catalog
    from tests.conftest import Scaffold

Expected = Callable[..., tuple[dict[str, Answer], dict[str, bytes]]]
ALL_ANSWERS = [
    *(
        "--starter",
        "flask",
        "--server",
        "uwsgi",
        "--cloud-functions",
        "--dependencies",
        "sdk",
        "--python",
        "3.10",
    ),
    *("-d", "sessions=true", "-d", "https_redirect=yes"),
]
FROM_ALL = {
    "starter": "flask",
    "server": "uwsgi",
    "cloud_functions": True,
    "dependencies": "sdk",
    "python": "3.10",
    "sessions": True,
    "https_redirect": True,
}


@pytest.fixture
def expected(catalog: Catalog) -> Expected:
    """The answers and the files that given answers lead to, on this machine."""

    def resolve(**given: str | bool) -> tuple[dict[str, Answer], dict[str, bytes]]:
        with_origin = {key: UserInput(value, "test") for key, value in given.items()}
        answers = catalog.resolve(with_origin, preferred=sources.preferred(catalog))
        return answers, render(catalog.starter(str(answers["starter"])), answers)

    return resolve


# What is written.


@pytest.mark.parametrize(
    ("arguments", "folder", "given"),
    [
        (["shop", "--defaults"], "shop", {"project_name": "shop"}),
        (["--defaults"], "myapp", {}),
        (
            ["my-shop", "--defaults"],
            "my-shop",
            {"project_name": "my_shop", "title": "my-shop"},
        ),
        (["a/b/shop", "--defaults"], "a/b/shop", {"project_name": "shop"}),
        (
            ["云", "--defaults", "-d", "project_name=cloud_shop"],
            "云",
            {"project_name": "cloud_shop", "title": "云"},
        ),
        (["--defaults", "-d", "project_name=shop"], "shop", {"project_name": "shop"}),
        (["shop", *ALL_ANSWERS], "shop", FROM_ALL | {"project_name": "shop"}),
        ([*ALL_ANSWERS, "-d", "project_name=shop"], "shop", FROM_ALL | {"project_name": "shop"}),
        (
            ["shop", "--defaults", "--no-cloud-functions", "--server", "granian"],
            "shop",
            {"project_name": "shop", "cloud_functions": False, "server": "granian"},
        ),
        (
            ["shop", "--defaults", "--data-file", "a.yml"],
            "shop",
            {"project_name": "shop", "server": "gevent"},
        ),
        (["--defaults", "--data-file", "b.yml"], "store", {"project_name": "store"}),
    ],
)
def test_written(
    scaffold: Scaffold,
    workspace: Path,
    arguments: list[str],
    folder: str,
    given: dict[str, str | bool],
    expected: Expected,
) -> None:
    """What is on the disk is what the answers render to, in the folder that was asked for."""
    (workspace / "a.yml").write_text("server: gevent\n")
    (workspace / "b.yml").write_text("project_name: store\n")
    result = scaffold("new", *arguments, "--no-git")
    answers, files = expected(**given)
    assert (result.code, result.out) == (0, ""), result.err
    assert on_disk(workspace / folder) == files
    made = "{starter} on {server}, Python {python}".format(**answers)
    assert f"✓ Made {workspace / folder}: {len(files)} files, {made}\n" in result.err


def test_what_is_printed_afterwards(scaffold: Scaffold, workspace: Path) -> None:
    """Afterwards: what was made, what became of git, and three commands."""
    lines = scaffold(
        "new", "shop", "--defaults", "--python", "3.11", "--no-cloud-functions", "--no-git"
    ).err.splitlines()
    assert lines[0].startswith(f"✓ Made {workspace}/shop: ")
    assert lines[1:] == [
        "  git: no repository, as asked",
        "",
        "Next:",
        "  cd shop",
        "  scaffold up     run it here, reloaded at each change",
        "  scaffold test   run its tests",
        "  scaffold boot   rehearse the deployment before you deploy",
    ]


def test_what_is_printed_in_chinese(scaffold: Scaffold, workspace: Path) -> None:
    """The same in Chinese."""
    lines = scaffold(
        "new", "shop", "--defaults", "--python", "3.11", "--no-git", "--lang", "zh"
    ).err.splitlines()
    assert lines[0].startswith(f"✓ 已生成 {workspace}/shop：")
    assert lines[1:5] == ["  git：按要求没有建立仓库", "", "接下来：", "  cd shop"]


def test_the_language_of_the_project(scaffold: Scaffold, workspace: Path) -> None:
    """A project speaks the language that scaffold does, unless another one is asked for."""
    scaffold("new", "a", "--defaults", "--no-git", "--lang", "zh")
    scaffold("new", "b", "--defaults", "--no-git", "--lang", "zh", "-d", "language=en")
    scaffold("new", "c", "--defaults", "--no-git")
    languages = [
        next(
            line
            for line in (workspace / name / ".copier-answers.yml").read_text("utf-8").splitlines()
            if line.startswith("language:")
        )
        for name in "abc"
    ]
    assert languages == ['language: "zh"', 'language: "en"', 'language: "en"']


def test_in_the_current_folder(
    scaffold: Scaffold, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`.` fills the current folder, and the next steps do not go elsewhere."""
    (workspace / "shop").mkdir()
    monkeypatch.chdir(workspace / "shop")
    result = scaffold("new", ".", "--defaults")
    assert result.code == 0
    assert "cd " not in result.err
    assert Path("wsgi.py").exists()


def test_force(scaffold: Scaffold, workspace: Path) -> None:
    """`--force` says where the user's files are now."""
    (workspace / "shop").mkdir()
    (workspace / "shop" / "app.py").write_text("mine\n")
    result = scaffold("new", "shop", "--defaults", "--force")
    assert result.code == 0
    assert f"  kept your file as {workspace}/shop/app.py.orig\n" in result.err
    assert (workspace / "shop" / "app.py.orig").read_text() == "mine\n"


# What is shown.


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--quiet"]])
@pytest.mark.parametrize("place", ["shop", "a/shop", "empty"])
def test_a_dry_run_writes_nothing(
    scaffold: Scaffold, workspace: Path, arguments: list[str], place: str
) -> None:
    """A dry run leaves everything as it was."""
    (workspace / "empty").mkdir()
    before = snapshot(workspace.parent)
    assert scaffold("new", place, "--defaults", "--dry-run", *arguments).code == 0
    assert snapshot(workspace.parent) == before


def test_a_dry_run_shows_the_tree(scaffold: Scaffold, expected: Expected) -> None:
    """A dry run prints the tree with sizes as data, and the sum as a message."""
    _, files = expected(project_name="shop")
    result = scaffold("new", "shop", "--defaults", "--dry-run")
    lines = result.out.splitlines()
    assert lines[0] == "shop/"
    sizes = [int(line.split()[-1]) for line in lines[1:] if not line.endswith("/")]
    assert sorted(sizes) == sorted(map(len, files.values()))
    assert (
        result.err
        == f"{len(files)} files, {sum(map(len, files.values()))} bytes; nothing was written.\n"
    )


def test_a_dry_run_as_json(scaffold: Scaffold, workspace: Path, expected: Expected) -> None:
    """With `--json` a dry run gives the contents, the very ones that would be written."""
    answers, files = expected(project_name="shop")
    result = scaffold("new", "shop", "--defaults", "--dry-run", "--json")
    document = json.loads(result.out)
    assert result.err == ""
    assert document == {
        "directory": str(workspace / "shop"),
        "answers": answers,
        "files": {path: content.decode("utf-8") for path, content in files.items()},
    }


@pytest.mark.parametrize("git", [True, False])
def test_json(
    scaffold: Scaffold,
    workspace: Path,
    git: bool,
    expected: Expected,
) -> None:
    """With `--json` the summary is data on stdout, and nothing else is said."""
    answers, files = expected(project_name="shop")
    result = scaffold("new", "shop", "--defaults", "--json", *(() if git else ("--no-git",)))
    document = json.loads(result.out)
    assert result.err == ""
    assert document["next"][:2] == ["cd shop", "scaffold up"]
    assert len(document.pop("next")) == 4
    assert document == {
        "directory": str(workspace / "shop"),
        "answers": answers,
        "files": [{"path": path, "size": len(content)} for path, content in files.items()],
        "git": git,
    }


# When it asks.


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal, and a wizard that must not be called."""
    monkeypatch.setattr(output, "can_prompt", lambda: True)
    monkeypatch.setitem(sys.modules, "scaffold.wizard", None)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    "arguments",
    [
        ["shop", *ALL_ANSWERS],
        ["shop", "--defaults"],
        ["--defaults"],
        ["shop", "--data-file", "all.yml"],
        ["--data-file", "all.yml", "-d", "project_name=shop"],
        [
            "shop",
            "--starter",
            "flask",
            "--server",
            "uwsgi",
            "--no-cloud-functions",
            "--python",
            "3.12",
            "-d",
            "https_redirect=no",
        ],
    ],
)
def test_nothing_is_asked_when_all_is_answered(
    scaffold: Scaffold, workspace: Path, arguments: list[str]
) -> None:
    """With all answers given nothing is asked, not even on a terminal."""
    (workspace / "all.yml").write_text(
        "\n".join(f"{key}: {json.dumps(value)}" for key, value in FROM_ALL.items())
    )
    assert scaffold("new", *arguments, "--no-git").code == 0


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    "arguments",
    [
        ["shop", "--json"],
        ["shop", "--defaults", "-d", "project_name=shop!"],
        ["shop", "--server", "x"],
    ],
)
def test_nothing_is_asked_where_an_answer_would_not_help(
    scaffold: Scaffold, arguments: list[str]
) -> None:
    """For a program, by default, or with a wrong answer among the flags,
    there is an error and no question.
    """
    assert scaffold("new", *arguments).code == 2


# What cannot be written.


@pytest.mark.parametrize(
    ("number", "title", "why", "fix"),
    [
        (
            errno.ENOSPC,
            "The disk is full",
            "The project did not fit; nothing was left behind.",
            "Free some space, or choose a folder on another disk.",
        ),
        (
            errno.EROFS,
            "The folder cannot be written to",
            "The project cannot be put there; nothing was left behind.",
            "Choose a folder that you may write to, or ask for the permission.",
        ),
        (
            errno.EACCES,
            "The folder cannot be written to",
            "The project cannot be put there; nothing was left behind.",
            "Choose a folder that you may write to, or ask for the permission.",
        ),
        (
            errno.EIO,
            "The project could not be written",
            "The system refused; nothing was left behind.",
            "See what the system says above, or choose another folder.",
        ),
    ],
)
def test_what_cannot_be_written(
    scaffold: Scaffold,
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    title: str,
    why: str,
    fix: str,
) -> None:
    """What the system refuses is an error with its reason and exit code 1, and nothing is left."""
    written: list[Path] = []
    original = Path.write_bytes

    def write(self: Path, content: bytes) -> int:
        written.append(self)
        if len(written) > 3:
            raise OSError(number, os.strerror(number), str(self))
        return original(self, content)

    monkeypatch.setattr(Path, "write_bytes", write)
    result = scaffold("new", "shop", "--defaults")
    page = {errno.ENOSPC: "disk-full", errno.EIO: "cannot-write"}.get(number, "not-writable")
    assert result.err == (
        f"Error: {title}\n  seen: {workspace}/shop: {os.strerror(number)}\n  why:  {why}\n  "
        f"fix:  {fix}\n"
        f"  more: scaffold explain new-{page}\n"
    )
    assert (result.code, result.out) == (1, "")
    assert list(workspace.iterdir()) == []


def test_a_template_that_leads_out(
    scaffold: Scaffold, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A template that names a file outside of the project is refused with
    the name, and nothing is written.
    """
    monkeypatch.setattr(new, "render", lambda *_: {"../evil.py": b"", "leanengine.yaml": b""})
    before = snapshot(workspace.parent)
    result = scaffold("new", "shop", "--defaults")
    assert result.err == (
        "Error: The template names a file outside of the project\n"
        "  seen: ../evil.py\n"
        "  why:  A template may only write inside the project's folder.\n"
        "  fix:  Tell the template's author; do not use it until then.\n"
        "  more: scaffold explain new-path-outside\n"
    )
    assert result.code == 2
    assert snapshot(workspace.parent) == before


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
def test_an_empty_repository_is_filled(scaffold: Scaffold, workspace: Path) -> None:
    """A folder fresh from `git init` or `git clone` is filled, and its repository is
    not touched.
    """
    (workspace / "shop" / ".git").mkdir(parents=True)
    (workspace / "shop" / ".git" / "HEAD").write_text("ref: refs/heads/trunk\n")
    assert scaffold("new", "shop", "--defaults").code == 0
    assert (workspace / "shop" / "wsgi.py").exists()
    assert [path.name for path in (workspace / "shop" / ".git").iterdir()] == ["HEAD"]
