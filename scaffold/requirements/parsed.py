"""What the text of one requirement asks for: a package, an address, or a file or folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

OPERATORS = "===|==|~=|!=|>=|<=|<|>"
Version = tuple[int, ...]

_NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?", re.ASCII)
_NAMED = re.compile(
    rf"(?P<name>{_NAME.pattern})\s*(?P<extras>\[[^\]]*\])?\s*(?P<rest>.*)", re.ASCII | re.DOTALL
)
_DIRECT = re.compile(
    rf"(?P<name>{_NAME.pattern})\s*(?:\[[^\]]*\])?\s*@\s*(?P<url>\S.*)", re.ASCII | re.DOTALL
)
# Some versions are dates with the time of day.
_MOST_DIGITS = 18
_SPEC = re.compile(rf"({OPERATORS})\s*v?(\d+(?:\.\d+)*)(\.\*)?[\w.+-]*", re.ASCII)
_URL = re.compile(r"(?:https?|ftp|file|(?:git|hg|svn|bzr)(?:\+[a-z]+)?):", re.IGNORECASE)
_VCS = re.compile(r"(?:git|hg|svn|bzr)\+", re.IGNORECASE)
_ARCHIVE = re.compile(
    r"\.(?:whl|zip|tgz|tbz|tbz2|txz|tlz|tar|tar\.(?:gz|bz2|xz|lz|lzma))$", re.IGNORECASE
)
_SOURCE_NAME = re.compile(r"(?P<name>.+?)-v?(?P<version>\d+(?:\.\d+)*)[^-]*$")
_TAG = re.compile(r"v?(\d+(?:\.\d+)+)")
_EGG = re.compile(rf"[#&]egg=({_NAME.pattern})", re.ASCII)
# https://github.com/OWNER/NAME/archive/v1.0.zip: the file's name is the version's,
# the folder's is the package's.
_HOSTED = re.compile(
    r"[:/](?P<name>[^/:]+?)(?:\.git)?/(?:-/)?(?:archive|zipball|tarball|releases)/"
)
# Repositories that do not have the name of their package.
_REPOSITORIES = {"python-sdk": "leancloud", "leancloud-python-sdk": "leancloud"}


@dataclass(frozen=True)
class ParsedRequirement:
    """What one requirement asks for, wherever it is written.

    Attributes:
        name: the package, as the index names it.
        specs: operator and version.
        url: the address or path.
        marker: the condition.
        is_valid: today's pip can read it.
    """

    name: str
    specs: tuple[tuple[str, Version], ...] = ()
    url: str = ""
    marker: str = ""
    is_valid: bool = True


@lru_cache(maxsize=1 << 15)
def understand(requirement: str) -> ParsedRequirement:
    """Return what a requirement asks for: a name with versions, an address,
    or the path of a file or folder.

    Args:
        requirement: without options, hashes and comment.
    """
    if (direct := _DIRECT.fullmatch(requirement)) and not _looks_like_path(direct["name"]):
        url, marker = _split_marker(direct["url"])
        _, specs = _of_url(url)
        return ParsedRequirement(canonical(direct["name"]), specs, url, marker)
    if _URL.match(requirement) or _looks_like_path(requirement):
        url, marker = _split_marker(requirement)
        name, specs = _of_url(url)
        return ParsedRequirement(name, specs, url, marker)
    plain, _, marker = requirement.partition(";")
    named = _NAMED.fullmatch(plain.strip())
    if not named:
        return ParsedRequirement("", is_valid=False)
    specs = tuple((op, _numbers(version)) for op, version, _ in _SPEC.findall(named["rest"]))
    return ParsedRequirement(
        canonical(named["name"]), specs, "", marker.strip(), _is_valid(requirement)
    )


def _numbers(version: str) -> tuple[int, ...]:
    """Return the parts of a version; Python refuses to convert numbers of thousands of digits."""
    return tuple(int(part[:_MOST_DIGITS]) for part in version.split("."))


def _is_valid(requirement: str) -> bool:
    from packaging.requirements import Requirement as Parsed

    try:
        Parsed(requirement)
    except (ValueError, RecursionError):
        return False
    return True


def canonical(name: str) -> str:
    """Return a package's name as the index writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def package(line: str) -> str:
    """Return the package that a line asks for, as the index names it;
    nothing for a comment or an option.
    """
    match = _NAME.match(line)
    return canonical(match[0]) if match else ""


