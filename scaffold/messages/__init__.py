"""What scaffold says, in English and Chinese.

Messages live in `<language>/<area>.json`; a key starts with its area (`boot.step.install` is in `boot.json`), so a
command reads only the files it speaks from. Placeholders are those of `str.format`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("en", "zh")
_HERE = Path(__file__).parent
_areas: dict[tuple[str, str], dict[str, str]] = {}
_language = "en"


def language() -> str:
    """Return the language messages are given in: `en` or `zh`."""
    return _language


def set_language(code: str) -> None:
    """Give messages in `code`, one of `LANGUAGES`, from now on."""
    global _language  # noqa: PLW0603 - one process speaks one language; passing it everywhere would say nothing
    _language = code


def detect_language(environ: Mapping[str, str]) -> str:
    """Return the language that the POSIX locale variables ask for, English unless they name Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "zh" if environ[name].lower().startswith("zh") else "en"
    return "en"


def area(name: str, code: str) -> dict[str, str]:
    """Return all messages of one area in one language."""
    if (code, name) not in _areas:
        _areas[code, name] = json.loads((_HERE / code / f"{name}.json").read_text("utf-8"))
    return _areas[code, name]


def text(key: str, /, **params: object) -> str:
    """Return the message `key` in the current language, its placeholders filled.

    Raises:
        KeyError: no such message, or a placeholder without a value: a fault of the program, not of the user.
    """
    return area(key.partition(".")[0], _language)[key].format_map(params)
