"""Whose file is it: the table in a project's README, and what copier.yml tells updates, are the same."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from scaffold.render import render
from scaffold.starters import Answers, Catalog, combinations
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

CATALOG = Catalog(ROOT)
COPIER: dict[str, Any] = yaml.safe_load((ROOT / "copier.yml").read_text("utf-8"))
YOURS = [PurePosixPath(path).relative_to("/").as_posix() for path in COPIER["_skip_if_exists"]]
# Of no use without the file that it makes: an update with another answer may bring it.
BROUGHT_LATER = {"/cloud.py"}
# Files of 1.0.0 that later versions do not have.
OF_OLD = {"/start.sh"}


def _kinds() -> Iterator[tuple[str, Answers]]:
    """Yield the combinations of answers that differ in which files there are."""
    seen = set()
    for starter in CATALOG.questions["starter"].choices:
        for answers in combinations(CATALOG, starter):
            kind = (starter, answers["backend"], answers["cloud_functions"], answers["sessions"])
            if kind not in seen:
                seen.add(kind)
                yield "-".join(map(str, kind)), answers


KINDS = list(_kinds())
by_kind = pytest.mark.parametrize("answers", [answers for _, answers in KINDS], ids=[name for name, _ in KINDS])


def _rows(readme: str) -> list[list[str]]:
    """Return the table's rows: what is the user's, and what is ours."""
    lines = readme.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|---|---|"))
    rows: list[list[str]] = []
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            return rows
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


@by_kind
@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_table_names_the_users_files(answers: Answers, readme: str) -> None:
    """What the table calls the user's is what updates leave alone, of the files that the project has."""
    files = render(CATALOG.starter(str(answers["starter"])), answers)
    # A cell such as "the variables in `env.py`" is about a part of a file that is ours.
    cells = [yours for yours, _ in _rows(files[readme].decode("utf-8")) if yours.startswith("`")]
    named = {name.rstrip("/") for cell in cells for name in re.findall("`([^`]+)`", cell)}
    there = {path for path in YOURS if path in files or any(name.startswith(f"{path}/") for name in files)}
    assert named == there


@by_kind
def test_languages_agree(answers: Answers) -> None:
    """Both READMEs put the same files on the same sides."""
    files = render(CATALOG.starter(str(answers["starter"])), answers)
    english, chinese = (
        [[re.findall("`([^`]+)`", cell) for cell in row] for row in _rows(files[readme].decode("utf-8"))]
        for readme in ("README.md", "README.zh.md")
    )
    assert english == chinese


def test_every_name_is_of_a_file() -> None:
    """No file in the list is one that no starter has any more."""
    made = {path for _, answers in KINDS for path in render(CATALOG.starter(str(answers["starter"])), answers)}
    assert [path for path in YOURS if not any(name == path or name.startswith(f"{path}/") for name in made)] == []


def test_updates_do_not_bring_them_back() -> None:
    """What is the user's is left out of updates altogether, so that what they deleted stays deleted."""
    conditional = re.compile(r"\{\{ '(/[^']+)' if _copier_operation == 'update' else '' \}\}")
    left_out = {match[1] for pattern in COPIER["_exclude"] if (match := conditional.fullmatch(pattern))}
    assert left_out == {f"/{path}" for path in YOURS} - BROUGHT_LATER | OF_OLD
