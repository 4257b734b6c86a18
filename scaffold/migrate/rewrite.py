"""Rewrite one file: pure, bytes in and bytes out."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from scaffold.checks.module import BOM
from scaffold.migrate import docs, moved, python, sdk, settings, text
from scaffold.migrate.kinds import kind_of
from scaffold.migrate.names import COMMON, NAME, PART
from scaffold.migrate.result import ChangedLine, Found, Leftover, RewriteContext, Rewritten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["ChangedLine", "Leftover", "Rewritten", "rewrite", "uses"]

_COMMENTS = (b"#", b";", b"//", b"REM ", b"rem ")
_QUOTE = re.compile(rb"[bBuUrRfF]{0,2}[\"']$")
_PAGES = (".md", ".rst", ".adoc")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def _by(rules: text.Rules) -> Callable[[Found], None]:
    return lambda found: text.scan(found, 0, len(found.data), rules)


_KINDS: dict[str, Callable[[Found], None]] = {
    "python": python.rewrite,
    "setup": python.rewrite,
    "shell": _by(text.Rules(listed=True)),
    "dotenv": _by(text.Rules(spaced=True)),
    "docker": _by(text.Rules(words=b"ENV|ARG")),
    "make": _by(text.Rules(spaced=True, make=True, listed=True)),
    "windows": _by(text.Rules(spaced=True, percent=True)),
    "yaml": lambda found: settings.rewrite_tree(found, "yaml"),
    "json": lambda found: settings.rewrite_tree(found, "json"),
    "toml": settings.rewrite_lines,
    "ini": settings.rewrite_lines,
    "docs": docs.rewrite,
    "program": Found.leave_all,
}


def uses(path: str, content: bytes, context: RewriteContext) -> Iterator[tuple[int, int, str]]:
    """Yield line, column and name wherever a file names a variable of the
    platform's by its old name.

    What is in a comment does not count.

    Args:
        path: the file's path, with slashes.
        content: its bytes.
        context: what the files beside it say.
    """
    if COMMON not in content or b"\0" in content:
        return
    newlines = [match.start() for match in re.finditer(b"\n", content)]
    for start, name in sorted(set(_find(path, content, context).uses)):
        line = bisect_left(newlines, start)
        before = content[newlines[line - 1] + 1 if line else 0 : start]
        if not before.lstrip().startswith(_COMMENTS) or path.endswith(_PAGES):
            # A string begins at its quote.
            column = len(_QUOTE.sub(b"", before.removeprefix(BOM)).decode("utf-8", "replace")) + 1
            yield line + 1, column, name


def _find(path: str, content: bytes, context: RewriteContext) -> Found:
    """Return what a file holds of old names and of the old SDK."""
    found = Found(content, context)
    kind = kind_of(path, content)
    if kind != "backup" and b"\0" not in content:
        sdk.rewrite(found, kind)
        if kind in {"python", "setup"} and moved.concerns(path, content, context):
            moved.rewrite(found)
        if NAME.search(content) or PART.search(content):
            _KINDS.get(kind, _other)(found)
    return found


def rewrite(path: str, content: bytes, context: RewriteContext | None = None) -> Rewritten:
    """Return a file with the platform's old names, and its old SDK, replaced.

    Nothing but the names changes, whatever the encoding, the line ends and the Python version.
    What may or may not be meant is left as it is and listed.

    Args:
        path: the file's path, with slashes: it says what kind of file it is.
        content: its bytes.
        context: what the files beside it say.
    """
    context = context or RewriteContext()
    is_old = COMMON in content or sdk.OLD.search(content) or content.startswith(_UTF16)
    if not is_old and not moved.concerns(path, content, context):
        return Rewritten(content)
    if content.startswith(_UTF16):
        return _utf16(path, content, context)
    kind = kind_of(path, content)
    found = _find(path, content, context)
    result = found.rewritten()
    if kind in {"python", "setup"} and not python.still_parses(content, result.content):
        return Rewritten(
            content, (), tuple(Leftover(c.line, "not-parsed", "") for c in result.changes)
        )
    return result


def _other(found: Found) -> None:
    """Note the names in a file of no known kind; `$NAME` and `${NAME}` are
    taken from the environment.
    """
    for match in NAME.finditer(found.data):
        is_read = found.data[max(0, match.start() - 2) : match.start()].endswith((b"$", b"${"))
        found.leave(match.start(), "other-code" if is_read else "other-file", match[0].decode())


def _utf16(path: str, content: bytes, context: RewriteContext) -> Rewritten:
    """Rewrite what PowerShell wrote: `pip freeze > requirements.txt`."""
    encoding = "utf-16-le" if content.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    try:
        plain = content[2:].decode(encoding).encode()
    except UnicodeError:
        return Rewritten(content)
    if plain.decode().encode(encoding) != content[2:]:
        return Rewritten(content)
    result = rewrite(path, plain, context)
    back = content[:2] + result.content.decode().encode(encoding)
    return Rewritten(back, result.changes, result.left, result.sets_stage, result.keeps_stage)
