"""`make matrix`: which projects it starts, what it tells of them, and that
its record is of the present.
"""

from __future__ import annotations

import argparse
from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest

from scaffold import matrix
from scaffold.catalog import combinations
from scaffold.render import render
from tests.some import some
from tools.matrix import __main__ as program
from tools.matrix import report
from tools.matrix.cases import DEFAULT_PYTHON, Case, cases_with_tests, covering_cases, every_case
from tools.matrix.run import row_of

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.catalog import Catalog
    from tools.matrix.run import Row


@pytest.fixture(scope="module")
def every(catalog: Catalog) -> dict[str, Case]:
    """All cases of `make matrix`."""
    return every_case(catalog)


def test_all_valid_combinations_are_started(catalog: Catalog, every: dict[str, Case]) -> None:
    """On the default Python nothing that the servers, frameworks and sets allow is
    left out; options do not count.
    """
    expected = {
        str(Case(answers))
        for starter in catalog.questions["starter"].choices
        for answers in combinations(catalog, starter)
        if answers["python"] == DEFAULT_PYTHON
    }
    assert {name for name in every if name.endswith(DEFAULT_PYTHON)} == expected


def test_every_starter_is_started_on_every_python(catalog: Catalog, every: dict[str, Case]) -> None:
    """Each starter is started on each Python that it is offered for, its
    default answers on the default one.
    """
    for starter in some(catalog.questions["starter"].choices):
        offered = {answers["python"] for answers in combinations(catalog, starter)}
        of_starter = [case.answers for case in every.values() if case.answers["starter"] == starter]
        assert {answers["python"] for answers in of_starter} == offered
        defaults = catalog.resolve({}) | {"starter": starter}
        names = {
            key: defaults[key] for key in ("cloud_functions", "dependencies", "python", "sessions")
        }
        assert any(names.items() <= answers.items() for answers in of_starter)


def test_the_suite_starts_every_server_framework_and_variant(
    catalog: Catalog, every: dict[str, Case]
) -> None:
    """What `make test` starts is part of that, and every value of an answer
    is in it with every starter.
    """
    chosen = covering_cases(catalog)
    assert chosen.items() <= every.items()

    def values(cases: dict[str, Case]) -> set[tuple[str, str, str]]:
        return {
            (str(case.answers["starter"]), key, value)
            for case in cases.values()
            if case.answers["python"] == DEFAULT_PYTHON
            for key, value in (
                *((k, str(case.answers[k])) for k in ("server", "backend")),
                ("variant", case.variant),
            )
        }

    assert values(chosen) == values(every)


def test_the_suite_tests_every_starter_and_server(catalog: Catalog, every: dict[str, Case]) -> None:
    """The SDK's repair is tested in every starter and with every server, on the oldest Python and
    the newest; so is what is made by default.
    """
    started = covering_cases(catalog)
    tested = cases_with_tests(started)
    assert tested.items() <= started.items()
    assert str(Case(catalog.resolve({}))) in tested
    repaired = [case.answers for case in tested.values() if case.answers["cloud_functions"]]
    for key in ("starter", "server", "dependencies"):
        offered = {case.answers[key] for case in every.values()}
        assert {answers[key] for answers in repaired} == offered, key
    assert {"3.8", "3.13"} < {answers["python"] for answers in repaired}


@pytest.mark.parametrize(
    ("only", "python", "names"),
    [
        ([], None, ["flask-uwsgi-current-3.11", "wsgi-waitress-sdk-3.8"]),
        (["wsgi"], None, ["wsgi-waitress-sdk-3.8"]),
        (["uwsgi", "w"], None, []),
        (["flask-uwsgi", "wsgi-gunicorn"], None, ["flask-uwsgi-current-3.11"]),
        (["flask", "wsgi"], "3.8", ["wsgi-waitress-sdk-3.8"]),
    ],
)
def test_selection(
    every: dict[str, Case], only: list[str], python: str | None, names: list[str]
) -> None:
    """Cases are chosen by the beginnings of their names and by Python."""
    options = argparse.Namespace(only=only, python=python)
    candidates = ["flask-uwsgi-current-3.11", "wsgi-waitress-sdk-3.8"]
    assert [name for name in candidates if program.chosen(name, every[name], options)] == names


def test_a_fault_is_one_row(every: dict[str, Case]) -> None:
    """What a process cannot finish is the failure of its case."""
    future: Future[Row] = Future()
    future.set_exception(ValueError("no template"))
    found = program.result_of(future, every["flask-uwsgi-current-3.11"])
    assert (found["server"], found["result"], found["reason"]) == (
        "uwsgi",
        "failed",
        "ValueError: no template",
    )


def test_recording(every: dict[str, Case], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run replaces its own rows; others stay, in the order of the cases,
    unless the case is no more.
    """
    monkeypatch.setattr(matrix, "RECORD", tmp_path / "matrix.json")
    first, second, third = list(every)[:3]
    report.record(
        {third: row_of(every[third], "started", ""), first: row_of(every[first], "started", "")},
        list(every),
    )
    report.record(
        {second: row_of(every[second], "failed", "Error: it\nin /a/path")}, [first, second]
    )
    rows = matrix.load()["rows"]
    assert [(row["name"], row["result"], row["reason"]) for row in rows] == [
        (first, "started", ""),
        (second, "failed", "Error: it"),
    ]


def test_the_record_is_of_the_present(every: dict[str, Case]) -> None:
    """Each case was started, and has been recorded; run `make matrix` after
    a change of the starters.
    """
    rows = {row["name"]: row for row in matrix.load()["rows"]}
    assert list(rows) == list(every)
    assert {name: row["result"] for name, row in rows.items() if row["result"] != "started"} == {}
    for name, row in rows.items():
        assert (
            row.items()
            >= {key: every[name].answers[key] for key in ("starter", "backend", "server")}.items()
        )


def test_the_record_has_the_pinned_versions(every: dict[str, Case], catalog: Catalog) -> None:
    """The recorded versions are those that projects get today; run `make matrix` after
    `make pins`.
    """
    starters = {name: catalog.starter(name) for name in catalog.questions["starter"].choices}
    for row in some(matrix.load()["rows"]):
        answers = every[row["name"]].answers
        pins = (
            render(starters[str(answers["starter"])], answers)["requirements.txt"]
            .decode()
            .splitlines()
        )
        pins = [pin.partition(";")[0] for pin in pins]
        named = {
            f"{package}=={version}"
            for package, version in row["versions"].items()
            if package != "leancloud"
        }
        assert named <= set(pins), row["name"]


def test_pages_are_up_to_date() -> None:
    """docs/reference/matrix.md and docs/reference/matrix.zh.md are written from the record."""
    assert report.write_pages(check=True) == 0
