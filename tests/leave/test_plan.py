"""Plans: which steps an app needs, in which order, and what is done."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from scaffold.export.manifest import ExportManifest
from scaffold.leave.dates import CLOSES, days_left
from scaffold.leave.plan import AppUses, make
from scaffold.leave.saved import SavedExport
from scaffold.leave.services import SERVICES
from scaffold.leave.steps import STEPS
from scaffold.leave.uses import ServiceUse
from tests.leave.test_saved import CLASS, VERIFIED

if TYPE_CHECKING:
    from scaffold.leave.plan import Plan

TODAY = date(2026, 11, 29)


def app(*services: str, **known: bool) -> AppUses:
    """Return an app that uses each of these services once."""
    return AppUses(tuple(ServiceUse("a.py", 1, 1, service) for service in services), 1, **known)


def keys(plan: Plan) -> list[str]:
    """Return the steps of a plan."""
    return [planned.step.key for planned in plan.steps]


def test_an_app_that_uses_nothing_has_no_steps() -> None:
    """There is nothing to leave, and nothing open."""
    plan = make(app(), TODAY, None, ())
    assert (plan.steps, plan.open) == ((), ())


def test_an_app_that_is_only_hosted_needs_no_export() -> None:
    """It moves, with what the console knows; nothing is irreversible."""
    plan = make(app("hosting"), TODAY, None, ())
    assert not {"export", "store", "import", "replace"} & set(keys(plan))
    assert {"console", "container", "ttl", "move"} <= set(keys(plan))
    assert plan.open == ()


@pytest.mark.parametrize("service", [s.key for s in SERVICES.values() if s.has_data])
def test_data_that_is_destroyed_leaves_something_irreversible_open(service: str) -> None:
    """Each service with data has a step that keeps the exit code at 1."""
    assert make(app(service), TODAY, None, ()).open


def test_irreversible_steps_come_first_and_dates_follow_the_order() -> None:
    """Nothing comes before what cannot be made up for, no step begins before the one above it,
    and the account is closed last.
    """
    plan = make(app(*SERVICES), TODAY, None, ())
    kinds = [planned.step.kind for planned in plan.steps]
    assert set(kinds[: len(plan.open)]) == {"irreversible"}
    dates = [planned.begin for planned in plan.steps]
    assert dates == sorted(dates)
    assert keys(plan) == [step.key for step in STEPS]
    assert keys(plan)[-1] == "stop"


def test_what_has_no_replacement_is_named() -> None:
    """The step says for which services something has to be found."""
    plan = make(app("objects", "push", "search"), TODAY, None, ())
    found = next(planned for planned in plan.steps if planned.step.key == "replace")
    assert found.services == ("push", "search")


def test_a_verified_export_and_the_users_word_close_steps() -> None:
    """A verified export closes its step; passwords only the user can confirm."""
    used = app("objects", "users")
    saved = SavedExport("export", ExportManifest(**VERIFIED))
    assert [p.step.key for p in make(used, TODAY, saved, ()).open] == ["passwords"]
    assert make(used, TODAY, saved, ("passwords",)).open == ()
    unverified = SavedExport("export", ExportManifest(**{**VERIFIED, "verified_at": None}))
    assert [p.step.key for p in make(used, TODAY, unverified, ["passwords"]).open] == ["export"]


def test_files_show_what_is_done() -> None:
    """A project with an answers file needs no adopting, one with timers.yaml has its schedules."""
    plan = make(app("functions", is_adopted=True, has_timers=True), TODAY, None, ())
    done = {planned.step.key for planned in plan.steps if planned.done}
    assert done == {"adopt", "timers"}


def test_classes_that_the_export_does_not_have() -> None:
    """A class of the code that is not in a finished export is named."""
    uses = tuple(ServiceUse("a.py", 1, 1, "objects", name) for name in ("Todo", "Note", ""))
    saved = SavedExport("export", ExportManifest(**{**VERIFIED, "classes": {"Todo": CLASS}}))
    assert make(AppUses(uses, 1), TODAY, saved, ()).missing_classes == ("Note",)
    assert make(AppUses(uses, 1), TODAY, None, ()).missing_classes == ()


def test_days_left() -> None:
    """They end at 0."""
    assert [days_left(day) for day in (TODAY, CLOSES, date(2027, 2, 1))] == [44, 0, 0]
