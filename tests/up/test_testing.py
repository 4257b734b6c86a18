"""`scaffold test`: a project's tests in the virtualenv of `scaffold up`."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Scaffold

PASSES = "import app\n\n\ndef test_app():\n    assert app.NAME == 'shop'\n"


@pytest.fixture
def shop(workspace: Path) -> Path:
    """A project that needs nothing but pytest, which its virtualenv finds here."""
    files = {
        "wsgi.py": "application = None\n",
        "app.py": "NAME = 'shop'\n",
        "requirements.txt": "\n",
        "requirements-dev.txt": "pytest\n",
        "test_app.py": PASSES,
    }
    for name, content in files.items():
        (workspace / name).write_text(content, "utf-8")
    return workspace


def _test(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scaffold", "test", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.boot
def test_passes_and_fails(shop: Path) -> None:
    """Passing tests exit with 0, failing ones with 1; options reach pytest."""
    passed = _test(shop, "--", "-q", "-p", "no:cacheprovider")
    assert (passed.returncode, "1 passed" in passed.stdout) == (0, True), passed
    (shop / "app.py").write_text("NAME = 'other'\n", "utf-8")
    failed = _test(shop, "--", "-q", "-p", "no:cacheprovider")
    assert (failed.returncode, "1 failed" in failed.stdout) == (1, True), failed
    (shop / "test_app.py").unlink()
    assert _test(shop).returncode == 2


@pytest.mark.boot
def test_a_package_that_does_not_exist(shop: Path) -> None:
    """An installation that fails is shown with what the installer says."""
    (shop / "requirements-dev.txt").write_text("./no-such-folder\n", "utf-8")
    result = _test(shop)
    assert (result.returncode, "no-such-folder" in result.stderr) == (1, True), result


def test_refused(scaffold: Scaffold, shop: Path) -> None:
    """A project without a list for its tests, and a folder that is no project, are refused."""
    (shop / "requirements-dev.txt").unlink()
    result = scaffold("test")
    assert (result.code, "requirements-dev.txt" in result.err) == (2, True)
    (shop / "wsgi.py").unlink()
    assert scaffold("test").code == 2
