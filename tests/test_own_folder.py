"""The folder `.scaffold` of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold import own_folder

if TYPE_CHECKING:
    from pathlib import Path


def test_git_ignores_it(tmp_path: Path) -> None:
    """All of it is ignored, wherever in it a folder is made."""
    assert own_folder.make(tmp_path, "data", "files") == tmp_path / ".scaffold/data/files"
    assert (tmp_path / ".scaffold/data/files").is_dir()
    assert (tmp_path / ".scaffold/.gitignore").read_text("utf-8") == "*\n"


def test_what_the_user_put_there_stays(tmp_path: Path) -> None:
    """A .gitignore of the user's in it is not replaced."""
    ignore = own_folder.make(tmp_path) / ".gitignore"
    ignore.write_text("!data\n", "utf-8")
    own_folder.make(tmp_path, "data")
    assert ignore.read_text("utf-8") == "!data\n"
