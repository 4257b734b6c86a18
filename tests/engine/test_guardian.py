"""What is ended and removed when scaffold itself is killed. The commands'
own tests kill `boot` and `up`.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scaffold.engine.guardian import Guardian
from scaffold.engine.process import MARK

from .conftest import processes_in

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="processes are found in /proc"
)

ROOT = Path(__file__).parent.parent.parent
# Everything is watched; what the arguments name is struck out again before the end.
KILLED = """
import os, signal, sys
from pathlib import Path
from scaffold.engine.guardian import guardian
folders, marks, forgotten = (part.split(",") for part in sys.argv[1:])
for folder in folders: guardian.watch_folder(Path(folder))
for mark in marks: guardian.watch_process(mark)
for name in forgotten:
    guardian.forget_folder(Path(name))
    guardian.forget_process(name)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_not_struck_out(tmp_path: Path) -> None:
    """Of processes and folders only those go that are still written down,
    whatever the folders are called.
    """
    folders = [tmp_path / name for name in ("a", "a b 'q\\ $HOME", "-x", "ab")]
    for folder in folders:
        (folder / "deep").mkdir(parents=True)
    marks = [f"{MARK}={secrets.token_hex(8)}" for _ in range(3)]
    sleepers = [
        subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(60)"],
            cwd=tmp_path,
            env={**os.environ, MARK: mark.partition("=")[2]},
        )
        for mark in marks
    ]
    try:
        forgotten = [str(folders[0]), marks[1]]
        arguments = [",".join(part) for part in (map(str, folders), marks, forgotten)]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        subprocess.run(
            [sys.executable, "-c", KILLED, *arguments], env=environ, check=False, timeout=20
        )
        assert [sleepers[number].wait(timeout=10) for number in (0, 2)] == [-signal.SIGKILL] * 2
        deadline = time.monotonic() + 10
        while any(folder.exists() for folder in folders[1:]):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert (folders[0] / "deep").is_dir()
        assert sleepers[1].poll() is None
    finally:
        for sleeper in sleepers:
            sleeper.kill()
            sleeper.wait()
    assert processes_in(tmp_path) == []


def test_folder_with_a_line_break(tmp_path: Path) -> None:
    """A name that would be read as two lines is not written down: the
    second might be somebody's folder.
    """
    guardian = Guardian()
    guardian.watch_folder(tmp_path / f"x\nfolder {tmp_path}")
    assert guardian._pipe is None
