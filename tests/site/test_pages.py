"""The built site: no warning, no dead link, every page in both languages,
nothing asked of another host.
"""

from __future__ import annotations

import json
import posixpath
import re
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from scaffold import __version__
from tests.conftest import ROOT
from tests.some import some
from tools.site import facts
from tools.site.chinese import without_breaks
from tools.site.nav import navigation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.site.conftest import Page

DOCS = ROOT / "docs"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Where a style, a script or a picture asks for something.
URL_IN_STYLE = re.compile(r"url\(\s*[\"']?(?!data:|#)([^\"')]+)|@import\s+[\"']([^\"']+)")


def _is_elsewhere(address: str) -> bool:
    return bool(urlsplit(address).netloc) or urlsplit(address).scheme in {"http", "https"}


def _target(page: str, address: str) -> tuple[str, str]:
    """Return the path in the site, and the anchor, to which a link of a page leads."""
    path, anchor = urldefrag(address)
    whole = posixpath.normpath(posixpath.join("/" + page, unquote(path))) + (
        "/" if path.endswith(("/", "..", ".")) else ""
    )
    return whole.lstrip("/") if path else page, unquote(anchor)


def test_the_build_does_not_warn(site: Path) -> None:
    """There is no warning, be it mkdocs's, which `strict` makes an error, or another's."""
    message = (site.parent / "output").read_text("utf-8")
    assert "Documentation built" in message
    assert [line for line in message.splitlines() if not line.startswith("INFO ")] == []


def test_links_lead_somewhere(site: Path, pages: dict[str, Page]) -> None:
    """Every link within the site leads to a page or a file that is there, and to an anchor
    of it.
    """

    def dead() -> Iterator[str]:
        for name, page in pages.items():
            for link in page.links:
                if _is_elsewhere(link) or link.startswith("mailto:"):
                    continue
                path, anchor = _target(name, link)
                known = pages.get(path)
                # What follows the address of Explore is a choice.
                anchors = (
                    {anchor} if path.endswith("explore/") else known.anchors if known else set()
                )
                if link.startswith("/"):
                    yield (
                        f"{name}: {link} leads there only if the site stands at the root of its "
                        "host"
                    )
                if (known is None and not (site / path).is_file()) or (
                    known and anchor and anchor not in anchors
                ):
                    yield f"{name}: {link}"

    assert list(dead()) == []


def test_resources_are_there(site: Path, pages: dict[str, Page]) -> None:
    """What a browser asks for while it shows a page lies in the site, in a style or in the page."""

    def missing() -> Iterator[str]:
        for name, page in pages.items():
            for address in page.resources:
                if (
                    not address.startswith("data:")
                    and not (site / _target(name, address)[0]).is_file()
                ):
                    yield f"{name}: {address}"
            yield from (f"{name}: {url}" for url in _urls(page.styles) if _is_elsewhere(url))

    assert list(missing()) == []


def _urls(styles: list[str]) -> Iterator[str]:
    for style in styles:
        for found in URL_IN_STYLE.findall(style):
            yield "".join(found)


def test_styles_ask_nobody_else(site: Path) -> None:
    """No style and no picture names another host."""
    for file in [*site.rglob("*.css"), *site.rglob("*.svg")]:
        text = file.read_text("utf-8")
        assert [url for url in _urls([text]) if _is_elsewhere(url)] == [], file
        assert re.findall(r"(?:xlink:)?href=[\"']https?:[^\"']+", text) == [], file


def test_our_scripts_ask_nobody_else() -> None:
    """No script of ours names any host; the theme's are watched in a browser."""
    for file in some((DOCS / "assets").rglob("*.js")):
        assert re.findall(r"https?://|//[\w-]+\.\w+/", file.read_text("utf-8")) == [], file


def test_languages_have_the_same_pages(pages: dict[str, Page]) -> None:
    """Each page is there in both languages, with the same headings, and is in its language."""
    english = {name: page for name, page in pages.items() if not name.startswith("zh/")}
    chinese = {
        name.removeprefix("zh/"): page for name, page in pages.items() if name.startswith("zh/")
    }
    assert sorted(english) == sorted(chinese)
    assert len(english) > 10
    for name, page in english.items():
        assert page.headings == chinese[name].headings, name
        assert (page.language, chinese[name].language) == ("en", "zh"), name
        assert not CHINESE.search(page.title), name
    # A name such as leanengine.yaml is the same in both.
    assert [name for name, page in chinese.items() if not CHINESE.search(page.title)] == [
        "reference/leanengine-yaml/"
    ]


def test_languages_have_the_same_files() -> None:
    """Each page has its twin beside it, so that none is shown in the other language."""
    names = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    twins = {name.replace(".md", ".zh.md") for name in names if not name.endswith(".zh.md")}
    assert {name for name in names if name.endswith(".zh.md")} == twins


def test_no_page_is_empty(pages: dict[str, Page]) -> None:
    """A page says something: at least a sentence below its title."""
    for path in DOCS.rglob("*.md"):
        text = re.sub(
            r"\A---\n.*?\n---\n|^#[^\n]*$|\s",
            "",
            path.read_text("utf-8"),
            flags=re.DOTALL | re.MULTILINE,
        )
        assert len(text) > 30, path
    assert all(page.headings[:1] == ["h1"] for page in pages.values())


