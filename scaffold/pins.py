"""Compile `requirements.txt` from `requirements.in`, for the project's Python and for Linux."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import files, requirements
from scaffold.engine import interpreter, uv_compile
from scaffold.errors import FailedError, UsageError
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Sequence

SOURCE, COMPILED = "requirements.in", "requirements.txt"
DEFAULT_PYTHON = "3.11"
_SECONDS = 300
_MARKER = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: .*)?$")
_HEAD = "# Every package, with its version, compiled from requirements.in for Python {python}.\n"
# The one marker of uv's that people meet: no such package on Windows.
_NOT_ON_WINDOWS = "sys_platform != 'win32'"
_BARE = re.compile(r"[A-Za-z0-9][\w.-]*(?:\[[\w.,\s-]+\])?")
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?==(?P<version>\d+(?:\.\d+)*)")


@dataclass(frozen=True)
class PinChanges:
    """What to change beside what `requirements.in` asks for.

    Attributes:
        upgrade_all: take the newest version of each package within its range.
        upgrade: take the newest versions of these.
        add: requirements that `requirements.in` lacks.
    """

    upgrade_all: bool = False
    upgrade: tuple[str, ...] = ()
    add: tuple[str, ...] = ()


@dataclass(frozen=True)
class Compiled:
    """The two files as they should be.

    Attributes:
        source: `requirements.in`.
        compiled: `requirements.txt`.
    """

    source: bytes
    compiled: bytes

    def contents(self) -> dict[str, bytes]:
        """Return the files by name."""
        return {SOURCE: self.source, COMPILED: self.compiled}


def compile_pins(folder: Path, changes: PinChanges) -> Compiled:
    """Find exact versions for all that a project asks for; write nothing.

    Versions in `requirements.txt` stay where they still fit, also those between the marks of a
    conflict.

    Args:
        folder: the project.
        changes: what to change.

    Raises:
        UsageError: there is no `requirements.in`, or a package to add is no requirement.
        FailedError: a file cannot be read, or no versions fit together.
    """
    source = _read(folder, SOURCE)
    if source is None:
        raise UsageError("pins.error.no-source", file=SOURCE, folder=folder)
    before = _without_marks(_read(folder, COMPILED) or "")
    python = _python(folder)
    added = [one for one in changes.add if not _names(source) & _names(one)]
    for one in changes.add:
        _check(one)
    asked = _with_lines(source, added)
    pins = _marked(_resolve(folder, asked, before, python, changes), before)
    if _packages(pins) - _packages(before):
        pins = _for_windows(
            pins, before, _resolve(folder, asked, pins, python, PinChanges(), universal=True)
        )
    ranges = [_ranged(one, pins) for one in added]
    head = _head(before) or _HEAD.format(python=python)
    options = "".join(f"{line}\n" for line in _option_lines(source))
    return Compiled(_with_lines(source, ranges).encode(), (head + options + pins).encode())


def _read(folder: Path, name: str) -> str | None:
    try:
        return files.decode(files.read(folder / name, root=folder))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise files.failure(error) from error


def _python(folder: Path) -> str:
    """Return the project's Python as uv takes it."""
    version = interpreter.requested(folder)
    return ".".join(map(str, version)) if version else DEFAULT_PYTHON


def _without_marks(compiled: str) -> str:
    """Return a compiled file without the marks of a conflict: uv keeps a version of either side."""
    return "".join(f"{line}\n" for line in compiled.splitlines() if not _MARKER.match(line))


def _head(compiled: str) -> str:
    """Return the comments that a compiled file begins with."""
    lines = []
    for line in compiled.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line)
    return "".join(f"{line}\n" for line in dict.fromkeys(lines))


def _option_lines(source: str) -> list[str]:
    """Return the lines of `requirements.in` that say where packages come from."""
    found = requirements.parse(SOURCE, source)
    return list(dict.fromkeys(option.source for option in found.options))


def _names(source: str) -> set[str]:
    return {one.name for one in requirements.parse(SOURCE, source).requirements}


