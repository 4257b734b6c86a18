"""Rewrite one file: pure, bytes in and bytes out."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from scaffold.migrate import docs, python, sdk, settings, text
from scaffold.migrate.kinds import kind_of
from scaffold.migrate.names import COMMON, NAME, PART
from scaffold.migrate.result import Change, Context, Found, Left, Rewritten

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Change", "Context", "Left", "Rewritten", "rewrite"]

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
}


def rewrite(path: str, content: bytes, context: Context | None = None) -> Rewritten:
    """Return a file with the platform's old names, and its old SDK, replaced.

    Nothing but the names changes, whatever the encoding, the line ends and the Python version. What may or may not be
    meant is left as it is and listed.

    Args:
        path: the file's path, with slashes: it says what kind of file it is.
        content: its bytes.
        context: what the files beside it say.
    """
    context = context or Context()
    if not (COMMON in content or sdk.OLD.search(content) or content.startswith(_UTF16)):
        return Rewritten(content)
    if content.startswith(_UTF16):
        return _utf16(path, content, context)
    kind = kind_of(path, content)
    if kind == "backup" or b"\0" in content:
        return Rewritten(content)
    found = Found(content, context)
    sdk.rewrite(found, kind)
    if NAME.search(content) or PART.search(content):
        _KINDS.get(kind, _other)(found)
    result = found.rewritten()
    if kind in {"python", "setup"} and not python.still_parses(content, result.content):
        return Rewritten(content, (), tuple(Left(c.line, "not-parsed", "") for c in result.changes))
    return result


def _other(found: Found) -> None:
    for match in NAME.finditer(found.data):
        found.leave(match.start(), "other-file", match[0].decode())


def _utf16(path: str, content: bytes, context: Context) -> Rewritten:
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
