"""Which answers go together, as a graph that a page can walk without knowing copier.yml.

Each node asks one question. It leads from each answer to the next node, or to the reason why
the answer is refused. Nodes that would be alike are one, so the graph is small although
there are hundreds of combinations.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scaffold import messages
from scaffold.catalog import INDEPENDENT
from scaffold.errors import UsageError
from scaffold.questions import UserInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scaffold.catalog import Catalog
    from scaffold.questions import Answer, Question

END = -1
# What a refusal says is the title of its error, but here that says less than the reason.
_SAYS = {"answers.error.not-applicable": "why"}


class Rules:
    """The graph of one catalog.

    Args:
        catalog: the questions.

    Attributes:
        nodes: each `{"question", "asked", "default", "answers": {value:
            node}, "refused": {value: reason}}`.
        start: the number of the first node.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: dict[str, int] = {}
        self._reasons: dict[tuple[str, ...], int] = {}
        self.nodes: list[dict[str, Any]] = []
        # What only adds files stays at its default: each such question would double the page.
        asked = [q for q in catalog.questions.values() if _values(q) and q.key not in INDEPENDENT]
        free: dict[str, Answer] = {}
        for question in catalog.questions.values():
            if question not in asked:
                free[question.key] = question.default_for({**catalog.constants, **free})
        self._errors: list[UsageError] = []
        self.start = self._node(asked, free)

    def reasons(self, language: str) -> list[str]:
        """Return why answers are refused, by number."""
        spoken = messages.language()
        messages.set_language(language)
        try:
            return [error.parts()[_SAYS.get(error.key, "title")] for error in self._errors]
        finally:
            messages.set_language(spoken)

    def _node(self, questions: Sequence[Question], answers: Mapping[str, Answer]) -> int:
        if not questions:
            return END
        question, *rest = questions
        context = self._catalog.context(answers)
        node: dict[str, Any] = {
            "question": question.key,
            "asked": question.applies(context),
            "default": as_text(question.default_for(context)),
            "answers": {},
            "refused": {},
        }
        for value in _values(question):
            refusal = self._refusal(question, value, context)
            if refusal is None:
                node["answers"][as_text(value)] = self._node(rest, {**answers, question.key: value})
            else:
                node["refused"][as_text(value)] = self._reason(refusal)
        return self._numbered(node)

    def _refusal(
        self, question: Question, value: Answer, context: Mapping[str, Answer]
    ) -> UsageError | None:
        try:
            self._catalog.resolve_one(question, UserInput(value, question.key), context)
        except UsageError as error:
            return error
        return None

    def _numbered(self, node: dict[str, Any]) -> int:
        identity = json.dumps(node)
        if identity not in self._known:
            self._known[identity] = len(self.nodes)
            self.nodes.append(node)
        return self._known[identity]

    def _reason(self, error: UsageError) -> int:
        """Return the number of a reason; errors that say the same are one."""
        identity = (error.key, error.parts()[_SAYS.get(error.key, "title")])
        if identity not in self._reasons:
            self._reasons[identity] = len(self._errors)
            self._errors.append(error)
        return self._reasons[identity]


def as_text(value: Answer) -> str:
    """Return an answer as the page writes it: in the address, in the data."""
    return str(value).lower() if isinstance(value, bool) else value


def _values(question: Question) -> Sequence[Answer]:
    """Return the values that a question can have; none if any text will do."""
    return (True, False) if question.kind == "bool" else question.choices
