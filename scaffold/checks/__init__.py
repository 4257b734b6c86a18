"""The static half of the platform's contract: one rule a class. Nothing is
started and nothing imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.checks.project import Project
from scaffold.checks.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from scaffold.checks.rule import Finding, Rule
    from scaffold.checks.settings import CheckSettings


@dataclass(frozen=True)
class CheckReport:
    """What a check came to.

    Attributes:
        findings: by file and line.
        files: how many files the project has.
    """

    findings: tuple[Finding, ...]
    files: int

    def count(self, severity: str) -> int:
        """Return how many findings are of a severity."""
        return sum(finding.rule.severity == severity for finding in self.findings)


def findings(project: Project, rules: Iterable[type[Rule]]) -> Iterator[Finding]:
    """Yield what rules find in a project, but for those that cannot judge it."""
    for rule in rules:
        if not (rule.needs_manifest and project.manifest.problem):
            yield from rule().find(project)


def check(directory: Path, settings: CheckSettings) -> CheckReport:
    """Check a project against the rules that the settings select."""
    project = Project(directory, settings.exclude)
    project.host = settings.host
    found = findings(project, (rule for rule in RULES if settings.wants(rule.id)))
    # Two rules' findings in one place stay in the order of their ids.
    unique = {
        (f.file, f.line, f.column, f.rule.id, tuple(sorted(map(str, f.params.values())))): f
        for f in found
    }
    ordered = sorted(unique.values(), key=lambda f: (f.file, f.line, f.column, f.rule.id))
    return CheckReport(tuple(ordered), len(project.files))
