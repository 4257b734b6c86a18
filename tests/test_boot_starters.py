"""What `scaffold new` makes, started by `scaffold boot` and put through its own tests.

These are enough to see every server, framework and variant of each starter; `make matrix` starts
all combinations.
"""

from __future__ import annotations

import pytest

from tests.conftest import CATALOG
from tools.matrix.cases import Case, cases_with_tests, covering_cases
from tools.matrix.run import started

pytestmark = pytest.mark.boot

CASES = covering_cases(CATALOG)
TESTED = cases_with_tests(CASES)


@pytest.mark.usefixtures("byte_code")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_starts_and_passes_tests(case: Case) -> None:
    """The project boots through every step; of some, tests pass in the virtualenv it was booted
    in. `make matrix OPTIONS=--own-tests` runs them in every case, as every night does.
    """
    with started(case) as project:
        report = project.report
        if project.missing_python:
            pytest.skip(f"Python {case.answers['python']} is not on this machine")
        assert report.error is None, f"{report.error}\n" + "\n".join(report.log)
        assert report.healthy
        if str(case) in TESTED:
            failed = project.own_tests()
            assert failed is None, failed
    function_steps = {
        step.status for step in report.steps if step.name in {"functions", "call", "refusal"}
    }
    assert function_steps == {"passed" if case.answers["cloud_functions"] else "skipped"}
