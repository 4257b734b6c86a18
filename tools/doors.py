"""Write cookiecutter's files from copier.yml: `make pages`; with `--check`, only
say whether they are up to date.
"""

from __future__ import annotations

import json
import re
import sys
from itertools import product
from typing import TYPE_CHECKING, Any

import yaml

from scaffold.catalog import INDEPENDENT, Catalog, combinations
from scaffold.jinja_compiler import JINJA_OPTIONS
from scaffold.template_runtime import computed_name
from tools.hooks import PARTS, hook
from tools.written import ROOT, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scaffold.questions import Answer, Question


# Cookiecutter makes the project's folder before a hook can refuse its name, and removes
# only the last part of a path. So a path becomes a name at once; `__folder` keeps what was
# given for the hook to judge.
_FOLDER = (
    "{{ cookiecutter.project_slug }}{% set _ = cookiecutter.update("
    "{'project_slug': cookiecutter.project_slug | replace('/', '_') | replace('\\\\', '_') "
    "| replace(':', '_')}) %}"
)
# What a program of copier.yml knows by a shorter name; not in the text of its filters.
_FREE = re.compile(r"(?<![.'\"\w])(title)\b(?!')")
_FIXED = "{}: fixed here, press Enter / 此处固定，请直接回车"


def _defaults(catalog: Catalog, starter: str, question: Question) -> dict[Answer, Answer]:
    """Return a question's default by the framework, the one answer that other
    questions' defaults depend on.
    """
    made = {answers["backend"]: answers for answers in combinations(catalog, starter)}
    return {
        backend: question.default_for(
            catalog.context({**answers, "starter": starter, "backend": backend})
        )
        for backend, answers in made.items()
    }


def _offered(catalog: Catalog, starter: str, question: Question) -> list[str]:
    """Return the choices of a question that some project of the starter has."""
    if question.key in INDEPENDENT:
        return list(question.choices)
    made = {answers[question.key] for answers in combinations(catalog, starter)}
    return [choice for choice in question.choices if choice in made]


def _door_of(catalog: Catalog, starter: str, question: Question) -> object:
    """Return a question as cookiecutter knows it: a default, or choices of
    which the first is the default.
    """
    if question.key == "starter":
        return starter
    if question.key == "title":
        return "{{ cookiecutter.project_name }}"
    offered = _offered(catalog, starter, question)
    context = catalog.context({"starter": starter})
    defaults = _defaults(catalog, starter, question)
    own = defaults[catalog.questions["backend"].default_for(context)]
    if len(set(defaults.values())) > 1 and question.key != "backend":
        # Seen by the framework that was chosen; what is chosen by name stands below it.
        return [_by_backend(defaults), *offered]
    return sorted(offered, key=lambda choice: choice != own) if len(offered) > 1 else own


def _by_backend(values: Mapping[Answer, object]) -> str:
    """Return the template that gives the value of the framework that was chosen."""
    return f"{{{{ {json.dumps(values)}[cookiecutter.backend] }}}}".replace('"', "'")


def _computed(catalog: Catalog, starter: str) -> dict[str, str]:
    """Return what follows from the framework, by the names that templates know and
    cookiecutter does not ask for.
    """
    contexts = {
        answers["backend"]: catalog.context(answers) for answers in combinations(catalog, starter)
    }
    found = {}
    written = yaml.safe_load((ROOT / "copier.yml").read_text("utf-8"))
    for key in catalog.computed:
        if key.startswith("title_"):
            # What follows from a text that anybody may choose: cookiecutter computes it.
            found[computed_name(key)] = _FREE.sub(r"cookiecutter.\1", written[key]["default"])
            continue
        values = {backend: str(context[key]) for backend, context in contexts.items()}
        different = len(set(values.values())) > 1
        found[computed_name(key)] = (
            _by_backend(values) if different else next(iter(values.values()))
        )
    return found


def _prompt(catalog: Catalog, starter: str, question: Question) -> object:
    """Return what cookiecutter asks: the question, with what is said of each
    choice if there is anything to say.
    """
    offered = _offered(catalog, starter, question)
    labels = {choice: question.labels[choice] for choice in offered}
    return {"__prompt__": question.help, **labels} if labels else question.help


def _is_asked(catalog: Catalog, starter: str, question: Question) -> bool:
    """Return whether a starter leaves a question open."""
    return any(
        question.applies(catalog.context(answers)) for answers in combinations(catalog, starter)
    )


def starter_door(catalog: Catalog, starter: str) -> dict[str, Any]:
    """Return the cookiecutter.json of one starter: the questions that it asks,
    then those that it answers itself.
    """
    questions = catalog.questions
    fixed = [
        key
        for key in questions
        if key == "starter" or not _is_asked(catalog, starter, questions[key])
    ]
    door: dict[str, Any] = {}
    prompts: dict[str, object] = {}
    for key in [*(key for key in questions if key not in fixed), *fixed]:
        door[key] = _door_of(catalog, starter, questions[key])
        prompts[key] = (
            _FIXED.format(key) if key in fixed else _prompt(catalog, starter, questions[key])
        )
        if key == "project_name":
            door |= {"project_slug": "{{ cookiecutter.project_name }}", "__folder": _FOLDER}
            prompts["project_slug"] = "Folder to write / 生成的文件夹"
    options = {
        option: value
        for option, value in JINJA_OPTIONS.items()
        if option != "keep_trailing_newline"
    }
    door |= {**_computed(catalog, starter), **catalog.origin, "_starter": starter}
    return {**door, "_jinja2_env_vars": options, "__prompts__": prompts}


def root_door(question: Question) -> dict[str, Any]:
    """Return the cookiecutter.json that offers the starters."""
    labels = {name: question.labels[name].removeprefix(f"{name}: ") for name in question.choices}
    return {
        "templates": {
            name: {"path": f"./templates/{name}", "title": name, "description": label}
            for name, label in labels.items()
        }
    }


def doors() -> Iterator[tuple[Path, str]]:
    """Yield each file and the text it should hold."""
    catalog = Catalog(ROOT)
    starters = catalog.questions["starter"].choices
    hooks = {name: hook(name) for name in PARTS}
    found = {ROOT / "cookiecutter.json": root_door(catalog.questions["starter"])}
    found |= {
        ROOT / "templates" / name / "cookiecutter.json": starter_door(catalog, name)
        for name in starters
    }
    for path, content in found.items():
        yield path, json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    for starter, name in product(starters, hooks):
        yield ROOT / "templates" / starter / "hooks" / f"{name}.py", hooks[name]


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` report those that differ."""
    return write(dict(doors()), check="--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
