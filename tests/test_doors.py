"""What is written from copier.yml, the messages, the rules and the matrix is up to date."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("tool", ["doors", "error_pages", "check_pages", "matrix.report"])
def test_written_files_are_up_to_date(tool: str) -> None:
    """`make pages` would change nothing."""
    done = subprocess.run(
        [sys.executable, "-m", f"tools.{tool}", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
