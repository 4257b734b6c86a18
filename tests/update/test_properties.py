"""Whatever a user did to a project, an update loses nothing of it, and is what copier makes."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from scaffold import cli
from tests.repositories import commit, contents, git
from tests.update.conftest import plain, state
from tests.update.edits import EDITS, OLD_NAMES, at_random, edit

if TYPE_CHECKING:
    from tests.conftest import Published
    from tests.update.edits import User

# An example takes seconds. By hand: SCAFFOLD_UPDATE_EXAMPLES=500 pytest
# tests/update/test_properties.py
EXAMPLES = int(os.environ.get("SCAFFOLD_UPDATE_EXAMPLES", "2"))
BY_HAND = 10
OLD = re.compile(r"\b(" + "|".join(OLD_NAMES) + r")\b")
STARTERS = ("flask", "django")


def _check(folder: Path, user: User, code: int) -> None:
    """Fail if something of the user's is lost, or an old name left."""
    after = contents(folder)
    everything = b"\n".join(after.values())
    assert {mark for mark in user.marks() if mark.encode() not in everything} == set()
    unmerged = {line.split("\t")[1] for line in git(folder, "ls-files", "-u").splitlines()}
    assert (code == 3) == bool(unmerged)
    for path in unmerged:
        assert b"<<<<<<< before updating" in after[path], path
    left = {
        path for path, content in after.items() if OLD.search(content.decode("utf-8", "replace"))
    }
    assert left == set()


@pytest.mark.usefixtures("workspace")
@settings(max_examples=EXAMPLES, derandomize=EXAMPLES < BY_HAND)
@given(starter=st.sampled_from(STARTERS), edits=EDITS)
def test_nothing_is_lost(
    starter: str,
    edits: list[tuple[int, int, int, int]],
    published: Published,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each line of the user's is still there, no old name of the platform is,
    and a second update does nothing.
    """
    user = edit(published("1.0.0", starter=starter, project_name="shop"), edits)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commit(folder, user.files)
        code = cli.run(["update", name, "--defaults"])
        note(capsys.readouterr().err)
        assert code in {0, 3}
        _check(folder, user, code)
        commit(folder)
        before = contents(folder)
        assert cli.run(["update", name, "--defaults"]) == 0
        assert contents(folder) == before


@pytest.mark.skipif(
    EXAMPLES < BY_HAND, reason="by hand, as said above; test_surroundings compares one project"
)
@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("starter", STARTERS)
def test_the_same_as_copier(
    starter: str, published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    """A project with thirty random edits becomes the same tree, and the same index,
    as with plain `copier update`.
    """
    for seed in range(max(1, EXAMPLES // 10)):
        user = edit(published("1.0.0", starter=starter, project_name="shop"), at_random(seed, 30))
        with tempfile.TemporaryDirectory() as name:
            ours, theirs = Path(name, "ours", "shop"), Path(name, "theirs", "shop")
            ours.mkdir(parents=True)
            commit(ours, user.files)
            shutil.copytree(ours, theirs, symlinks=True)
            plain(theirs)
            cli.run(["update", str(ours), "--defaults"])
            capsys.readouterr()
            assert contents(ours) == contents(theirs), seed
            assert state(ours) == state(theirs), seed
