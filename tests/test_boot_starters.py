"""What `scaffold new` makes, started by `scaffold boot` and put through its own tests.

These are enough to see every server, framework and variant of each starter; `make matrix` starts all combinations.
"""

from __future__ import annotations

import pytest

from scaffold.starters import Catalog
from tests.conftest import ROOT
from tools.matrix.cases import THOROUGH, Case, covering_cases
from tools.matrix.run import started

pytestmark = pytest.mark.boot

CATALOG = Catalog(ROOT)
CASES = covering_cases(CATALOG)


def has_tests_of_its_own(case: Case) -> bool:
    """Return whether no other case has the same tests: of the starter with every combination, servers share them."""
    usual = CATALOG.resolve({})["server"]
    return case.answers["starter"] != THOROUGH or case.answers["server"] == usual or case.variant == "current"


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
        if has_tests_of_its_own(case):
            failed = project.own_tests()
            assert failed is None, failed
    function_steps = {step.status for step in report.steps if step.name in {"functions", "call", "refusal"}}
    assert function_steps == {"passed" if case.answers["cloud_functions"] else "skipped"}
