"""The tree of errors: their parts, their look, their exit codes and their
place in the documentation.
"""

from __future__ import annotations

import pytest

from scaffold import errors, messages
from scaffold.errors import FailedError, ScaffoldError, UsageError
from scaffold.printable import Lines
from tests.conftest import ROOT

WHOLE = """\
Error: The disk is full
  seen: /x: no space
  why:  The project did not fit; nothing was left behind.
  fix:  Free some space, or choose a folder on another disk."""
GROUPS = sorted(
    key.removesuffix(".title")
    for path in (ROOT / "scaffold" / "messages" / "en").glob("*.json")
    for key in messages.area(path.stem, "en")
    if ".error." in key and key.endswith(".title")
)


def test_parts() -> None:
    """A program that reads JSON gets the parts apart."""
    assert FailedError("new.error.disk-full", path="/x", reason="no space").parts() == {
        "title": "The disk is full",
        "seen": "/x: no space",
        "why": "The project did not fit; nothing was left behind.",
        "fix": "Free some space, or choose a folder on another disk.",
    }


def test_no_reason() -> None:
    """An error that its title explains has no reason, and no line for one."""
    error = UsageError("answers.error.not-a-pair", pair="x")
    assert list(error.parts()) == ["title", "seen", "fix"]
    assert "why:" not in str(error)


def test_the_whole() -> None:
    """A reader gets the parts below each other, each with its label."""
    assert str(FailedError("new.error.disk-full", path="/x", reason="no space")) == WHOLE


def test_in_chinese() -> None:
    """The language that counts is the one at the time of printing."""
    error = UsageError("answers.error.not-a-pair", pair="x")
    messages.set_language("zh")
    assert str(error).startswith("错误：-d 的写法是 KEY=VALUE\n  现象： -d 'x'\n  办法： ")


def test_lines_of_values_are_indented() -> None:
    """A value of several lines stays below its label."""
    error = FailedError("new.error.path-outside", path=Lines("a\nb"))
    assert str(error).splitlines()[1:3] == ["  seen: a", "    b"]


@pytest.mark.parametrize(("kind", "code"), [(UsageError, 2), (FailedError, 1)])
def test_exit_codes(kind: type[ScaffoldError], code: int) -> None:
    """Wrong usage exits with 2, what could not be done with 1."""
    assert kind.exit_code == code
    assert issubclass(kind, ScaffoldError)


def test_values_of_any_name() -> None:
    """A placeholder may be called like an argument of the error."""
    error = UsageError("answers.error.unknown-key", key="x", origin="-d", known="a")
    assert error.key == "answers.error.unknown-key"
    assert error.params["key"] == "x"


@pytest.mark.parametrize("page", ["reference/errors.md", "reference/errors.zh.md"])
def test_every_error_is_documented(page: str) -> None:
    """Each error's link leads to an anchor of the page of errors, and each
    anchor belongs to an error.
    """
    text = (ROOT / "docs" / page).read_text("utf-8")
    anchors = [line.split('"')[1] for line in text.splitlines() if line.startswith("<a id=")]
    assert sorted(anchors) == sorted(ScaffoldError(key).code for key in GROUPS)


def test_there_is_one_tree() -> None:
    """Every exception of the module is a ScaffoldError, so that one place can catch them."""
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, Exception)
    ]
    assert all(issubclass(kind, ScaffoldError) for kind in kinds)
