"""Which of all combinations of answers are started: by `make matrix`, and by the test suite."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.starters import Answers, Catalog, Given, combinations

if TYPE_CHECKING:
    from collections.abc import Iterable

# The one Python that both dependency sets run on and that is supported longest.
DEFAULT_PYTHON = "3.11"
# The starter whose every combination the test suite starts; of the others it starts every value of every answer once.
THOROUGH = "flask"


@dataclass(frozen=True)
class Case:
    """A combination of answers."""

    answers: Answers

    @property
    def variant(self) -> str:
        """The dependency set, or that there are no cloud functions."""
        return str(self.answers["dependencies"]) if self.answers["cloud_functions"] else "no-functions"

    def __str__(self) -> str:
        """Return the answers that tell it from others, joined."""
        names = [self.answers["starter"], self.answers["backend"], self.answers["server"]]
        return "-".join([*dict.fromkeys(map(str, names)), self.variant, str(self.answers["python"])])


def every_case(catalog: Catalog) -> dict[str, Case]:
    """Return what `make matrix` starts, by name.

    That is every starter × framework below × server × cloud functions × dependencies on the default Python, and every
    starter with its default answers on every Python.
    """
    found: dict[str, Case] = {}
    for starter in catalog.questions["starter"].choices:
        made = [Case(answers) for answers in combinations(catalog, starter)]
        # The default answers first, so that `covering_cases` takes them.
        usual = sorted(_on_every_python(catalog, starter, made), key=lambda c: c.answers["python"] != DEFAULT_PYTHON)
        found |= {str(case): case for case in usual}
        # `combinations` yields True before False: the first of a name has the most options on.
        for case in made:
            if case.answers["python"] == DEFAULT_PYTHON:
                found.setdefault(str(case), case)
    return found


def covering_cases(catalog: Catalog) -> dict[str, Case]:
    """Return what the test suite starts, by name: enough that no value of an answer is left out with any starter."""
    by_starter: dict[str, dict[str, Case]] = defaultdict(dict)
    for name, case in every_case(catalog).items():
        by_starter[str(case.answers["starter"])][name] = case
    found = by_starter.pop(THOROUGH)
    for cases in by_starter.values():
        found |= _cover([case for case in cases.values() if case.answers["python"] == DEFAULT_PYTHON])
    return found


def _on_every_python(catalog: Catalog, starter: str, made: Iterable[Case]) -> Iterable[Case]:
    """Return a starter once a Python, with default answers as far as they go together with it."""
    defaults = catalog.resolve({"starter": Given(starter, "starter")})
    chosen: dict[str, Case] = {}
    for case in made:
        python = str(case.answers["python"])
        alike = sum(case.answers[key] == value for key, value in defaults.items())
        best = chosen.get(python)
        if best is None or alike > sum(best.answers[key] == value for key, value in defaults.items()):
            chosen[python] = case
    return chosen.values()


def _cover(cases: list[Case]) -> dict[str, Case]:
    """Return few of a starter's cases in which all servers, frameworks and variants occur."""
    left = {value for case in cases for value in _values(case)}
    found: dict[str, Case] = {}
    while left:
        best = max(cases, key=lambda case: len(left.intersection(_values(case))))
        found[str(best)] = best
        left.difference_update(_values(best))
    return found


def _values(case: Case) -> set[tuple[str, str]]:
    return {(key, str(case.answers[key])) for key in ("server", "backend")} | {("variant", case.variant)}
