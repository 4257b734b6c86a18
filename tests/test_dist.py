"""What is released: the sdist makes the same wheel, and that wheel works on every
supported Python.
"""

from __future__ import annotations

import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
import yaml

from scaffold.errors import FailedError
from tests.conftest import ROOT
from tools import dist

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.boot


def test_the_sdist_is_whole(built: dist.Built) -> None:
    """Who packages scaffold from the sdist has its tests, its templates with
    their links, and nothing private.
    """
    with tarfile.open(built.sdist) as archive:
        members = {member.name.partition("/")[2]: member for member in archive.getmembers()}
    for name in (
        "LICENSE",
        "README.md",
        "copier.yml",
        "hatch_build.py",
        "releases/starters.bundle",
        "tests/conftest.py",
    ):
        assert name in members
    assert any(member.issym() for name, member in members.items() if name.startswith("templates/"))
    assert [
        name for name in members if name.startswith((".venv", ".git/", ".env", "dist", "build"))
    ] == []
    assert {(member.uid, member.uname) for member in members.values()} == {(0, "")}


# The Python that runs has tests/test_wheel.py, which asks for more.
@pytest.mark.parametrize(
    "python", [python for python in dist.PYTHONS if python != "{}.{}".format(*sys.version_info)]
)
def test_the_wheel_on(python: str, built: dist.Built, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a fresh environment the wheel makes a project that passes its
    check, and all of its modules load.
    """
    monkeypatch.delenv("PYTHONPATH", raising=False)
    try:
        message = dist.try_wheel(built.wheel, python, "--quick")
    except FailedError:
        pytest.skip(f"Python {python} is not on this machine")
    assert message.endswith("all well\n")


def test_pythons_are_those_of_the_project() -> None:
    """What pyproject.toml names as supported is tried, here and by the
    workflow that tests the wheel.
    """
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    named = [
        python for python in dist.PYTHONS if f'"Programming Language :: Python :: {python}"' in text
    ]
    assert tuple(named) == dist.PYTHONS[: len(named)]
    assert f'requires-python = ">={dist.PYTHONS[0]}"' in text
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "tests.yml").read_text("utf-8"))
    assert set(workflow["jobs"]["wheel"]["strategy"]["matrix"]["python"]) == set(dist.PYTHONS)


def test_a_wheel_that_lacks_something(built: dist.Built, tmp_path: Path) -> None:
    """Two wheels that differ in a file are not taken for the same."""
    other = tmp_path / built.wheel.name
    other.write_bytes(built.wheel.read_bytes())
    assert dist.differing(built.wheel, other) == set()
    with zipfile.ZipFile(other, "a") as archive:
        archive.writestr("scaffold/more.txt", "more")
    assert dist.differing(built.wheel, other) == {"scaffold/more.txt"}
