"""Uses of a service as people read them: by class, function or variable."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from scaffold.leave.plan import PlannedStep
    from scaffold.leave.uses import ServiceUse


@dataclass(frozen=True)
class Subject:
    """All uses of a service that are about one thing.

    Attributes:
        name: the class, function or variable; '' where it is not known.
        uses: by file and line.
    """

    name: str
    uses: tuple[ServiceUse, ...]

    def describe(self, shown: int) -> str:
        """Return the operations with their numbers, then the places.

        Args:
            shown: how many places to name.
        """
        counts = Counter(use.operation for use in self.uses if use.operation)
        operations = [name if n == 1 else f"{name} {n}" for name, n in counts.items()]
        places = list(dict.fromkeys(f"{use.file}:{use.line}" for use in self.uses))
        where = listed(places[:shown])
        if len(places) > shown:
            where += " " + text("leave.more", count=len(places) - shown)
        about = ": ".join(filter(None, (self._label(), ", ".join(operations))))
        return text("leave.places", about=about, places=where)

    def _label(self) -> str:
        if self.name or self.uses[0].service != "objects":
            return self.name
        return text("leave.unknown-class")


def listed(names: Iterable[str]) -> str:
    """Return names in a row."""
    found = ""
    for name in names:
        found = text("leave.list", before=found, name=name) if found else name
    return found


def by_subject(uses: Iterable[ServiceUse]) -> list[Subject]:
    """Return the uses of one service grouped by what they are about, the unknown last."""
    groups: dict[str, list[ServiceUse]] = {}
    for use in uses:
        groups.setdefault(use.subject, []).append(use)
    names = sorted(groups, key=lambda name: (not name, name))
    return [Subject(name, tuple(groups[name])) for name in names]


def step_date(planned: PlannedStep, today: date) -> str:
    """Return when a step has to begin."""
    if planned.begin <= today:
        return text("leave.begin-now")
    return text("leave.begin", date=planned.begin)
