"""The site's navigation, read from the index page of each section."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Nav: TypeAlias = "list[str | dict[str, Nav | str]]"

# The tabs in their order: folders with an index.md that lists their pages, or pages.
TABS: dict[str, dict[str, str]] = {
    "index.md": {"en": "Home", "zh": "首页"},
    "tutorial": {"en": "Tutorial", "zh": "教程"},
    "recipes": {"en": "Recipes", "zh": "操作指南"},
    "reference": {"en": "Reference", "zh": "参考"},
    "explanation": {"en": "Explanation", "zh": "原理"},
    "explore.md": {"en": "Explore", "zh": "浏览生成结果"},
}

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# A heading of the second level, or a link to a page beside the index.
_MARK = re.compile(r"^## (?P<heading>.+)$|\]\((?P<page>[\w-]+)(?:\.zh)?\.md\)", re.MULTILINE)


def navigation(docs: Path, language: str) -> Nav:
    """Return the navigation of one language, for mkdocs.

    Args:
        docs: the folder of pages.
        language: `en` or `zh`; its index pages give order and groups.
    """
    return [{titles[language]: _tab(docs, name, language)} for name, titles in TABS.items()]


def _tab(docs: Path, name: str, language: str) -> Nav | str:
    """Return what a tab leads to: a page, or the index of a section and the pages
    that it links, by its headings.
    """
    if name.endswith(".md"):
        return name
    index = docs / name / ("index.md" if language == "en" else f"index.{language}.md")
    entries = list(_entries(name, _FENCE.sub("", index.read_text("utf-8"))))
    return [f"{name}/index.md", *entries] if entries else f"{name}/index.md"


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
