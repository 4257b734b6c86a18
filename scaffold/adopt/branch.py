"""The branch on which a project is adopted, and the commands that go on from there."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from scaffold import git
from scaffold.adopt.package import PACKAGE
from scaffold.errors import FailedError, UsageError
from scaffold.git_status import uncommitted
from scaffold.printable import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scaffold.adopt.draft import FileChange

NAME = "scaffold-adopt"


def _printed(folder: Path, *arguments: str) -> str:
    return git.run(folder, *arguments).stdout.decode("utf-8", "surrogateescape").strip()


def check_clean(folder: Path) -> None:
    """Refuse a folder that git could not restore as it is.

    Raises:
        UsageError: git does not look after it, or it holds changes that are not committed.
    """
    changes = uncommitted(folder)
    if changes is None:
        raise UsageError("adopt.error.not-in-git", directory=folder)
    if not changes:
        return
    key = "half-done" if current(folder).startswith(NAME) else "uncommitted"
    raise UsageError(
        f"adopt.error.{key}", directory=folder, found=shortened(changes), branch=current(folder)
    )


def current(folder: Path) -> str:
    """Return the name of the current branch, the commit where there is none, '' without git."""
    name = _printed(folder, "symbolic-ref", "--quiet", "--short", "HEAD")
    return name or _printed(folder, "rev-parse", "--short", "HEAD")


def begin(folder: Path) -> str:
    """Make a new branch and go there; return its name.

    Raises:
        FailedError: git does not make it.
    """
    taken = _printed(folder, "for-each-ref", "--format=%(refname:short)", "refs/heads").split()
    names = (NAME, *(f"{NAME}-{number}" for number in range(2, 100)))
    name = next(name for name in names if name not in taken)
    done = git.run(folder, "checkout", "--quiet", "-b", name)
    if done.returncode:
        raise FailedError("adopt.error.no-branch", branch=name, message=git.message(done))
    return name


def abandon(folder: Path, branch: str, origin: str) -> None:
    """Go back to the original branch and delete the new one, unless changes would be lost."""
    if git.run(folder, "checkout", "--quiet", origin).returncode == 0:
        git.run(folder, "branch", "--quiet", "--delete", "--force", branch)


def next_commands(changes: Sequence[FileChange], branch: str, origin: str) -> list[tuple[str, str]]:
    """Return the commands to review, keep or undo the changes, with their keys in `adopt.next`."""
    added = [change.path for change in changes if change.before is None]
    in_package = [path for path in added if path.startswith(f"{PACKAGE}/")]
    new = [shlex.quote(path) for path in added if path not in in_package]
    old = [shlex.quote(change.path) for change in changes if change.before is not None]
    undo = [f"rm {' '.join(new)}"] if new else []
    folders = sorted({path.split("/")[0] for path in added if "/" in path} - {PACKAGE})
    undo += [f"find {shlex.quote(folder)} -type d -empty -delete" for folder in folders]
    if in_package:
        undo.append(f"rm -r {PACKAGE}")
    if old:
        undo.insert(0, f"git checkout -- {' '.join(old)}")
    if branch:
        undo.append(f"git checkout {shlex.quote(origin)} && git branch -d {branch}")
    outside = [shlex.quote(change.path) for change in changes if change.is_outside]
    paths = " ".join([".", *outside])
    return [
        ("boot", "scaffold boot"),
        ("see", f"git add --intent-to-add {paths} && git diff"),
        ("keep", f"git add {paths} && git commit -m 'Adopt scaffold'"),
        ("undo", " && ".join(undo)),
    ]
