"""The data of Explore is what the renderer makes, and its rules are those of copier.yml."""

from __future__ import annotations

import json
import random
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from scaffold.catalog import FLAGS, INDEPENDENT, Catalog, combinations
from scaffold.messages import LANGUAGES, area
from scaffold.questions import UserInput
from scaffold.render import render
from tests.some import some
from tools.site.explore.files import LANGUAGES as LEXERS
from tools.site.explore.files import combination, highlighted
from tools.site.explore.rules import END, as_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SAMPLES = 12
STARTERS = (
    "flask",
    "django",
    "wsgi",
    "fastapi",
    "starlette",
    "litestar",
    "sanic",
    "tornado",
    "utilmeta",
)
in_each_language = pytest.mark.parametrize("language", LANGUAGES)


def _load(site: Path, name: str) -> Any:
    return json.loads((site / "assets" / "explore" / "data" / f"{name}.json").read_text("utf-8"))


def _text(lines: list[str]) -> str:
    """Return lines of HTML as the text that they show."""
    return unescape(re.sub(r"<[^>]*>", "", "\n".join(lines)))


def _project(data: Any, name: str) -> dict[str, bytes]:
    """Return a project as the page shows it."""
    numbers = zip(data["paths"], data["combinations"][name], strict=True)
    files = {path: data["files"][number] for path, number in numbers if number >= 0}
    return {
        path: _text([data["lines"][line] for line in lines]).encode()
        for path, lines in files.items()
    }


def test_starters(catalog: Catalog) -> None:
    """The list of starters in this test is whole."""
    assert catalog.questions["starter"].choices == STARTERS


@pytest.mark.parametrize("starter", STARTERS)
def test_projects_are_the_renderers(site: Path, catalog: Catalog, starter: str) -> None:
    """Every combination is there, and its files are those that `scaffold
    new` writes, byte for byte.
    """
    data = _load(site, starter)
    every = {combination(answers): answers for answers in combinations(catalog, starter)}
    assert list(data["combinations"]) == list(every)
    for name in random.Random(0).sample(sorted(every), min(SAMPLES, len(every))):
        assert _project(data, name) == render(catalog.starter(starter), every[name])


@in_each_language
def test_rules_lead_to_every_project_and_no_other(
    site: Path, catalog: Catalog, language: str
) -> None:
    """Whoever follows the rules can reach each combination, and nothing that is not one."""
    index = _load(site, f"index.{language}")
    reached = list(_ends(index, index["start"], ()))
    every = [combination(a) for starter in STARTERS for a in combinations(catalog, starter)]
    assert sorted(reached) == sorted(every)


def _ends(index: Any, number: int, answers: tuple[str, ...]) -> Iterator[str]:
    if number == END:
        yield "/".join(answers)
        return
    for answer, following in index["nodes"][number]["answers"].items():
        yield from _ends(index, following, (*answers, answer))


@in_each_language
def test_refusals_say_what_the_validators_say(site: Path, catalog: Catalog, language: str) -> None:
    """Each refused answer has the reason that scaffold gives, in the page's language."""
    index, words = _load(site, f"index.{language}"), area("answers", language)
    titles = {
        text
        for key, text in words.items()
        if key.startswith("answers.error.") and key.endswith(".title")
    }
    # The reason of what is not asked is built with the question's name.
    plain = {reason for reason in index["reasons"] if reason in titles}
    assert {
        words[f"answers.error.{code}.title"]
        for code in ("server-not-asgi", "python-too-new-for-sdk")
    } <= plain
    flask = _node(index, {"starter": "flask", "backend": "flask"}, "server")
    assert (
        index["reasons"][flask["refused"]["uvicorn"]]
        == words["answers.error.server-not-asgi.title"]
    )
    none = _node(
        index,
        {"starter": "flask", "backend": "flask", "server": "granian", "cloud_functions": "false"},
    )
    assert none["question"] == "dependencies"
    assert index["reasons"][none["refused"]["sdk"]] == words[
        "answers.error.not-applicable.why"
    ].rstrip("。.")
    assert all(reason and "{" not in reason for reason in index["reasons"])
    del catalog


def _node(index: Any, answers: dict[str, str], wanted: str = "") -> Any:
    here = index["nodes"][index["start"]]
    while here["question"] in answers and here["question"] != wanted:
        here = index["nodes"][here["answers"][answers[here["question"]]]]
    return here


@in_each_language
def test_defaults_are_those_of_the_command_line(
    site: Path, catalog: Catalog, language: str
) -> None:
    """What the page chooses by itself is what `--defaults` chooses."""
    index = _load(site, f"index.{language}")
    for starter in STARTERS:
        expected = catalog.resolve({"starter": UserInput(starter, "")})
        here, answers = index["nodes"][index["start"]], {"starter": starter}
        while here["question"] in answers:
            number = here["answers"][answers[here["question"]]]
            if number == END:
                break
            here = index["nodes"][number]
            answers[here["question"]] = here["default"]
        assert answers == {
            key: as_text(value)
            for key, value in expected.items()
            if key not in {"project_name", "title", *INDEPENDENT}
        }
    assert index["flags"] == FLAGS


@in_each_language
def test_index_speaks_its_language(site: Path, language: str) -> None:
    """Both indexes have the same texts, each in its language."""
    index = _load(site, f"index.{language}")
    other = _load(site, "index.en")
    assert list(index["texts"]) == list(other["texts"])
    holes = re.compile(r"\{\w+\}")
    assert {k: sorted(holes.findall(v)) for k, v in index["texts"].items()} == {
        k: sorted(holes.findall(v)) for k, v in other["texts"].items()
    }
    if language != "en":
        assert [key for key, text in index["texts"].items() if text == other["texts"][key]] == []


def test_every_kind_of_file_is_highlighted(site: Path) -> None:
    """No file that Pygments could colour is left without a language."""
    names = {
        path.rpartition("/")[2] for starter in STARTERS for path in _load(site, starter)["paths"]
    }
    plain = {
        name for name in names if name not in LEXERS and f".{name.rpartition('.')[2]}" not in LEXERS
    }
    assert plain <= {".gitignore", ".leanignore", ".dockerignore", ".python-version"}


@pytest.mark.parametrize("content", ["", "\n", "a\n", "a", '"""x\n\ny"""\n\n', "<&>\n  \n"])
def test_highlighting_loses_nothing(content: str) -> None:
    """The lines of HTML are the lines of the file, each whole in itself."""
    lines = highlighted("a.py", content)
    assert _text(lines) == content
    assert all(line.count("<span") == line.count("</span>") for line in lines)


@pytest.mark.parametrize("starter", STARTERS)
def test_pieces_are_highlighted_as_the_whole(catalog: Catalog, starter: str) -> None:
    """That files are highlighted in pieces changes no colour of them."""
    answers = catalog.resolve({"starter": UserInput(starter, "")})
    for path, content in some(render(catalog.starter(starter), answers).items()):
        if (language := LEXERS.get(f".{path.rpartition('.')[2]}")) in {"markdown", "python"}:
            lexer, text = (
                get_lexer_by_name(language, stripnl=False, ensurenl=False),
                content.decode(),
            )
            assert "\n".join(highlighted(path, text)) == highlight(
                text, lexer, HtmlFormatter(nowrap=True)
            ), path
