"""The page of the questions, from copier.yml and the messages."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from scaffold import labels, messages
from scaffold.catalog import FLAGS, Catalog
from scaffold.errors import ScaffoldError
from scaffold.questions import UserInput
from tools.reference.markdown import anchor, code, table, texts_of
from tools.reference.markdown import page as whole_page
from tools.written import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.questions import Question

NAME = "questions"


def page(language: str) -> str:
    """Return the page of one language."""
    texts = texts_of(NAME, language)
    catalog = Catalog(ROOT)
    sections = (_section(question, catalog, language) for question in catalog.questions.values())
    source = "copier.yml and scaffold/messages"
    return whole_page(texts["title"], source, texts["introduction"].splitlines(), *sections)


@cache
def written() -> dict[str, Any]:
    """Return copier.yml as it is written."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "copier.yml").read_text("utf-8"))
    return loaded


def refusals(key: str) -> list[str]:
    """Return the message groups of what the validators of a question, and of its choices, say."""
    question = written()[key]
    choices = question.get("choices", [])
    validators = [question.get("validator", "")]
    if isinstance(choices, dict):
        validators += [choice.get("validator", "") for choice in choices.values()]
    codes = re.findall(r"%\}\s*\[([\w-]+)\]", "\n".join(validators))
    return [f"answers.error.{found}" for found in dict.fromkeys(codes)]


def _section(question: Question, catalog: Catalog, language: str) -> list[str]:
    texts, words = texts_of(NAME, language), messages.area("answers", language)
    lines = [
        *anchor(question.key.replace("_", "-")),
        f"## {question.key}",
        "",
        labels.prompt(question, language),
        "",
    ]
    if question.choices:
        rows = [
            (code(choice), labels.choice(question, choice, language)) for choice in question.choices
        ]
        lines += [*table((texts["answer"], texts["meaning"]), rows), ""]
    lines.append("- " + texts["option"].format(code(_option(question))))
    lines.append("- " + texts["default"].format(_defaults(question, catalog, texts)))
    if question.when is not True:
        condition = str(written()[question.key]["when"]).strip("{} ")
        lines.append("- " + texts["asked"].format(code(condition)))
    links = [_link(key, words, language) for key in refusals(question.key)]
    if links:
        lines.append("- " + texts["refused"].format(texts["between"].join(links)))
    return lines


def _option(question: Question) -> str:
    flag = FLAGS.get(question.key, f"-d {question.key}=")
    if flag.startswith("--") and question.kind == "bool":
        return f"{flag} / {flag.replace('--', '--no-', 1)}"
    return (
        flag
        + (" " if flag.startswith("--") else "")
        + ("true|false" if question.kind == "bool" else "…")
    )


def _defaults(question: Question, catalog: Catalog, texts: Mapping[str, Any]) -> str:
    """Return the default; where it depends on the starter, with the starters that have it."""
    by_default: dict[str, list[str]] = {}
    for starter in catalog.questions["starter"].choices:
        answer = catalog.resolve({"starter": UserInput(starter, "")})[question.key]
        by_default.setdefault(
            str(answer).lower() if question.kind == "bool" else str(answer), []
        ).append(starter)
    if len(by_default) == 1 or question.key == "starter":
        return code(next(iter(by_default)))
    each = (
        texts["default-for"].format(default=code(default), starters=texts["between"].join(starters))
        for default, starters in by_default.items()
    )
    return str(texts["between"].join(each))


def _link(key: str, words: Mapping[str, Any], language: str) -> str:
    file = "errors.md" if language == "en" else f"errors.{language}.md"
    return f"[{words[f'{key}.title']}]({file}#{ScaffoldError(key).code})"
