"""Old names in READMEs: fenced blocks by their language, inline code that names
a variable, commands anywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING

from scaffold.edits import Edit
from scaffold.migrate import python, settings, text
from scaffold.migrate.names import NAME, NEW_STAGE_NAME, RENAMED, STAGE_NAME, STAGES, new_name
from scaffold.migrate.result import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Each part ends where the next begins, so that a long line is read once.
_FENCE = re.compile(rb"^[ \t>]*(`{3,}(?!`)|~{3,}(?!~))([^\n`]*)$", re.MULTILINE)
_LANGUAGE = re.compile(rb"[ \t]*([\w+\-.]*)")
_INLINE = re.compile(rb"(?<!`)(`{1,2})(?!`)([^`\n]+?)\1(?!`)")
_SHELL_RULES = text.Rules(spaced=True, words=b"ENV|ARG")
_PROSE_RULES = text.Rules(assigned=False)


def _scan(found: Found) -> None:
    text.scan(found, 0, len(found.data), _SHELL_RULES)


def _python(found: Found) -> None:
    python.rewrite(found)


def _yaml(found: Found) -> None:
    settings.rewrite_tree(found, "yaml")


def _json(found: Found) -> None:
    settings.rewrite_tree(found, "json")


_BLOCKS: dict[str, Callable[[Found], None]] = {
    "python": _python,
    "py": _python,
    "python2": _python,
    "python3": _python,
    "pycon": _python,
    "yaml": _yaml,
    "yml": _yaml,
    "json": _json,
    "ini": settings.rewrite_lines,
    "toml": settings.rewrite_lines,
}


def rewrite(found: Found) -> None:
    """Rewrite a page of documentation."""
    position = 0
    for start, end, language in _fences(found.data):
        _prose(found, position, start)
        part = Found(found.data[start:end], found.context)
        _BLOCKS.get(language.lower(), _scan)(part)
        found.add_part(part, start)
        position = end
    _prose(found, position, len(found.data))


def _fences(data: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield where the inside of each fenced block begins and ends, and its language."""
    opened: re.Match[bytes] | None = None
    for match in _FENCE.finditer(data):
        if opened is None:
            opened = match
        elif match[1].startswith(opened[1]) and not _language(match):
            yield min(opened.end() + 1, match.start()), match.start(), _language(opened)
            opened = None
    if opened is not None:
        yield min(opened.end() + 1, len(data)), len(data), _language(opened)


def _language(fence: re.Match[bytes]) -> str:
    found = _LANGUAGE.match(fence[2])
    return found[1].decode("latin-1") if found else ""


def _prose(found: Found, start: int, end: int) -> None:
    part = Found(found.data[start:end], found.context)
    part.both = text.set_twice(part.data)
    inline = [match.span(2) for match in _INLINE.finditer(part.data)]
    for match in NAME.finditer(part.data):
        before = bisect_right(inline, match.start(), key=itemgetter(0))
        span = inline[before - 1] if before else (0, 0)
        _name(part, match, span if match.start() < span[1] else None)
    found.add_part(part, start)


def _name(part: Found, match: re.Match[bytes], inline: tuple[int, int] | None) -> None:
    name = match[0].decode()
    prefix, suffix = text.around(part.data, match)
    line = match.start() - len(prefix)
    if inline is not None:
        # It is on the name's line; of a long one, what is near the name counts.
        prefix = part.data[max(inline[0], line) : match.start()]
        suffix = suffix[: inline[1] - match.end()]
    elif prefix.startswith((b"    ", b"\t")):
        inline = line, line  # code without a fence
    whole = (
        inline is not None
        and inline[1] > inline[0] >= line
        and not prefix.strip(b" $")
        and not suffix.strip()
    )
    if whole and name not in part.context.identifiers:
        if name in RENAMED:
            part.rename(match.start(), name, new_name(name))
        else:
            part.stage_use(match.start(), _explained(part.data, match, line))
    elif not whole and text.names_variable(
        prefix, suffix, _SHELL_RULES if inline else _PROSE_RULES
    ):
        if name == STAGE_NAME:
            text.stage(part, match.start(), prefix, suffix)
        else:
            part.rename(match.start(), name, new_name(name))
    else:
        part.leave(match.start(), "mention", name)


def _explained(data: bytes, match: re.Match[bytes], line: int) -> tuple[Edit, ...] | None:
    """Return how to rewrite `LC_APP_PROD` is `1`; None where the line does
    not say what values mean.
    """
    spans = _INLINE.finditer(data, line, match.end() + len(text.around(data, match)[1]))
    values = [found.span(2) for found in spans if found[2].decode("latin-1") in STAGES]
    if not values:
        return None
    new = Edit(match.start(), match.end(), NEW_STAGE_NAME.encode())
    return (new, *(Edit(a, b, STAGES[data[a:b].decode()].encode()) for a, b in values))
