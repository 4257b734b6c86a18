"""Pins: the user's requirements, the packages that are missing, and exact versions of all."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.adopt import known_versions
from scaffold.adopt.flat_requirements import flatten, minor
from scaffold.adopt.resolve import Resolved, Unresolved, resolve
from scaffold.checks.project import NEW_SDK
from scaffold.requirements import Requirement, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from scaffold.requirements import Version

SDK_PYTHONS = ("3.11", "3.10", "3.9", "3.8")
PYTHONS = ("3.11", "3.12", "3.13", "3.10", "3.9", "3.8")
_ROUNDS = 20
# What is no better on another Python.
_EVERYWHERE = frozenset({"clash", "gone"})
_UPPER = re.compile(r"\s*(?:<=?|!=|~=|===?)\s*[\w.*+-]+\s*,?")
_EXACT = re.compile(r"(?:~=|===?)\s*([\d.]+)(?:\.\*)?")


@dataclass(frozen=True)
class Loosened:
    """A line of the user's that could not stay as it was.

    Attributes:
        before, after: the line; `after` is a comment where the package had to go.
        reason: the end of `adopt.unresolved.<reason>`.
        message: uv's words.
    """

    line: int
    before: str
    after: str
    reason: str
    message: str


@dataclass(frozen=True)
class Pins:
    """Requirements for one Python.

    Attributes:
        python: its version.
        source: the new requirements.in.
        pins: exact lines, by package; nothing where there are none.
        loosened: the user's lines that were changed.
        failure: why there are no exact versions.
        newest: the newest Python that these packages start on, where that is why.
        text: the user's requirements as they were then.
        additions: lines that were added, by package.
        unpinned: packages for which no version is known; only on Python 2.
    """

    python: str
    source: str
    pins: Mapping[str, str]
    loosened: tuple[Loosened, ...] = ()
    failure: Unresolved | None = None
    newest: Version = ()
    text: str = ""
    additions: Mapping[str, str] = field(default_factory=dict)
    unpinned: tuple[str, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether some packages are installed in whatever version an installer chooses."""
        return bool(self.unpinned)

    def version(self, package: str) -> Version:
        """Return the version of a package, () if it is not there."""
        return Resolved(dict(self.pins)).version(package)


@dataclass(frozen=True)
class LoosenedText:
    """The user's requirements, as far as they have been loosened."""

    text: str
    loosened: tuple[Loosened, ...] = ()


@dataclass(frozen=True)
class ResolutionRequest:
    """What requirements are made of.

    Attributes:
        folder: the project.
        text: the user's requirements.
        additions: lines to add where the user has none of that package, for a Python version.
        pythons: versions to try, the best first.
    """

    folder: Path
    text: str
    additions: Callable[[str], Mapping[str, str]]
    pythons: tuple[str, ...]


def order(requested: str, *, sdk: bool, fixed: str = "") -> tuple[str, ...]:
    """Return the Pythons to try, best first: the one the project requests, then the nearest ones.

    Args:
        requested: what its files ask for; empty if nothing does.
        sdk: whether it uses the SDK; its own requirements install on 3.8 to 3.11.
        fixed: the one that the user gave on the command line.
    """
    if fixed:
        return (fixed,)
    choice = SDK_PYTHONS if sdk else PYTHONS
    version = tuple(int(part) for part in requested.split(".")[:2]) if requested else ()
    if version < (3,):
        return choice
    minor = ".".join(map(str, version))
    if minor in choice:
        return (minor, *(other for other in choice if other != minor))
    # The nearest one first: what was written for 3.6 is likelier to start on 3.8 than on 3.11.
    return tuple(sorted(choice, key=lambda other: abs(int(other.partition(".")[2]) - version[1])))


def candidates(request: ResolutionRequest) -> Iterator[Pins]:
    """Yield what could be pinned, the best first: the user's own ranges before loosened ones.

    If nothing can be resolved there is one, which says why.
    """
    strict, failure = _first(request, loosen=False)
    if strict:
        yield strict
    if failure and failure.failure and failure.failure.reason == "offline":
        yield failure
        return
    loosened, _ = _first(request, loosen=True)
    if loosened and loosened.loosened:
        yield loosened
    elif failure and not strict:
        yield failure


def _first(request: ResolutionRequest, *, loosen: bool) -> tuple[Pins | None, Pins | None]:
    """Return the pins for the first Python that has some, and the first failure."""
    failure: Pins | None = None
    start = LoosenedText(request.text)
    newest: Version = (99,)
    for python in request.pythons:
        if minor(python) > newest:
            continue
        pins = _pinned(request, python, start, loosen=loosen)
        if pins.failure is None:
            return pins, failure
        failure = failure or pins
        if pins.failure.reason == "offline" or (not loosen and pins.failure.reason in _EVERYWHERE):
            break
        if pins.newest:
            # What had to be loosened on the way is not found out again on the next Python.
            newest, start = pins.newest, LoosenedText(pins.text, pins.loosened)
    return None, failure


