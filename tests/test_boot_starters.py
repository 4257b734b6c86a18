"""What `scaffold new` makes, started by `scaffold boot` and put through its own tests.

These are enough to see every server, framework and variant of each starter; `make matrix` starts all combinations.
"""

from __future__ import annotations

import pytest

from scaffold.starters import Catalog
from tests.conftest import ROOT
from tools.matrix.cases import Case, covering_cases
from tools.matrix.run import started

pytestmark = pytest.mark.boot

CATALOG = Catalog(ROOT)
CASES = covering_cases(CATALOG)


def _with_tests_of_their_own() -> frozenset[str]:
    """Return a case of each kind of generated tests: those of a starter are the same whatever server starts it."""
    kinds: dict[tuple[object, ...], str] = {}
    for name, case in CASES.items():
        kinds.setdefault(tuple(value for key, value in case.answers.items() if key != "server"), name)
    return frozenset(kinds.values())


WITH_TESTS_OF_THEIR_OWN = _with_tests_of_their_own()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_starts_and_passes_its_own_tests(case: Case) -> None:
    """The project boots through every step, and its tests pass in the virtualenv it was booted in.

    `make matrix OPTIONS=--own-tests` runs those of every server with every variant.
    """
    with started(case) as project:
        report = project.report
        if project.missing_python:
            pytest.skip(f"Python {case.answers['python']} is not on this machine")
        assert report.error is None, f"{report.error}\n" + "\n".join(report.log)
        assert report.healthy
        if str(case) in WITH_TESTS_OF_THEIR_OWN:
            failed = project.own_tests()
            assert failed is None, failed
    function_steps = {step.status for step in report.steps if step.name in {"functions", "call", "refusal"}}
    assert function_steps == {"passed" if case.answers["cloud_functions"] else "skipped"}
