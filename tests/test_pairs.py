"""The projects that other tests render: every pair of answers, every file."""

from __future__ import annotations

from itertools import combinations as pairs_of
from itertools import product
from typing import TYPE_CHECKING

import pytest

from scaffold.catalog import INDEPENDENT, combinations
from scaffold.questions import UserInput
from scaffold.render import render
from tests.conftest import CATALOG
from tests.pairs import independent_values, projects, with_every_pair
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.questions import Answer, Answers

STARTERS = CATALOG.questions["starter"].choices
LISTS = {".copier-answers.yml", "README.md"}
# Timers and data need a process that runs: what lists the processes of a project lists that one.
LISTS_OF_PROCESSES = {
    "Dockerfile",
    "compose.yaml",
    "deploy/kubernetes/README.md",
    "deploy/kubernetes/overlays/production/kustomization.yaml",
    "deploy/kubernetes/overlays/staging/kustomization.yaml",
}
# What says where the data service is: to the app, to proxies, and to whoever fills in `.env`.
NAMES_THE_SERVICE = {
    ".env.example",
    "deploy/Caddyfile",
    "deploy/kubernetes/base/deployment.yaml",
    "deploy/myapp@.service",
    "deploy/nginx.conf",
    "deploy/uwsgi.ini",
}
MAY_CHANGE = {
    "timers": LISTS | LISTS_OF_PROCESSES,
    "data": LISTS | LISTS_OF_PROCESSES | NAMES_THE_SERVICE,
}
# The files of those processes that take another answer too.
BY_TWO_ANSWERS = (
    "deploy/kubernetes/timers/",
    "deploy/kubernetes/store/",
    "deploy/myapp-store.service",
)
pytestmark = pytest.mark.usefixtures("rendered_once")
each_starter = pytest.mark.parametrize("starter", STARTERS)


def _pairs(made: Iterable[Answers]) -> set[tuple[tuple[str, Answer], ...]]:
    return {pair for answers in made for pair in pairs_of(sorted(answers.items()), 2)}


@each_starter
def test_every_pair_occurs(starter: str) -> None:
    """Each answer that only adds files meets each other answer, and no other pair gets lost."""
    made = list(combinations(CATALOG, starter))
    expected = _pairs(made)
    varied = independent_values(CATALOG)
    possible = {key: {answers[key] for answers in made} for key in CATALOG.questions} | varied
    for key, other in product(varied, possible):
        if key != other:
            rows = product(possible[key], possible[other])
            expected |= _pairs({key: one, other: two} for one, two in some(rows))
    assert expected <= _pairs(projects(CATALOG, starter))


def test_few_projects_have_every_pair() -> None:
    """The projects that copier and cookiecutter make have all pairs of those that scaffold makes,
    and are a small part of them.
    """
    made = [answers for starter in STARTERS for answers in projects(CATALOG, starter)]
    few = with_every_pair(made)
    assert _pairs(few) == _pairs(made)
    assert len(few) < len(made) / 5


@each_starter
def test_every_combination_occurs_once(starter: str) -> None:
    """All are valid, none is there twice, and of the other questions none of
    the combinations is left out.
    """
    made = projects(CATALOG, starter)
    for answers in some(made):
        given = {key: UserInput(value, "here") for key, value in answers.items()}
        assert CATALOG.resolve(given) == answers
    without = [_without_independent(answers) for answers in made]
    assert all(_without_independent(each) in without for each in combinations(CATALOG, starter))
    assert len({tuple(answers.items()) for answers in made}) == len(made)


def _without_independent(answers: Answers) -> Answers:
    return {key: value for key, value in answers.items() if key not in INDEPENDENT}


@each_starter
@pytest.mark.parametrize("key", [key for key in INDEPENDENT if key != "language"])
def test_they_only_add_files(starter: str, key: str) -> None:
    """An answer that adds files changes none but those that list what there is, whatever the
    others are, and adds the same files to each of them.
    """
    compiled = CATALOG.starter(starter)
    lists = MAY_CHANGE.get(key, LISTS)
    default = CATALOG.resolve({"starter": UserInput(starter, "")})
    for value in some(independent_values(CATALOG)[key]):
        added = set()
        for other in some(_others(key)):
            before = render(compiled, {**default, **other, key: _neutral(key)})
            after = render(compiled, {**default, **other, key: value})
            assert set(before) <= set(after)
            changed = {path for path in before if before[path] != after[path]}
            assert changed <= lists
            new = set(after) - set(before)
            added.add(frozenset(path for path in new if not path.startswith(BY_TWO_ANSWERS)))
        assert len(added) == 1


def _others(key: str) -> list[Answers]:
    """Return answers to the other questions that only add files: each one alone."""
    values = independent_values(CATALOG)
    return [{other: value} for other in INDEPENDENT if other != key for value in values[other]]


def _neutral(key: str) -> Answer:
    return CATALOG.resolve({})[key] if CATALOG.questions[key].choices else False
