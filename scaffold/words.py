"""What questions and choices are called: in our words where they are ours, else in those of their template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold import messages

if TYPE_CHECKING:
    from scaffold.starters import Question


def _is_ours(question: Question) -> bool:
    """Return whether a question is one that scaffold asks: a template of somebody else may use its name for another."""
    key = f"answers.{question.key}.ask"
    return question.help == " / ".join(messages.area("answers", code).get(key, "") for code in messages.LANGUAGES)


def ask(question: Question) -> str:
    """Return a question as it is asked."""
    return messages.text(f"answers.{question.key}.ask") if _is_ours(question) else question.help or question.key


def name(question: Question) -> str:
    """Return what a question is about, in a word or two."""
    return messages.text(f"answers.{question.key}.name") if _is_ours(question) else question.key


def choice(question: Question, value: str) -> str:
    """Return what a choice is for, nothing if only its template knows."""
    known = messages.area("answers", messages.language()) if _is_ours(question) else {}
    return known.get(f"answers.{question.key}.{value}", "")
