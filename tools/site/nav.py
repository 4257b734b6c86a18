"""The site's navigation, read from the index page of each section."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Nav: TypeAlias = "list[str | dict[str, Nav | str]]"

HOME = {"en": "Home", "zh": "首页"}
# Folders whose index.md lists their pages, in the order of the tabs.
SECTIONS = ("tutorial", "recipes", "reference", "explanation")
PAGES = ("explore.md",)

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# A heading of the second level, or a link to a page beside the index.
_MARK = re.compile(r"^## (?P<heading>.+)$|\]\((?P<page>[\w-]+)(?:\.zh)?\.md\)", re.MULTILINE)
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


def navigation(docs: Path, language: str) -> Nav:
    """Return the navigation of one language, for mkdocs.

    Args:
        docs: the folder of pages.
        language: `en` or `zh`; its index pages give order, groups and titles.
    """
    found: Nav = [{HOME[language]: "index.md"}]
    for section in SECTIONS:
        index = docs / section / ("index.md" if language == "en" else f"index.{language}.md")
        if index.exists():
            found.append(_section(section, index.read_text("utf-8")))
    found += [page for page in PAGES if (docs / page).exists()]
    return found


def _section(folder: str, text: str) -> dict[str, Nav | str]:
    """Return a section: its index, then the pages that the index links, grouped by its headings."""
    title = _TITLE.search(text)
    entries: Nav = [f"{folder}/index.md", *_entries(folder, _FENCE.sub("", text))]
    return {title[1] if title else folder: entries if len(entries) > 1 else f"{folder}/index.md"}


def _entries(folder: str, text: str) -> Iterator[str | dict[str, Nav | str]]:
    heading, pages = "", list[str]()
    listed: set[str] = set()
    for mark in _MARK.finditer(text):
        if mark["heading"]:
            yield from _group(heading, pages)
            heading, pages = mark["heading"], []
        elif mark["page"] not in listed:
            listed.add(mark["page"])
            pages.append(f"{folder}/{mark['page']}.md")
    yield from _group(heading, pages)


def _group(heading: str, pages: list[str]) -> Iterator[str | dict[str, Nav | str]]:
    """Yield the pages below a heading, as a group if there is one."""
    if heading and pages:
        yield {heading: [*pages]}
    else:
        yield from pages
