"""The requirements files of every starter, against the table that they are compiled from."""

from __future__ import annotations

import re
from itertools import combinations as subsets
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scaffold.jinja_compiler import compile_template
from scaffold.template_runtime import run
from tests.conftest import CATALOG, ROOT
from tests.some import some
from tools import pins
from tools.conditions import Case, condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.questions import Answers

TABLE = pins.load()
STARTERS = CATALOG.questions["starter"].choices
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)(?P<marker>; .+)?")

by_starter = pytest.mark.parametrize("starter", STARTERS)


def _projects(starter: str) -> Iterator[tuple[Answers, dict[str, list[str]]]]:
    """Yield each kind of project with the lines of its requirements files; comments
    left out of the compiled ones.
    """
    names = ("requirements.in", "requirements.txt", "requirements-dev.txt")
    texts = {name: (pins.folder_of(starter) / name).read_text("utf-8") for name in names}
    programs = {name: compile_template(text, name) for name, text in texts.items()}
    for cases in pins.projects(starter).values():
        for answers in cases.values():
            rendered = {
                name: run(program, {"cookiecutter": answers}) for name, program in programs.items()
            }
            yield (
                answers,
                {
                    name: re.findall(r"^[^#\n].*", text, re.MULTILINE)
                    for name, text in rendered.items()
                },
            )


def _versions(lines: list[str]) -> dict[str, str]:
    """Return the version of each package; every line must be a pin, and no package be
    there twice.
    """
    found = {}
    for line in lines:
        match = PIN.fullmatch(line)
        assert match, f"not a pin: {line}"
        assert match["name"] == canonicalize_name(match["name"])
        assert match["name"] not in found, f"twice: {line}"
        assert (match["marker"] or "").removeprefix("; ") == TABLE["markers"].get(match["name"], "")
        found[match["name"]] = match["version"]
    return found


def _check_ranges(wanted: frozenset[str], versions: dict[str, str]) -> None:
    for row in wanted:
        asked = Requirement(row.partition("  #")[0])
        assert asked.specifier.contains(versions[canonicalize_name(asked.name)]), row


def test_every_starter_is_in_the_table() -> None:
    """The table knows all starters that copier.yml offers."""
    assert set(CATALOG.questions["starter"].choices) <= set(STARTERS)


@by_starter
def test_requirements_in_is_the_table(starter: str) -> None:
    """Each kind of project asks for the rows of the table that are for its answers."""
    for answers, files in some(_projects(starter)):
        wanted = sorted(pins.rows(TABLE["packages"], answers), key=pins.by_name)
        shown = [pins.marked(row, TABLE["markers"]) for row in wanted]
        in_english = [re.sub(r'\{\{ .* else "(.*)" \}\}', r"\1", row) for row in shown]
        assert files["requirements.in"] == in_english, answers


@by_starter
def test_every_direct_requirement_is_pinned_within_its_range(starter: str) -> None:
    """The compiled files hold exact versions, and these are what the table asks for."""
    for answers, files in some(_projects(starter)):
        app = _versions(files["requirements.txt"])
        assert app, f"nothing for {answers}"
        _check_ranges(pins.rows(TABLE["packages"], answers), app)
        include, *added = files["requirements-dev.txt"]
        assert include == "-r requirements.txt"
        for_tests = _versions(added)
        assert not app.keys() & for_tests.keys()
        _check_ranges(pins.rows(TABLE["tests"], answers), app | for_tests)
        assert ("leancloud" in app) is (
            bool(answers["cloud_functions"]) and answers["dependencies"] == "sdk"
        )


def test_rows_are_for_answers_that_exist() -> None:
    """Each row is for some kind of project, and names only answers that there are."""
    every = [
        answers
        for starter in STARTERS
        for cases in pins.projects(starter).values()
        for answers in cases.values()
    ]
    for row in (*TABLE["packages"], *TABLE["tests"]):
        assert any(pins.rows([row], answers) for answers in every), row
        for key, value in row.items():
            if key not in {"get", "why", "zh"}:
                wanted = set(value) if isinstance(value, list) else {value}
                assert wanted <= {answers[key] for answers in every}, row


def test_no_other_place_knows_a_version() -> None:
    """Templates name no version but in their requirements; leanengine.yaml names
    the SDK's, and it is the table's.
    """
    (sdk,) = (row["get"] for row in TABLE["packages"] if row["get"].startswith("leancloud=="))
    for path in some((ROOT / "templates").rglob("*")):
        if path.is_file() and path.suffix in {".py", ".yaml", ".md", ".toml", ".yml"}:
            found = re.findall(r"[\w-]+==\d[\w.]*", path.read_text("utf-8"))
            assert set(found) <= {sdk}, path


def test_a_failing_resolution_says_what_failed() -> None:
    """The error names the project, what was asked for and why that cannot be."""
    place = pins.Place("flask", "sdk", "3.11")
    with pytest.raises(pins.UnresolvableError) as caught:
        pins.compile_pins(place, frozenset(["leancloud==3.0.2  # because", "werkzeug>=3"]))
    text = str(caught.value)
    assert text.startswith(
        "tools/pins.yaml: no versions fit together for flask, dependencies sdk, Python 3.11\n"
    )
    assert "asked for: leancloud==3.0.2, werkzeug>=3\n" in text
    assert "unsatisfiable" in text  # uv's words


def test_parts_of_a_resolution() -> None:
    """A project gets what its requirements need, and no more."""
    found = pins.Resolution(
        {
            "flask": "flask==3",
            "jinja2": "jinja2==4",
            "markupsafe": "markupsafe==5",
            "pytest": "pytest==6",
        },
        {"flask": ["jinja2"], "jinja2": ["markupsafe"]},
    )
    assert found.part(["Flask[async]>=1  # why"]) == {"flask==3", "jinja2==4", "markupsafe==5"}
    assert found.part([]) == frozenset()


CASES = [
    Case(functions, backend, server)
    for functions, (backend, server) in product(
        (True, False),
        [
            ("flask", "gunicorn"),
            ("flask", "granian"),
            ("fastapi", "uvicorn"),
            ("fastapi", "granian"),
        ],
    )
]


def test_conditions_are_true_for_their_cases_only() -> None:
    """Whatever set of cases has a package, the condition tells them from the others."""
    for size in range(1, len(CASES) + 1):
        for having in some(subsets(CASES, size)):
            text = condition(having, CASES)
            program = compile_template(
                f"{{% if {text} %}}yes{{% endif %}}" if text else "yes", "test"
            )
            for case in CASES:
                answers: dict[str, Any] = case._asdict()
                assert (run(program, {"cookiecutter": answers}) == "yes") is (case in having), (
                    text,
                    case,
                )


@pytest.mark.parametrize(
    ("having", "text"),
    [
        (CASES, ""),
        (CASES[:4], "cookiecutter.cloud_functions"),
        (CASES[4:], "not cookiecutter.cloud_functions"),
        ([c for c in CASES if c.server == "granian"], "cookiecutter.server == 'granian'"),
        ([c for c in CASES if c.backend == "flask"], "cookiecutter.backend == 'flask'"),
        (
            [c for c in CASES if c.server != "granian"],
            "cookiecutter.server in ('gunicorn', 'uvicorn')",
        ),
        (
            [CASES[3]],
            (
                "cookiecutter.cloud_functions and cookiecutter.backend == 'fastapi' and "
                "cookiecutter.server == 'granian'"
            ),
        ),
    ],
)
def test_conditions_are_short(having: list[Case], text: str) -> None:
    """A condition says no more than is needed."""
    assert condition(having, CASES) == text
