"""The files of a project that may be rewritten, and how they are written."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from scaffold import git
from scaffold.checks import tree
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Which = Literal["known", "all"]
# copier's own: it must say what copier wrote into it.
ANSWERS = ".copier-answers"


def paths(folder: Path, which: Which = "known") -> list[str]:
    """Return the files below a folder, with slashes: no links, and nothing that was vendored or built.

    Args:
        folder: the project.
        which: `known`: what git tracks or would add, everything where there is no git; `all`: everything.
    """
    found = [path for path in tree.walk(folder) if not (folder / path).is_symlink()]
    listed = _listed(folder, "--cached", "--others", "--exclude-standard") if which == "known" else None
    return [path for path in found if (listed is None or path in listed) and not is_answers(path)]


def ignored(folder: Path) -> list[str]:
    """Return the files that git does not look after by the project's own wish, such as `.env`."""
    listed = _listed(folder, "--others", "--ignored", "--exclude-standard") or frozenset()
    return [path for path in tree.walk(folder) if path in listed and not (folder / path).is_symlink()]


def removed(folder: Path) -> list[str]:
    """Return the files that git tracks and that are not there."""
    return sorted(_listed(folder, "--deleted") or ())


def replaced(folder: Path) -> list[str]:
    """Return the files that git tracks, cannot show line by line, and that are not as it knows them."""
    done = git.raw(folder, "diff", "--numstat", "--relative", "--no-renames", "--diff-filter=M", "-z")
    records = (record.split(b"\t", 2) for record in done.stdout.split(b"\0") if record.count(b"\t") > 1)
    return [os.fsdecode(path) for added, _, path in records if added == b"-"]


def is_answers(path: str) -> bool:
    """Return whether a path is that of copier's answers."""
    name = path.rpartition("/")[2]
    return name.startswith(ANSWERS) and name.endswith((".yml", ".yaml"))


def _listed(folder: Path, *options: str) -> frozenset[str] | None:
    done = git.raw(folder, "ls-files", "-z", *options)
    if done.returncode != 0:
        return None
    return frozenset(os.fsdecode(path) for path in done.stdout.split(b"\0") if path)


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files: each one is the old or the new one at any moment, and keeps its mode.

    If one cannot be written, or somebody interrupts, those before it get their old contents back.

    Raises:
        FailedError: one cannot be written.
    """
    written: dict[str, bytes] = {}
    try:
        for path, content in files.items():
            written[path] = (folder / path).read_bytes()
            _replace(folder / path, content)
    except BaseException as error:
        for done, before in written.items():
            with suppress(OSError):
                _replace(folder / done, before)
        if isinstance(error, OSError):
            raise FailedError("migrate.error.not-written", path=path, reason=error.strerror or error) from error
        raise


def _replace(target: Path, content: bytes) -> None:
    beside = target.with_name(f".scaffold-{os.urandom(8).hex()}")
    try:
        mode = target.stat().st_mode & 0o7777
        beside.write_bytes(content)
        beside.chmod(mode)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
