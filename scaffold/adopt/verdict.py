"""Will it start? The answer as far as it is known, and the reasons against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.adopt.missing import MissingModule
    from scaffold.adopt.plan import AdoptionPlan
    from scaffold.checks.rule import Finding

Likelihood = Literal["yes", "no", "unverified"]
# Rules of `scaffold check` that mean that the app does not start or cannot be reached.
_STOPS = frozenset(
    {
        "LE001",
        "LE003",
        "LE010",
        "LE014",
        "LE016",
        "LE017",
        "LE020",
        "LE021",
        "LE025",
        "LE026",
        "LE027",
        "LE028",
    }
    | {"LE031", "LE032", "LE040", "LE043", "LE044", "LE045", "LE046", "LE047", "LE050", "LE056"}
    | {"LE071", "LE072"}
)
# Reasons for which requirements can be installed nowhere.
_NOT_INSTALLABLE = frozenset({"clash", "gone", "included"})


@dataclass(frozen=True)
class Verdict:
    """Whether the project starts.

    Attributes:
        answer: `unverified` if it was not started and no obstacle is known.
        has_no_app: which object is the app is not known.
        is_not_installable: its requirements cannot be installed together.
        is_old_code: its code is for another Python than the one it is adopted for.
        missing: imports that surely fail.
        findings: findings of `scaffold check` that stop it, grouped.
    """

    answer: Likelihood
    has_no_app: bool = False
    is_not_installable: bool = False
    is_old_code: bool = False
    missing: tuple[MissingModule, ...] = ()
    findings: tuple[tuple[Finding, ...], ...] = ()


def verdict(plan: AdoptionPlan) -> Verdict:
    """Return whether a planned project starts."""
    failure = plan.pins.failure
    stops = Verdict(
        "no",
        has_no_app=plan.found.entry is None,
        is_not_installable=failure is not None and failure.reason in _NOT_INSTALLABLE,
        is_old_code=bool(plan.old) and not plan.is_python_2,
        missing=tuple(missing for missing in plan.missing if missing.is_certain),
        findings=grouped(finding for finding in plan.findings if finding.rule.id in _STOPS),
    )
    if plan.boot is not None:
        # It was started: what was only deduced does not count against that.
        return stops if plan.boot.error is not None else Verdict("yes")
    return stops if stops != Verdict("no") else Verdict("unverified")


def grouped(findings: Iterable[Finding]) -> tuple[tuple[Finding, ...], ...]:
    """Return findings that say the same in other places as one group each."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        parts = finding.parts()
        groups.setdefault((finding.rule.id, parts["title"], parts["fix"]), []).append(finding)
    return tuple(tuple(group) for group in groups.values())
