"""Git, as far as a new project needs it."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# A first commit must not depend on, or wait for, what the user set up for their own commits.
_NEUTRAL = (
    "-c",
    "core.hooksPath=",
    "-c",
    "commit.gpgSign=false",
    "-c",
    "core.autocrlf=false",
    "-c",
    "advice.defaultBranchName=false",
)
_FALLBACK_IDENTITY = {"NAME": "scaffold", "EMAIL": "scaffold@localhost"}


def _environment() -> dict[str, str]:
    """Return the environment without the variables with which git tells its hooks where they run."""
    return {
        name: value for name, value in os.environ.items() if name not in {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}
    }


def _git(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *_NEUTRAL, *arguments],  # noqa: S607 - the user's git, wherever it is
        cwd=folder,
        env={**_environment(), **extra},
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
    )


def reason_against(target: Path) -> str | None:
    """Return why no repository should be made for a new folder: `missing`, `inside`, or None if one should.

    Args:
        target: the folder, which need not exist.
    """
    if shutil.which("git") is None:
        return "missing"
    nearest = next(folder for folder in (target, *target.absolute().parents) if folder.is_dir())
    inside = _git(nearest, "rev-parse", "--is-inside-work-tree")
    return "inside" if inside.returncode == 0 and inside.stdout.strip() == "true" else None


def first_commit(folder: Path, message: str) -> bool:
    """Make `folder` a repository with one commit of everything in it that is not ignored.

    Returns:
        Whether git did it. Where it did not, no `.git` is left: a project without a repository is still a project.
    """
    identity = {}
    for part, value in _FALLBACK_IDENTITY.items():
        if not _git(folder, "config", f"user.{part.lower()}").stdout.strip():
            identity |= {f"GIT_AUTHOR_{part}": value, f"GIT_COMMITTER_{part}": value}
    steps = (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--no-verify", "-m", message))
    done = all(_git(folder, *step, **identity).returncode == 0 for step in steps)
    if not done:
        shutil.rmtree(folder / ".git", ignore_errors=True)
    return done
