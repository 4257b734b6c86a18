"""Source in languages with the comments and strings of C, without a parser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# A string ends at the end of its line, but for those of backquotes and of three quotes.
_TOKEN = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z)|<!--.*?(?:-->|\Z))"
    r"|(?P<string>\"\"\".*?\"\"\"|'''.*?'''|`(?:[^`\\]|\\.)*`"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')",
    re.DOTALL,
)
_NOT_NEWLINE = re.compile(r"[^\n]")


@dataclass(frozen=True)
class SourceText:
    """One file.

    Attributes:
        text: all of it.
    """

    text: str

    @cached_property
    def code(self) -> str:
        """The text with blanks for comments and for what stands in strings."""
        return _TOKEN.sub(lambda match: _NOT_NEWLINE.sub(" ", match[0]), self.text)

    @cached_property
    def without_comments(self) -> str:
        """The text with blanks for comments."""
        return _TOKEN.sub(_blank_comment, self.text)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def strings(self) -> Iterator[tuple[int, str]]:
        """Yield where each string begins, and what is in it."""
        for match in _TOKEN.finditer(self.text):
            if match["string"]:
                yield match.start(), match[0].strip("\"'`")

    def place(self, position: int) -> tuple[int, int]:
        """Return line and column of a position, both from 1."""
        from bisect import bisect_right

        line = bisect_right(self._line_starts, position)
        return line, position - self._line_starts[line - 1] + 1


def _blank_comment(match: re.Match[str]) -> str:
    return match[0] if match["string"] else _NOT_NEWLINE.sub(" ", match[0])
