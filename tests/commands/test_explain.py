"""`scaffold explain`: the page of a code in the terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scaffold import explain, messages, output
from scaffold.explain import codes

if TYPE_CHECKING:
    from tests.conftest import Scaffold


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize("kind", ["errors", "rules"])
def test_every_code(scaffold: Scaffold, language: str, kind: str) -> None:
    """Each code has a page in both languages, with its title, and no markup left in it."""
    for code, key in codes().items():
        if key.startswith("check.LE") != (kind == "rules"):
            continue
        with messages.speaking(language):
            page = explain.page(code)
            assert explain.template(f"{key}.title") in page
        assert "!r" not in page
    result = scaffold("explain", code, "--lang", language)
    assert result.code == 0
    assert result.err == ""
    assert "**" not in result.out


def test_page(scaffold: Scaffold) -> None:
    """A page says what was seen, why and what to do, within 80 columns."""
    result = scaffold("explain", "new-disk-full")
    assert result.code == 0
    assert result.out.startswith("new-disk-full The disk is full\n")
    for label in ("seen:", "why:", "fix:"):
        assert label in result.out
    assert max(map(len, result.out.splitlines())) <= 80


@pytest.mark.parametrize("given", ["LE012", "le012", " LE012 "])
def test_rule(scaffold: Scaffold, given: str) -> None:
    """A rule is found in any case; its page says how severe it is and who repairs it."""
    out = scaffold("explain", given).out
    assert out.startswith("LE012 ")
    assert "error" in out
    assert "--fix" in out


def test_what_an_error_names(scaffold: Scaffold) -> None:
    """The command in the last line of an error prints that error's page."""
    last = scaffold("new", "shop", "--defaults", "-d", "project_name=1app").err.splitlines()[-1]
    named = re.fullmatch(r"  more: scaffold (explain [\w-]+)", last)
    assert named, last
    result = scaffold(*named[1].split())
    assert result.code == 0
    assert "The name is not a Python identifier" in result.out


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ("boot-crash", "boot-crashed"),
        ("LE12", "LE012"),
        ("crashed", "boot-crashed"),
        ("boot.error.crashd", "boot-crashed"),
    ],
)
def test_near(scaffold: Scaffold, given: str, near: str) -> None:
    """A code that does not exist is an error that names those like it."""
    result = scaffold("explain", given)
    assert result.code == 2
    assert result.out == ""
    assert near in result.err


def test_unknown(scaffold: Scaffold) -> None:
    """A code like no other is an error that says where codes are found."""
    result = scaffold("explain", "好")
    assert (result.code, result.out) == (2, "")
    assert "`scaffold explain` lists all of them" in result.err


def test_list(scaffold: Scaffold) -> None:
    """Without a code every code is listed, a line each."""
    lines = scaffold("explain").out.splitlines()
    assert [line.split("  ")[0] for line in lines] == list(codes())


def test_on_a_terminal(scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal shows labels in bold, one without colours does not."""
    monkeypatch.setattr(output, "_is_terminal", lambda _stream: True)
    assert "\x1b[1m" in scaffold("explain", "LE012").out
    assert "\x1b" not in scaffold("explain", "LE012", "--no-color").out
