"""Temporary folders are removed when they are done, after a killed run by the next one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from scaffold import temporary

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="this system has no such locks")

HOLD = """
import sys
from scaffold import temporary
made = temporary.make("test")
(made.path / ".env").write_text("KEY=secret")
print(made.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder during a test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_done(place: Path) -> None:
    """A folder goes with its block, whatever is in it."""
    with temporary.folder("test") as folder:
        (folder / "a").mkdir()
        assert folder.parent == place
        assert folder.stat().st_mode & 0o77 == 0
    assert list(place.iterdir()) == []


def test_killed(place: Path) -> None:
    """What a killed run has left goes with the next run; what a living one uses stays."""
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    killed, living = ((run.stdout.readline().strip() if run.stdout else "") for run in runs)
    runs[0].send_signal(signal.SIGKILL)
    runs[0].communicate()
    assert len(list(place.iterdir())) == 2
    with temporary.folder("test"):
        assert not os.path.lexists(killed)
        assert os.path.lexists(living)
    runs[1].communicate("")
    temporary.remove_leftovers()
    assert list(place.iterdir()) == []


def test_what_stays(place: Path) -> None:
    """Folders of other names, such as one that `boot --keep` leaves, and links are not touched."""
    (place / "scaffold-boot-abcdefgh").mkdir()
    (place / "precious").mkdir()
    (place / "scaffold-x-abcdefgh.tmp").symlink_to("precious")
    (place / "scaffold-y-abcdefgh.tmp").touch()
    before = sorted(place.iterdir())
    temporary.remove_leftovers()
    assert sorted(place.iterdir()) == before
