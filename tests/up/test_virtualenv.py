"""The virtualenv is made when it has to be, and not when not."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scaffold.engine import environment, manifest
from scaffold.errors import FailedError
from scaffold.up.virtualenv import Virtualenv

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def run(line: str | list[str], error: str, environ: Mapping[str, str]) -> None:
    """Run a command; fail as the supervisor does."""
    done = subprocess.run(
        line, shell=isinstance(line, str), env=dict(environ), capture_output=True, check=False
    )
    if done.returncode:
        raise FailedError(error, command=line, code=done.returncode)


@pytest.fixture
def source(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a project whose requirements include another
    file, and which requires a folder.
    """
    (project / "leanengine.yaml").write_text(
        "install:\n- require: [wheels]\n- use: default\n- echo -r more.txt\n", "utf-8"
    )
    (project / "requirements.txt").write_text("-r base.txt\n", "utf-8")
    (project / "base.txt").write_text("# nothing\n", "utf-8")
    (project / "more.txt").touch()
    (project / "wheels").mkdir()
    monkeypatch.chdir(project)
    return project


def virtualenv(source: Path, installer: str = "uv") -> Virtualenv:
    """Return the virtualenv of a project."""
    return Virtualenv(
        source, source, manifest.load(source), installer, environment.inherited(os.environ)
    )


@pytest.mark.parametrize(
    "name",
    [
        "requirements.txt",
        "base.txt",
        "more.txt",
        "wheels/new.whl",
        ".python-version",
        "leanengine.yaml",
    ],
)
def test_what_counts(source: Path, name: str) -> None:
    """Whatever decides what is installed changes the fingerprint."""
    before = virtualenv(source).fingerprint()
    old = (source / name).read_text("utf-8") if (source / name).exists() else ""
    addition = "- echo more\n" if name == "leanengine.yaml" else "# more\n"
    (source / name).write_text(old + addition, "utf-8")
    assert virtualenv(source).fingerprint() != before


def test_local_files_count(source: Path) -> None:
    """So does a file that a requirement names, whatever the list is encoded in."""
    (source / "requirements.txt").write_text("./corp-1.0.zip\n", "utf-16")
    (source / "corp-1.0.zip").touch()
    before = virtualenv(source).fingerprint()
    (source / "corp-1.0.zip").write_text("# changed\n", "utf-8")
    assert virtualenv(source).fingerprint() != before


@pytest.mark.parametrize("name", ["wsgi.py", ".env", "notes.txt"])
def test_what_does_not_count(source: Path, name: str) -> None:
    """Code does not, nor does what is only run."""
    before = virtualenv(source).fingerprint()
    (source / name).write_text("# changed\n", "utf-8")
    with (source / "leanengine.yaml").open("a", encoding="utf-8") as file:
        file.write("run: exec python wsgi.py\n")
    assert virtualenv(source).fingerprint() == before


def test_made_and_kept_and_made_again(source: Path) -> None:
    """It is made once; after a change, from scratch."""
    assert not virtualenv(source).is_current()
    virtualenv(source).make(run)
    assert virtualenv(source).is_current()
    assert not virtualenv(source, "pip").is_current()
    (source / ".venv" / "stray").touch()
    (source / "base.txt").write_text("# changed\n", "utf-8")
    assert not virtualenv(source).is_current()
    virtualenv(source).make(run)
    assert virtualenv(source).is_current()
    assert not (source / ".venv" / "stray").exists()


def test_failure(source: Path) -> None:
    """After an installation that failed the virtualenv is not current, and is ours to
    make again.
    """
    file = source / "leanengine.yaml"
    file.write_text("install: exit 7\n", "utf-8")
    with pytest.raises(FailedError):
        virtualenv(source).make(run)
    assert not virtualenv(source).is_current()
    file.write_text("install: exit 0\n", "utf-8")
    virtualenv(source).make(run)
    assert virtualenv(source).is_current()


def test_somebody_elses(source: Path) -> None:
    """A virtualenv that somebody else made is installed into and never removed."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", source / ".venv"], check=True)
    (source / ".venv" / "theirs").touch()
    for text in ("# one\n", "# two\n"):
        (source / "base.txt").write_text(text, "utf-8")
        virtualenv(source).make(run)
        assert virtualenv(source).is_current()
    assert (source / ".venv" / "theirs").exists()


def test_another_python(source: Path) -> None:
    """One for another Python is refused."""
    (source / ".venv").mkdir()
    (source / ".venv" / "pyvenv.cfg").write_text("version = 3.5.2\n", "utf-8")
    with pytest.raises(FailedError) as caught:
        virtualenv(source).make(run)
    assert caught.value.key == "up.error.other-python"
    assert "Python 3.5;" in caught.value.parts()["seen"]


def test_no_virtualenv(source: Path) -> None:
    """A folder that is none is refused, and left as it is."""
    (source / ".venv").mkdir()
    (source / ".venv" / "theirs").touch()
    with pytest.raises(FailedError) as caught:
        virtualenv(source).make(run)
    assert caught.value.key == "up.error.not-a-virtualenv"
    assert (source / ".venv" / "theirs").exists()
