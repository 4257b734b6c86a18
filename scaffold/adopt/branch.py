"""The branch on which a project is adopted, and the commands that go on from there."""

from __future__ import annotations

import shlex
import subprocess
from typing import TYPE_CHECKING

from scaffold.errors import FailedError, UsageError
from scaffold.git import NEUTRAL, environment, uncommitted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scaffold.adopt.draft import Change

NAME = "scaffold-adopt"
_SHOWN = 3


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    neutral = [part for name, value in NEUTRAL.items() for part in ("-c", f"{name}={value}")]
    return subprocess.run(
        ["git", *neutral, *arguments],  # noqa: S607 - the user's git
        cwd=folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
    )


def check_clean(folder: Path) -> None:
    """Refuse a folder whose present state git could not give back.

    Raises:
        UsageError: git does not look after it, or it holds changes that are not committed.
    """
    changes = uncommitted(folder)
    if changes is None:
        raise UsageError("adopt.error.not-in-git", directory=folder)
    if not changes:
        return
    shown = ", ".join(changes[:_SHOWN]) + (", …" if len(changes) > _SHOWN else "")
    key = "half-done" if current(folder).startswith(NAME) else "uncommitted"
    raise UsageError(f"adopt.error.{key}", directory=folder, found=shown, branch=current(folder))


def current(folder: Path) -> str:
    """Return the name of the current branch, the commit where there is none, '' without git."""
    try:
        name = _git(folder, "symbolic-ref", "--quiet", "--short", "HEAD").stdout.strip()
        return name or _git(folder, "rev-parse", "--short", "HEAD").stdout.strip()
    except OSError:
        return ""


def begin(folder: Path) -> str:
    """Make a new branch and go there; return its name.

    Raises:
        FailedError: git does not make it.
    """
    taken = _git(folder, "for-each-ref", "--format=%(refname:short)", "refs/heads").stdout.split()
    names = (NAME, *(f"{NAME}-{number}" for number in range(2, 100)))
    name = next(name for name in names if name not in taken)
    done = _git(folder, "checkout", "--quiet", "-b", name)
    if done.returncode:
        raise FailedError("adopt.error.no-branch", branch=name, said=done.stderr.strip())
    return name


def abandon(folder: Path, branch: str, origin: str) -> None:
    """Go back to where the user was, and take the branch away; git keeps it if something is in the way."""
    if _git(folder, "checkout", "--quiet", origin).returncode == 0:
        _git(folder, "branch", "--quiet", "--delete", "--force", branch)


def ways_on(changes: Sequence[Change], branch: str, origin: str) -> list[tuple[str, str]]:
    """Return the commands to look at, keep or undo what was written, each with its key among `adopt.next`."""
    new = [shlex.quote(change.path) for change in changes if change.before is None]
    old = [shlex.quote(change.path) for change in changes if change.before is not None]
    undo = [f"rm {' '.join(new)}"] if new else []
    if old:
        undo.insert(0, f"git checkout -- {' '.join(old)}")
    if branch:
        undo.append(f"git checkout {shlex.quote(origin)} && git branch -d {branch}")
    return [
        ("boot", "scaffold boot"),
        ("see", "git add --intent-to-add . && git diff"),
        ("keep", "git add . && git commit -m 'Adopt scaffold'"),
        ("undo", " && ".join(undo)),
    ]
