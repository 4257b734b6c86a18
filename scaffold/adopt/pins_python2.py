"""Exact versions for Python 2.7, which no resolver of today knows: from a set that was started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.adopt import known_versions
from scaffold.adopt.flat_requirements import flatten
from scaffold.adopt.pins import Pins, combined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from scaffold.requirements import Requirement, Version


def for_python_2(text: str, additions: Mapping[str, str], folder: Path) -> Pins:
    """Return pins for Python 2.7 from the measured set; uv does not support Python 2."""
    source = combined(text, additions, "2.7", folder)
    asked = [
        line
        for line in flatten(folder, "", source).requirements
        if line.applies((2, 7)) is not False
    ]
    names = {line.name for line in asked}
    dependencies = _dependencies(names)
    pins: dict[str, str] = {}
    for line in asked:
        version = known_versions.PYTHON_2.get(line.name)
        fits = version and not line.url and not _excludes(line, _numbers(version))
        pins[line.name or line.source] = f"{line.name}=={version}" if fits else line.source
    pins |= {name: f"{name}=={known_versions.PYTHON_2[name]}" for name in dependencies - names}
    # The dependencies of packages that were not measured are unknown.
    unpinned = tuple(
        sorted(
            name
            for name, line in pins.items()
            if name not in known_versions.PYTHON_2 or "==" not in line
        )
    )
    return Pins("2.7.18", source, dict(sorted(pins.items())), unpinned=unpinned)


def _numbers(version: str) -> Version:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _dependencies(names: Iterable[str]) -> set[str]:
    """Return the dependencies of packages on Python 2, and those of the dependencies."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        more = {
            name
            for name in known_versions.PYTHON_2_DEPENDENCIES.get(waiting.pop(), ())
            if name not in found
        }
        found |= more
        waiting += more
    return found


def _excludes(line: Requirement, version: Version) -> bool:
    compare = {
        "==": lambda limit: version[: len(limit)] != limit,
        ">=": lambda limit: version < limit,
        ">": lambda limit: version <= limit,
        "<": lambda limit: version >= limit,
        "<=": lambda limit: version > limit,
        "!=": lambda limit: version == limit,
    }
    return any(op in compare and compare[op](limit) for op, limit in line.specs)
