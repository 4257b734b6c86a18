"""What became of each row, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scaffold.messages import text

_MOST_EXAMPLES = 3


@dataclass
class ClassReport:
    """What became of the rows of a class.

    Attributes:
        expected: how many the manifest of an export promises; None where nothing does.
        read: how many were read.
        inserted: how many are new in the target.
        updated: how many were older in the target.
        unchanged: how many were there already.
        newer: how many the target has in a newer form, which stays.
        refused: how many cannot be kept.
        deleted: how many were deleted, as on the platform.
        total: how many rows the target has afterwards, with those from elsewhere.
    """

    expected: int | None = None
    read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    newer: int = 0
    refused: int = 0
    deleted: int = 0
    total: int = 0

    @property
    def written(self) -> int:
        """How many rows were written."""
        return self.inserted + self.updated

    def as_json(self) -> dict[str, Any]:
        """Return the figures."""
        return {
            "expected": self.expected,
            "read": self.read,
            "inserted": self.inserted,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "newer": self.newer,
            "refused": self.refused,
            "deleted": self.deleted,
            "total": self.total,
        }


@dataclass
class LossReport:
    """What is not kept for one reason.

    Attributes:
        rows: how often.
        places: the first of them, as file and line.
    """

    rows: int = 0
    places: list[str] = field(default_factory=list)

    def add(self, place: str, rows: int = 1) -> None:
        """Count some more."""
        self.rows += rows
        if place and len(self.places) < _MOST_EXAMPLES:
            self.places.append(place)


@dataclass
class ImportReport:
    """What an import came to.

    Attributes:
        classes: by name.
        relations: by class and key, with a dot between.
        lost: by class, field ("" for whole rows) and reason.
        files: how many files' contents were written, were there already, and are missing.
        passwords: how many users of the target have none.
        notes: what else is not kept, for people.
        problems: where the target differs from what the source promises, for people.
    """

    classes: dict[str, ClassReport] = field(default_factory=dict)
    relations: dict[str, ClassReport] = field(default_factory=dict)
    lost: dict[tuple[str, str, str], LossReport] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    passwords: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def lose(self, class_name: str, key: str, reason: str, place: str, rows: int = 1) -> None:
        """Count what is not kept.

        Args:
            class_name: where it was.
            key: the field, "" for a whole row.
            reason: why, for people.
            place: file and line.
            rows: in how many rows.
        """
        self.lost.setdefault((class_name, key, reason), LossReport()).add(place, rows)

    def compare(self) -> None:
        """Find where the target differs from what the source promises."""
        for name, found in [*self.classes.items(), *self.relations.items()]:
            if found.expected not in {None, found.read}:
                self.problems.append(
                    text("import.problem.read", name=name, rows=found.read, expected=found.expected)
                )
            if found.refused:
                self.problems.append(
                    text("import.problem.refused", name=name, rows=f"{found.refused:,}")
                )
            promised = (found.expected or 0) - found.refused
            if found.total < promised:
                self.problems.append(
                    text("import.problem.total", name=name, rows=found.total, expected=promised)
                )
        if self.files.get("damaged"):
            self.problems.append(text("import.problem.files", number=self.files["damaged"]))

    def as_json(self) -> dict[str, Any]:
        """Return all of it."""
        return {
            "complete": not self.problems,
            "classes": {name: each.as_json() for name, each in self.classes.items()},
            "relations": {name: each.as_json() for name, each in self.relations.items()},
            "files": self.files,
            "passwords": self.passwords,
            "lost": [
                {"class": name, "field": key, "reason": reason}
                | {"rows": each.rows, "places": each.places}
                for (name, key, reason), each in self.lost.items()
            ],
            "notes": self.notes,
            "problems": self.problems,
        }
