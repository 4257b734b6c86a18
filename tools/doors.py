"""Write cookiecutter's files from copier.yml: `make pages`; with `--check`, only say whether they are up to date."""

from __future__ import annotations

import json
import sys
from itertools import product
from typing import TYPE_CHECKING, Any

from scaffold.compiler import JINJA_OPTIONS
from scaffold.messages import area
from scaffold.starters import Answer, Catalog, Question, combinations
from tools.hooks import PARTS, hook
from tools.written import ROOT, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# Cookiecutter makes the project's folder before a hook can refuse its name, and removes only the last part of a path.
# So a path becomes a name at once; `__folder` keeps what was given for the hook to judge.
_FOLDER = (
    "{{ cookiecutter.project_slug }}{% set _ = cookiecutter.update("
    "{'project_slug': cookiecutter.project_slug | replace('/', '_') | replace('\\\\', '_') | replace(':', '_')}) %}"
)
_FIXED = "{}: fixed here, press Enter / 此处固定，请直接回车"


def _defaults(catalog: Catalog, starter: str, question: Question) -> dict[Answer, Answer]:
    """Return a question's default by the framework, the one answer that other questions' defaults depend on."""
    made = {answers["backend"]: answers for answers in combinations(catalog, starter)}
    return {
        backend: question.default_for({**catalog.constants, **answers, "starter": starter, "backend": backend})
        for backend, answers in made.items()
    }


def _door_of(catalog: Catalog, starter: str, question: Question) -> object:
    """Return a question as cookiecutter knows it: a default, or choices of which the first is the default."""
    if question.key == "starter":
        return starter
    made = [answers[question.key] for answers in combinations(catalog, starter)]
    offered = [choice for choice in question.choices if choice in made]
    context = {**catalog.constants, "starter": starter}
    defaults = _defaults(catalog, starter, question)
    own = defaults[catalog.questions["backend"].default_for(context)]
    if len(set(defaults.values())) > 1 and question.key != "backend":
        # Seen by the framework that was chosen; what is chosen by name stands below it.
        return [f"{{{{ {json.dumps(defaults)}[cookiecutter.backend] }}}}".replace('"', "'"), *offered]
    return sorted(offered, key=lambda choice: choice != own) if len(offered) > 1 else own


def _is_asked(catalog: Catalog, starter: str, question: Question) -> bool:
    """Return whether a starter leaves a question open."""
    return any(question.applies({**catalog.constants, **answers}) for answers in combinations(catalog, starter))


def starter_door(catalog: Catalog, starter: str) -> dict[str, Any]:
    """Return the cookiecutter.json of one starter: the questions that it asks, then those that it answers itself."""
    questions = catalog.questions
    fixed = [key for key in questions if key == "starter" or not _is_asked(catalog, starter, questions[key])]
    door: dict[str, Any] = {}
    prompts: dict[str, str] = {}
    for key in [*(key for key in questions if key not in fixed), *fixed]:
        door[key] = _door_of(catalog, starter, questions[key])
        prompts[key] = _FIXED.format(key) if key in fixed else questions[key].help
        if key == "project_name":
            door |= {"project_slug": "{{ cookiecutter.project_name }}", "__folder": _FOLDER}
            prompts["project_slug"] = "Folder to write / 生成的文件夹"
    options = {option: value for option, value in JINJA_OPTIONS.items() if option != "keep_trailing_newline"}
    return {**door, **catalog.origin, "_starter": starter, "_jinja2_env_vars": options, "__prompts__": prompts}


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
    hooks = {name: hook(name) for name in PARTS}
    found = {ROOT / "cookiecutter.json": root_door(starters)}
    found |= {ROOT / "templates" / name / "cookiecutter.json": starter_door(catalog, name) for name in starters}
    for path, content in found.items():
        yield path, json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    for starter, name in product(starters, hooks):
        yield ROOT / "templates" / starter / "hooks" / f"{name}.py", hooks[name]


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` report those that differ."""
    return write(dict(doors()), check="--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
