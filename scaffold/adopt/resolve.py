"""Find versions with uv, and say in plain words why there are none."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.adopt.flat_requirements import flatten, minor
from scaffold.adopt.known_versions import (
    ALL_CLASHES,
    BUILDABLE,
    FLOORS,
    NEWEST_PYTHON,
    WITHOUT_WHEELS,
)
from scaffold.engine import uv_compile
from scaffold.engine.interpreter import uv_binary
from scaffold.errors import FailedError
from scaffold.requirements import parse

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.adopt.flat_requirements import Flat
    from scaffold.requirements import Version

_TIMEOUT = 180.0
# Rounds in which a clash becomes a constraint, or a package is allowed to be built.
_ROUNDS = 30
# What uv says, by reason: the message is `adopt.unresolved.<reason>`. The first that fits counts.
_REASONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "offline",
        re.compile(
            r"error sending request|dns error|Failed to fetch|Could not connect|"
            r"network was disabled"
        ),
    ),
    ("unknown", re.compile(r"Because (?P<name>[\w.-]+) was not found in the package registry")),
    ("gone", re.compile(r"Because there (?:is|are) no versions? of (?P<name>[\w.-]+)")),
    ("build", re.compile(r"Failed to (?:build|download and build) `(?P<name>[A-Za-z0-9][\w.-]*)")),
    (
        "wheel",
        re.compile(
            r"(?:Because|and) (?:only |all versions of )?(?P<name>[A-Za-z0-9][\w.-]*?)"
            r"(?:[=<>!~]\S*)? ha(?:s|ve) no (?:usable )?wheels"
        ),
    ),
    (
        "python",
        re.compile(
            r"(?:Because|and) the requested Python version .* and (?P<name>[\w.-]+)", re.DOTALL
        ),
    ),
    ("clash", re.compile(r"and (?:because )?you require (?P<name>[\w.-]+)")),
    ("clash", re.compile(r"Because you require (?P<name>[\w.-]+)")),
)
# Characters of uv's message; a failed build has pages.
_SHOWN = 300
_CAUSE = re.compile(r"^No solution found when resolving dependencies:?\s*(?:cause: )?")
# `you require leancloud>=2.9.12 and python-dateutil==2.6.1, we can conclude …`
_YOURS = re.compile(r"you require (.*?)(?:, we can conclude|\.\s|\.?$)")
_NAME = re.compile(r"(?<![\w.<>=!~-])(?!and\b)[A-Za-z][\w.-]*")


@dataclass(frozen=True)
class Unresolved:
    """Why there are no versions.

    Attributes:
        reason: the end of `adopt.unresolved.<reason>`.
        name: the package that it is about, as far as uv says.
        message: what uv says, in one line.
        yours: packages of the user's that uv names.
    """

    reason: str
    name: str
    message: str
    yours: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resolved:
    """Versions that were found.

    Attributes:
        pins: `name==version` lines with their markers and extras, by package.
    """

    pins: dict[str, str]

    def version(self, package: str) -> Version:
        """Return a package's version, () if it is not among them."""
        line = self.pins.get(package, "")
        found = parse("", line).requirements if line else []
        return found[0].lowest if found else ()

    def newest_python(self) -> tuple[Version, str] | None:
        """Return the newest Python that these start on and the package that limits it."""
        limits = [
            (row.python, row.package)
            for row in NEWEST_PYTHON
            if (version := self.version(row.package)) and version < row.below
        ]
        return min(limits, default=None)


def resolve(folder: Path, source: str, python: str) -> Resolved | Unresolved:
    """Return exact versions of everything that a requirements.in asks for.

    Args:
        folder: the project; files that the requirements include are looked for there.
        source: the text of the requirements.
        python: the version they are for, `3.11`.

    Raises:
        FailedError: there is no uv.
    """
    constraints = list(FLOORS)
    built = list(WITHOUT_WHEELS)
    for _ in range(_ROUNDS):
        done = _compile(folder, source, python, constraints, built)
        if isinstance(done, Unresolved):
            if done.reason != "wheel" or done.name not in BUILDABLE or done.name in built:
                return done
            built.append(done.name)
            continue
        found = Resolved(done)
        missing = [rule for rule in _clashing(found) if rule not in constraints]
        if not missing:
            return found
        constraints += missing
    return Unresolved("clash", "", ", ".join(constraints))


def _clashing(found: Resolved) -> list[str]:
    """Return the constraints against pairs that do not start together."""
    rules = []
    for clash in ALL_CLASHES:
        old, new = found.version(clash.old), found.version(clash.new)
        if old and new and old < clash.below and new >= clash.least:
            rules.append(f"{clash.new}<{'.'.join(map(str, clash.least))}")
    return rules


def _compile(
    folder: Path, source: str, python: str, constraints: list[str], built: list[str]
) -> dict[str, str] | Unresolved:
    uv = uv_binary()
    if not uv:
        raise FailedError("adopt.error.no-uv")
    flat = flatten(folder, "", source)
    if flat.missing:
        return Unresolved("included", flat.missing[0], flat.missing[0])
    asked, limits = folder / ".scaffold-adopt.in", folder / ".scaffold-adopt.limits"
    try:
        asked.write_text(flat.for_resolver(minor(python)), "utf-8")
        limits.write_text("\n".join([*constraints, *flat.constraints]) + "\n", "utf-8")
        arguments = [*_options(flat, built), "--python-version", python, *uv_compile.FOR_LINUX]
        arguments += ["--constraint", limits.name, asked.name]
        done = uv_compile.compile_requirements(uv, folder, arguments, seconds=_TIMEOUT)
    except subprocess.TimeoutExpired:
        return Unresolved("offline", "", f"{_TIMEOUT:.0f} s")
    finally:
        asked.unlink(missing_ok=True)
        limits.unlink(missing_ok=True)
    return _reason(done.stderr) if done.returncode else _pins(done.stdout)


def _options(flat: Flat, built: list[str]) -> list[str]:
    """Return the options that uv does not read from a requirements file."""
    # Building a package runs its code. Only well-known ones are built, and only from the usual
    # index: what another one has under their names may be anybody's.
    options = ["--only-binary", ":all:"]
    if not flat.has_own_sources:
        options += [part for name in built for part in ("--no-binary", name)]
    options += [part for host in flat.trusted_hosts for part in ("--allow-insecure-host", host)]
    if any("--pre" in line.split() for line in flat.options):
        options += ["--prerelease", "allow"]
    if flat.has_hashes:
        options.append("--generate-hashes")
    return options


def _pins(output: str) -> dict[str, str]:
    """Return the lines of a compiled file by package, checksums included."""
    pins = {}
    for line in parse("", output).requirements:
        checksums = "".join(f" \\\n    --hash={checksum}" for checksum in line.hashes)
        pins[line.name or line.source] = line.source + checksums
    return pins


def _reason(message: str) -> Unresolved:
    text = uv_compile.message(message)
    listed = " ".join(match[1] for match in _YOURS.finditer(text))
    yours = tuple(dict.fromkeys(name.lower() for name in _NAME.findall(listed)))
    short = _CAUSE.sub("", text.removeprefix("error: ").partition("hint:")[0]).strip()[:_SHOWN]
    for reason, pattern in _REASONS:
        if match := pattern.search(text):
            return Unresolved(
                reason, match.groupdict().get("name", "").lower().rstrip(":"), short, yours
            )
    return Unresolved("clash" if yours else "other", "".join(yours[:1]), short, yours)
