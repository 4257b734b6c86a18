"""Memory of processes: measured on Linux, unknown elsewhere."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from scaffold.engine import memory
from scaffold.engine.process import Process

if TYPE_CHECKING:
    from pathlib import Path

HOLD = "block = b'x' * {size}; print('ready', flush=True); import time; time.sleep(60)"
linux = pytest.mark.skipif(
    not memory.PROC.joinpath("self", "smaps_rollup").exists(), reason="needs Linux"
)


def _process(folder: Path, command: str) -> Process:
    process = Process(command, folder=folder, environ={"PATH": os.environ["PATH"]})
    while "ready" not in process.lines():
        assert process.poll() is None, process.lines()
    return process


@linux
def test_what_a_process_takes(tmp_path: Path) -> None:
    """64 MB that a child of a child fills are found, and few more."""
    child = f'{sys.executable} -c "{HOLD.format(size=2**26)}"'
    process = _process(tmp_path, f"{child} & wait")
    try:
        found = memory.pss(process.members())
        assert len(process.members()) == 2
    finally:
        process.kill()
    assert found is not None
    assert 64 < found < 100


@linux
def test_what_is_shared_counts_once(tmp_path: Path) -> None:
    """Two processes that share 64 MB take little more than one."""
    fork = (
        "block = b'x' * 2**26; import os, time; os.fork() and print('ready', flush=True); "
        "time.sleep(60)"
    )
    process = _process(tmp_path, f'exec {sys.executable} -c "{fork}"')
    try:
        found = memory.pss(process.members())
    finally:
        process.kill()
    assert found is not None
    assert 64 < found < 100


def test_nothing_to_measure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is known of processes that are gone, nor where there is no /proc."""
    assert memory.pss([]) is None
    monkeypatch.setattr(memory, "PROC", tmp_path)
    assert memory.pss([os.getpid()]) is None
