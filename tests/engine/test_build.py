"""Copies and commands of a build."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.engine import build, interpreter
from scaffold.engine.manifest import Command, Require, UseDefault
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Mapping


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files into a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    return folder


def listing(folder: Path) -> set[str]:
    """Return the files and links inside a folder."""
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }


def test_copy_files(tmp_path: Path) -> None:
    """A copy has the project's files, not its repository, caches, virtualenvs by
    any name, nor its real secrets.
    """
    source = write(
        tmp_path / "source",
        {
            "wsgi.py": "",
            "static/.well-known/x": "",
            ".env": "KEY=real",
            ".env.example": "KEY=",
            ".git/HEAD": "",
            "__pycache__/wsgi.pyc": "",
            "web/node_modules/x.js": "",
            "my-env/pyvenv.cfg": "",
            "my-env/lib/x.py": "",
        },
    )
    build.copy_files(source, tmp_path / "copy")
    assert listing(tmp_path / "copy") == {"wsgi.py", "static/.well-known/x", ".env.example"}


def test_copy_special_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links stay links, even in a circle or to nothing; pipes and sockets are
    left out; programs stay programs.
    """
    source = write(tmp_path / "source", {"run.sh": "", "folder/x": ""})
    (source / "run.sh").chmod(0o755)
    (source / "circle").symlink_to(".")
    (source / "nothing").symlink_to("gone")
    os.mkfifo(source / "pipe")
    monkeypatch.chdir(source)  # a socket's path may not be long
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        build.copy_files(source, tmp_path / "copy")
    assert listing(tmp_path / "copy") == {"run.sh", "folder/x", "circle", "nothing"}
    assert os.access(tmp_path / "copy" / "run.sh", os.X_OK)


def test_install_commands(tmp_path: Path) -> None:
    """A required file or folder is there when the commands after it run, and not before."""
    source = write(
        tmp_path / "source",
        {"requirements.txt": "", "vendor/a.whl": "", "base.txt": "", "wsgi.py": ""},
    )
    target = tmp_path / "copy"
    build.copy_dependency_lists(source, target)
    steps = (Command("first"), Require(("vendor", "base.txt")), UseDefault())
    seen = [(line, listing(target)) for line in build.install_commands(steps, source, target)]
    assert seen == [
        ("first", {"requirements.txt"}),
        ("pip install -r requirements.txt", {"requirements.txt", "vendor/a.whl", "base.txt"}),
    ]


def test_require_missing(tmp_path: Path) -> None:
    """A required file that is not there is an error that names it."""
    with pytest.raises(
        FailedError, match=r"`require` names vendor/x\.whl, which is not in the project"
    ):
        build.copy_required(tmp_path, tmp_path / "copy", ("vendor/x.whl",))


def test_build_commands() -> None:
    """The platform's default build does nothing for Python."""
    assert build.build_commands((UseDefault(), Command("make"))) == ["make"]


def test_pip_virtualenv() -> None:
    """`--installer pip` is the interpreter's own venv."""
    assert build.virtualenv_command(Path("/p/python"), Path("/v"), "pip") == [
        "/p/python",
        "-m",
        "venv",
        "/v",
    ]


def test_uv_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without uv the error offers pip."""
    monkeypatch.setattr(interpreter, "uv_binary", lambda: None)
    with pytest.raises(FailedError, match="`--installer pip`"):
        build.virtualenv_command(Path("/p/python"), Path("/v"), "uv")


def test_activated() -> None:
    """The virtualenv's programs come first."""
    assert (
        build.activated({"PATH": "/usr/bin"}, Path("/v"))["PATH"] == f"/v/bin{os.pathsep}/usr/bin"
    )
