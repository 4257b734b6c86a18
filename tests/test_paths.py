"""Names that git takes for its own folder, on any system."""

from __future__ import annotations

import pytest

from scaffold.paths import is_git_folder

GIT_FOLDERS = (
    ".git",
    ".git/config",
    ".git/hooks/pre-commit",
    "docs/.git/config",
    ".GIT/config",
    ".Git",
    "git~1",
    "GIT~1/config",
    "git~2",
    ".git.",
    ".git ",
    ".git . ./config",
    ".git::$INDEX_ALLOCATION/config",
    ".git:stream",
    ".g\u200cit/config",
    ".git\ufeff/config",
    "\u202e.git",
    ".\u0301git",
    ".git\\config",
    "a\\.git\\config",
    "\uff0egit",
    ".\uff47\uff49\uff54/config",
)
OTHERS = (
    "app.py",
    ".gitignore",
    ".gitattributes",
    ".gitmodules",
    ".github/workflows/ci.yml",
    "git",
    "git/config",
    "digit/.gitkeep",
    "my.git",
    "repository.git/config",
    "..git",
    "git~",
    "端口/说明.md",
    "a.git.md",
)


@pytest.mark.parametrize("path", GIT_FOLDERS, ids=ascii)
def test_git_folders(path: str) -> None:
    """Case, trailing dots and blanks, short names, streams and characters that a file
    system ignores do not hide it.
    """
    assert is_git_folder(path)


@pytest.mark.parametrize("path", OTHERS)
def test_other_names(path: str) -> None:
    """Files that have to do with git, and names that only look like its folder, are allowed."""
    assert not is_git_folder(path)
