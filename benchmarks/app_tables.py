"""The tables of `apps.py`, and the targets that its figures are held against."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from report import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from candidates import Candidate

KINDS = ("ping", "page", "function")
OFFICIAL_RATIO = "× official"

# What one round finds of one app: `start`, `rest`, `load`, and for each of
# KINDS what load.lua prints.
Sample = dict[str, Any]
# By name of the app; every app has a sample of every round.
Samples = dict[str, list[Sample]]


@dataclass(frozen=True)
class Target:
    """A figure that a default server has to reach."""

    least: float = 0.0
    most: float = float("inf")

    def __str__(self) -> str:
        """Return it as tables show it."""
        return f"≥ {self.least:g}" if self.least else f"≤ {self.most:g}"


@dataclass(frozen=True)
class Judgement:
    """A figure beside its target."""

    name: str
    figure: float
    target: Target

    @property
    def held(self) -> bool:
        """Whether the target is reached."""
        return self.target.least <= self.figure <= self.target.most


# Of every starter on its default server.
REST = Target(most=100)
FIRST_ANSWER = Target(most=2)
# Of Flask's beside that.
FLASK_RATIO = Target(least=2)
FLASK_FIRST_ANSWER = Target(most=1)


def ratio(found: Samples, candidate: Candidate, kind: str) -> float | None:
    """Return how many times the requests of its official counterpart an app
    answers: the median of the rounds.
    """
    if candidate.counterpart not in found:
        return None
    pairs = zip(found[candidate.name], found[candidate.counterpart], strict=True)
    return float(median(mine[kind]["per_second"] / its[kind]["per_second"] for mine, its in pairs))


def start_table(found: Samples) -> str:
    """Return the table of starts and memory."""
    rows = [
        (
            name,
            f"{median(s['start'] for s in samples):.2f}",
            f"{max(s['start'] for s in samples):.2f}",
            f"{median(s['rest'] for s in samples):.0f}",
            f"{median(s['load'] for s in samples):.0f}",
        )
        for name, samples in found.items()
    ]
    return table(
        ("app", "first 200, s", "slowest, s", "PSS at rest, MB", "PSS under load, MB"), rows
    )


def load_table(found: Samples, candidates: Sequence[Candidate], kind: str) -> str:
    """Return the table of one kind of request."""
    rows = []
    for each in candidates:
        if each.name not in found:
            continue
        samples = [sample[kind] for sample in found[each.name]]
        per_second, p50, p99 = (
            median(s[figure] for s in samples) for figure in ("per_second", "p50_ms", "p99_ms")
        )
        times = ratio(found, each, kind)
        shown = "-" if times is None else f"{times:.1f}"
        rows.append((each.name, f"{per_second:,.0f}", shown, f"{p50:.1f}", f"{p99:.1f}"))
    return table((kind, "requests/s", OFFICIAL_RATIO, "p50 ms", "p99 ms"), rows)


def judged(found: Samples, candidates: Sequence[Candidate]) -> Iterator[Judgement]:
    """Yield what is held against a target."""
    for each in candidates:
        if not each.is_default or each.name not in found or each.answers is None:
            continue
        is_flask = each.answers["starter"] == "flask"
        samples = found[each.name]
        yield Judgement(f"{each.name}: MB at rest", median(s["rest"] for s in samples), REST)
        first_answer = FLASK_FIRST_ANSWER if is_flask else FIRST_ANSWER
        yield Judgement(
            f"{each.name}: seconds to the first 200",
            median(s["start"] for s in samples),
            first_answer,
        )
        for kind in KINDS if is_flask else ():
            times = ratio(found, each, kind)
            if times is not None:
                yield Judgement(f"{each.name}: {kind} {OFFICIAL_RATIO}", times, FLASK_RATIO)


def targets_table(judgements: Sequence[Judgement]) -> str:
    """Return the table of the targets."""
    rows = [
        (each.name, f"{each.figure:.2f}", str(each.target), "yes" if each.held else "NO")
        for each in judgements
    ]
    return table(("default server", "measured", "target", "held"), rows)