def test_pictures_are_described(pages: dict[str, Page]) -> None:
    """Every picture in a text says what it shows, to those who do not see it."""
    pictures = [picture for page in pages.values() for picture in page.pictures]
    ours = some(picture for picture in pictures if "pictures/" in picture["src"])
    assert [picture["src"] for picture in ours if len(picture.get("alt", "")) <= 15] == []


def test_every_picture_is_shown() -> None:
    """No picture is left over, and each language shows its own."""
    text = "".join(
        path.read_text("utf-8") for path in [*DOCS.rglob("*.md"), *ROOT.glob("README*.md")]
    )
    pictures = sorted(path.name for path in (DOCS / "assets" / "pictures").iterdir())
    assert pictures
    assert [name for name in pictures if f"pictures/{name}" not in text] == []


@pytest.mark.parametrize(
    ("today", "days"), [("2026-11-28", 45), ("2027-01-11", 1), ("2027-01-12", 0), ("2027-02-01", 0)]
)
def test_days_are_counted(today: str, days: int) -> None:
    """The banner counts the days to the day on which the platform closes, and none after it."""
    assert facts.days_left(date.fromisoformat(today)) == days


def test_every_page_has_banner_and_version(site: Path, pages: dict[str, Page]) -> None:
    """The closing date stands above each page, in its language, and the version below it."""
    for name in some(pages):
        text = (site / name / "index.html").read_text("utf-8")
        banner = text.partition('class="md-banner"')[2].partition("</aside>")[0]
        assert "<strong>2027-01-12</strong>" in banner
        assert bool(CHINESE.search(banner)) == name.startswith("zh/")
        assert f"scaffold {__version__} · MIT" in text


def test_the_repository_is_linked_once_it_is_known(tmp_path: Path) -> None:
    """The foot of the page has no dead link while nobody knows the address."""
    file = tmp_path / "pyproject.toml"
    file.write_text('[project.urls]\nRepository = "https://github.com/OWNER/scaffold"\n', "utf-8")
    assert "href" not in facts.footer(file)
    file.write_text('[project.urls]\nRepository = "https://github.com/you/scaffold"\n', "utf-8")
    assert '<a href="https://github.com/you/scaffold">github.com/you/scaffold</a>' in facts.footer(
        file
    )


def test_navigation_follows_the_index(tmp_path: Path) -> None:
    """A section's pages stand in the order of its index, below the index's
    headings; code is no link.
    """
    for section in ("tutorial", "recipes", "reference", "explanation"):
        (tmp_path / section).mkdir()
        (tmp_path / section / "index.md").write_text("# Title\n", "utf-8")
    text = (
        "# R\n[b](b.md) again [b](b.md#x)\n\n## One\n- [a](a.md)\n\n```md\n[no](no.md)\n```\n\n"
        "## Two\n[c](c.md)\n"
    )
    (tmp_path / "recipes" / "index.md").write_text(text, "utf-8")
    found = navigation(tmp_path, "en")
    assert found[:2] == [{"Home": "index.md"}, {"Tutorial": "tutorial/index.md"}]
    assert found[2] == {
        "Recipes": [
            "recipes/index.md",
            "recipes/b.md",
            {"One": ["recipes/a.md"]},
            {"Two": ["recipes/c.md"]},
        ]
    }


def test_chinese_lines_are_joined() -> None:
    """A line break between Chinese characters leaves no blank; headings,
    lists, English and code stay.
    """
    text = (
        "# 题目\n正文，\n继续\n  缩进 `a`\nb。\n\n- 一\n- 二\n\n```sh\n# 注释\n命令\n```\n"
        "另一段\n结束、\nTornado 和\nSanic\n"
    )
    joined = (
        "# 题目\n正文，继续缩进 `a`\nb。\n\n- 一\n- 二\n\n```sh\n# 注释\n命令\n```\n"
        "另一段结束、Tornado 和\nSanic\n"
    )
    assert without_breaks(text) == joined


def test_each_language_has_its_own_search(site: Path, pages: dict[str, Page]) -> None:
    """Each index has the pages of its language only, whole; Chinese is cut into words."""
    for prefix in ("", "zh/"):
        docs = json.loads((site / prefix / "search" / "search_index.json").read_text("utf-8"))[
            "docs"
        ]
        found = {doc["location"].partition("#")[0] for doc in docs}
        own = {
            name.removeprefix(prefix)
            for name in pages
            if name.startswith("zh/") == (prefix == "zh/")
        }
        assert found <= own
        assert len(own - found) <= 1  # a page without text
    texts = [doc["text"] for doc in docs]
    assert any(
        "\u200b云\u200b" in text or "云\u200b函数" in text or "\u200b函数\u200b" in text
        for text in texts
    )


def test_errors_of_the_command_line_have_their_anchors(pages: dict[str, Page]) -> None:
    """Each anchor of the page of errors, which another test compares with
    the errors, arrives in the site.
    """
    for prefix, file in (("", "errors.md"), ("zh/", "errors.zh.md")):
        written = set(
            re.findall(r'<a id="([^"]+)">', (DOCS / "reference" / file).read_text("utf-8"))
        )
        assert len(written) > 50
        assert written <= pages[f"{prefix}reference/errors/"].anchors
