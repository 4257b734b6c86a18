"""Git, as far as a new project needs it."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# A first commit must not depend on, or wait for, what the user set up for their own commits, and leave no process.
NEUTRAL = {
    "core.hooksPath": os.devnull,
    "core.autocrlf": "false",
    "core.fsmonitor": "false",
    "commit.gpgSign": "false",
    "advice.defaultBranchName": "false",
    "maintenance.auto": "false",
}
_FALLBACK_IDENTITY = {"NAME": "scaffold", "EMAIL": "scaffold@localhost"}
# With these git tells its hooks where they run: `git rev-parse --local-env-vars`, but for the user's settings.
_ELSEWHERE = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
_NOT_STARTED = 127


def environment() -> dict[str, str]:
    """Return the environment without what leads git to another repository."""
    return {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}


def _git(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    neutral = [part for name, value in NEUTRAL.items() for part in ("-c", f"{name}={value}")]
    command = ["git", *neutral, *arguments]
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env={**environment(), **extra},
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except OSError as error:
        # What is called git is no program, or not one for this machine.
        return subprocess.CompletedProcess(command, _NOT_STARTED, "", str(error))


def raw(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder with the user's own settings, and return what it says, as bytes."""
    command = ["git", *arguments]
    try:
        return subprocess.run(command, cwd=folder, env=environment(), input=stdin, capture_output=True, check=False)
    except OSError as error:
        return subprocess.CompletedProcess(command, _NOT_STARTED, b"", str(error).encode())


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
    identity: dict[str, str] = {}
    for part, value in _FALLBACK_IDENTITY.items():
        if not _git(folder, "config", f"user.{part.lower()}").stdout.strip():
            names = (f"GIT_AUTHOR_{part}", f"GIT_COMMITTER_{part}")
            identity |= {name: os.environ.get(name) or value for name in names}
    steps = (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--no-verify", "-m", message))
    done = all(_git(folder, *step, **identity).returncode == 0 for step in steps)
    if not done:
        shutil.rmtree(folder / ".git", ignore_errors=True)
    return done


def uncommitted(folder: Path) -> list[str] | None:
    """Return the paths below a folder that differ from the last commit, None where git does not look after it."""
    status = _git(folder, "status", "--porcelain", "-z", "--", ".")
    if status.returncode != 0:
        return None
    return [line[3:] for line in status.stdout.split("\0") if line]
