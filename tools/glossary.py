"""Write the glossary of both languages from docs/explanation/glossary.yaml, and find what it says
not to write.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import yaml

from tools.written import ROOT, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = ROOT / "docs" / "explanation"
SOURCE = FOLDER / "glossary.yaml"
HEADS = {
    "en": (
        "# Glossary\n\n<!-- Written by `make pages` from glossary.yaml. -->\n\n"
        "One word for one thing, in code, messages and pages alike; with the Chinese word.\n\n"
        "| word | 中文 | meaning |\n| --- | --- | --- |\n"
    ),
    "zh": (
        "# 术语表\n\n<!-- Written by `make pages` from glossary.yaml. -->\n\n"
        "代码、消息和文档对同一件事使用同一个词；附英文。\n\n"
        "| 术语 | 英文 | 含义 |\n| --- | --- | --- |\n"
    ),
}
_CHINESE = r"[\u4e00-\u9fff]"
# Where a blank is missing between Chinese and anything that is written from left to right.
_UNSPACED = re.compile(rf"{_CHINESE}[A-Za-z0-9`]|[A-Za-z0-9`]{_CHINESE}")
_FENCED = re.compile(r"^( *)(`{3,}).*?^\1\2 *$|<!--.*?-->", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
# Placeholders of messages, where a link leads, and anchors.
_NOT_TEXT = re.compile(r"\{[^{}\n]*\}|(?<=\])\([^)\n]*\)|<a [^>\n]*>")


def glossary() -> dict[str, Any]:
    """Return the words, and what not to write in each language."""
    read: dict[str, Any] = yaml.safe_load(SOURCE.read_text("utf-8"))
    return read


def pages() -> dict[Path, str]:
    """Return the pages by their paths; each in the order of its own words' English."""
    terms = glossary()["terms"]
    english = "".join(f"| {term['en']} | {term['zh']} | {term['means']} |\n" for term in terms)
    chinese = "".join(f"| {term['zh']} | {term['en']} | {term['means_zh']} |\n" for term in terms)
    return {
        FOLDER / "glossary.md": HEADS["en"] + english,
        FOLDER / "glossary.zh.md": HEADS["zh"] + chinese,
    }


def without_blocks(markdown: str) -> str:
    """Return Markdown with its lines, but without code blocks and comments."""
    return _FENCED.sub(lambda block: "\n" * block[0].count("\n"), markdown)


def findings(text: str, language: str) -> Iterator[str]:
    """Yield what the glossary does not want in a text.

    Args:
        text: lines; code in backticks and placeholders do not count.
        language: `en` or `zh`.
    """
    avoid = [(re.compile(pattern), use) for pattern, use in glossary()[f"avoid_{language}"].items()]
    for number, line in enumerate(text.splitlines(), 1):
        plain = _NOT_TEXT.sub("", _CODE.sub("`x`", line))
        for pattern, use in avoid:
            if found := pattern.search(plain):
                yield f"{number}: {found[0]!r} in {line.strip()!r}: write {use}"
        # Marks of emphasis and links stand between words without being seen.
        seen = re.sub(r"\*\*|[\[\]]", "", plain)
        if language == "zh" and (found := _UNSPACED.search(seen)):
            yield f"{number}: {found[0]!r} in {line.strip()!r}: write a blank between them"


if __name__ == "__main__":
    sys.exit(write(pages(), check="--check" in sys.argv[1:]))
