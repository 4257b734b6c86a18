"""Finding the CPython of `.python-version`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.engine import interpreter
from scaffold.engine.interpreter import Interpreter
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Callable

RUNNING = sys.version_info[:3]


@pytest.fixture
def fake_python() -> Callable[[Path, str], Path]:
    """Make a program that says of itself what a Python would."""

    def make(path: Path, version: str, implementation: str = "CPython") -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"#!/bin/sh\nprintf '%s\\n' {implementation} final {version} {path}\n", "utf-8"
        )
        path.chmod(0o755)
        return path

    return make


@pytest.fixture(autouse=True)
def no_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    """What uv has installed on this machine must not decide a test."""
    monkeypatch.setattr(interpreter, "uv_binary", lambda: None)


def environ(tmp_path: Path) -> dict[str, str]:
    """An environment in which only the test's own folders are searched."""
    return {"PATH": str(tmp_path / "bin"), "PYENV_ROOT": str(tmp_path / "pyenv")}


@pytest.mark.parametrize(
    ("content", "version"),
    [
        ("3.11", (3, 11)),
        ("3.11.7\n", (3, 11, 7)),
        ("# ours\n\n 3.12 \n3.11\n", (3, 12)),
        ("3.11\r\n", (3, 11)),
    ],
)
def test_requested(tmp_path: Path, content: str, version: tuple[int, ...]) -> None:
    """The first version of the file counts, with or without a newline."""
    (tmp_path / ".python-version").write_bytes(content.encode())
    assert interpreter.requested(tmp_path) == version


def test_nothing_requested(tmp_path: Path) -> None:
    """A project without the file does not mind."""
    assert interpreter.requested(tmp_path) is None


@pytest.mark.parametrize(
    "content", ["", "pypy3.10-7.3.12", "2.7.18", "3", "three", "3.11.7.1", "3.13t", "\xff"]
)
def test_unsupported(tmp_path: Path, content: str) -> None:
    """Other implementations, Python 2 and what is no version are errors that quote the file."""
    (tmp_path / ".python-version").write_text(content, "latin-1")
    with pytest.raises(FailedError) as raised:
        interpreter.requested(tmp_path)
    assert raised.value.key == "engine.error.python-version"


def test_running_first(tmp_path: Path) -> None:
    """The interpreter that runs scaffold is taken when it fits."""
    assert interpreter.find(RUNNING[:2], environ(tmp_path)) == Interpreter(
        Path(sys.executable), RUNNING
    )


def test_path_then_pyenv(tmp_path: Path, fake_python: Callable[[Path, str], Path]) -> None:
    """PATH comes before pyenv's folder."""
    fake_python(tmp_path / "pyenv" / "versions" / "3.99.3" / "bin" / "python", "3.99.3")
    on_path = fake_python(tmp_path / "bin" / "python3.99", "3.99.1")
    assert interpreter.find((3, 99), environ(tmp_path)) == Interpreter(on_path, (3, 99, 1))


def test_newest_patch_of_pyenv(tmp_path: Path, fake_python: Callable[[Path, str], Path]) -> None:
    """Of pyenv's patches the newest is taken, by number: 10 is newer than 9."""
    for version in ("3.99.9", "3.99.10", "3.9.99", "pypy3.99-7.3"):
        fake_python(tmp_path / "pyenv" / "versions" / version / "bin" / "python", version)
    assert interpreter.find((3, 99), environ(tmp_path)).dotted == "3.99.10"


def test_exact_patch(tmp_path: Path, fake_python: Callable[[Path, str], Path]) -> None:
    """A patch that is asked for is taken wherever it is; another one stands in when it
    is nowhere.
    """
    fake_python(tmp_path / "bin" / "python3.99", "3.99.1")
    fake_python(tmp_path / "pyenv" / "versions" / "3.99.2" / "bin" / "python", "3.99.2")
    assert interpreter.find((3, 99, 2), environ(tmp_path)).version == (3, 99, 2)
    assert interpreter.find((3, 99, 5), environ(tmp_path)).version == (3, 99, 1)


def test_newest_of_all(tmp_path: Path, fake_python: Callable[[Path, str], Path]) -> None:
    """Without a version the newest interpreter is taken, as on the platform."""
    fake_python(tmp_path / "bin" / "python3", "3.98.0")
    fake_python(tmp_path / "pyenv" / "versions" / "3.99.0" / "bin" / "python", "3.99.0")
    assert interpreter.find(None, environ(tmp_path)).version == (3, 99, 0)


def test_broken_candidates(tmp_path: Path, fake_python: Callable[[Path, str], Path]) -> None:
    """Another implementation, a program that fails, as a shim of pyenv's does, and a
    wrong version are passed over.
    """
    fake_python(tmp_path / "bin" / "python3.99", "3.98.0")
    (tmp_path / "bin" / "python3").write_text("#!/bin/sh\nexit 127\n", "utf-8")
    (tmp_path / "bin" / "python3").chmod(0o755)
    make_pypy = tmp_path / "pyenv" / "versions" / "3.99.1" / "bin" / "python"
    fake_python(make_pypy, "3.99.1").write_text(
        "#!/bin/sh\nprintf 'PyPy\\nfinal\\n3.99.1\\n/x\\n'\n", "utf-8"
    )
    with pytest.raises(FailedError):
        interpreter.find((3, 99), environ(tmp_path))


def test_missing(tmp_path: Path) -> None:
    """The error names the version, the places that were searched, and how to install it."""
    with pytest.raises(FailedError) as raised:
        interpreter.find((3, 99), environ(tmp_path))
    shown = str(raised.value)
    assert "Python 3.99 is not on this machine" in shown
    assert (
        f"`python3.99`, `python3` and `python` on PATH, {tmp_path / 'pyenv' / 'versions'}" in shown
    )
    assert "`uv python install 3.99` or `pyenv install 3.99`" in shown


def test_python_2(tmp_path: Path, fake_python: Callable[[Path, str], Path]) -> None:
    """Python 2.7 is taken where a caller can make virtualenvs for it, older ones nowhere."""
    (tmp_path / ".python-version").write_text("2.7.15")
    python = fake_python(tmp_path / "pyenv" / "versions" / "2.7.18" / "bin" / "python", "2.7.18")
    version = interpreter.requested(tmp_path, python_2=True)
    assert version == (2, 7, 15)
    assert interpreter.find(version, environ(tmp_path)) == Interpreter(python, (2, 7, 18))
    (tmp_path / ".python-version").write_text("2.6.9")
    with pytest.raises(FailedError, match=r"2\.6\.9"):
        interpreter.requested(tmp_path, python_2=True)
