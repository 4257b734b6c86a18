"""The pages of docs/reference: written from the source, whole, and up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.cli import COMMANDS
from scaffold.engine.environment import DEPRECATED, platform_variables
from scaffold.engine.manifest import KEYS
from scaffold.messages import LANGUAGES
from tests.conftest import ROOT
from tests.some import some
from tests.test_messages import _codes as codes_of_the_validators
from tools.reference import __main__ as reference
from tools.reference import cli, manifest, markdown, questions, starters, variables

if TYPE_CHECKING:
    from scaffold.catalog import Catalog

in_each_language = pytest.mark.parametrize("language", LANGUAGES)


def test_pages_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    """Every page is what `make pages` writes."""
    assert (reference.main(["--check"]), capsys.readouterr().out) == (0, "")


@in_each_language
def test_commands(language: str) -> None:
    """The page of the command line has a section for each command, in its own language."""
    page = cli.page(language)
    assert [line for line in page.splitlines() if line.startswith("## scaffold ")] == [
        f"## scaffold {name}" for name in COMMANDS
    ]
    assert ("Make a project in DIR." in page, "在 DIR 中生成项目。" in page) == (
        language == "en",
        language == "zh",
    )
    assert page.count("`-h, --help`") == 1


@in_each_language
def test_questions(language: str, catalog: Catalog) -> None:
    """Each question has a section, and each thing that a validator can say is
    there, with a link to the error.
    """
    page = questions.page(language)
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        f"## {key}" for key in catalog.questions
    ]
    assert [code for _, code in codes_of_the_validators() if f"#answers-{code})" not in page] == []


@in_each_language
def test_starters(language: str, catalog: Catalog) -> None:
    """Each starter has a row and a section."""
    page = starters.page(language)
    for name in some(catalog.questions["starter"].choices):
        assert f"| [{name}](#{name}) |" in page
        assert f"\n## {name}\n" in page


@in_each_language
def test_variables(language: str) -> None:
    """Every variable that a rehearsal sets, and every old name, is explained; no
    secret of a rehearsal is shown.
    """
    page = variables.page(language)
    assert [
        name for name in {*platform_variables(0), *DEPRECATED} if f"| `{name}` |" not in page
    ] == []
    assert set(variables.SUCCESSORS) == DEPRECATED
    assert page == variables.page(language)


@in_each_language
def test_manifest(language: str) -> None:
    """Every key of leanengine.yaml is explained, and none that is not read."""
    assert list(markdown.texts_of(manifest.NAME, language)["keys"]) == list(KEYS)
    assert manifest.page(language).count("\n## ") == len(KEYS)


def test_a_bar_does_not_end_a_cell() -> None:
    """Every dialect of Markdown reads the same cells."""
    row = markdown.table(["a", "b"], [[markdown.code("x|<y>"), "p|q"]])[-1]
    assert row == "| <code>x&#124;&lt;y&gt;</code> | p&#124;q |"
    assert row.count("|") == 3


def test_index_names_every_page() -> None:
    """The reference's index links all of its pages, so that the navigation has them."""
    folder = ROOT / "docs" / "reference"
    for suffix in (".md", ".zh.md"):
        index = (folder / f"index{suffix}").read_text("utf-8")
        pages = {
            path.name
            for path in folder.glob("*.md")
            if path.name.endswith(".zh.md") == (suffix == ".zh.md")
        }
        assert {name for name in pages if f"]({name})" not in index} == {f"index{suffix}"}
