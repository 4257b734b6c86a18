"""Questions and answers: what is accepted, what is suggested, and which combinations there are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import scaffold.catalog
from scaffold.catalog import INDEPENDENT, Catalog, combinations, flag
from scaffold.errors import UsageError
from scaffold.questions import Answer, Answers, Question, UserInput
from scaffold.render import render
from scaffold.template_compiler import compile_questions, compile_starter
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DEFAULTS: Answers = {
    "project_name": "myapp",
    "title": "myapp",
    "starter": "flask",
    "backend": "flask",
    "server": "waitress",
    "cloud_functions": True,
    "dependencies": "current",
    "python": "3.11",
    "sessions": False,
    "https_redirect": False,
    "container": True,
    "server_files": False,
    "timers": False,
    "data": "leancloud",
    "pre_commit": False,
    "kubernetes": False,
    "host": "none",
    "ci": "none",
    "language": "en",
}


def _given(**values: object) -> dict[str, UserInput]:
    return {key: UserInput(value, "here") for key, value in values.items()}


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """The catalog of an installed scaffold, compiled to JSON."""
    contents = {"questions": compile_questions(ROOT), "flask": compile_starter(ROOT, "flask")}
    for name, content in contents.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content), "utf-8")
    monkeypatch.setattr(scaffold.catalog, "PACKAGED", tmp_path)
    return Catalog()


def test_defaults(catalog: Catalog) -> None:
    """Without any answer, each question has its default."""
    assert catalog.resolve({}) == DEFAULTS


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"python": 3.11}, {"python": "3.11"}),
        ({"python": "3.10"}, {"python": "3.10"}),
        *(
            ({"sessions": yes}, {"sessions": True})
            for yes in (True, "true", "True", "yes", "Y", "on", "1", 1, " yes ")
        ),
        *(
            ({"sessions": no}, {"sessions": False})
            for no in (False, "false", "no", "N", "off", "0", 0)
        ),
        ({"cloud_functions": "no"}, {"cloud_functions": False}),
        ({"cloud_functions": False, "sessions": False}, {"cloud_functions": False}),
        ({"cloud_functions": False, "dependencies": "current"}, {"cloud_functions": False}),
        ({"dependencies": "sdk", "python": "3.8"}, {"dependencies": "sdk", "python": "3.8"}),
        *(
            ({"project_name": name}, {"project_name": name, "title": name})
            for name in ("_x9", "a" * 50, "MyShop")
        ),
        *(({"title": title}, {"title": title}) for title in ("我的", "é" * 100, "😀 {{ x }}")),
    ],
)
def test_good_answers(
    catalog: Catalog, given: dict[str, object], expected: dict[str, object]
) -> None:
    """An answer is taken in each of the forms in which flags and YAML give it."""
    assert catalog.resolve(_given(**given)) == DEFAULTS | expected


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"python": 3.1}, "not-text"),
        ({"python": True}, "not-text"),
        ({"server": None}, "not-text"),
        ({"sessions": None}, "not-boolean"),
        ({"sessions": 2}, "not-boolean"),
        ({"sessions": 1.0}, "not-boolean"),
        ({"sessions": "ja"}, "not-boolean"),
        ({"server": "GUNICORN"}, "unknown-choice"),
        *(
            ({"title": bad}, "title-not-one-line")
            for bad in ("", " a", "a\nb", "a" * 101, "a\u202eb")
        ),
        ({"project_name": "naïve"}, "name-not-identifier"),
        ({"project_name": "a" * 51}, "name-not-identifier"),
        ({"project_name": "ASYNC"}, "name-is-keyword"),
        ({"project_name": "Email"}, "name-is-reserved"),
        ({"python": "3.13", "dependencies": "sdk"}, "python-too-new-for-sdk"),
        ({"python": "3.9"}, "python-too-old"),
        ({"cloud_functions": False, "sessions": True}, "not-applicable"),
        ({"cloud_functions": False, "sessions": "perhaps"}, "not-boolean"),
    ],
)
def test_bad_answers(catalog: Catalog, given: dict[str, object], error: str) -> None:
    """A wrong answer is refused with the error that fits it."""
    with pytest.raises(UsageError) as caught:
        catalog.resolve(_given(**given))
    assert caught.value.key == f"answers.error.{error}"
    assert "here" in str(caught.value)


@pytest.mark.parametrize(
    ("preferred", "given", "python"),
    [
        ("3.12", {}, "3.12"),
        ("3.13", {}, "3.13"),
        ("3.14", {}, "3.11"),
        ("3.9", {}, "3.11"),
        ("3.13", {"dependencies": "sdk"}, "3.11"),
        ("3.9", {"dependencies": "sdk"}, "3.9"),
        ("3.12", {"python": "3.10"}, "3.10"),
    ],
)
def test_a_preferred_default(
    catalog: Catalog, preferred: str, given: dict[str, object], python: str
) -> None:
    """This machine's Python is the default where it is valid, and never overrides an answer."""
    assert catalog.resolve(_given(**given), preferred={"python": preferred})["python"] == python


