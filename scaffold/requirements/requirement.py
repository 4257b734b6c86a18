"""One requirement: what it names, which versions it takes, and where it applies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from scaffold.requirements.parsed import Version, is_archive, local_path

# A marker is tried on each of these when nothing says which Python it will be.
_PYTHONS: tuple[Version, ...] = ((2, 7), *((3, minor) for minor in range(5, 16)))
# No released version of Python has a higher patch number.
_LAST_PATCH = 99


@dataclass(frozen=True)
class Requirement:
    """One line of a requirements file.

    Attributes:
        file: the file it is in.
        line: its first line there, from 1.
        name: in the index's form: lower case, `-` between words; empty
            where only a build would tell.
        specs: operator and version, for example `(">=", (2, 9, 4))`.
        source: the line as written, without its comment and hashes.
        marker: the condition after `;`.
        url: the address, or the path of a file or folder; empty for a package of the index.
        last_line: its last line, where it goes on in the next ones.
        is_constraint: it is in a file of constraints, which installs nothing.
        hashes: the checksums, `sha256:…`.
        is_valid: pip can read it.
    """

    file: str
    line: int
    name: str
    specs: tuple[tuple[str, Version], ...]
    source: str
    marker: str = ""
    url: str = ""
    last_line: int = 0
    is_constraint: bool = False
    hashes: tuple[str, ...] = ()
    is_valid: bool = True

    @property
    def is_url(self) -> bool:
        """Whether it names a file or an address, which says the version."""
        return bool(self.url)

    @property
    def local_path(self) -> str:
        """The file or folder that it names, as written; empty for an address and
        where a variable is part of it.
        """
        return local_path(self.url)

    @property
    def is_folder(self) -> bool:
        """Whether it names a folder, which may ask for anything itself."""
        return bool(self.local_path) and not is_archive(self.local_path)

    @property
    def is_bounded(self) -> bool:
        """Whether a later major version stays out."""
        return self.is_url or any(op in {"==", "===", "~=", "<", "<="} for op, _ in self.specs)

    @property
    def lowest(self) -> Version:
        """The least version that will do; () if any."""
        return max(
            (version for op, version in self.specs if op in {"==", "===", "~=", ">=", ">"}),
            default=(),
        )

    @property
    def highest(self) -> Version | None:
        """The version nothing installed can be above; None if there is no such limit."""
        limits = [version for op, version in self.specs if op in {"==", "===", "<", "<="}]
        limits += [
            (*version[:-2], version[-2] + 1)
            for op, version in self.specs
            if op == "~=" and len(version) > 1
        ]
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
        """Return whether its marker holds on Linux for a Python version,
        None if that is not known.
        """
        if not self.marker:
            return True
        minors = [
            minor for minor in _PYTHONS if python is None or minor[: len(python)] == python[:2]
        ]
        return _holds(self.marker, tuple(minors) or (python or (),))


@lru_cache(maxsize=20_000)
def _holds(marker: str, minors: tuple[Version, ...]) -> bool | None:
    from packaging.markers import InvalidMarker, Marker, UndefinedEnvironmentName

    results = set()
    try:
        parsed = Marker(marker)
        for minor in minors:
            dotted = ".".join(map(str, minor))
            for patch in (0, _LAST_PATCH):
                results.add(parsed.evaluate(_environment(dotted, f"{dotted}.{patch}")))
    except (InvalidMarker, UndefinedEnvironmentName, ValueError):
        return None
    return results.pop() if len(results) == 1 else None


def _environment(minor: str, full: str) -> dict[str, str]:
    """Return the variables of markers as they are on the platform."""
    return {
        "implementation_name": "cpython",
        "implementation_version": full,
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": full,
        "python_version": minor,
        "sys_platform": "linux2" if minor.startswith("2") else "linux",
        "extra": "",
    }


def _short(version: Version) -> Version:
    """Return a version without zeros at its end: 1.0.0 is 1."""
    while version and not version[-1]:
        version = version[:-1]
    return version
