"""Adopted projects are built and started as the platform would, with versions from the real index."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scaffold.adopt import resolve
from tests.adopt.conftest import DJANGO, OLD_FLASK

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository, Scaffold
    from tests.trees import Tree

pytestmark = pytest.mark.boot


@pytest.mark.parametrize("tree", [OLD_FLASK, DJANGO], ids=["flask", "django"])
def test_starts(scaffold: Scaffold, repository: Repository, tree: Tree) -> None:
    """What could not start passes every step afterwards: health, page, functions, refusal, SIGTERM."""
    folder = repository(tree)
    result = scaffold("adopt", str(folder), "--yes", "--json")
    assert result.code == 0, result.err
    assert json.loads(result.out)["requirements"]["pinned"]
    booted = scaffold("boot", str(folder), "--json")
    assert booted.code == 0, booted.err
    report = json.loads(booted.out)
    assert report["healthy"]
    states = {step["name"]: step["status"] for step in report["steps"]}
    assert {states["health"], states["page"], states["ping"], states["interfaces"], states["stop"]} == {"passed"}
    assert states["refusal"] == ("passed" if tree is OLD_FLASK else "skipped")


def test_real_reasons(tmp_path: Path) -> None:
    """The uv of today still says things in the words that we know."""
    for source, reason in (
        ("python>=2.7\n", "unknown"),
        ("flask==0.0.1\n", "gone"),
        ("leancloud>=2.9.12\ngevent<2\n", "clash"),
        ("gevent<2\n", "wheel"),
    ):
        found = resolve.resolve(tmp_path, source, "3.11")
        assert isinstance(found, resolve.Unresolved), source
        assert found.reason == reason, found.said
