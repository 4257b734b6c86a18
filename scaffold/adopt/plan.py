"""What adopting a project will change, what was found, and what is left to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.adopt.detect import Detected
    from scaffold.adopt.draft import FileChange
    from scaffold.adopt.migration import MigrationNote
    from scaffold.adopt.missing import MissingModule
    from scaffold.adopt.pins import Pins
    from scaffold.adopt.python2 import OldPlace
    from scaffold.adopt.third_party import Imported
    from scaffold.checks.rule import Finding
    from scaffold.engine.boot import BootReport

PYTHON_2 = "2.7.18"


@dataclass(frozen=True)
class AdoptionPlan:
    """The result of planning; nothing is written yet.

    Attributes:
        folder: the project.
        found: what it is.
        python: the version it is adopted for.
        old: what Python 3 does not accept.
        changes: every file that changes.
        pins: its requirements.
        guesses: packages that were guessed from imports, where no list says what is needed.
        accepted: whether the user accepted the guesses; otherwise they are only proposed.
        unbuilt: requirements that stay as written, as only a build would tell what they need.
        missing: imports that nothing provides.
        findings: what is left to fix, by `scaffold check` of the result.
        left: what the migration left unchanged.
        managed: files that `scaffold update` keeps up to date.
        prefix: the path from the top of the repository to the folder, with a slash at its end.
        boot: the rehearsal of the result, if there was one.
    """

    folder: Path
    found: Detected
    python: str
    old: tuple[OldPlace, ...]
    changes: tuple[FileChange, ...]
    pins: Pins
    guesses: tuple[Imported, ...] = ()
    accepted: bool = False
    unbuilt: tuple[str, ...] = ()
    missing: tuple[MissingModule, ...] = ()
    findings: tuple[Finding, ...] = ()
    left: tuple[MigrationNote, ...] = ()
    managed: tuple[str, ...] = ()
    prefix: str = ""
    boot: BootReport | None = None

    @property
    def is_python_2(self) -> bool:
        """Whether it stays on Python 2."""
        return self.python == PYTHON_2
