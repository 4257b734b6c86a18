"""Markdown, as the pages need it."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


# How to escape a bar in code is where the dialects of Markdown differ; this they all read alike.
_BAR = "&#124;"


@cache
def texts_of(name: str, language: str) -> dict[str, Any]:
    """Return what a page says in a language beside what it takes from the source."""
    path = Path(__file__).with_name(f"texts.{language}.yaml")
    texts: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))[name]
    return texts


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table; a bar inside a cell does not end it."""
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    return [*lines, *(f"| {' | '.join(cell.replace('|', _BAR) for cell in row)} |" for row in rows)]


def code(text: str) -> str:
    """Return text as code, which may stand in a table."""
    return (
        f"<code>{escape(text, quote=False).replace('|', _BAR)}</code>"
        if "|" in text
        else f"`{text}`"
    )


def anchor(name: str) -> list[str]:
    """Return the lines of a place to link to, the same in every language."""
    return [f'<a id="{name}"></a>', ""]


def page(title: str, source: str, *parts: Iterable[str]) -> str:
    """Return a page: its title, a note where it comes from, and the lines of its
    parts, a blank line between them.
    """
    head = [f"# {title}", "", f"<!-- Written by `make pages` from {source}. -->"]
    lines = head + [line for part in parts for line in ["", *part]]
    return "\n".join(lines) + "\n"
