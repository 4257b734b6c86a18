"""What a rule is, and what it finds."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from scaffold import messages
from scaffold.errors import PARTS
from scaffold.printable import cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scaffold.checks.project import Project
    from scaffold.edits import Edit

_LONGEST_QUOTE = 300
# Terminals obey them, and some show what follows in another order than it is written in.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# In `https://user:password@example.com`; the user of `ssh://git@example.com` is no secret.
_LOGIN = re.compile(r"://(?!git@)[^/@\s]+@")

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


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
        """Return the finding in the current language: title, seen, why, fix."""
        params = {name: _quotable(value) for name, value in self.params.items()}
        return {part: self.rule.message(part, **params) for part in ("title", *PARTS)}


def _quotable(value: object) -> object:
    """Return what a message can say of a stranger's text: no control
    characters, no passwords, no pages of it.
    """
    if not isinstance(value, str):
        return value
    shown = _LOGIN.sub("://…@", value[: 2 * _LONGEST_QUOTE])
    shown = _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), shown)
    return cut(shown, _LONGEST_QUOTE)


class Rule(ABC):
    """One thing that is checked; its texts are the messages
    `check.<id>.title`, `.seen`, `.why` and `.fix`.

    Attributes:
        id: never given to another rule.
        severity: `error`: will not deploy, or leaks; `warning`: will bite; `note`: good to know.
        fixable: `--fix` can repair it, at least in some places.
        needs_manifest: it concludes something from what leanengine.yaml does not say, so it is
            left out where that file cannot be read.
    """

    id: ClassVar[str]
    severity: ClassVar[Severity]
    fixable: ClassVar[bool] = False
    needs_manifest: ClassVar[bool] = False

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
