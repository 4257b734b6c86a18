"""Every rule: on projects that break it, on the same ones put right, and on what only looks like it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scaffold import messages
from scaffold.checks.rule import SEVERITIES
from scaffold.checks.rules import RULES
from scaffold.errors import PARTS
from scaffold.render import render
from scaffold.starters import combinations
from tests.checks.cases import CASES, NOT_OLD_NAMES, Case
from tests.checks.conftest import SOUND, WITH_SDK, Build, findings, ids
from tests.conftest import ROOT
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.starters import Catalog
    from tests.trees import Tree

NUMBERED = [pytest.param(case, id=f"{case.rule}-{number}") for number, case in enumerate(CASES)]
STARTERS = sorted(path.name for path in (ROOT / "templates").iterdir() if path.name != "_shared")
# Every so many combinations of answers one is checked; all of them take a minute.
STEP = 7


def test_every_rule_has_a_case() -> None:
    """No rule goes untested, and each id is there once, in order."""
    assert {case.rule for case in CASES} == {rule.id for rule in RULES}
    assert [rule.id for rule in RULES] == sorted({rule.id for rule in RULES})
    assert all(rule.severity in SEVERITIES and re.fullmatch(r"LE\d{3}", rule.id) for rule in RULES)


@pytest.mark.parametrize("tree", [SOUND, WITH_SDK], ids=["plain", "with-sdk"])
def test_sound_projects(build: Build, tree: Tree) -> None:
    """A sound project has no finding."""
    assert [(f.rule.id, f.params) for f in findings(build(tree))] == []


@pytest.mark.parametrize("case", NUMBERED)
def test_broken(build: Build, case: Case) -> None:
    """A project with one fault has this one finding, in the right place."""
    found = findings(build(case.base, case.broken))
    assert {f.rule.id for f in found} == {case.rule} | case.also, [(f.rule.id, f.params) for f in found]
    assert case.place in {f"{f.file}:{f.line}" for f in found if f.rule.id == case.rule}


@pytest.mark.parametrize("case", NUMBERED)
def test_put_right(build: Build, case: Case) -> None:
    """The same project with the fault mended has no finding."""
    assert [(f.rule.id, f.params) for f in findings(build(case.base, case.sound))] == []


@pytest.mark.parametrize("case", NUMBERED)
@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_texts(build: Build, case: Case, language: str) -> None:
    """Every part of a finding can be said in both languages, with all placeholders filled."""
    messages.set_language(language)
    for finding in findings(build(case.base, case.broken)):
        parts = finding.parts()
        assert set(parts) == {"title", *PARTS, "docs"}
        assert not re.search(r"(?<!\$)\{[a-z_]+\}", "".join(parts.values()))
        assert parts["docs"].endswith(f"#{finding.rule.id.lower()}")


def test_names_that_are_not_the_platforms(build: Build) -> None:
    """Identifiers, prose, comments, other names, backups and vendored trees are not old names."""
    assert ids(build(SOUND, NOT_OLD_NAMES)) == set()


@pytest.mark.parametrize("case", [case for case in CASES if case.rule in {"LE080", "LE081"}])
def test_keys_are_never_shown(build: Build, case: Case) -> None:
    """Of a key only the first three characters are said."""
    for finding in findings(build(case.base, case.broken)):
        said = "".join(finding.parts().values())
        assert "a1B…" in said
        assert "a1B2" not in said


@pytest.mark.parametrize("starter", STARTERS)
def test_generated_projects(tmp_path: Path, catalog: Catalog, starter: str) -> None:
    """What `scaffold new` makes has no finding, whatever was answered."""
    compiled = catalog.starter(starter)
    for number, answers in enumerate(combinations(catalog, starter)):
        if number % STEP == 0:
            folder = build_file_tree(tmp_path / str(number), render(compiled, answers))
            assert [(answers, f.rule.id, f.file, f.params) for f in findings(folder)] == []
