"""Projects as published versions of the templates make them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.repositories import git


def plain(folder: Path) -> None:
    """Run plain copier, as the docs of copier say."""
    scripts = str(Path(sys.executable).parent)
    command = [sys.executable, "-m", "copier", "update", "--defaults", "--trust", str(folder)]
    environ = {**os.environ, "PATH": scripts + os.pathsep + os.environ["PATH"]}
    subprocess.run(command, cwd=folder.parent, env=environ, capture_output=True, check=True)


def state(folder: Path) -> tuple[str, str, str]:
    """Return what git says of a folder: changes, index, and the commit that it is at."""
    return (
        git(folder, "status", "--porcelain", "--ignored", "."),
        git(folder, "ls-files", "--stage", "."),
        git(folder, "rev-parse", "HEAD"),
    )
