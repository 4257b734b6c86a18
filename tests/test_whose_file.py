"""Whose file is it: the table in a project's README, and what copier.yml
tells updates, are the same.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jinja2 import Environment

from scaffold.catalog import combinations
from scaffold.messages import LANGUAGES
from scaffold.render import render
from tests.conftest import CATALOG, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.questions import Answers

COPIER: dict[str, Any] = yaml.safe_load((ROOT / "copier.yml").read_text("utf-8"))
YOURS = [PurePosixPath(path).relative_to("/").as_posix() for path in COPIER["_skip_if_exists"]]
# wsgi.py needs it as soon as the answer `cloud_functions` becomes true.
BROUGHT_LATER = {"/cloud.py", "/timers.yaml"}
# Files of earlier versions that today's does not have.
OF_OLD = {"/README.zh.md", "/start.sh"}


def _kinds() -> Iterator[tuple[str, Answers]]:
    """Yield the combinations of answers that differ in which files there are."""
    seen = set()
    for starter in CATALOG.questions["starter"].choices:
        for answers in combinations(CATALOG, starter):
            kind = (starter, answers["backend"], answers["cloud_functions"], answers["sessions"])
            if kind not in seen:
                seen.add(kind)
                yield "-".join(map(str, kind)), {**answers, "timers": True}


KINDS = list(_kinds())
by_kind = pytest.mark.parametrize(
    "answers", [answers for _, answers in KINDS], ids=[name for name, _ in KINDS]
)


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


def _files(answers: Answers, language: str) -> dict[str, bytes]:
    """Return the files of a project in one language."""
    return render(CATALOG.starter(str(answers["starter"])), {**answers, "language": language})


@by_kind
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_names_the_users_files(answers: Answers, language: str) -> None:
    """What the table calls the user's is what updates leave alone, of the
    files that the project has.
    """
    files = _files(answers, language)
    # A cell such as "the variables in `env.py`" is about a part of a file that is ours.
    cells = [
        yours for yours, _ in _rows(files["README.md"].decode("utf-8")) if yours.startswith("`")
    ]
    named = {name.rstrip("/") for cell in cells for name in re.findall("`([^`]+)`", cell)}
    there = {
        path
        for path in YOURS
        if path in files or any(name.startswith(f"{path}/") for name in files)
    }
    assert named == there


@by_kind
def test_languages_agree(answers: Answers) -> None:
    """The README puts the same files on the same sides in both languages."""
    english, chinese = (
        [
            [re.findall("`([^`]+)`", cell) for cell in row]
            for row in _rows(_files(answers, language)["README.md"].decode("utf-8"))
        ]
        for language in LANGUAGES
    )
    assert english == chinese


def test_every_name_is_of_a_file() -> None:
    """No file in the list is one that no starter has any more."""
    made = {
        path
        for _, answers in KINDS
        for path in render(CATALOG.starter(str(answers["starter"])), answers)
    }
    assert [
        path
        for path in YOURS
        if not any(name == path or name.startswith(f"{path}/") for name in made)
    ] == []


def _left_out(operation: str, **data: str) -> set[str]:
    """Return the paths that copier leaves out of one of its renderings."""
    context = {"_copier_operation": operation, "_copier_conf": {"data": data}}
    jinja = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True)
    lines = "\n".join(
        jinja.from_string(pattern).render(context) for pattern in COPIER["_exclude"]
    ).splitlines()
    return {line for line in lines if line.startswith("/")}


def test_updates_leave_them_alone() -> None:
    """Copies have them. An update does not: neither to change them, nor to
    bring back what was deleted.

    test_copier_update.py shows that copier gives its renderings what is given here.
    """
    theirs = {f"/{path}" for path in YOURS}
    before = {"_src_path": "somewhere", "starter": "flask"}
    assert _left_out("copy") == _left_out("copy", **before) == set()
    assert (
        _left_out("update")
        == _left_out("update", server="uwsgi")
        == theirs - BROUGHT_LATER | OF_OLD
    )
    assert _left_out("update", **before) == theirs | OF_OLD
    assert _left_out("update", starter="django") == _left_out("update", backend="django") == set()
