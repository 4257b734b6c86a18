"""Find versions with uv, and say in plain words why there are none."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.adopt.known import ALL_CLASHES, FLOORS, NATIVE, NEWEST_PYTHON
from scaffold.checks.requirements import parse
from scaffold.engine.interpreter import uv_binary
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.checks.requirements import Version

_TIMEOUT = 180.0
# Rounds in which a clash is told to uv, or a line that it cannot fulfil is loosened.
_ROUNDS = 12
_OPTIONS = (
    "--quiet",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-python-downloads",
    "--no-strip-extras",
)
# What uv says, by reason: the message is `adopt.unresolved.<reason>`. The first that fits counts.
_REASONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("offline", re.compile(r"error sending request|dns error|Failed to fetch|Could not connect|network was disabled")),
    ("unknown", re.compile(r"Because (?P<name>[\w.-]+) was not found in the package registry")),
    ("gone", re.compile(r"Because there (?:is|are) no versions? of (?P<name>[\w.-]+)")),
    ("build", re.compile(r"Failed to (?:build|download and build) `(?P<name>[A-Za-z0-9][\w.-]*)")),
    (
        "wheel",
        re.compile(r"(?:Because|and) (?:only )?(?P<name>[A-Za-z0-9][\w.-]*?)(?:[=<>!~]\S*)? has no (?:usable )?wheels"),
    ),
    ("python", re.compile(r"(?:Because|and) the requested Python version .* and (?P<name>[\w.-]+)", re.DOTALL)),
    ("clash", re.compile(r"and (?:because )?you require (?P<name>[\w.-]+)")),
    ("clash", re.compile(r"Because you require (?P<name>[\w.-]+)")),
)
# Enough of what uv says to understand it; a failed build goes on for pages.
_SAID = 300
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
        said: what uv says, in one line.
        yours: packages of the user's that uv names.
    """

    reason: str
    name: str
    said: str
    yours: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resolved:
    """Versions that were found.

    Attributes:
        pins: `name==version` lines with their markers and extras, by package.
        clashes: what uv was told beside the requirements.
    """

    pins: dict[str, str]
    clashes: tuple[str, ...]

    def version(self, package: str) -> Version:
        """Return a package's version, () if it is not among them."""
        line = self.pins.get(package, "")
        found = parse("", line)[0] if line else []
        return found[0].lowest if found else ()

    def newest_python(self) -> tuple[Version, str] | None:
        """Return the newest Python that these start on and the package that says so, None without a limit."""
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
    for _ in range(_ROUNDS):
        done = _compile(folder, source, python, constraints)
        if isinstance(done, Unresolved):
            return done
        found = Resolved(done, tuple(constraints))
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


def _compile(folder: Path, source: str, python: str, constraints: list[str]) -> dict[str, str] | Unresolved:
    uv = uv_binary()
    if not uv:
        raise FailedError("adopt.error.no-uv")
    asked, limits = folder / ".scaffold-adopt.in", folder / ".scaffold-adopt.limits"
    try:
        asked.write_text(source, "utf-8")
        limits.write_text("\n".join(constraints) + "\n", "utf-8")
        wheels = [part for name in NATIVE for part in ("--only-binary", name)]
        command = [uv, "pip", "compile", *_OPTIONS, *wheels, "--python-version", python, "--constraint", limits.name]
        command += ["--python-platform", "linux", asked.name]
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Unresolved("offline", "", f"{_TIMEOUT:.0f} s")
    finally:
        asked.unlink(missing_ok=True)
        limits.unlink(missing_ok=True)
    if done.returncode:
        return _reason(done.stderr)
    pins = {}
    for line in done.stdout.splitlines():
        found, _ = parse("", line)
        if found:
            pins[found[0].name] = line.strip()
    return pins


def _reason(said: str) -> Unresolved:
    text = " ".join(said.replace("×", " ").replace("╰─▶", " ").replace("│", " ").split())
    listed = " ".join(match[1] for match in _YOURS.finditer(text))
    yours = tuple(dict.fromkeys(name.lower() for name in _NAME.findall(listed)))
    short = _CAUSE.sub("", text.removeprefix("error: ").partition("hint:")[0]).strip()[:_SAID]
    for reason, pattern in _REASONS:
        if match := pattern.search(text):
            return Unresolved(reason, match.groupdict().get("name", "").lower().rstrip(":"), short, yours)
    return Unresolved("clash" if yours else "other", "".join(yours[:1]), short, yours)
