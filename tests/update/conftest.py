"""Projects as published versions of the templates make them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold import versions
from scaffold.render import render
from scaffold.starters import Catalog, Given
from tests.repositories import git
from tests.trees import build_file_tree
from tools import bundle

if TYPE_CHECKING:
    from tests.update.edits import Files

Published = Callable[..., "Files"]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Return the files of a project of a published version: `published("1.0.0", starter="flask")`."""
    catalogs: dict[str, Catalog] = {}

    def make(version: str, **answers: object) -> Files:
        if version not in catalogs:
            templates = bundle.published(versions.BUNDLE, version)
            catalogs[version] = Catalog(build_file_tree(tmp_path_factory.mktemp(version), templates))
        catalog = catalogs[version]
        resolved = catalog.resolve({key: Given(value, key) for key, value in answers.items()})
        return render(catalog.starter(str(resolved["starter"])), resolved)

    return make


def plain(folder: Path) -> None:
    """Run plain copier, as the docs of copier say."""
    scripts = str(Path(sys.executable).parent)
    command = [sys.executable, "-m", "copier", "update", "--defaults", "--trust", str(folder)]
    environ = {**os.environ, "PATH": scripts + os.pathsep + os.environ["PATH"]}
    subprocess.run(command, cwd=folder.parent, env=environ, capture_output=True, check=True)


def state(folder: Path) -> tuple[str, str, str]:
    """Return what git says of a folder: changes, index, and the commit that it is at."""
    return (
        git(folder, "status", "--porcelain", "--ignored", "."),
        git(folder, "ls-files", "--stage", "."),
        git(folder, "rev-parse", "HEAD"),
    )
