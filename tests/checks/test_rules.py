"""Every rule: on projects that break it, on the same ones put right, and on
what only looks like it.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from scaffold import messages
from scaffold.checks.rule import SEVERITIES
from scaffold.checks.rules import RULES
from scaffold.errors import PARTS
from scaffold.render import render
from tests.checks.cases import CASES, INSTEAD_OF_ATTRIBUTES, NOT_OLD_NAMES, Case
from tests.checks.conftest import SOUND, WITH_SDK, Build, findings, ids
from tests.conftest import ROOT
from tests.pairs import projects
from tests.some import some
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scaffold.catalog import Catalog
    from scaffold.checks.rule import Finding
    from tests.trees import Tree

NUMBERED = [pytest.param(case, id=f"{case.rule}-{number}") for number, case in enumerate(CASES)]
# In test_ignored.
NEED_GIT = {"LE087"}
# Rules that need a host to be asked about; tests/checks/test_hosting.py has them.
NEED_HOST = {"LE110", "LE111", "LE112"}
STARTERS = sorted(path.name for path in (ROOT / "templates").iterdir() if path.name != "_shared")
# Every so many combinations of answers one is checked; all of them take a minute.
STEP = 7


def test_every_rule_has_a_case() -> None:
    """No rule goes untested, and each id is there once, in order."""
    assert {case.rule for case in CASES} | NEED_GIT | NEED_HOST == {rule.id for rule in RULES}
    assert [rule.id for rule in RULES] == sorted({rule.id for rule in RULES})
    assert all(rule.severity in SEVERITIES and re.fullmatch(r"LE\d{3}", rule.id) for rule in RULES)


@pytest.mark.parametrize("tree", [SOUND, WITH_SDK], ids=["plain", "with-sdk"])
def test_sound_projects(build: Build, tree: Tree) -> None:
    """A sound project has no finding."""
    assert [(f.rule.id, f.params) for f in findings(build(tree))] == []


@pytest.mark.parametrize("case", NUMBERED)
def test_broken(build: Build, case: Case) -> None:
    """A project with one fault has this one finding, in the right place."""
    found = _but_for_requirements(case, findings(build(case.base, case.broken)))
    assert {f.rule.id for f in found} == {case.rule} | case.also, [
        (f.rule.id, f.params) for f in found
    ]
    assert case.place in {f"{f.file}:{f.line}" for f in found if f.rule.id == case.rule}


@pytest.mark.parametrize("case", NUMBERED)
def test_put_right(build: Build, case: Case) -> None:
    """The same project has no finding once it is corrected."""
    found = _but_for_requirements(case, findings(build(case.base, case.sound)))
    assert [(f.rule.id, f.params) for f in found] == []


def _but_for_requirements(case: Case, found: Sequence[Finding]) -> list[Finding]:
    """Leave out LE057 where it is not what the case is about: the small projects of the
    others do not say what all of their imports come from.
    """
    return [f for f in found if f.rule.id != "LE057" or case.rule == "LE057"]


@pytest.mark.parametrize("case", NUMBERED)
@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_texts(build: Build, case: Case, language: str) -> None:
    """Every part of a finding can be said in both languages, with all placeholders filled."""
    messages.set_language(language)
    for finding in some(findings(build(case.base, case.broken))):
        parts = finding.parts()
        assert set(parts) == {"title", *PARTS}
        assert not re.search(r"(?<!\$)\{[a-z_]+\}", "".join(parts.values()))


def test_names_that_are_not_the_platforms(build: Build) -> None:
    """Identifiers, prose, comments, other names, backups and vendored trees are not old names."""
    assert ids(build(SOUND, NOT_OLD_NAMES)) == set()


@pytest.mark.parametrize("case", [case for case in CASES if case.rule in {"LE080", "LE081"}])
def test_keys_are_never_shown(build: Build, case: Case) -> None:
    """Of a key only the first three characters are said."""
    for finding in some(findings(build(case.base, case.broken))):
        message = "".join(finding.parts().values())
        assert "a1B…" in message
        assert "a1B2" not in message


@pytest.mark.parametrize(("old", "new"), INSTEAD_OF_ATTRIBUTES.items())
def test_instead_of_attributes(build: Build, old: str, new: str) -> None:
    """What takes the place of an object's attributes does what was done with them."""
    source = f"import leancloud\nrow = leancloud.Query('A').first()\nx = {old}\n"
    (finding,) = findings(build(WITH_SDK, {"a.py": source}))
    assert old.replace(str(finding.params["seen"]), str(finding.params["instead"])) == new


def test_one_key_once(build: Build) -> None:
    """A key that a file repeats is one finding."""
    key = "a1B2c3D4e5F6g7H8i9J0k1L2"
    found = findings(
        build(SOUND, {"a.py": f"APP_KEY = '{key}'\n" * 3, "a.json": f'{{"appKey": "{key}"}}\n' * 3})
    )
    assert [(f.rule.id, f.file, f.line) for f in found] == [
        ("LE081", "a.json", 1),
        ("LE080", "a.py", 1),
    ]


def test_quoted_safely() -> None:
    """What a message quotes cannot steer a terminal, has no password, and is short."""
    finding = RULES[0].at(
        "wsgi.py", elsewhere="\x1b[2J\n::error::x https://me:secret@example.com/\u202e" + "x" * 1000
    )
    seen = finding.parts()["seen"]
    assert "\\x1b[2J\\n::error::x https://…@example.com/\\u202exxx" in seen
    assert len(seen) < 500


@pytest.mark.parametrize("starter", STARTERS)
def test_generated_projects(tmp_path: Path, catalog: Catalog, starter: str) -> None:
    """What `scaffold new` makes has no finding, whatever was answered."""
    compiled = catalog.starter(starter)
    for number, answers in some(enumerate(projects(catalog, starter))):
        if number % STEP == 0:
            folder = build_file_tree(tmp_path / str(number), render(compiled, answers))
            assert [(answers, f.rule.id, f.file, f.params) for f in findings(folder)] == []


@pytest.mark.skipif(os.name != "posix", reason="the kinds of files are those of POSIX")
def test_files_that_are_none(build: Build) -> None:
    """What the platform reads and nobody can read is named, each with its reason."""
    folder = build({"leanengine.yaml": "run: python wsgi.py\n"})
    os.mkfifo(folder / "requirements.txt")
    (folder / "wsgi.py").mkdir()
    (folder / ".python-version").symlink_to("gone")
    found = {f.file: f.params for f in findings(folder) if f.rule.id == "LE005"}
    assert sorted(found) == [".python-version", "requirements.txt", "wsgi.py"]
    assert "pipe" in str(found["requirements.txt"]["problem"])
