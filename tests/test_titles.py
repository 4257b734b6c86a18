"""A project's title is any line of text: every file that has it says just that."""

from __future__ import annotations

import ast
import html
import re
import string
from typing import TYPE_CHECKING

import jinja2
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from scaffold import parsing
from scaffold.catalog import Catalog
from scaffold.questions import UserInput
from scaffold.render import render
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

CATALOG = Catalog(ROOT)
# What means something in HTML, Markdown, YAML, TOML, Python and the engines of pages.
SPECIAL = "\"'\\`*_[]<>&#~$%{}|!:@-=+()^ x1我😀"
TITLES = st.text(st.sampled_from(SPECIAL) | st.characters(codec="utf-8"), min_size=1, max_size=40)
TITLES = TITLES.map(str.strip).filter(lambda title: bool(title) and title.isprintable())
NASTY = r"""我的 😀 "a" 'b' \ <c> & *d* _e_ #f# {{ g }} {% h %} $i ${j} &lt; ~~k~~ [l](m) `n`"""


def _files(starter: str, title: str) -> dict[str, bytes]:
    given = {"starter": UserInput(starter, "x"), "title": UserInput(title, "x")}
    return render(CATALOG.starter(starter), CATALOG.resolve(given))


def _heading(page: str) -> str:
    """Return the text of the first heading of a page, which has no element before `<small>`."""
    found = re.search(r"<h1>([^<]*)<", page)
    assert found, page
    return html.unescape(found[1]).strip()


def _page(starter: str, files: Mapping[str, bytes]) -> str:
    """Return the page as its engine makes it; Django's and Tornado's read these marks alike."""
    sources = {path: content.decode("utf-8") for path, content in files.items() if ".html" in path}
    if starter == "wsgi":
        page = string.Template(sources["templates/index.html"])
        return page.substitute(environment="", address="", account="")
    loader = jinja2.DictLoader({path.partition("/")[2]: text for path, text in sources.items()})
    return jinja2.Environment(loader=loader, autoescape=True).get_template("index.html").render()


def _title_argument(module: bytes) -> str:
    calls = (node for node in ast.walk(ast.parse(module)) if isinstance(node, ast.Call))
    values = (word.value for call in calls for word in call.keywords if word.arg == "title")
    return str(ast.literal_eval(next(values)))


@pytest.mark.parametrize("starter", ["wsgi", "fastapi", "utilmeta"])
@settings(max_examples=15)
@example(NASTY)
@example("null")
@given(TITLES)
def test_titles(starter: str, title: str) -> None:
    """It is read back from each format as it was typed."""
    files = _files(starter, title)
    toml = parsing.load_toml(files["pyproject.toml"])
    assert toml["project"]["description"] == title
    assert yaml.safe_load(files[".copier-answers.yml"])["title"] == title
    line = files["README.md"].decode("utf-8").partition("\n")[0]
    assert _heading(MarkdownIt("js-default").render(line)) == title
    assert _heading(_page(starter, files)) == title
    if starter != "wsgi":
        module = {"fastapi": "app.py", "utilmeta": "service.py"}[starter]
        assert _title_argument(files[module]) == title
    for path in ("app.py", "tests/test_app.py"):
        if path in files:
            ast.parse(files[path], path)
