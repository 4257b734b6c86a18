"""The page of the command line, from the commands themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from tools.reference import markdown
from tools.written import ROOT

NAME = "cli"


def page(language: str) -> str:
    """Return the page of one language."""
    texts = markdown.texts_of(NAME, language)
    command = [sys.executable, "-m", "tools.reference.dump", language]
    found: dict[str, Any] = json.loads(
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    )
    overall = found.pop("scaffold")
    parts = [texts["introduction"].splitlines(), ["```text", overall["usage"], "```"]]
    for name, one in found.items():
        parts.append(_section(f"## scaffold {name}", name, one, texts["heads"]))
        parts += [
            _section(f"### scaffold {name} {inner}", f"{name}-{inner}", command, texts["heads"])
            for inner, command in one["commands"].items()
        ]
    parts.append(
        [
            *markdown.anchor("common"),
            f"## {texts['common']}",
            "",
            *_options(overall, texts["heads"]),
        ]
    )
    return markdown.page(texts["title"], "scaffold/commands and scaffold/messages", *parts)


def _section(title: str, name: str, command: dict[str, Any], heads: list[str]) -> list[str]:
    lines = [
        *markdown.anchor(name),
        title,
        "",
        command["help"],
        "",
        "```text",
        command["usage"],
        "```",
    ]
    return [*lines, "", *_options(command, heads)] if command["options"] else lines


def _options(command: dict[str, Any], heads: list[str]) -> list[str]:
    return markdown.table(
        heads, [(markdown.code(option["names"]), option["help"]) for option in command["options"]]
    )
