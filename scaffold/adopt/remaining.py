"""What is left to do: findings in the user's code, and imports that nothing provides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scaffold.adopt.app_modules import reachable
from scaffold.adopt.flat_requirements import flatten
from scaffold.adopt.missing import Surroundings, missing_imports
from scaffold.checks import check
from scaffold.checks.project import RANGES, REQUIREMENTS
from scaffold.checks.settings import CheckSettings
from scaffold.migrate.files import ignored
from scaffold.requirements import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.adopt.detect import Detected
    from scaffold.adopt.draft import Draft
    from scaffold.adopt.missing import MissingModule
    from scaffold.adopt.pins import Pins
    from scaffold.adopt.third_party import Imports
    from scaffold.checks.rule import Finding

# What adopting has just decided is no news.
_SILENT = ("LE041", "LE034")


def findings(draft: Draft) -> Iterator[Finding]:
    """Yield the findings of `scaffold check` in the user's own lines, not in those we wrote."""
    ours = {change.path for change in draft.changes() if change.before is None} - {RANGES}
    compiled = (draft.folder / RANGES).is_file()
    ranges = {line.name: line for line in parse(RANGES, draft.project.text(RANGES)).requirements}
    pinned = {
        line.line: line
        for line in parse(REQUIREMENTS, draft.project.text(REQUIREMENTS)).requirements
    }
    for finding in check(draft.folder, CheckSettings(ignore=_SILENT)).findings:
        if finding.rule.severity == "note" or finding.file in ours - {REQUIREMENTS}:
            continue
        if finding.file == REQUIREMENTS and compiled:
            # The line that the user wrote, if there is one of that package.
            line = ranges.get(pinned[finding.line].name) if finding.line in pinned else None
            if line is not None:
                yield replace(finding, file=RANGES, line=line.line, column=1, edits=())
        else:
            yield finding


def entries(draft: Draft, found: Detected) -> list[str]:
    """Return the modules that are started, by their dotted names."""
    entries = ["wsgi", "manage", "app", *([found.entry.module] if found.entry else [])]
    return entries + [module.dotted for module in draft.project.scripts]


def missing(draft: Draft, found: Detected, pins: Pins, imports: Imports) -> list[MissingModule]:
    """Return the imports of the app that nothing provides."""
    project = draft.project
    everything = found.starter.value == "django"
    modules = project.modules if everything else reachable(project, entries(draft, found))
    ours = {change.path for change in draft.changes() if change.before is None}
    modules = [module for module in modules if module.path not in ours]
    lines = flatten(draft.folder, "", pins.source).requirements
    given = Surroundings(
        project,
        imports,
        packages=frozenset({*pins.pins, *(line.name for line in lines)}),
        ignored=frozenset(ignored(draft.origin)),
        is_python_2=pins.python.startswith("2"),
    )
    unprovided = missing_imports(given, modules)
    # A folder, or an archive that does not say its name, may provide any module.
    has_unknown = any(line.is_folder or not line.name for line in lines)
    return [item for item in unprovided if not (has_unknown and item.kind == "unrequired")]
