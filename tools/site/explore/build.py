"""Put the data of the page Explore into the site: an index in each language, and a file
a starter.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from scaffold import labels, messages
from scaffold.catalog import FLAGS, INDEPENDENT, Catalog
from tools.site.explore.files import starter_data
from tools.site.explore.rules import Rules, as_text
from tools.written import ROOT


def write(folder: Path) -> None:
    """Write the data into a folder of the built site."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _contents().items():
        (folder / name).write_text(content, "utf-8")


@cache
def _contents() -> dict[str, str]:
    """Return each file's text; made once, because `mkdocs serve` asks after every change of
    a page.
    """
    catalog = Catalog(ROOT)
    rules = Rules(catalog)
    found: dict[str, Any] = {
        f"index.{each}.json": index(catalog, rules, each) for each in messages.LANGUAGES
    }
    found |= {
        f"{name}.json": starter_data(catalog, name) for name in catalog.questions["starter"].choices
    }
    return {
        name: json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        for name, data in found.items()
    }


def index(catalog: Catalog, rules: Rules, language: str) -> dict[str, Any]:
    """Return what the page needs before it shows a file: texts, questions,
    and the rules of their answers.
    """
    texts = yaml.safe_load(Path(__file__).with_name(f"texts.{language}.yaml").read_text("utf-8"))
    return {
        "texts": texts,
        "questions": _questions(catalog, language),
        "nodes": rules.nodes,
        "start": rules.start,
        "reasons": [reason.rstrip("。.") for reason in rules.reasons(language)],
        "project": as_text(catalog.questions["project_name"].default_for(catalog.constants)),
        "flags": FLAGS,
    }


def _questions(catalog: Catalog, language: str) -> dict[str, Any]:
    """Return by question: how it is called, what it asks, and its answers, each with
    what it is called and what for.
    """
    wizard = messages.area("wizard", language)
    found: dict[str, Any] = {}
    for question in catalog.questions.values():
        if question.kind == "bool":
            answers = {
                value: {"name": wizard[f"wizard.{word}"], "help": ""}
                for value, word in _WORDS.items()
            }
        else:
            choices = (
                (choice, labels.choice(question, choice, language)) for choice in question.choices
            )
            answers = {choice: {"name": choice, "help": text} for choice, text in choices}
        name, ask = labels.name(question, language), labels.prompt(question, language)
        found[question.key] = {"name": name, "ask": ask, "answers": answers}
    return {
        key: question
        for key, question in found.items()
        if question["answers"] and key not in INDEPENDENT
    }


_WORDS = {"true": "yes", "false": "no"}
