"""Requirements files, as far as rules ask about them."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass

OPERATORS = "===|==|~=|!=|>=|<=|<|>"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)
_LINE = re.compile(
    rf"^(?P<name>{_NAME.pattern})\s*(?P<extras>\[[^\]]*\])?\s*(?P<spec>[^;@#]*?)\s*"
    r"(?P<url>@\s*\S+)?\s*(?:;\s*(?P<marker>[^#]*?)\s*)?(?:\s--hash=.*)?(?:\s#.*)?$",
    re.ASCII,
)
_SPEC = re.compile(rf"({OPERATORS})\s*v?(\d+(?:\.\d+)*)(\.\*)?[\w.+-]*")
_INCLUDE = re.compile(r"^(?:-r|--requirement|-c|--constraint)[\s=]*(\S+)")
_MARKER = re.compile(r"^python_version\s*(==|!=|>=|<=|<|>)\s*['\"](\d+(?:\.\d+)*)['\"]$")
_COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    "<": operator.lt,
    ">": operator.gt,
}
Version = tuple[int, ...]


@dataclass(frozen=True)
class Requirement:
    """One line of a requirements file.

    Attributes:
        name: in the index's form: lower case, `-` between words.
        specs: operator and version, for example `(">=", (2, 9, 4))`.
        source: the line as written, without its comment.
        marker: the condition after `;`.
        is_url: it names a file or an address, which says the version.
    """

    file: str
    line: int
    name: str
    specs: tuple[tuple[str, Version], ...]
    source: str
    marker: str = ""
    is_url: bool = False

    @property
    def is_bounded(self) -> bool:
        """Whether a later major version stays out."""
        return self.is_url or any(op in {"==", "===", "~=", "<", "<="} for op, _ in self.specs)

    @property
    def lowest(self) -> Version:
        """The least version that will do; () if any."""
        return max((version for op, version in self.specs if op in {"==", "===", "~=", ">=", ">"}), default=())

    @property
    def highest(self) -> Version | None:
        """The version nothing installed can be above; None if there is no such limit."""
        limits = [version for op, version in self.specs if op in {"==", "===", "<", "<="}]
        limits += [(*version[:-2], version[-2] + 1) for op, version in self.specs if op == "~=" and len(version) > 1]
        return min(limits, default=None)

    def is_below(self, version: Version) -> bool:
        """Return whether only versions before `version` will do."""
        wanted = _short(version)
        for op, limit in self.specs:
            if op in {"==", "===", "<="} and _short(limit) < wanted:
                return True
            if op == "<" and _short(limit) <= wanted:
                return True
        return self.highest is not None and _short(self.highest) < wanted

    def applies(self, python: Version | None) -> bool | None:
        """Return whether its marker holds for a Python version, None if that cannot be told."""
        if not self.marker:
            return True
        match = _MARKER.match(self.marker)
        if not match or python is None:
            return None
        wanted = tuple(map(int, match[2].split(".")))
        return bool(_COMPARE[match[1]](python[: len(wanted)], wanted))


def _short(version: Version) -> Version:
    """Return a version without zeros at its end: 1.0.0 is 1."""
    while version and not version[-1]:
        version = version[:-1]
    return version


def package(line: str) -> str:
    """Return the package that a line asks for, as the index names it; nothing for a comment or an option."""
    match = _NAME.match(line)
    return re.sub(r"[-_.]+", "-", match[0]).lower() if match else ""


def on_one_line(requirement: str) -> str:
    """Return a requirement that goes on in several lines as one."""
    return " ".join(line.rstrip("\\").strip() for line in requirement.split("\n"))


def parse(file: str, text: str) -> tuple[list[Requirement], list[tuple[int, str]]]:
    """Return a file's requirements, and line and path of the files that it includes."""
    found: list[Requirement] = []
    included: list[tuple[int, str]] = []
    for number, joined in _logical_lines(text):
        line = joined.strip()
        if include := _INCLUDE.match(line):
            included.append((number, include[1]))
        elif match := _LINE.match(line):
            specs = tuple((op, tuple(map(int, version.split(".")))) for op, version, _ in _SPEC.findall(match["spec"]))
            name = package(line)
            source = line.partition(" #")[0].partition(" --hash")[0].strip()
            is_url = bool(match["url"])
            found.append(Requirement(file, number, name, specs, source, match["marker"] or "", is_url))
    return found, included


def _logical_lines(text: str) -> list[tuple[int, str]]:
    lines: list[tuple[int, str]] = []
    pending, begun = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        begun = begun if pending else number
        if line.endswith("\\"):
            pending += line[:-1] + " "
        else:
            lines.append((begun, pending + line))
            pending = ""
    if pending:
        lines.append((begun, pending))
    return lines