def _pinned(request: ResolutionRequest, python: str, start: LoosenedText, *, loosen: bool) -> Pins:
    text, loosened = start.text, list(start.loosened)
    extra: dict[str, str] = {}
    for _ in range(_ROUNDS):
        additions = {**request.additions(python), **extra}
        source = combined(text, additions, python, request.folder)
        found = resolve(request.folder, source, python)
        if isinstance(found, Resolved):
            if (limit := found.newest_python()) and minor(python) > limit[0]:
                why = _too_new(python, limit)
                return Pins(python, source, {}, tuple(loosened), why, newest=limit[0], text=text)
            more = _needed(found, python)
            if more.items() <= extra.items():
                return Pins(python, source, found.pins, tuple(loosened))
            extra |= more
            continue
        change = _loosen(text, found, loosen=loosen)
        if change is None:
            return Pins(python, source, {}, tuple(loosened), found, additions=additions)
        text, one = change
        loosened.append(one)
    return Pins(python, request.text, {}, tuple(loosened), Unresolved("other", "", ""))


def _too_new(python: str, limit: tuple[Version, str]) -> Unresolved:
    dotted = ".".join(map(str, limit[0]))
    return Unresolved("too-new", limit[1], f"{limit[1]}: Python {dotted}, not {python}")


def _needed(found: Resolved, python: str) -> dict[str, str]:
    """Return the packages that gevent needs, by its version."""
    gevent = found.version("gevent")
    if not gevent or gevent >= (23,):
        return {}
    needed = {"setuptools": "setuptools==75.3.4" if python == "3.8" else "setuptools>=75.8.2,<80.9"}
    if gevent >= (22,):
        needed["greenlet"] = "greenlet>=2,<3.2"
    return needed


def combined(text: str, additions: Mapping[str, str], python: str, folder: Path) -> str:
    """Return the user's requirements with lines for the packages that they lack.

    Args:
        text: the requirements.
        additions: a line by package.
        python: the Python version.
        folder: the project, where files are that they include.
    """
    lines = flatten(folder, "", text).requirements
    names = {line.name for line in lines if line.applies(minor(python)) is not False}
    added = [line for name, line in additions.items() if name not in names]
    return _with_lines(text, known_versions.ADDED, added)


def _with_lines(text: str, head: str, lines: list[str]) -> str:
    if not lines:
        return text
    gap = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{gap}\n# {head}\n" + "\n".join(lines) + "\n"


def limited(text: str, framework: str, hints: Iterable[tuple[str, str, str]], folder: Path) -> str:
    """Return the user's requirements with the limits that the code itself sets.

    A line with an upper limit stays as it is, and an unused package needs no limit.

    Args:
        text: the requirements.
        framework: the framework's package, which may be in no line.
        hints: package, limit and the place that sets it.
        folder: the project, where files are that they include.
    """
    lines = {line.name: line for line in flatten(folder, "", text).requirements}
    used = {*lines, framework, *known_versions.DEPENDENCIES.get(framework, ())}
    added = [
        f"{name}{limit}  # {place}"
        for name, limit, place in hints
        if name in used and not (name in lines and lines[name].is_bounded)
    ]
    return _with_lines(text, known_versions.LIMITED, [line for line in added if line not in text])


def _loosen(text: str, found: Unresolved, *, loosen: bool) -> tuple[str, Loosened] | None:
    """Return the text with one line loosened that uv could not satisfy, None if none is left."""
    lines = {line.name: line for line in parse("", text).requirements}
    if found.reason == "unknown" and found.name in lines:
        return _replaced(text, lines[found.name], f"# {lines[found.name].source}", found)
    if not loosen:
        return None
    for name in (*((found.name,) if found.name else ()), *found.yours):
        line = lines.get(name)
        if line is not None and line.is_bounded and not line.is_url and name != NEW_SDK:
            return _replaced(text, line, _without_limits(line), found)
    sdk = lines.get(NEW_SDK)
    if (
        sdk is not None
        and sdk.is_bounded
        and NEW_SDK in (found.name, *found.yours)
        and known_versions.SDK_FLOOR not in sdk.source
    ):
        return _replaced(text, sdk, f"{known_versions.SDK_FLOOR},<4", found)
    return None


def _without_limits(line: Requirement) -> str:
    requirement, semicolon, marker = line.source.partition(";")
    exact = _EXACT.search(requirement)
    bare = _UPPER.sub("", requirement).strip().rstrip(",")
    if exact:
        bare += f">={exact[1]}"
    return f"{bare.strip()}{';' if semicolon else ''}{marker}"


def _replaced(text: str, line: Requirement, new: str, found: Unresolved) -> tuple[str, Loosened]:
    """Return the text with a line replaced, and a comment that says what was there."""
    lines = text.split("\n")
    ending = "\r" if lines[line.line - 1].endswith("\r") else ""
    note = (
        known_versions.GONE if new.startswith("#") else known_versions.WAS.format(line=line.source)
    )
    lines[line.line - 1 : max(line.line, line.last_line)] = [f"{new}  # {note}{ending}"]
    return "\n".join(lines), Loosened(line.line, line.source, new, found.reason, found.message)
