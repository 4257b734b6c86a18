"""Byte code that the virtualenvs of all rehearsals of a run share.

A good part of what a rehearsal takes is to compile what the app imports, which is the same for many
projects. Python finds byte code by the path of its source, and compares the source's time and size,
which uv's links share: what another project has compiled counts only where it is of the same file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class ByteCode:
    """Where Python keeps byte code.

    Attributes:
        folder: of the run.
    """

    folder: Path

    def share(self, virtualenv: Path) -> None:
        """Let a virtualenv, which need not be there yet, be one with all others."""
        link = self.folder / virtualenv.relative_to("/")
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(self.folder / "virtualenv")


@pytest.fixture
def byte_code(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> ByteCode:
    """Let Python keep byte code in a folder of the run, in which the virtualenvs of rehearsals
    are one.
    """
    from scaffold.engine.boot_run import BootRun  # POSIX only

    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    shared = ByteCode(root / "byte-code")
    (shared.folder / "virtualenv").mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(shared.folder))
    usual = BootRun.make_folder

    def make_folder(run: BootRun, *, keep: bool = False) -> None:
        usual(run, keep=keep)
        shared.share(run.virtualenv)

    monkeypatch.setattr(BootRun, "make_folder", make_folder)
    return shared
