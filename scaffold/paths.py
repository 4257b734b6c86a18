"""Names of files that a template must not give to a project.

What git takes for its own folder decides which programs git starts. Which names it takes for that
depends on the file system: macOS ignores some characters, Windows drops dots and spaces at the
end, and knows short names and streams. As a project goes from one machine to another, none of
these names may come from a template anywhere.
"""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[/\\]")
# `.git`, and the short names that Windows gives it: `GIT~1`, and others where that is taken.
_GIT = re.compile(r"\.git|git~\d+")


def is_git_folder(path: str) -> bool:
    """Return whether a part of a path is one that git takes for its own folder, on some system.

    Args:
        path: relative, with separators of any system.
    """
    if "git" not in path.casefold() and path.isascii():
        return False  # nearly all of them
    return any(_GIT.fullmatch(_plain(part)) for part in _SEPARATORS.split(path))


def _plain(part: str) -> str:
    """Return a name as the file system that knows the fewest differences has it."""
    import unicodedata

    # What comes after a colon is a stream of the file, on Windows.
    name = unicodedata.normalize("NFKC", part.partition(":")[0])
    # HFS+ ignores joiners, marks of direction and the like.
    visible = "".join(
        character for character in name if unicodedata.category(character) not in {"Cf", "Mn"}
    )
    return visible.casefold().rstrip(". \t")
