"""The answers for the new version: those of before, those given now, and those to new questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from scaffold.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scaffold.catalog import Catalog
    from scaffold.questions import Answer, Answers, Question, UserInput

Ask: TypeAlias = "Callable[[Question, Mapping[str, Any]], Answer]"


@dataclass(frozen=True)
class Decision:
    """The answers for the new version.

    Attributes:
        answers: to every question.
        data: those that copier needs; it finds the others by itself. The files of an adopted
            project are among them where answers add some.
        changed: question, answer before, answer now; None before where the question is new.
    """

    answers: Answers
    data: Mapping[str, Any]
    changed: tuple[tuple[str, object, Answer], ...]


def decide(
    catalog: Catalog,
    before: Mapping[str, UserInput],
    wanted: Mapping[str, UserInput],
    ask: Ask | None = None,
) -> Decision:
    """Return the answers for the new version.

    Args:
        catalog: its questions.
        before: what the answers file records.
        wanted: what the command line asks for; its keys are known to `catalog`.
        ask: puts a question to the user, if there is somebody to ask.

    Raises:
        UsageError: an answer that is asked for is wrong, or clashes with another one.
    """
    if ask is not None and wanted:
        decide(catalog, before, wanted)  # refuse what is wrong there before the first question
    answers: Answers = {}
    data: Answers = {}
    changed = []
    for question in catalog.questions.values():
        key, context = question.key, catalog.context(answers)
        applies = question.applies(context)
        answer: Answer | None = None
        if key in wanted:
            answer = catalog.resolve_one(question, wanted[key], context)
        elif key in before and applies:
            answer = _kept(question, before[key], context, strict=bool(wanted))
        if answer is None and applies and ask is not None:
            answer = ask(question, context)
            data[key] = answer
        elif key in wanted and applies and answer is not None:
            data[key] = answer
        answers[key] = question.default_for(context) if answer is None else answer
        recorded = before[key].value if key in before else None
        if applies and answers[key] != recorded:
            changed.append((key, recorded, answers[key]))
    return Decision(answers, data, tuple(changed))


def _kept(
    question: Question, given: UserInput, context: Mapping[str, Any], *, strict: bool
) -> Answer | None:
    """Return the answer of before if it still stands, None if the new version no longer takes it.

    Raises:
        UsageError: it clashes with an answer that is asked for now (`strict`): which
            of the two counts, nobody said.
    """
    try:
        return question.accept(given, context)
    except UsageError:
        if strict and (not question.choices or given.value in question.choices):
            raise
        return None