def on_one_line(requirement: str) -> str:
    """Return a requirement that goes on in several lines as one."""
    return " ".join(line.rstrip("\\").strip() for line in requirement.split("\n"))


def is_absolute(path: str) -> bool:
    """Return whether a path starts at the root of a disk, or in somebody's home folder."""
    return path.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z]:", path) is not None


def is_archive(path: str) -> bool:
    """Return whether a path names a wheel or packed source."""
    return _ARCHIVE.search(path) is not None


def local_path(url: str) -> str:
    """Return the path that an address leads to on this disk, empty where it
    leads elsewhere or is not known.
    """
    if "${" in url:
        return ""
    plain = url.partition("#")[0]
    if plain.lower().startswith("file:"):
        path = unquote(plain[len("file:") :])
        return path.removeprefix("//")
    return "" if _URL.match(plain) or _VCS.match(plain) else re.sub(r"\[[^\]]*\]$", "", plain)


def _looks_like_path(text: str) -> bool:
    plain = _split_marker(text)[0]
    return (
        plain.startswith(".") or "/" in plain or "\\" in plain or _ARCHIVE.search(plain) is not None
    )


def _split_marker(text: str) -> tuple[str, str]:
    """Return an address or path and the marker behind it; a `;` alone may be a part of either."""
    parts = re.split(r"\s+;\s*|;\s+", text, maxsplit=1)
    return parts[0].strip(), parts[1].strip() if len(parts) > 1 else ""


def _of_url(url: str) -> tuple[str, tuple[tuple[str, Version], ...]]:
    """Return the package that an address or a path is of, and its version,
    as far as the text says either.
    """
    egg = _EGG.search(url)
    path = unquote(url.partition("#")[0].partition("?")[0]).replace("\\", "/")
    if _VCS.match(path):
        name, version = _of_repository(path)
    elif hosted := _HOSTED.search(path):
        name, version = hosted["name"], _TAG.fullmatch(_ARCHIVE.sub("", path.rpartition("/")[2]))
        name = _REPOSITORIES.get(name, name)
    else:
        return _of_file(re.sub(r"\[[^\]]*\]$", "", path), egg[1] if egg else "")
    specs = (("==", _numbers(version[1])),) if version else ()
    return canonical(egg[1] if egg else name), specs


def _of_repository(url: str) -> tuple[str, re.Match[str] | None]:
    address, _, reference = url.partition("://")[2].partition("/")[2].rpartition("@")
    name = (address or reference).rstrip("/").rpartition("/")[2].removesuffix(".git")
    return _REPOSITORIES.get(name, name), _TAG.fullmatch(reference) if address else None


def _of_file(path: str, egg: str) -> tuple[str, tuple[tuple[str, Version], ...]]:
    name = path.rstrip("/").rpartition("/")[2]
    if name.lower().endswith(".whl"):
        name, _, rest = name.partition("-")
        version = _SPEC.match(f"=={rest.partition('-')[0]}")
    elif _ARCHIVE.search(name):
        match = _SOURCE_NAME.match(_ARCHIVE.sub("", name))
        name, version = (
            (match["name"], _SPEC.match(f"=={match['version']}")) if match else ("", None)
        )
    else:
        version = None
    name = egg or (name if _NAME.fullmatch(name) else "")
    specs = ((version[1], _numbers(version[2])),) if version else ()
    return canonical(name), specs