def _check(requirement: str) -> None:
    found = requirements.parse(SOURCE, requirement)
    if found.problems or len(found.requirements) != 1 or "\n" in requirement:
        raise UsageError("pins.error.no-requirement", given=requirement)


def _with_lines(source: str, added: Sequence[str]) -> str:
    if not added:
        return source
    newline = "\r\n" if "\r\n" in source else "\n"
    body = source if not source or source.endswith("\n") else source + newline
    return body + "".join(f"{line}{newline}" for line in added)


def _packages(pins: str) -> set[str]:
    return {match["name"] for match in map(_PIN.match, pins.splitlines()) if match}


def _markers(pins: str) -> dict[str, str]:
    """Return the marker of each pin that has one, by package."""
    found = {}
    for line in pins.splitlines():
        match, (_, _, marker) = _PIN.match(line), line.partition(";")
        if match and marker:
            found[match["name"]] = marker.strip()
    return found


def _marked(pins: str, before: str) -> str:
    """Return pins with the markers that they had."""
    return _with_markers(pins, _markers(before))


def _for_windows(pins: str, before: str, universal: str) -> str:
    """Return pins in which new packages that Windows has not are marked so."""
    known = _packages(before)
    new = {
        name: _NOT_ON_WINDOWS
        for name, marker in _markers(universal).items()
        if name not in known and _NOT_ON_WINDOWS in marker
    }
    return _with_markers(pins, new)


def _with_markers(pins: str, markers: dict[str, str]) -> str:
    lines = []
    for line in pins.splitlines():
        match = _PIN.match(line)
        marker = markers.get(match["name"]) if match and ";" not in line else None
        lines.append(f"{line}; {marker}" if marker else line)
    return "".join(f"{line}\n" for line in lines)


def _ranged(requirement: str, pins: str) -> str:
    """Return a bare name with the range of its major version, as the other lines have it."""
    if not _BARE.fullmatch(requirement.strip()):
        return requirement.strip()
    name = requirements.canonical(requirement.partition("[")[0].strip())
    for line in pins.splitlines():
        pin = _PIN.match(line)
        if pin and requirements.canonical(pin["name"]) == name:
            major, minor = (*map(int, pin["version"].split(".")), 0)[:2]
            limits = f">={major},<{major + 1}" if major else f">=0.{minor},<0.{minor + 1}"
            return requirement.strip() + limits
    return requirement.strip()


def _resolve(  # noqa: PLR0913 - all that uv needs to know
    folder: Path,
    asked: str,
    before: str,
    python: str,
    changes: PinChanges,
    *,
    universal: bool = False,
) -> str:
    """Return what uv compiles, for the platform's Linux or for all systems."""
    uv = interpreter.uv_binary()
    if not uv:
        raise FailedError("pins.error.no-uv")
    arguments = ["--python-version", python]
    arguments += ["--universal"] if universal else uv_compile.FOR_LINUX
    arguments += ["--upgrade"] if changes.upgrade_all else []
    arguments += [part for name in changes.upgrade for part in ("--upgrade-package", name)]
    with tempfile.TemporaryDirectory(prefix="scaffold-pins-") as made:
        output = Path(made) / COMPILED
        output.write_text(before, "utf-8")
        arguments += ["--output-file", str(output), "-"]
        try:
            done = uv_compile.compile_requirements(
                uv, folder, arguments, seconds=_SECONDS, stdin=asked
            )
        except subprocess.TimeoutExpired as error:
            raise FailedError(
                "pins.error.unresolved", reason=text("pins.too-long", seconds=_SECONDS)
            ) from error
        if done.returncode:
            reason = uv_compile.message(done.stderr).removeprefix("error: ").partition(" hint: ")[0]
            raise FailedError("pins.error.unresolved", reason=reason)
        # uv writes a blank before the semicolon of a marker; the templates do not.
        return output.read_text("utf-8").replace(" ; ", "; ")
