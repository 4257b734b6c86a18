"""The plan in three lines, as `scaffold adopt` ends with it."""

from __future__ import annotations

from scaffold.leave import summary
from scaffold.leave.plan import make
from tests.leave.test_plan import TODAY, app


def test_what_is_used_and_what_has_no_replacement() -> None:
    """The services, those without a replacement, and the command for the rest."""
    plan = make(app("objects", "push", "search"), TODAY, None, ())
    assert list(summary.lines(plan)) == [
        "Leaving the platform: 44 days left. The code uses data storage, push, full-text search.",
        "This tool has no replacement for: push, full-text search.",
        "The plan, with every place and date: `scaffold leave`",
    ]


def test_nothing_is_missing() -> None:
    """Where everything is replaced there is no line about what is not."""
    assert len(list(summary.lines(make(app("objects"), TODAY, None, ())))) == 2


def test_an_app_that_uses_nothing() -> None:
    """There is nothing to say."""
    assert list(summary.lines(make(app(), TODAY, None, ()))) == []
