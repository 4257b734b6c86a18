"""Byte code that the virtualenvs of all rehearsals of a run share.

A good part of what a rehearsal takes is to compile what the app imports, which is the same for many
projects. Python finds byte code by the path of its source, and compares the source's time and size,
which uv's links share: what another project has compiled counts only where it is of the same file.
"""

from __future__ import annotations

import os

import pytest


@pytest.fixture
def byte_code(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Python keep byte code in a folder of the run, in which all virtualenvs are one."""
    from scaffold.engine.boot_run import BootRun  # POSIX only

    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    compiled = root / "byte-code"
    (compiled / "virtualenv").mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(compiled))
    usual = BootRun.make_folder

    def make_folder(run: BootRun, *, keep: bool = False) -> None:
        usual(run, keep=keep)
        link = compiled / run.virtualenv.relative_to("/")
        link.parent.mkdir(parents=True)
        link.symlink_to(compiled / "virtualenv")

    monkeypatch.setattr(BootRun, "make_folder", make_folder)
