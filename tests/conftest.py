"""Fixtures that several test files share."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold import messages, output
from scaffold.starters import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The questions and starters of this checkout."""
    return Catalog(ROOT)


@pytest.fixture(scope="session")
def template_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the template outside of git, so that copier and cookiecutter read the files as they are."""
    folder = tmp_path_factory.mktemp("template")
    for name in ("copier.yml", "cookiecutter.json"):
        shutil.copy(ROOT / name, folder)
    ignore = shutil.ignore_patterns("__pycache__", ".*_cache")
    shutil.copytree(ROOT / "templates", folder / "templates", symlinks=True, ignore=ignore)
    return folder


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Speak English, and print as on a fresh start, in every test."""
    messages.set_language("en")
    output.settings = output.Settings()
    yield
    messages.set_language("en")
    output.settings = output.Settings()
