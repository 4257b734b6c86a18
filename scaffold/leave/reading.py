"""Read the folder of an app: its Python source, its clients, and the platform's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.checks.project import Project
from scaffold.checks.rules.timers import timers_of
from scaffold.engine.manifest import FILE as MANIFEST
from scaffold.leave import clients, python
from scaffold.leave.plan import AppUses
from scaffold.leave.saved import exports
from scaffold.leave.uses import ServiceUse
from scaffold.timers.manifest import FILE as TIMERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ANSWERS = ".copier-answers.yml"


def read(folder: Path) -> AppUses:
    """Return what an app uses of the platform.

    Raises:
        FailedError: the folder has too many files.
    """
    # What users have uploaded is no source, whatever its name.
    project = Project(folder, tuple(saved.folder for saved in exports(folder)))
    found = {*python.uses(project), *clients.uses(project), *_platform_files(project)}
    return AppUses(
        tuple(sorted(found)),
        len(project.files),
        is_adopted=project.has(_ANSWERS),
        has_timers=project.has(TIMERS),
    )


def _platform_files(project: Project) -> Iterator[ServiceUse]:
    if project.has(MANIFEST):
        yield ServiceUse(MANIFEST, 1, 1, "hosting", operation="file", language="yaml")
    for timer in timers_of(project):
        yield ServiceUse(TIMERS, timer.line, 1, "timers", timer.function, "timer", "yaml")
