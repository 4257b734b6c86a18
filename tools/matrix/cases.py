"""Which of all combinations of answers are started: by `make matrix`, and by the test suite."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from packaging.version import Version

from scaffold.catalog import Catalog, combinations
from scaffold.frameworks import FRAMEWORKS
from scaffold.questions import Answers, UserInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

# The one Python that both dependency sets run on and that is supported longest.
DEFAULT_PYTHON = "3.11"
# The starter that the test suite starts on every Python.
ON_EVERY_PYTHON = "flask"

Value: TypeAlias = "tuple[str, ...]"
"""A value of an answer, or of several together, with what it is a value of."""


@dataclass(frozen=True)
class Case:
    """A combination of answers."""

    answers: Answers

    @property
    def variant(self) -> str:
        """The dependency set, or that there are no cloud functions."""
        return (
            str(self.answers["dependencies"]) if self.answers["cloud_functions"] else "no-functions"
        )

    def __str__(self) -> str:
        """Return the answers that tell it from others, joined."""
        names = [self.answers["starter"], self.answers["backend"], self.answers["server"]]
        return "-".join(
            [*dict.fromkeys(map(str, names)), self.variant, str(self.answers["python"])]
        )


def every_case(catalog: Catalog) -> dict[str, Case]:
    """Return what `make matrix` starts, by name.

    That is every starter × framework below × server × cloud functions × dependencies on the
    default Python, and every starter with its default answers on every Python.
    """
    found: dict[str, Case] = {}
    for starter in catalog.questions["starter"].choices:
        made = [Case(answers) for answers in combinations(catalog, starter)]
        # The default answers first, so that `covering_cases` takes them.
        usual = sorted(
            _on_every_python(catalog, starter, made),
            key=lambda c: c.answers["python"] != DEFAULT_PYTHON,
        )
        found |= {str(case): case for case in usual}
        # `combinations` yields True before False: the first of a name has the most options on.
        for case in made:
            if case.answers["python"] == DEFAULT_PYTHON:
                found.setdefault(str(case), case)
    return found


def covering_cases(catalog: Catalog) -> dict[str, Case]:
    """Return what the test suite starts, by name: every starter as it is made by default and with
    every value of every answer, every server with every dependency set, and one starter on every
    Python.
    """
    every = every_case(catalog)
    cases = [
        case
        for case in every.values()
        if case.answers["python"] == DEFAULT_PYTHON or case.answers["starter"] == ON_EVERY_PYTHON
    ]
    # The first of a starter is the one with default answers.
    defaults = [next(group) for _, group in groupby(cases, lambda case: case.answers["starter"])]
    return _cover(cases, _started_values, defaults)


def cases_with_tests(cases: Mapping[str, Case]) -> dict[str, Case]:
    """Return those of what the suite starts that are also put through the project's own tests and
    ours of its platform part: every starter and every dependency set with every interface, every
    server, the oldest and the newest Python; and what is made by default.
    """
    pythons = sorted({str(case.answers["python"]) for case in cases.values()}, key=Version)
    wanted = {pythons[0], DEFAULT_PYTHON, pythons[-1]}
    some = [case for case in cases.values() if case.answers["python"] in wanted]
    return _cover(some, _tested_values, some[:1])


def _on_every_python(catalog: Catalog, starter: str, made: Iterable[Case]) -> Iterable[Case]:
    """Return a starter once a Python, with default answers as far as they go together with it."""
    defaults = catalog.resolve({"starter": UserInput(starter, "starter")})
    chosen: dict[str, Case] = {}
    for case in made:
        python = str(case.answers["python"])
        alike = sum(case.answers[key] == value for key, value in defaults.items())
        best = chosen.get(python)
        if best is None or alike > sum(
            best.answers[key] == value for key, value in defaults.items()
        ):
            chosen[python] = case
    return chosen.values()


def _cover(
    cases: Sequence[Case], values: Callable[[Case], set[Value]], chosen: Iterable[Case] = ()
) -> dict[str, Case]:
    """Return few cases, those of `chosen` among them, in which all values occur."""
    left = {value for case in cases for value in values(case)}
    found: dict[str, Case] = {}
    for case in chosen:
        found[str(case)] = case
        left -= values(case)
    while left:
        best = max(cases, key=lambda case: len(left & values(case)))
        found[str(best)] = best
        left -= values(best)
    return found


def _started_values(case: Case) -> set[Value]:
    starter, backend, server, python = _strings(case)
    return {
        ("backend", starter, backend),
        ("server", starter, server),
        ("variant", starter, case.variant),
        ("set", server, case.variant),
        ("python", python),
    }


def _tested_values(case: Case) -> set[Value]:
    """Return what the tests of a case prove: without functions there is no SDK to repair."""
    if not case.answers["cloud_functions"]:
        return {("variant", case.variant)}
    starter, backend, server, python = _strings(case)
    interface = FRAMEWORKS[backend].interface
    return {
        ("interface", starter, interface),
        ("variant", interface, case.variant),
        ("server", server),
        ("python", python),
    }


def _strings(case: Case) -> tuple[str, str, str, str]:
    starter, backend, server, python = (
        str(case.answers[key]) for key in ("starter", "backend", "server", "python")
    )
    return starter, backend, server, python
