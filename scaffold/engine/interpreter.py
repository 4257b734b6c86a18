"""Find the CPython that a project's `.python-version` names. Nothing is downloaded."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import files, messages
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.requirements import Version

FILE = ".python-version"
PYTHON_2 = (2, 7)
PROBE_TIMEOUT = 10.0
_VERSION = re.compile(r"\d{1,3}(\.\d{1,3}){1,2}", re.ASCII)
_MAX_BYTES = 10_000
# Asked of the program itself, because a shim of pyenv's stands in for any version, or for none.
_PROBE = """
import platform, sys
number = sys.version_info
version = "%d.%d.%d" % number[:3]
facts = [platform.python_implementation(), number[3], version, sys.executable]
sys.stdout.write("\\n".join(facts))
"""


@dataclass(frozen=True)
class Interpreter:
    """A CPython on this machine.

    Args:
        path: its executable.
        version: major, minor, patch.
    """

    path: Path
    version: Version

    @property
    def dotted(self) -> str:
        """The version as people write it: `3.11.7`."""
        return ".".join(map(str, self.version))


def requested(directory: Path, *, python_2: bool = False) -> Version | None:
    """Return the version in the project's `.python-version`, None when there is no such file.

    Source: LeanEngine docs, "Python runtime": the file has pyenv's form,
    and only CPython is supported.

    Args:
        directory: the project.
        python_2: take 2.7, too; only `scaffold boot` makes virtualenvs for it.

    Raises:
        FailedError: the file cannot be read, or names no such version.
    """
    try:
        text = files.decode(files.read(directory / FILE, limit=_MAX_BYTES, root=directory))
    except FileNotFoundError:
        return None
    except files.UnreadableError as error:
        raise FailedError(
            "engine.error.python-version-unreadable", file=FILE, reason=error.strerror
        ) from error
    lines = [line.strip() for line in text.splitlines()]
    names = [line for line in lines if line and not line.startswith("#")]
    name = names[0] if names else ""
    version = tuple(map(int, name.split("."))) if _VERSION.fullmatch(name) else ()
    if version < (3,) and not (python_2 and version[:2] == PYTHON_2):
        raise FailedError("engine.error.python-version", file=FILE, seen=name[:100])
    return version


def find(version: Version | None, environ: Mapping[str, str]) -> Interpreter:
    """Return the CPython that is `version`; the newest one when no version is
    asked for, as on the platform.

    The same minor version stands in when the exact patch is not installed: patches do
    not change what a project needs.

    Args:
        version: (3, 11) or (3, 11, 7).
        environ: where PATH and PYENV_ROOT are read.

    Raises:
        FailedError: no such interpreter; the error names the places looked at.
    """
    candidates = candidates_for(version, environ)
    if version is None:
        return max(candidates, key=lambda found: found.version)
    standing_in = None
    for found in candidates:
        if found.version[: len(version)] == version:
            return found
        standing_in = standing_in or found
    if standing_in:
        return standing_in
    dotted = ".".join(map(str, version))
    places = messages.text(
        "engine.interpreter.places", version=dotted, pyenv=pyenv_versions(environ)
    )
    raise FailedError("engine.error.interpreter-missing", version=dotted, file=FILE, places=places)


def candidates_for(version: Version | None, environ: Mapping[str, str]) -> Iterator[Interpreter]:
    """Yield the CPythons of a fitting minor version, nearest place first; a place
    is looked at when it is needed.
    """
    running = _running()
    if running and _fits(running, version):
        yield running
    seen: set[Path] = set()
    for path in _paths(version, environ):
        if path not in seen:
            seen.add(path)
            found = _probe(path, version, environ)
            if found and _fits(found, version):
                yield found


def uv_binary() -> str | None:
    """Return the path of the `uv` program, of the package we depend on or on PATH."""
    import uv

    try:
        return uv.find_uv_bin()
    except FileNotFoundError:
        return shutil.which("uv")


def pyenv_versions(environ: Mapping[str, str]) -> Path:
    """Return the folder in which pyenv keeps its interpreters."""
    root = environ.get("PYENV_ROOT")
    return (Path(root) if root else Path.home() / ".pyenv") / "versions"


def _paths(version: Version | None, environ: Mapping[str, str]) -> Iterator[Path]:
    minor = ".".join(map(str, version[:2])) if version else ""
    yield from _on_path((f"python{minor}",), environ)
    folder = pyenv_versions(environ)
    # Sorted as numbers: 3.11.10 is newer than 3.11.9.
    installed = (
        [entry for entry in folder.iterdir() if _VERSION.fullmatch(entry.name)]
        if folder.is_dir()
        else []
    )
    for entry in sorted(
        installed, key=lambda entry: tuple(map(int, entry.name.split("."))), reverse=True
    ):
        if not minor or entry.name == minor or entry.name.startswith(f"{minor}."):
            yield entry / "bin" / "python"
    managed = _uv_managed(minor)
    if managed:
        yield managed
    # Last, because these are seldom the version that is looked for.
    yield from _on_path(("python3", "python"), environ)


def _on_path(names: tuple[str, ...], environ: Mapping[str, str]) -> Iterator[Path]:
    found = (shutil.which(name, path=environ.get("PATH")) for name in names)
    yield from (Path(path) for path in found if path)


def _running() -> Interpreter | None:
    """Return the interpreter that runs scaffold, unless it is no CPython or not a final release."""
    if sys.implementation.name != "cpython" or sys.version_info.releaselevel != "final":
        return None
    return Interpreter(Path(sys.executable), sys.version_info[:3])


def _fits(found: Interpreter, version: Version | None) -> bool:
    return version is None or found.version[:2] == version[:2]


def _uv_managed(minor: str) -> Path | None:
    uv = uv_binary()
    if not uv:
        return None
    command = [
        uv,
        "python",
        "find",
        "--no-project",
        "--python-preference",
        "only-managed",
        *([minor] if minor else []),
    ]
    output = _output(command, {**os.environ, "UV_PYTHON_DOWNLOADS": "never"})
    return Path(output) if output else None


def _probe(path: Path, version: Version | None, environ: Mapping[str, str]) -> Interpreter | None:
    isolated = ["-E", "-s"] if version and version[:2] == PYTHON_2 else ["-I"]
    command = [str(path.absolute()), *isolated, "-c", _PROBE]
    answer = (_output(command, environ) or "").splitlines()
    if answer[:2] != ["CPython", "final"]:
        return None
    return Interpreter(Path(answer[3]), tuple(map(int, answer[2].split("."))))


def _output(command: list[str], environ: Mapping[str, str]) -> str | None:
    """Return what a command prints, None when it fails: a pyenv shim of a
    version that is not there does.
    """
    try:
        done = subprocess.run(
            command,
            env=dict(environ),
            # Python 2 knows no -I: modules of the current folder would be imported.
            cwd=os.sep,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PROBE_TIMEOUT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
