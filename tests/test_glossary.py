"""One word for one thing: the glossary's pages are those of its source, and no text has a word
that it does not want.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.some import some
from tools.glossary import findings, pages, without_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MESSAGES = ROOT / "scaffold" / "messages"
CHINESE = re.compile(r"[\u4e00-\u9fff].*[\u4e00-\u9fff]")
CHANGELOG = ROOT / "CHANGELOG.md"
WRITTEN = pages()
DOCS = [path for path in (ROOT / "docs").rglob("*.md") if path not in WRITTEN]
PROSE = {
    "en": [
        *[path for path in DOCS if not path.name.endswith(".zh.md")],
        *[ROOT / name for name in ("README.md", "CONTRIBUTING.md")],
    ],
    "zh": [*[path for path in DOCS if path.name.endswith(".zh.md")], ROOT / "README.zh.md"],
}
TEMPLATES = [
    path
    for path in (ROOT / "templates" / "_shared").rglob("*")
    if path.is_file() and path.suffix not in {".png", ".ico"}
]


def _wrong(path: Path, text: str, language: str) -> Iterator[str]:
    for finding in findings(text, language):
        yield f"{path.relative_to(ROOT)}:{finding}"


def test_the_pages_are_those_of_the_source() -> None:
    """Both glossaries are as `make pages` writes them."""
    assert {path: path.read_text("utf-8") for path in pages()} == pages()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_messages_use_the_words(language: str) -> None:
    """No message has an unwanted word, nor Chinese that touches Latin letters."""
    wrong = []
    for path in some((MESSAGES / language).glob("*.json")):
        texts = json.loads(path.read_text("utf-8")).values()
        wrong += list(_wrong(path, "\n".join(text.replace("\n", " ") for text in texts), language))
    assert wrong == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_use_the_words(language: str) -> None:
    """Nor has a page, but for its code."""
    wrong = []
    for path in some(PROSE[language]):
        wrong += list(_wrong(path, without_blocks(path.read_text("utf-8")), language))
    assert wrong == []


def test_the_changelog_and_security_use_the_words() -> None:
    """Nor have the newest section of the changelog and either half of SECURITY.md."""
    newest = CHANGELOG.read_text("utf-8").split("\n## ")[1]
    security = ROOT / "SECURITY.md"
    english, _, chinese = security.read_text("utf-8").partition("\n## 安全")
    assert chinese
    wrong = [
        *_wrong(CHANGELOG, newest, "en"),
        *_wrong(security, english, "en"),
        *_wrong(security, chinese, "zh"),
    ]
    assert wrong == []


def test_questions_and_templates_use_the_words() -> None:
    """Nor have the Chinese labels of questions, and the Chinese lines of template files."""
    wrong = []
    for path in some([ROOT / "copier.yml", *TEMPLATES]):
        lines = path.read_text("utf-8").splitlines()
        # From the first Chinese character to the last: the rest is code, or English.
        chinese = [found[0] if (found := CHINESE.search(line)) else "" for line in lines]
        wrong += list(_wrong(path, "\n".join(chinese), "zh"))
    assert wrong == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The bug was mended."),
        ("en", "A project whose server is old"),
        ("en", "It runs beside the app."),
        ("zh", "被占用的文件另存为 NAME.orig"),
        ("zh", "没有留下任何残余"),
        ("zh", "项目目录"),
        ("zh", "拒绝错误的 key"),
        ("zh", "使用 app key 签名"),
        ("zh", "使用Python 3"),
        ("zh", "运行`scaffold up`"),
        ("zh", "**Python**版本"),
    ],
)
def test_unwanted_words_are_found(language: str, text: str) -> None:
    """Words that were written once, and Chinese that touches Latin letters, are findings."""
    assert list(findings(text, language))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "`whose` and {said} and [a page](whose-file.md), besides"),
        ("zh", "项目根目录中的 `目录` 与 {key}，见[这里](../目录/a.md)，主目录"),
        ("zh", "**命令**：`scaffold up`，3.10 或更新版本"),
    ],
)
def test_code_and_addresses_do_not_count(language: str, text: str) -> None:
    """What programs read is left alone."""
    assert list(findings(text, language)) == []
