"""Give each language a search index of its own: who reads Chinese need not
pass over the English pages.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

INDEX = "search/search_index.json"
# In which languages the words of each index are taken apart: Chinese pages
# are full of English words.
LANGUAGES = {"en": ["en"], "zh": ["en", "zh"]}


def split(site: Path) -> None:
    """Take the entries of other languages out of the site's index, and put each
    into the folder of its language.
    """
    found: dict[str, Any] = json.loads((site / INDEX).read_text("utf-8"))
    for language, taken_apart in LANGUAGES.items():
        folder = site if language == "en" else site / language
        entries = [doc for doc in found["docs"] if _language(doc["location"]) == language]
        docs = [doc | {"location": doc["location"].removeprefix(f"{language}/")} for doc in entries]
        (folder / INDEX).parent.mkdir(parents=True, exist_ok=True)
        content = {"config": found["config"] | {"lang": taken_apart}, "docs": docs}
        (folder / INDEX).write_text(
            json.dumps(content, ensure_ascii=False, separators=(",", ":")), "utf-8"
        )


def _language(location: str) -> str:
    first = location.partition("/")[0]
    return first if first in LANGUAGES else "en"