@pytest.mark.parametrize(
    ("answers", "pythons"),
    [
        ({"dependencies": "current"}, ["3.13", "3.12", "3.11", "3.10"]),
        ({"dependencies": "sdk"}, ["3.11", "3.10", "3.9", "3.8"]),
    ],
)
def test_choices_that_stay_open(
    catalog: Catalog, answers: dict[str, Any], pythons: list[str]
) -> None:
    """Earlier answers narrow down what a later question offers."""
    context = catalog.context({**DEFAULTS, **answers})
    assert catalog.questions["python"].allowed_choices(context) == pythons


@pytest.mark.parametrize(
    ("backend", "interface"),
    [("django", "wsgi"), ("starlette", "asgi"), ("tornado", "own"), (None, None)],
)
def test_what_follows_from_answers(
    catalog: Catalog, backend: str | None, interface: str | None
) -> None:
    """Rules and templates may ask what copier.yml computes, once it has what that follows from."""
    context = catalog.context({"backend": backend} if backend else {})
    assert context.get("interface") == interface


def test_validators_of_choices() -> None:
    """A validator that belongs to one choice closes that choice only."""
    rule = [["if", [[["const", True], ["[not-here] no"]]], []]]
    question = Question("kind", "str", ("first", "second"), choice_validators={"second": rule})
    assert question.allowed_choices({}) == ["first"]


@pytest.mark.parametrize(
    ("key", "group", "near"),
    [
        ("servr", "unknown-key-near", "server"),
        ("pythons", "unknown-key-near", "python"),
        ("x", "unknown-key", ""),
    ],
)
def test_unknown_keys(catalog: Catalog, key: str, group: str, near: str) -> None:
    """An unknown question is refused, with the nearest known one if there is one."""
    with pytest.raises(UsageError) as caught:
        catalog.check_keys(["server", key], "a.yml")
    assert caught.value.key == f"answers.error.{group}"
    assert caught.value.params["near"] == near


def test_combinations(catalog: Catalog) -> None:
    """Every combination is valid and there once, and all choices that the
    starter leaves open occur.
    """
    found = list(combinations(catalog, "flask"))
    assert len({json.dumps(answers) for answers in found}) == len(found)
    for answers in found:
        # What does not apply has its default, which may be given too.
        assert catalog.resolve(_given(**answers)) == answers
    expected: dict[str, set[Answer]] = {
        **{
            key: {True, False}
            for key, question in catalog.questions.items()
            if question.kind == "bool" and key not in INDEPENDENT
        },
        **{key: {catalog.resolve({})[key]} for key in INDEPENDENT},
        "starter": {"flask"},
        "backend": {"flask"},
        "server": {"waitress", "gunicorn", "uwsgi", "gevent", "granian"},
        "dependencies": set(catalog.questions["dependencies"].choices),
        "python": set(catalog.questions["python"].choices),
    }
    for key, values in expected.items():
        assert {answers[key] for answers in found} == values, key


def test_all_valid_answers_are_combinations(catalog: Catalog) -> None:
    """Counting by the rules gives as many combinations as were made."""
    servers, pythons_of_a_set, sessions, redirect = 5, 4, 2, 2
    with_sdk = servers * 2 * pythons_of_a_set * sessions * redirect
    without_sdk = servers * pythons_of_a_set * redirect
    assert len(list(combinations(catalog, "flask"))) == with_sdk + without_sdk


def test_an_installed_scaffold_is_the_same(catalog: Catalog, packaged: Catalog) -> None:
    """Questions, rules and files from the wheel's JSON are those of the checkout."""
    assert packaged.constants == catalog.constants
    assert list(packaged.questions) == list(catalog.questions)
    assert packaged.resolve({}) == DEFAULTS
    assert render(packaged.starter("flask"), DEFAULTS) == render(catalog.starter("flask"), DEFAULTS)
    with pytest.raises(UsageError):
        packaged.resolve(_given(project_name="flask"))


@pytest.mark.parametrize(
    ("key", "off", "shown"),
    [
        ("server", False, "--server"),
        ("cloud_functions", False, "--cloud-functions"),
        ("cloud_functions", True, "--no-cloud-functions"),
        ("sessions", False, "-d sessions=VALUE"),
    ],
)
def test_flags(key: str, off: bool, shown: str) -> None:
    """Each question can be answered on the command line, by its own flag or by -d."""
    assert flag(key, off=off) == shown
