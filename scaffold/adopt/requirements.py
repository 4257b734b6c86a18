"""Read the user's requirements from any of their files, and write them back with every line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scaffold import files, parsing
from scaffold.adopt import known_versions
from scaffold.adopt.flat_requirements import flatten, minor
from scaffold.adopt.pins import combined
from scaffold.adopt.text_style import TextStyle, read_style
from scaffold.checks.project import RANGES, REQUIREMENTS
from scaffold.requirements import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scaffold.adopt.draft import Draft
    from scaffold.adopt.flat_requirements import Flat
    from scaffold.adopt.pins import Pins
    from scaffold.adopt.third_party import Imported


@dataclass(frozen=True)
class UserRequirements:
    """What the user's own lists ask for.

    Attributes:
        text: the requirements, as lines of a requirements file.
        is_stated: whether there is such a list at all; else the imports are all there is to go by.
    """

    text: str
    is_stated: bool = True


def user_requirements(draft: Draft) -> UserRequirements:
    """Return the user's requirements.

    They are in requirements.in if requirements.txt is compiled from it, otherwise in
    requirements.txt, Pipfile or pyproject.toml.
    """
    listed, _ = _read(draft, REQUIREMENTS)
    if (draft.folder / RANGES).is_file():
        ranges, _ = _read(draft, RANGES)
        known = {option.source for option in parse(RANGES, ranges).options}
        options = [
            option.source
            for option in parse(REQUIREMENTS, listed).options
            if option.source not in known
        ]
        return UserRequirements("".join(f"{line}\n" for line in options) + ranges)
    if (draft.folder / REQUIREMENTS).is_file():
        return UserRequirements(listed)
    declared = _from_pipfile(draft) or _from_pyproject(draft)
    return UserRequirements("".join(f"{line}\n" for line in declared), is_stated=bool(declared))


def with_guesses(text: str, guesses: Sequence[Imported], *, accepted: bool) -> str:
    """Return requirements with the guessed packages: as comments, unless the user accepted them.

    Anybody may give a package any name that is free; what is only guessed must not be installed.
    """
    if not guesses:
        return text
    head = known_versions.GUESSED if accepted else known_versions.PROPOSED
    mark = "" if accepted else "# "
    lines = [f"{mark}{guess.package}  # {guess.place}" for guess in guesses]
    return "\n".join([text.rstrip("\n"), "", f"# {head}", *lines, ""]).lstrip("\n")


def _read(draft: Draft, name: str) -> tuple[str, TextStyle]:
    """Return a list's text and how it is written; the usual way where there is none."""
    path = draft.folder / name
    return read_style(files.read(path)) if path.is_file() else ("", TextStyle())


def _from_pipfile(draft: Draft) -> list[str]:
    table = _toml(draft, "Pipfile").get("packages")
    return (
        [_of_table(name, value) for name, value in table.items()] if isinstance(table, dict) else []
    )


def _of_table(name: str, value: object) -> str:
    version = value.get("version", "*") if isinstance(value, dict) else value
    return name if version in {"*", ""} else f"{name}{version}"


def _from_pyproject(draft: Draft) -> list[str]:
    content = _toml(draft, "pyproject.toml")
    listed = content.get("project", {}).get("dependencies")
    if isinstance(listed, list):
        return [str(line) for line in listed]
    table = content.get("tool", {}).get("poetry", {}).get("dependencies")
    if not isinstance(table, dict):
        return []
    # Poetry's caret has no equivalent: the lower bound is kept.
    found = [_of_table(name, value) for name, value in table.items() if name != "python"]
    return [re.sub(r"\^", ">=", line) for line in found]


def _toml(draft: Draft, name: str) -> dict[str, Any]:
    try:
        return parsing.load_toml(files.read(draft.folder / name))
    except (OSError, parsing.ParseError):
        return {}


def write_requirements(draft: Draft, pins: Pins) -> None:
    """Write ranges to requirements.in and pins to requirements.txt, unless it has them already.

    If there are no pins, only the additions are written. Encoding and line ends are kept.
    """
    before, style = _read(draft, REQUIREMENTS)
    ranges, ranges_style = _read(draft, RANGES)
    has_ranges = (draft.folder / RANGES).is_file()
    if not pins.pins:
        if has_ranges and pins.source != ranges:
            draft.write(RANGES, ranges_style.encode(pins.source), "requirements")
            pins = replace(pins, source=combined(before, pins.additions, pins.python, draft.folder))
        if pins.source != before:
            draft.write(REQUIREMENTS, style.encode(pins.source), "requirements")
        return
    if _same(before, pins) and not has_ranges:
        return
    compiled = _compiled(pins, flatten(draft.folder, RANGES, pins.source))
    # A new list is written as the one that its lines are from.
    draft.write(RANGES, (ranges_style if has_ranges else style).encode(pins.source), "ranges")
    if pins.loosened:
        lines = ", ".join(f"`{line.before}` → `{line.after}`" for line in pins.loosened)
        draft.explain(RANGES, "loosened", lines=lines)
    draft.write(REQUIREMENTS, style.encode(compiled), _reason(pins), python=pins.python)


def _reason(pins: Pins) -> str:
    return "pinned-partly" if pins.is_partial else "pinned"


def _same(before: str, pins: Pins) -> bool:
    """Return whether requirements.txt holds just these versions already."""
    found = {line.name: line for line in parse("", before).requirements}
    if not before or found.keys() != pins.pins.keys():
        return False
    exact = {name: parse("", line).requirements[0].specs for name, line in pins.pins.items()}
    return all(line.specs == exact[name] for name, line in found.items())


def _compiled(pins: Pins, flat: Flat) -> str:
    """Return requirements.txt: options, exact versions, and what stays as the user wrote it."""
    head = [f"# Every package, with its version, compiled from {RANGES} for Python {pins.python}:"]
    if pins.is_partial:
        head = [f"# Compiled from {RANGES} for Python {pins.python}, as far as versions are known:"]
    if pins.python.startswith("2"):
        head.append("# versions that start together on Python 2.7, which uv does not support.")
    else:
        hashes = " --generate-hashes" if flat.has_hashes else ""
        head.append(
            f"# uv pip compile {RANGES} -o {REQUIREMENTS} --python-version {pins.python}{hashes}"
        )
    as_written = {line.name: line.source for line in flat.unbuilt() if line.name}
    exact = [line for name, line in pins.pins.items() if name not in as_written]
    elsewhere = [line.source for line in flat.elsewhere(minor(pins.python))]
    unbuilt = [line.source for line in flat.unbuilt()]
    return "\n".join([*head, *flat.options, *exact, *unbuilt, *elsewhere]) + "\n"
