"""Labels of questions and choices, in one of the two languages that copier.yml speaks."""

from __future__ import annotations

import pytest

from scaffold import labels
from scaffold.questions import Question

OURS = Question(
    "server",
    "str",
    ("uwsgi", "9.1"),
    "Server / 服务器",
    labels={"uwsgi": "uwsgi: in C / 用 C 编写", "9.1": "9.1"},
)
THEIRS = Question(
    "licence", "str", ("mit",), "Which one, MIT / BSD?", labels={"mit": "MIT License"}
)


@pytest.mark.parametrize(
    ("question", "language", "asked", "described"),
    [
        (OURS, "en", "Server", "in C"),
        (OURS, "zh", "服务器", "用 C 编写"),
        (THEIRS, "en", "Which one, MIT / BSD?", "MIT License"),
        (THEIRS, "zh", "Which one, MIT / BSD?", "MIT License"),
    ],
)
def test_both_languages(question: Question, language: str, asked: str, described: str) -> None:
    """Ours are shown in the user's language, those of other templates as they are."""
    assert labels.prompt(question, language) == asked
    assert labels.choice(question, question.choices[0], language) == described


def test_what_has_no_label() -> None:
    """A choice without a word on it has no description, a question without a
    short name is called by its key.
    """
    assert labels.choice(OURS, "9.1", "en") == ""
    assert labels.name(Question("run_tests", "bool"), "en") == "run_tests"
    assert labels.prompt(Question("run_tests", "bool"), "en") == "run_tests"
