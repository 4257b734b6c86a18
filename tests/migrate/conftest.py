"""Old projects, written where they are needed or kept as shapes."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.checks.conftest import build_file_tree

if TYPE_CHECKING:
    from tests.checks.conftest import Tree

SHAPES = Path(__file__).parent / "shapes"
Repository = Callable[..., Path]


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it prints; it has to succeed."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgSign=false")
    command = ("git", *identity, *arguments)
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "surrogateescape")


def commit(folder: Path, message: str = "change") -> None:
    """Commit everything in a folder, ignored files left out."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", message)


@pytest.fixture
def repository(workspace: Path) -> Repository:
    """Write a project into a repository of its own, everything committed."""

    def make(*trees: Tree, name: str = "project") -> Path:
        folder = build_file_tree(workspace / name, *trees)
        git(folder, "init", "--quiet", "--initial-branch=main")
        commit(folder)
        return folder

    return make


def copy_shape(name: str, folder: Path) -> Path:
    """Copy the project of a shape."""
    return Path(shutil.copytree(SHAPES / name / "before", folder))
