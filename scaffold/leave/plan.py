"""The plan of the way out, from what an app uses to steps with dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from scaffold.leave.dates import CLOSES
from scaffold.leave.services import SERVICES
from scaffold.leave.steps import STEPS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from scaffold.leave.saved import SavedExport
    from scaffold.leave.services import Service
    from scaffold.leave.steps import LeaveStep
    from scaffold.leave.uses import ServiceUse


@dataclass(frozen=True)
class AppUses:
    """What was found in a folder.

    Attributes:
        uses: where it uses the platform, by file and line.
        files: how many files were looked at.
        is_adopted: a template or `scaffold adopt` made its platform files.
        has_timers: there is a timers.yaml.
    """

    uses: tuple[ServiceUse, ...]
    files: int
    is_adopted: bool = False
    has_timers: bool = False


@dataclass(frozen=True)
class PlannedStep:
    """A step of one app's plan.

    Attributes:
        step: what to do.
        done: it is done already.
        begin: the last day on which to begin.
        services: the keys of the services that make it necessary.
    """

    step: LeaveStep
    done: bool
    begin: date
    services: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether it is irreversible and not done."""
        return self.step.kind == "irreversible" and not self.done


@dataclass(frozen=True)
class Plan:
    """The plan of one app.

    Attributes:
        app: what it uses.
        today: the day that it was made for.
        steps: in their order.
        saved: its export.
    """

    app: AppUses
    today: date
    steps: tuple[PlannedStep, ...]
    saved: SavedExport | None

    @property
    def services(self) -> tuple[Service, ...]:
        """The services that the app uses."""
        used = {use.service for use in self.app.uses}
        return tuple(service for key, service in SERVICES.items() if key in used)

    @property
    def open(self) -> tuple[PlannedStep, ...]:
        """The irreversible steps that are not done."""
        return tuple(step for step in self.steps if step.is_open)

    @property
    def missing_classes(self) -> tuple[str, ...]:
        """The classes that the code names and the export does not have."""
        if self.saved is None or not self.saved.manifest.finished_at:
            return ()
        named = {use.subject for use in self.app.uses if use.service == "objects"}
        return tuple(sorted(named - {""} - set(self.saved.manifest.classes)))

    def uses_of(self, service: Service) -> tuple[ServiceUse, ...]:
        """Return where a service is used."""
        return tuple(use for use in self.app.uses if use.service == service.key)


def make(app: AppUses, today: date, saved: SavedExport | None, done: Collection[str]) -> Plan:
    """Return the plan of an app.

    Args:
        app: what it uses.
        today: the day to count from.
        saved: its export, if there is one.
        done: the keys of the steps that the user has done.
    """
    used = {use.service for use in app.uses}
    finished = {*done, *_found_done(app, saved)}
    steps = tuple(_planned(step, used, finished) for step in STEPS if used and step.is_for(used))
    return Plan(app, today, steps, saved)


def _planned(step: LeaveStep, used: Iterable[str], done: Collection[str]) -> PlannedStep:
    causes = tuple(key for key in SERVICES if key in step.services and key in used)
    return PlannedStep(step, step.key in done, CLOSES - timedelta(days=step.lead), causes)


def _found_done(app: AppUses, saved: SavedExport | None) -> set[str]:
    """Return the steps that files show to be done."""
    states = {
        "export": saved is not None and saved.is_verified,
        "history": saved is not None and saved.has_messages,
        "adopt": app.is_adopted,
        "timers": app.has_timers,
    }
    return {key for key, is_done in states.items() if is_done}
