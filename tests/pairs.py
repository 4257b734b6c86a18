"""Projects in which every answer meets every other one that it can meet."""

from __future__ import annotations

from functools import cache
from itertools import combinations as pairs_of
from itertools import cycle
from typing import TYPE_CHECKING

from allpairspy import AllPairs

from scaffold.catalog import INDEPENDENT, combinations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.catalog import Catalog
    from scaffold.questions import Answer, Answers


def independent_values(catalog: Catalog) -> dict[str, list[Answer]]:
    """Return the answers to each question that no other one depends on."""
    questions = (catalog.questions[key] for key in INDEPENDENT)
    return {q.key: list(q.choices) or [True, False] for q in questions}


@cache  # several tests ask for all of them
def projects(catalog: Catalog, starter: str) -> list[Answers]:
    """Return every combination of a starter, with answers that only add files so that every
    pair of answers occurs that is possible.
    """
    made = list(combinations(catalog, starter))
    values = independent_values(catalog)
    few = _covering(made)
    rows = [
        (made_with, dict(zip(values, added, strict=True)))
        for made_with, *added in AllPairs([few, *values.values()])
    ]
    additive = cycle([added for _, added in rows])
    rows += [(answers, next(additive)) for answers in made if answers not in few]
    return [{**answers, **added} for answers, added in rows]


def with_every_pair(made: Iterable[Answers]) -> list[Answers]:
    """Return few of these projects in which every pair of answers occurs that occurs in all."""
    # Backwards once more: what later ones have as well is left out.
    return _with_new_pairs(reversed(_with_new_pairs(made)))


def _with_new_pairs(made: Iterable[Answers]) -> list[Answers]:
    seen: set[tuple[tuple[str, Answer], ...]] = set()
    found: list[Answers] = []
    for answers in made:
        new = set(pairs_of(answers.items(), 2)) - seen
        if new:
            found.append(answers)
            seen |= new
    return found


def _covering(made: list[Answers]) -> list[Answers]:
    """Return few combinations in which every answer occurs that occurs in all of them."""
    left = {answer for answers in made for answer in answers.items()}
    found: list[Answers] = []
    while left:
        found.append(max(made, key=lambda answers: len(left.intersection(answers.items()))))
        left.difference_update(found[-1].items())
    return found
