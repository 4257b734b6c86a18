"""Where a template is: what the user writes, what git calls it, and what projects record of it.

A source is a folder, a git bundle, an address of git's, also after `git+`, or
`gh:NAME/REPOSITORY`. Addresses such as `ext::…` make git start any program and are refused: a
project of a stranger's may record one.
"""

from __future__ import annotations

import re
from pathlib import Path

from scaffold.errors import UsageError
from scaffold.versions import BUNDLE, SOURCE, order

_SHORT = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/"}
# What copier takes for an address of git's; any other it takes for a folder.
_COPIER_ADDRESS = re.compile(
    r"(?:git@|git://|git\+|gh:|gl:|https://github\.com/|https://gitlab\.com/).*|.*\.git"
)
# What git takes for an option, or for a way to start any program: also as part of a host's name.
_STARTS_PROGRAMS = re.compile(
    r"-|(?i:ext|fd):(?::|//)|[\w+.-]+://(?:[^/]*@)?-|.*[\x00-\x1f]", re.DOTALL
)
_RELEASE = re.compile(r"v?\d{1,9}(?:\.\d{1,9})*")
_LISTED_TAG = re.compile(r"\trefs/tags/(\S+)$", re.MULTILINE)


def is_local(source: str) -> bool:
    """Return whether a source is a folder or a file of this machine, or could only be one."""
    return _exists(source) or ":" not in source[2:]


def _exists(source: str) -> bool:
    try:
        return Path(source).expanduser().exists()
    except (OSError, RuntimeError, ValueError):  # too long, a home of nobody, a NUL
        return False


def git_address(source: str) -> str:
    """Return what git calls a source.

    Raises:
        UsageError: git could start a program that the source names.
    """
    if source == SOURCE:
        return str(BUNDLE)  # git would ask our remote helper for it, which may not be on the PATH
    for short, whole in _SHORT.items():
        if source.startswith(short):
            return whole + source.removeprefix(short).lstrip("/")
    address = source.removeprefix("git+")
    if _exists(address):
        return str(Path(address).expanduser().absolute())
    if _STARTS_PROGRAMS.match(address):
        raise UsageError("foreign.error.odd-address", source=source)
    return address


def as_recorded(source: str) -> str:
    """Return a source as a project has to record it, so that scaffold and
    copier both find it again.
    """
    if source == SOURCE or is_local(source) or _COPIER_ADDRESS.fullmatch(source):
        return source
    return f"git+{source}"


def is_release(version: str) -> bool:
    """Return whether a tag is a version: numbers, such as `2.0.0` or `v2.1`."""
    return bool(_RELEASE.fullmatch(version))


def releases(listed: bytes) -> list[str]:
    """Return the versions among the tags that `git ls-remote --tags` lists, the oldest first."""
    tags = _LISTED_TAG.findall(listed.decode("utf-8", "replace"))
    return sorted(filter(is_release, tags), key=order)
