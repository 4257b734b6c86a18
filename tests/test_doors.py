"""What is written from copier.yml and the messages is up to date."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("tool", ["doors.py", "error_pages.py"])
def test_written_files_are_up_to_date(tool: str) -> None:
    """`make pages` would change nothing."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / tool), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
