"""The site, built once a run, and what its pages hold."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import SharedFolder

# Attributes whose value a browser asks for by itself, by element; of `link` only some kinds.
RESOURCES = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
NOT_ASKED_FOR = frozenset({"alternate-language", "canonical", "next", "prev", "license", "author"})


@pytest.fixture(scope="session")
def site(shared_folder: SharedFolder) -> Path:
    """The site as `make docs` builds it; what the build says is beside it, in `said`."""
    return shared_folder("site", _build) / "site"


def _build(folder: Path) -> None:
    folder.mkdir()
    environ = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    # Not quietly: then mkdocs would not even count its warnings.
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(folder / "site")]
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (folder / "output").write_text(done.stdout + done.stderr, "utf-8")


@dataclass
class Page(HTMLParser):
    """What one page holds.

    Attributes:
        anchors: what links can lead to.
        links: where its links lead, as they are written.
        resources: what a browser asks for while it shows the page.
        headings: the level of each heading of the text.
        styles: the texts of its styles and `style` attributes.
    """

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    pictures: list[dict[str, str]] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    title: str = ""
    language: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._open = ""
        self._in_article = False

    @classmethod
    def of(cls, file: Path) -> Page:
        """Read a page of the built site."""
        page = cls()
        page.feed(file.read_text("utf-8"))
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element is."""
        found = {name: value or "" for name, value in attrs}
        self._open = tag
        self.anchors.update(
            value for name, value in found.items() if name in {"id", "name"} and value
        )
        self.styles += [found["style"]] if "style" in found else []
        if tag == "html":
            self.language = found.get("lang", "")
        if tag == "article":
            self._in_article = True
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "img":
            self.pictures.append(found)
        if self._in_article and tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(tag)
        if tag != "link" or not NOT_ASKED_FOR.intersection(found.get("rel", "").split()):
            self.resources += [found[name] for name in RESOURCES.get(tag, ()) if name in found]

    def handle_endtag(self, tag: str) -> None:
        """Note where the article ends."""
        self._open = ""
        if tag == "article":
            self._in_article = False

    def handle_data(self, data: str) -> None:
        """Note styles and the title."""
        if self._open == "style":
            self.styles.append(data)
        if self._open == "title":
            self.title += data


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, Page]:
    """Every page of the site, by its path in the site: `` is the start
    page, `zh/explore/` another one.
    """
    found = sorted(site.rglob("index.html"))
    return {
        file.relative_to(site).as_posix().removesuffix("index.html"): Page.of(file)
        for file in found
    }
