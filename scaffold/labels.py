"""Labels of questions and choices: what copier.yml says of them, in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold import messages

if TYPE_CHECKING:
    from scaffold.questions import Question


def prompt(question: Question, language: str = "") -> str:
    """Return a question as it is asked."""
    return in_language(question.help, language) or question.key


def is_ours(question: Question) -> bool:
    """Return whether a question is of our copier.yml: another template may use its name for
    one of its own.
    """
    return bool(_both(question.help))


def name(question: Question, language: str = "") -> str:
    """Return what a question is about, in a word or two."""
    words = messages.area("answers", language or messages.language()) if is_ours(question) else {}
    return words.get(f"answers.{question.key}.name", question.key)


def choice(question: Question, value: str, language: str = "") -> str:
    """Return what a choice is for, nothing if its template does not say."""
    label = question.labels.get(value, value)
    return in_language(label.removeprefix(value).removeprefix(": "), language)


def in_language(text: str, language: str = "") -> str:
    """Return the half of `English / 中文` that is in a language, by default the
    user's; any other text as it is.
    """
    return _both(text).get(language or messages.language(), text)


def _both(text: str) -> dict[str, str]:
    """Return both halves of `English / 中文`, as our copier.yml writes all that is read by people;
    nothing of any other text.
    """
    english, _, chinese = text.rpartition(" / ")
    is_chinese = any("\u4e00" <= character <= "\u9fff" for character in chinese)
    return {"en": english, "zh": chinese} if english and is_chinese else {}
