"""The lines of a requirements file: requirements, files that it includes, options."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from scaffold.requirements import pip_options
from scaffold.requirements.parsed import ParsedRequirement, local_path, understand
from scaffold.requirements.requirement import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from optparse import Values

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_OPTIONS_START = re.compile(r"(?:^|\s)(?=-)")
_HASHES = re.compile(r"\s+--hash(?:=|\s+)\S+")
# Texts up to this length are parsed each time.
_SHORT = 2_000
_REMOTE = re.compile(r"[a-z][a-z+]+://", re.IGNORECASE)
_COMMAND_INCLUDE = re.compile(
    r"(?:^|\s)(?P<option>-r|-c|--requirement|--constraint)[\s=]*['\"]?"
    r"(?P<path>[^\s'\"-][^\s'\";&|]*)"
)


@dataclass(frozen=True)
class Include:
    """A file that a requirements file, or a command that installs, names with `-r` or `-c`.

    Attributes:
        file: where it is named.
        line: on which line.
        path: as written.
        is_constraint: it is named with `-c`: it says versions and installs nothing.
    """

    file: str
    line: int
    path: str
    is_constraint: bool = False

    @property
    def resolved(self) -> str:
        """The path from the project's root; empty for an address, an absolute
        path, and one with a variable.
        """
        if (
            not self.path
            or _REMOTE.match(self.path)
            or self.path.startswith(("/", "~"))
            or "${" in self.path
        ):
            return ""
        return posixpath.normpath(
            posixpath.join(posixpath.dirname(self.file), self.path.replace("\\", "/"))
        )


@dataclass(frozen=True)
class Option:
    """A line of options that count for the whole installation: an index, a folder of wheels.

    Attributes:
        line: its number.
        source: as written, without its comment.
        folders: the local ones among its `--find-links`.
    """

    line: int
    source: str
    folders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """A line that pip refuses.

    Attributes:
        line: its number.
        source: as written, without its comment.
    """

    line: int
    source: str


@dataclass(frozen=True)
class RequirementsFile:
    """What one file says.

    Attributes:
        requirements: the packages, in order.
        includes: the files that it includes.
        options: the lines with options for all of them.
        problems: the lines that pip refuses; what can be read of a name is among
            the requirements all the same.
    """

    requirements: list[Requirement] = field(default_factory=list)
    includes: list[Include] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def parse(file: str, text: str, *, is_constraint: bool = False) -> RequirementsFile:
    """Return what a requirements file says.

    Args:
        file: its path; it is passed on to what is found.
        text: its contents.
        is_constraint: it was named with `-c`.

    Returns:
        What was found; nobody changes it, as it is the same for the same text.
    """
    # A list is read for many questions; one of thousands of lines is not read for each anew.
    read = _parse_long if len(text) > _SHORT else _parse
    return read(file, text, is_constraint=is_constraint)


def _parse(file: str, text: str, *, is_constraint: bool) -> RequirementsFile:
    found = RequirementsFile()
    for line in _logical_lines(text):
        requirement, options = _split(line.source)
        values = pip_options.parse(options)
        if values is None:
            found.problems.append(Problem(line.first, line.source))
        elif requirement or values.editables:
            asked = understand(requirement or values.editables[0])
            if not asked.is_valid:
                found.problems.append(Problem(line.first, line.source))
            if asked.name or asked.url:
                made = _requirement(file, line, asked, values)
                found.requirements.append(replace(made, is_constraint=is_constraint))
        else:
            found.includes.extend(_includes(file, line, values, is_constraint=is_constraint))
            found.options.extend(_options(line, values))
    return found


_parse_long = lru_cache(maxsize=16)(_parse)


def _requirement(
    file: str, line: _LogicalLine, asked: ParsedRequirement, values: Values
) -> Requirement:
    return Requirement(
        file=file,
        line=line.first,
        name=asked.name,
        specs=asked.specs,
        source=_HASHES.sub("", line.source),
        marker=asked.marker,
        url=asked.url,
        last_line=line.last,
        hashes=tuple(values.hashes),
        is_valid=asked.is_valid,
    )


def _includes(
    file: str, line: _LogicalLine, values: Values, *, is_constraint: bool
) -> Iterator[Include]:
    for path in values.requirements:
        yield Include(file, line.first, path, is_constraint)
    for path in values.constraints:
        yield Include(file, line.first, path, is_constraint=True)


def _options(line: _LogicalLine, values: Values) -> Iterator[Option]:
    if not (values.requirements or values.constraints):
        folders = tuple(path for url in values.links if (path := local_path(url)))
        yield Option(line.first, line.source, folders)


def included_by(command: str, file: str = "") -> list[Include]:
    """Return the requirements files that a shell command, such as `pip
    install -r requirements.txt`, names.

    Args:
        command: the line of shell.
        file: where it stands.
    """
    return [
        Include(file, 1, match["path"], match["option"] in {"-c", "--constraint"})
        for match in _COMMAND_INCLUDE.finditer(command)
    ]


class _LogicalLine(NamedTuple):
    """A line without its comment; all of them where a backslash joins several."""

    first: int
    last: int
    source: str


def _logical_lines(text: str) -> Iterator[_LogicalLine]:
    """Yield the lines that say something."""
    pending: list[str] = []
    begun = 0
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        begun = begun if pending else number
        is_comment = line.lstrip().startswith("#")
        goes_on = line.endswith("\\") and not is_comment
        # A comment in the middle ends the requirement, as pip has it.
        pending.append(line.rstrip("\\") if goes_on else f" {line}" if is_comment else line)
        if goes_on and number < len(lines):
            continue
        if source := " ".join(_COMMENT.sub("", "".join(pending)).split()):
            yield _LogicalLine(begun, number, source)
        pending = []


def _split(source: str) -> tuple[str, str]:
    """Return the requirement of a line, and its options."""
    match = _OPTIONS_START.search(source)
    return (source[: match.start()].strip(), source[match.end() :]) if match else (source, "")
