"""The static half of the platform's contract: one rule a class. Nothing is started and nothing imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.checks.project import Project
from scaffold.checks.rules import RULES

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.checks.rule import Finding
    from scaffold.checks.settings import Settings


@dataclass(frozen=True)
class Report:
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


def check(directory: Path, settings: Settings) -> Report:
    """Check a project against the rules that the settings select."""
    project = Project(directory, settings.exclude)
    found = [finding for rule in RULES if settings.wants(rule.id) for finding in rule().find(project)]
    # Two rules' findings in one place stay in the order of their ids.
    unique = {(f.file, f.line, f.column, f.rule.id, tuple(sorted(map(str, f.params.values())))): f for f in found}
    ordered = sorted(unique.values(), key=lambda f: (f.file, f.line, f.column, f.rule.id))
    return Report(tuple(ordered), len(project.files))
