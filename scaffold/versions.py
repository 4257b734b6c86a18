"""The published versions of the templates, and where they are.

All of them are in one git bundle, which comes with scaffold: a version is a tag.
`git-remote-scaffold` (`scaffold.remote_helper`) lets git, and so copier, read it under the
address `SOURCE`, without a network.
"""

from __future__ import annotations

import re
from pathlib import Path

# What an answers file records as `_src_path`; `_commit` is one of `published()`.
SOURCE = "scaffold://starters.git"

_PACKAGED = Path(__file__).with_name("starters.bundle")
BUNDLE = (
    _PACKAGED
    if _PACKAGED.is_file()
    else Path(__file__).parent.parent / "releases" / "starters.bundle"
)

_TAG = re.compile(r"refs/tags/(\d+\.\d+\.\d+)")


def references(bundle: Path) -> dict[str, str]:
    """Return the commits of a git bundle by the names of their references, `HEAD` among them.

    Args:
        bundle: the file; git's gitformat-bundle describes its header, which is
            text and ends with an empty line.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a bundle.
    """
    found = {}
    with bundle.open("rb") as file:
        if file.readline().rstrip() not in {b"# v2 git bundle", b"# v3 git bundle"}:
            raise ValueError(bundle)
        for line in iter(file.readline, b"\n"):
            if not line:
                raise ValueError(bundle)
            # `@` are the capabilities of version 3, `-` the commits that a
            # reader must have already.
            if not line.startswith((b"@", b"-")):
                commit, _, name = line.decode().rstrip("\n").partition(" ")
                found[name] = commit
    return found


def order(version: str) -> tuple[int, ...]:
    """Return what versions such as `2.0.0` or `v2.1` are sorted by."""
    return tuple(map(int, version.removeprefix("v").split(".")))


def published() -> list[str]:
    """Return the published versions, the oldest first."""
    return sorted(
        (tag[1] for name in references(BUNDLE) if (tag := _TAG.fullmatch(name))), key=order
    )


def newest() -> str:
    """Return the newest published version."""
    return published()[-1]
