"""Ignore files: git's own answers, and projects in repositories."""

from __future__ import annotations

import subprocess
from itertools import product
from typing import TYPE_CHECKING

import pytest

from scaffold.checks.ignores import Ignores
from tests.checks.conftest import SOUND, Build, findings
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trees import Tree

LINES = (
    ".env",
    "!.env",
    "*.txt",
    "/a/",
    "a/*",
    "!a/b",
    "**/b/",
    "a/**/c.txt",
    "# .env",
    "\\!x",
    "[ab]",
    "",
)
PATHS = (
    ".env",
    "a/.env",
    "x.txt",
    "a/x.txt",
    "a/b/x.txt",
    "a/b/c.txt",
    "b",
    "a/b",
    "!x",
    "c/b/.env",
    "a/c.txt",
)


def git(folder: Path, *arguments: str, stdin: str = "") -> str:
    """Run git and return what it prints."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, input=stdin, capture_output=True, text=True, check=False
    )
    return done.stdout


def test_as_git(tmp_path: Path) -> None:
    """Files are ignored that git ignores: order, negation, folders, deeper files."""
    git(tmp_path, "init", "-q")
    compared = 0
    for one, two, below in product(LINES, LINES, ("", "!.env\n", "b\n!*.txt\n")):
        build_file_tree(tmp_path, {".gitignore": f"{one}\n{two}\n", "a/.gitignore": below})
        ignored = git(
            tmp_path, "check-ignore", "--no-index", "--stdin", stdin="\n".join(PATHS)
        ).splitlines()
        ours = Ignores({"": f"{one}\n{two}\n", "a/": below})
        assert [path for path in PATHS if ours.covers(path)] == ignored, (one, two, below)
        compared += len(ignored)
    assert compared > len(PATHS)


def in_git(build: Build, *trees: Tree, add: tuple[str, ...] = ()) -> Path:
    """Return a project in a repository, with some files in the index."""
    folder = build(SOUND, *trees)
    git(folder, "init", "-q")
    git(folder, "add", "--force", "wsgi.py", *add)
    return folder


@pytest.mark.parametrize("path", [".env", "conf/.env.production"])
def test_tracked_secrets(build: Build, path: str) -> None:
    """A file of secrets in the index is found, wherever it is, though git would ignore it."""
    tree: Tree = {
        ".gitignore": ".env*\n",
        path: "",
        ".env.example": "",
        ".leanignore": ".env*\n.venv\n.git\n",
    }
    found = findings(in_git(build, tree, add=(path, ".env.example")))
    assert [(f.rule.id, f.file) for f in found] == [("LE087", path)]


def test_repository_above(tmp_path: Path) -> None:
    """The ignore files of folders above count, as far as the repository goes."""
    build_file_tree(
        tmp_path,
        {".gitignore": ".env\nrequirements.txt\n"},
        {f"app/{k}": v for k, v in SOUND.items()},
    )
    assert "LE088" not in {f.rule.id for f in findings(tmp_path / "app")}
    git(tmp_path, "init", "-q")
    assert [(f.rule.id, f.file) for f in findings(tmp_path / "app")] == [
        ("LE088", "requirements.txt")
    ]
    git(tmp_path, "add", "--force", "app/requirements.txt")
    assert findings(tmp_path / "app") == []


def test_no_ignore_file(build: Build) -> None:
    """A repository without one lets everything through."""
    assert [(f.rule.id, f.file) for f in findings(in_git(build))] == [("LE086", ".gitignore")]


def test_ignored_project(tmp_path: Path) -> None:
    """A project in a folder that git ignores as a whole is not the repository's."""
    build_file_tree(
        tmp_path, {".gitignore": "tries/\n.env\n"}, {f"tries/a/{k}": v for k, v in SOUND.items()}
    )
    git(tmp_path, "init", "-q")
    assert findings(tmp_path / "tries/a") == []


@pytest.mark.parametrize(
    "lines",
    [
        ["[", "!", "\\", "a\\", "a\x0b[b-"],
        [f"*.a{number}" for number in range(20_000)],
        ["a*b" * 50 + str(number) for number in range(2_000)],
        ["x" * 100_000],
    ],
)
def test_odd_patterns(lines: list[str]) -> None:
    """Patterns that nobody understands, and thousands of them, are skipped in little time."""
    ignores = Ignores({"": "\n".join([".env", *lines])})
    assert ignores.covers(".env")
    assert not ignores.covers("wsgi.py")
