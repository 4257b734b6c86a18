"""`scaffold list`: what there is to choose from, for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scaffold import answers, messages
from scaffold.commands.list import LISTED

if TYPE_CHECKING:
    from scaffold.starters import Catalog
    from tests.conftest import Scaffold


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_json(scaffold: Scaffold, catalog: Catalog, language: str) -> None:
    """JSON has every choice in the order of copier.yml, described in the language that was asked for."""
    result = scaffold("list", "--json", "--lang", language)
    assert (result.code, result.err) == (0, "")
    document = json.loads(result.out)
    assert list(document) == list(LISTED)
    for key, choices in document.items():
        assert tuple(choice["name"] for choice in choices) == catalog.questions[key].choices
        descriptions = messages.area("answers", language)
        assert [c["description"] for c in choices] == [descriptions[f"answers.{key}.{c['name']}"] for c in choices]


@pytest.mark.parametrize("running", ["3.10", "3.12", "3.9", "3.14"])
def test_text(scaffold: Scaffold, catalog: Catalog, running: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text has every choice with what it is for, and a star at what `new --defaults` would take here."""
    monkeypatch.setattr(answers, "preferred", lambda: {"python": running})
    defaults = catalog.resolve({}, preferred=answers.preferred())
    result = scaffold("list")
    assert (result.code, result.err) == (0, "")
    for key in LISTED:
        block = next(part for part in result.out.split("\n\n") if part.startswith(messages.text(f"list.{key}")))
        rows = [line.split(maxsplit=2 if line.startswith(" *") else 1) for line in block.splitlines()[1:]]
        assert [row[-2] for row in rows] == list(catalog.questions[key].choices)
        assert [row[1] for row in rows if row[0] == "*"] == [defaults[key]]
        assert all(row[-1] == messages.text(f"answers.{key}.{row[-2]}") for row in rows)
