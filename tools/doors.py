"""Write cookiecutter's files from copier.yml: `make pages`; with `--check`, only say whether they are up to date."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scaffold.compiler import JINJA_OPTIONS, compile_questions  # noqa: E402 - found by the line above
from scaffold.messages import area  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator


def _default_first(question: dict[str, Any]) -> object:
    """Return a question as cookiecutter knows it: a default, or choices of which the first is the default."""
    default = question["default"] if isinstance(question["default"], bool) else "".join(question["default"])
    values = [choice["value"] for choice in question["choices"]]
    return sorted(values, key=lambda value: value != default) if values else default


def starter_door(questions: list[dict[str, Any]], starter: str) -> dict[str, Any]:
    """Return the cookiecutter.json of one starter."""
    asked = {q["key"]: _default_first(q) for q in questions if q["when"] is not False}
    name = {"project_name": asked.pop("project_name"), "project_slug": "{{ cookiecutter.project_name }}"}
    prompts = {q["key"]: q["help"] for q in questions if q["key"] in asked or q["key"] == "project_name"}
    prompts["project_slug"] = "Folder to write / 生成的文件夹"
    return {
        **name,
        **asked,
        "starter": [starter],
        "_jinja2_env_vars": {
            option: value for option, value in JINJA_OPTIONS.items() if option != "keep_trailing_newline"
        },
        "__prompts__": prompts,
    }


def root_door(starters: list[str]) -> dict[str, Any]:
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
    questions = compile_questions(ROOT)
    starters = next([c["value"] for c in q["choices"]] for q in questions if q["key"] == "starter")
    found = {ROOT / "cookiecutter.json": root_door(starters)}
    found |= {ROOT / "templates" / name / "cookiecutter.json": starter_door(questions, name) for name in starters}
    for path, content in found.items():
        yield path, json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` report those that differ."""
    stale = [(path, text) for path, text in doors() if not path.exists() or path.read_text("utf-8") != text]
    for path, text in stale:
        print(path.relative_to(ROOT))
        if "--check" not in arguments:
            path.write_text(text, "utf-8", newline="\n")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
