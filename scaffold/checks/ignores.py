"""What ignore files keep back: .gitignore of a folder and those above and below it,
or .leanignore.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pathspec import GitIgnoreSpec

GITIGNORE = ".gitignore"
LEANIGNORE = ".leanignore"
# A real one has a few hundred lines; each of them is tried on each path.
_MOST_LINES = 1_000
_MOST_CHARACTERS = 200
_MOST_STARS = 10


def folders_above(path: str) -> list[str]:
    """Return the folders that a path is in, from the top: `""` and `"a/"` for `"a/b"` and
    for `"a/b/"`.
    """
    folders = [""]
    for part in path.rstrip("/").split("/")[:-1]:
        folders.append(f"{folders[-1]}{part}/")
    return folders


class Ignores:
    """The patterns of ignore files, with git's rules: the last one that fits
    counts, the deepest file last.

    Args:
        files: the text of each file, by the folder that it is in: `""` for the
            root of the repository, `"a/b/"`.
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = dict(files)

    def covers(self, path: str) -> bool:
        """Return whether a path is ignored; a folder's ends with a slash.

        What is in an ignored folder is ignored, and no `!pattern` brings it back.
        """
        return any(self._matches(one) for one in (*folders_above(path)[1:], path))

    def _matches(self, path: str) -> bool:
        ignored = False
        for folder in folders_above(path):
            if folder in self._specs:
                for spec in self._specs[folder]:
                    decided = spec.check_file(path[len(folder) :]).include
                    ignored = ignored if decided is None else decided
        return ignored

    @cached_property
    def _specs(self) -> dict[str, list[GitIgnoreSpec]]:
        return {folder: _specs(_lines(text)) for folder, text in self._files.items()}


def _specs(lines: Sequence[str]) -> list[GitIgnoreSpec]:
    """Compile patterns, in several parts where they are too many for one of RE2's automata."""
    import re2
    from pathspec import GitIgnoreSpec

    try:
        return [GitIgnoreSpec.from_lines(lines)]
    except re2.error:
        middle = len(lines) // 2
        return [*_specs(lines[:middle]), *_specs(lines[middle:])] if middle else []


def decode(data: bytes) -> str:
    """Return the text of an ignore file as git reads it: no other encoding than UTF-8 is one."""
    return data.decode("utf-8-sig", "replace")


def _lines(text: str) -> list[str]:
    lines = [line.rstrip("\r") for line in text.split("\n")[:_MOST_LINES]]
    return [line for line in lines if _is_pattern(line)]


def _is_pattern(line: str) -> bool:
    """Return whether a line is a pattern that can be understood; git skips the others too."""
    from pathspec.patterns.gitignore.base import GitIgnorePatternError
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    if len(line) > _MOST_CHARACTERS or line.count("*") > _MOST_STARS:
        return False
    try:
        GitIgnoreSpecPattern(line)
    except GitIgnorePatternError:
        return False
    return True
