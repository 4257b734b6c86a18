"""Projects with known faults, and a look at what is left behind."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECTS = Path(__file__).parent.parent / "projects"
RUNNING = ".".join(map(str, sys.version_info[:3]))

ProjectFactory = Callable[[str], Path]


@pytest.fixture
def project(tmp_path: Path) -> ProjectFactory:
    """Copy a project of `tests/projects`, for the Python that runs the tests."""

    def copy(name: str) -> Path:
        folder = tmp_path / name
        shutil.copytree(PROJECTS / name, folder)
        (folder / ".python-version").write_text(RUNNING, "utf-8")
        return folder

    return copy


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The system's temporary folder during a test: afterwards it must be empty,
    and no process may work in it.
    """
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    yield folder
    assert list(folder.iterdir()) == []
    assert processes_in(folder) == []


def processes_in(folder: Path) -> list[str]:
    """Return the command lines of the processes that work inside a folder, even if it is gone."""
    processes = [entry for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    return [
        _command_line(process)
        for process in processes
        if _working_folder(process).startswith(str(folder))
    ]


def _working_folder(process: Path) -> str:
    try:
        return str((process / "cwd").readlink())
    except OSError:
        return ""  # gone, or another user's


def _command_line(process: Path) -> str:
    try:
        return (process / "cmdline").read_text().replace("\0", " ")
    except OSError:
        return "gone by now"
