"""Write cookiecutter's files from copier.yml: `make pages`; with `--check`, only say whether they are up to date."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from scaffold.compiler import JINJA_OPTIONS
from scaffold.messages import area
from scaffold.starters import Catalog, Question, combinations
from tools.written import ROOT, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _door_of(question: Question, context: dict[str, Any], choices: list[str]) -> object:
    """Return a question as cookiecutter knows it: a default, or choices of which the first is the default."""
    default = question.default_for(context)
    return sorted(choices, key=lambda choice: choice != default) if len(choices) > 1 else default


def starter_door(catalog: Catalog, starter: str) -> dict[str, Any]:
    """Return the cookiecutter.json of one starter: the questions that it asks, and constants for the others."""
    made = list(combinations(catalog, starter))
    door: dict[str, Any] = {}
    context: dict[str, Any] = {**catalog.constants}
    for question in catalog.questions.values():
        offered = [choice for choice in question.choices if any(answers[question.key] == choice for answers in made)]
        context[question.key] = starter if question.key == "starter" else question.default_for(context)
        door[question.key] = starter if question.key == "starter" else _door_of(question, context, offered)
        if question.key == "project_name":
            door["project_slug"] = "{{ cookiecutter.project_name }}"
    prompts = {key: question.help for key, question in catalog.questions.items() if isinstance(door[key], (list, bool))}
    options = {option: value for option, value in JINJA_OPTIONS.items() if option != "keep_trailing_newline"}
    asked = {"project_name": catalog.questions["project_name"].help, "project_slug": "Folder to write / 生成的文件夹"}
    return {**door, **catalog.origin, "_jinja2_env_vars": options, "__prompts__": asked | prompts}


def root_door(starters: tuple[str, ...]) -> dict[str, Any]:
    """Return the cookiecutter.json that offers the starters."""
    english, chinese = area("answers", "en"), area("answers", "zh")
    return {
        "templates": {
            name: {
                "path": f"./templates/{name}",
                "title": name,
                "description": f"{english[f'answers.starter.{name}']} / {chinese[f'answers.starter.{name}']}",
            }
            for name in starters
        }
    }


def doors() -> Iterator[tuple[Path, str]]:
    """Yield each file and the text it should hold."""
    catalog = Catalog(ROOT)
    starters = catalog.questions["starter"].choices
    found = {ROOT / "cookiecutter.json": root_door(starters)}
    found |= {ROOT / "templates" / name / "cookiecutter.json": starter_door(catalog, name) for name in starters}
    for path, content in found.items():
        yield path, json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` report those that differ."""
    return write(dict(doors()), check="--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
