"""Make text of others safe to show: names, paths, source text, log lines,
what git and package indexes say.

A name may hold bytes that move the cursor, retitle the window, turn the reading direction round, or
begin a line that a CI system takes for a command. Here they become visible escapes, as Python would
write them. Messages do this to all that is put into them, and `output` to all that it prints.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# C0, DEL and C1; marks, overrides and isolates of the reading direction; Unicode's own line ends;
# a byte order mark; bytes of a file name that are no text. Tabs stay.
_CONTROLS = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
)
# Patterns are compiled where they are used, by `re` itself, once: that takes longer than all else
# here, and text that is all printable needs none.
_IN_LINES = f"[{_CONTROLS}]"
# Colours and weight: the only sequences that change nothing but how the text after them looks.
_STYLE = r"\x1b\[[\d;]*m"
# GitHub Actions takes a line for a command that begins so, blanks before it or not; it and Azure
# Pipelines also take `##[…]` and `##vso[…]` anywhere in a line.
_MARKED_COMMAND = r"##(?=\w*\[)"
_COMMAND = rf"(?m)^([^\S\n]*):(?=:)|{_MARKED_COMMAND}"
# A word, or one Chinese character, with the punctuation that no line may begin with.
_PIECE = r"\s*(?:[\u2e80-\uffef]|[^\s\u2e80-\uffef]+)[，。、；：！？）”…]*"
_TWO_DIGITS = range(0x100)
_SHOWN = 5
_SHORT = {"\n": "\\n", "\r": "\\r"}
_BYTE_ESCAPES = range(
    0xDC80, 0xDD00
)  # PEP 383: where Python puts bytes of a name that it cannot decode


class Lines(str):
    """Text of others that may have several lines where it is shown, such as what git says."""

    __slots__ = ()


def printable(value: object) -> str:
    """Return text that stays on one line and does nothing to a terminal."""
    text = str(value)
    return text if text.isprintable() else re.sub(f"\n|{_IN_LINES}", _escaped, text)


def cut(text: str, length: int) -> str:
    """Return a text with no more characters than that, and an ellipsis where it had more."""
    return text if len(text) <= length else f"{text[:length]}…"


def shortened(names: Sequence[str]) -> str:
    """Return a few of many names, enough to recognise them, and how many there are."""
    shown = ", ".join(names[:_SHOWN])
    return f"{shown}, … ({len(names)})" if len(names) > _SHOWN else shown


def wrapped(line: str, columns: int) -> list[str]:
    """Return a text in lines that are at most so wide on a terminal; a longer word stays whole."""
    from rich.cells import cell_len

    lines = [""]
    for piece in re.findall(_PIECE, line):
        if lines[-1] and cell_len(lines[-1] + piece) > columns:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return lines


def printable_lines(text: str, *, styles: bool = False) -> str:
    """Return lines of text that do nothing to a terminal.

    Args:
        text: may have several lines.
        styles: leave colours as they are.
    """
    if text.replace("\n", "").isprintable():
        return text
    if styles:
        return re.sub(f"{_STYLE}|{_IN_LINES}", _escaped_unless_style, text)
    return re.sub(_IN_LINES, _escaped, text)


def without_commands(text: str) -> str:
    """Return text in which no CI system finds a command; all else stays."""
    if "::" not in text and "##" not in text:
        return text
    return re.sub(
        _COMMAND, lambda match: "#\\x23" if match[0] == "##" else f"{match[1]}\\x3a", text
    )


def in_json(text: str) -> str:
    """Return the same JSON with escapes for what JSON may hold and a terminal should not."""
    escaped = re.sub(_IN_LINES, lambda match: f"\\u{ord(match[0]):04x}", text)
    return re.sub(_MARKED_COMMAND, "#\\\\u0023", escaped)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code in _BYTE_ESCAPES:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code in _TWO_DIGITS else f"\\u{code:04x}"


def _escaped_unless_style(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith("\x1b[") else _escaped(match)
