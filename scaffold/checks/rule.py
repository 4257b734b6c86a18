"""What a rule is, and what it finds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from scaffold import messages
from scaffold.errors import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.checks.project import Project

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Edit:
    """One replacement in a file: the bytes from `start` to `end` become `new`."""

    start: int
    end: int
    new: bytes


@dataclass(frozen=True)
class Finding:
    """One place where a rule is broken.

    Attributes:
        rule: the rule.
        file: path relative to the project, with slashes.
        line, column: from 1, in characters; where the whole file is meant, 1 and 1.
        params: values for the placeholders of the rule's messages.
        edits: what `--fix` does to the file; nothing where no edit is safe.
    """

    rule: type[Rule]
    file: str
    line: int = 1
    column: int = 1
    params: Mapping[str, object] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()

    def parts(self) -> dict[str, str]:
        """Return the finding in the current language: title, seen, why, fix, docs."""
        found = {part: self.rule.message(part, **self.params) for part in ("title", *PARTS)}
        found["docs"] = messages.text("check.page", anchor=self.rule.id.lower())
        return found


class Rule(ABC):
    """One thing that is checked; its texts are the messages `check.<id>.title`, `.seen`, `.why` and `.fix`.

    Attributes:
        id: never given to another rule.
        severity: `error`: will not deploy, or leaks; `warning`: will bite; `note`: good to know.
        fixable: `--fix` can mend it, at least in some places.
    """

    id: ClassVar[str]
    severity: ClassVar[Severity]
    fixable: ClassVar[bool] = False

    @abstractmethod
    def find(self, project: Project) -> Iterator[Finding]:
        """Yield what is wrong in a project."""

    @classmethod
    def at(cls, file: str, line: int = 1, column: int = 1, /, **params: object) -> Finding:
        """Return a finding of this rule."""
        return Finding(cls, file, line, column, params)

    @classmethod
    def message(cls, part: str, /, **params: object) -> str:
        """Return one of the rule's texts in the current language."""
        return messages.text(f"check.{cls.id}.{part}", **params)
