"""Git repositories as tests need them: somebody commits, whatever git is
told of the machine's user.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trees import Tree

_SETTINGS = ("user.name=somebody", "user.email=somebody@example.com", "commit.gpgSign=false")


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it prints; it has to succeed."""
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    done = subprocess.run(
        ["git", *settings, *arguments], cwd=folder, capture_output=True, check=False
    )
    out, err = (stream.decode("utf-8", "surrogateescape") for stream in (done.stdout, done.stderr))
    assert done.returncode == 0, f"git {' '.join(arguments)}: {out}{err}"
    return out


def commit(folder: Path, *trees: Tree, tag: str = "") -> Path:
    """Commit all that is in a folder, ignored files left out.

    Args:
        folder: a repository, or what becomes one.
        trees: files to write there before.
        tag: of the commit.

    Returns:
        The folder.
    """
    build_file_tree(folder, *trees)
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", tag or "change")
    if tag:
        git(folder, "tag", tag)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder but for git's own."""
    paths = (
        path for path in sorted(folder.rglob("*")) if path.is_file() and ".git" not in path.parts
    )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
