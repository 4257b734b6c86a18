"""What scaffold says, in English and Chinese.

Messages live in `<language>/<area>.json`; a key starts with its area (`boot.step.install` is in
`boot.json`), so a command reads only the files it speaks from. Placeholders are those of
`str.format`. What is put into them may come from strangers, such as the name of a file: it is made
printable here, and nowhere else.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from scaffold.printable import Lines, printable, printable_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LANGUAGES = ("en", "zh")
_HERE = Path(__file__).parent
_areas: dict[tuple[str, str], dict[str, str]] = {}
_language = "en"
_spoken: ContextVar[str] = ContextVar("_spoken", default="")


class _Formatter(Formatter):
    """`str.format` with values that stay on one line and do nothing to a terminal."""

    def format_field(self, value: object, format_spec: str) -> str:
        """Return a value as it stands in the message."""
        shown = super().format_field(value, format_spec)
        return printable_lines(shown) if isinstance(value, Lines) else printable(shown)


_formatter = _Formatter()


def language() -> str:
    """Return the language messages are given in: `en` or `zh`."""
    return _spoken.get() or _language


def set_language(code: str) -> None:
    """Give messages in `code`, one of `LANGUAGES`, from now on."""
    # One process prints one language; passing it everywhere would explain nothing.
    global _language  # noqa: PLW0603
    _language = code


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Give messages in another language within the block, in this thread only."""
    token = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(token)


def detect_language(environ: Mapping[str, str]) -> str:
    """Return the language that the POSIX locale variables ask for, English
    unless they name Chinese.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "zh" if environ[name].lower().startswith("zh") else "en"
    return "en"


def area(name: str, code: str) -> dict[str, str]:
    """Return all messages of one area in one language."""
    if (code, name) not in _areas:
        _areas[code, name] = json.loads((_HERE / code / f"{name}.json").read_bytes())
    return _areas[code, name]


def exists(key: str) -> bool:
    """Return whether there is a message `key`."""
    return key in area(key.partition(".")[0], language())


def text(key: str, /, **params: object) -> str:
    """Return the message `key` in the current language, its placeholders filled.

    Raises:
        KeyError: no such message, or a placeholder without a value: a fault
            of the program, not of the user.
    """
    messages = area(key.partition(".")[0], language())
    return _formatter.vformat(messages[key], (), params)
