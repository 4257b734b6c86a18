"""Wherever a project lives and however its git is set up, the result is
that of plain `copier update`.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.repositories import commit, contents, git
from tests.update.conftest import plain, state
from tests.update.edits import at_random, edit
from tests.update.test_properties import BY_HAND, EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Published, Scaffold


# Each prepares a repository, and returns the project's folder in it.


def _settings(top: Path) -> Path:
    """Settings and hooks that would stop, change or slow down commits."""
    hooks = top.parent / f"{top.name}-hooks"
    hooks.mkdir()
    for name in (
        "pre-commit",
        "commit-msg",
        "prepare-commit-msg",
        "post-commit",
        "post-checkout",
        "post-index-change",
    ):
        (hooks / name).write_text("#!/bin/sh\nexit 1\n", "utf-8")
        (hooks / name).chmod(0o755)
    values = {"commit.gpgSign": "true", "gpg.program": "/bin/false", "merge.conflictStyle": "diff3"}
    values |= {"core.hooksPath": str(hooks), "diff.noprefix": "true", "color.ui": "always"}
    for name, value in values.items():
        git(top, "config", name, value)
    return top


def _sub_folder(top: Path) -> Path:
    """A folder of a larger repository, with files beside it that are named alike."""
    project = top / "services" / "shop"
    project.mkdir(parents=True)
    for entry in list(top.iterdir()):
        if entry.name not in {".git", "services"}:
            entry.rename(project / entry.name)
    commit(
        top,
        {
            "README.md": b"of the whole\n",
            "wsgi.py": b"LC_APP_ID\n",
            ".gitattributes": b"*.html -text\n",
        },
    )
    (top / "beside.txt").write_bytes(b"not committed\n")
    return project


def _submodule(top: Path) -> Path:
    other = top.parent / f"{top.name}-other"
    other.mkdir()
    commit(other, {"lib.py": b"import os; os.environ['LC_APP_ID']\n"})
    git(
        top,
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        str(other),
        "vendor/lib",
    )
    commit(top)
    return top


def _windows_line_ends(top: Path) -> Path:
    git(top, "config", "core.autocrlf", "true")
    for path in git(top, "ls-files", "-z").split("\0")[:-1]:
        (top / path).unlink()
    git(top, "checkout", "--quiet", "--", ".")
    return top


def _detached(top: Path) -> Path:
    git(top, "checkout", "--quiet", "--detach")
    return top


def _shallow(top: Path) -> Path:
    commit(top, {"more.txt": b"more\n"})
    clone = top.parent / f"{top.name}-shallow" / "shop"
    git(top.parent, "clone", "--quiet", "--depth=1", top.as_uri(), str(clone))
    return clone


def _worktree(top: Path) -> Path:
    other = top.parent / f"{top.name}-worktree" / "shop"
    git(top, "worktree", "add", "--quiet", str(other))
    return other


def _no_modes(top: Path) -> Path:
    git(top, "config", "core.fileMode", "false")
    return top


def _names(top: Path) -> Path:
    commit(
        top,
        {
            "模块/文 件.py": b"import os; os.environ['LC_APP_ID']\n",
            'a"b.py': b"pass\n",
            "-x": b"LC_APP_ID\n",
        },
    )
    return top


def _ignored(top: Path) -> Path:
    commit(
        top,
        {".gitignore": (top / ".gitignore").read_bytes() + b"\nsecret/\nenv.py\n*.rej\nlocal.sh\n"},
    )
    (top / "secret").mkdir()
    (top / "secret" / "keys.txt").write_bytes(b"LC_APP_KEY=1\n")
    (top / "local.sh").write_bytes(b"export LC_APP_KEY=1\n")
    return top


def _link(top: Path) -> Path:
    (top / "linked.py").symlink_to("app.py")
    (top / "nowhere").symlink_to("/nonexistent/place")
    commit(top)
    return top


def _all_at_once(top: Path) -> Path:
    project = _ignored(_names(_sub_folder(_detached(top))))
    _settings(top)
    return project


SURROUNDINGS = (
    _all_at_once,
    _submodule,
    _settings,
    _sub_folder,
    _windows_line_ends,
    _detached,
    _shallow,
    _worktree,
    _no_modes,
    _names,
    _ignored,
    _link,
)
# One that holds most of it; the others by hand, as in test_properties.
CHOSEN = SURROUNDINGS if EXAMPLES >= BY_HAND else SURROUNDINGS[:1]


@pytest.mark.parametrize("prepare", CHOSEN, ids=lambda prepare: prepare.__name__.strip("_"))
def test_the_same_everywhere(
    prepare: Callable[[Path], Path], published: Published, workspace: Path, scaffold: Scaffold
) -> None:
    """With thirty edits the tree, the index and the commit are as after plain
    copier; nothing beside it is touched.
    """
    user = edit(published("1.0.0", starter="flask", project_name="shop"), at_random(5, 30))
    top = workspace / "shop"
    top.mkdir()
    commit(top, user.files)
    project = prepare(top)
    copy = workspace / "copy"
    shutil.copytree(workspace, copy, symlinks=True, ignore=shutil.ignore_patterns("copy"))
    theirs = copy / project.relative_to(workspace)
    if prepare is _worktree:
        theirs = workspace / "theirs" / "shop"
        git(top, "worktree", "add", "--quiet", "--detach", str(theirs))
    plain(theirs)
    result = scaffold("update", str(project), "--defaults")
    assert result.code in {0, 3}, result.err
    assert contents(project) == contents(theirs)
    assert state(project) == state(theirs)
    if project != top and prepare is not _shallow and prepare is not _worktree:
        outside = {
            path: data
            for path, data in contents(top).items()
            if not path.startswith("services/shop/")
        }
        assert outside["beside.txt"] == b"not committed\n"
        assert outside["wsgi.py"] == b"LC_APP_ID\n"


@pytest.mark.parametrize("name", ["old", "git"])
def test_names_that_an_update_uses_itself(
    name: str, published: Published, workspace: Path, scaffold: Scaffold
) -> None:
    """A repository may be called as what lies beside its working copy; nothing of that gets in."""
    top = workspace / name
    top.mkdir()
    commit(top, published("2.0.0", starter="flask", project_name="shop"))
    result = scaffold("update", str(top), "--defaults")
    assert result.code == 0, result.err
    assert not (top / name).exists()
    assert "leanengine/wsgi.py" in contents(top)
