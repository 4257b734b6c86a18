"""Projects as published versions of the templates make them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from scaffold import versions
from scaffold.render import render
from scaffold.starters import Catalog, Given

if TYPE_CHECKING:
    from pathlib import Path

    from tests.update.edits import Files

Published = Callable[..., "Files"]


def git(folder: Path, *arguments: str) -> str:
    """Run git as a user would, and return what it printed."""
    identity = {f"GIT_{who}_{what}": "user" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **identity}, capture_output=True, text=True, check=True
    )
    return done.stdout


def commit(folder: Path, files: Files | None = None) -> None:
    """Put files into a folder, and commit all that is in it; make a repository of it if it is in none."""
    for path, content in (files or {}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    inside = subprocess.run(["git", "rev-parse"], cwd=folder, capture_output=True, check=False).returncode == 0
    if not inside:
        git(folder, "init", "--quiet")
    git(folder, "add", "--all", ".")
    git(folder, "commit", "--quiet", "--allow-empty", "--no-gpg-sign", "-m", "start")


def contents(folder: Path) -> Files:
    """Return the files below a folder but for git's own."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Return the files of a project of a published version: `published("1.0.0", starter="flask")`."""
    bare = tmp_path_factory.mktemp("published") / "starters.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", str(versions.BUNDLE), str(bare)], check=True)
    catalogs: dict[str, Catalog] = {}

    def make(version: str, **answers: object) -> Files:
        if version not in catalogs:
            folder = tmp_path_factory.mktemp(version)
            subprocess.run(["git", f"--git-dir={bare}", "worktree", "add", "-qf", folder / "t", version], check=True)
            catalogs[version] = Catalog(folder / "t")
        catalog = catalogs[version]
        resolved = catalog.resolve({key: Given(value, key) for key, value in answers.items()})
        return render(catalog.starter(str(resolved["starter"])), resolved)

    return make
