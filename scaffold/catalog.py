"""Starters, the questions they ask, and the rules that answers must keep.

Everything here comes from copier.yml and templates/: compiled into the wheel, or compiled afresh
from a folder that holds them (a checkout, or a template of the user's own).
"""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold.errors import UsageError
from scaffold.questions import (
    Answer,
    Answers,
    Question,
    UserInput,
    as_written,
    question_of,
)
from scaffold.template_runtime import computed_name, names, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PACKAGED = Path(__file__).with_name("compiled")
CHECKOUT = Path(__file__).parent.parent


class Catalog:
    """The questions and the starters of one template.

    Args:
        root: the folder that holds copier.yml and templates/; without it, the
            starters that came with scaffold.
        origin: what projects record of where they come from, as `origin` below;
            without it, what copier.yml says.
    """

    def __init__(self, root: Path | None = None, origin: Mapping[str, str] | None = None) -> None:
        if root is None and not PACKAGED.is_dir():
            root = CHECKOUT
        self._root = root
        self._origin = origin
        self._starters: dict[str, dict[str, Any]] = {}
        self._computed: dict[str, dict[str, str]] = {}

    @cached_property
    def _raw_questions(self) -> list[dict[str, Any]]:
        if self._root is not None:
            from scaffold.template_compiler import compile_questions

            return compile_questions(self._root)
        questions: list[dict[str, Any]] = json.loads((PACKAGED / "questions.json").read_bytes())
        return questions

    @cached_property
    def constants(self) -> dict[str, Any]:
        """What copier.yml defines without asking: names that its validators use."""
        return {q["key"]: q["default"] for q in self._unasked if not isinstance(q["default"], list)}

    @cached_property
    def computed(self) -> dict[str, Any]:
        """The programs of what copier.yml makes of answers without asking;
        templates know them as `__NAME`.
        """
        return {q["key"]: q["default"] for q in self._unasked if isinstance(q["default"], list)}

    @property
    def _unasked(self) -> list[dict[str, Any]]:
        return [question for question in self._raw_questions if question["when"] is False]

    def context(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return what copier.yml's rules may use: its constants, the answers so
        far, and what follows from them.
        """
        context = {**self.constants, **answers}
        # Each question asks for a context, and few answers have something that follows from them.
        known = repr([context.get(name, ...) for name in self._names])
        if known not in self._computed:
            self._computed[known] = self._compute(context)
        return {**context, **self._computed[known]}

    @cached_property
    def _names(self) -> list[str]:
        return sorted({name for program in self.computed.values() for name in names(program)})

    def _compute(self, context: Mapping[str, Any]) -> dict[str, str]:
        found: dict[str, str] = {}
        for key, program in self.computed.items():
            # What it follows from may not be answered yet.
            with suppress(KeyError):
                found[key] = run(program, {**context, **found})
        return found

    @cached_property
    def origin(self) -> Mapping[str, str]:
        """Where updates of a project come from, and its version, by the
        names that copier gives them.
        """
        constants = self.constants
        found = self._origin or {
            "_commit": constants["template_version"],
            "_src_path": constants["template_source"],
        }
        # What `scaffold adopt` records in a project that no template made.
        return {**found, "_adopted": "", "_app_module": "", "_app_name": ""}

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions by key, in the order in which they are asked."""
        return {q["key"]: question_of(q) for q in self._raw_questions if q["when"] is not False}

    def starter(self, name: str) -> dict[str, Any]:
        """Return a compiled starter, for `scaffold.render.render`."""
        if name not in self._starters:
            self._starters[name] = {
                **self._load_starter(name),
                "origin": self.origin,
                "computed": self.computed,
            }
        return self._starters[name]

    def _load_starter(self, name: str) -> dict[str, Any]:
        if self._root is not None:
            from scaffold.template_compiler import compile_starter

            computed = {computed_name(key) for key in self.computed}
            return compile_starter(self._root, name, {*self.questions, *self.origin, *computed})
        starter: dict[str, Any] = json.loads((PACKAGED / f"{name}.json").read_bytes())
        return starter

    def resolve(
        self, given: Mapping[str, UserInput], *, preferred: Mapping[str, Answer] | None = None
    ) -> Answers:
        """Return an answer to every question, the default where none was given.

        Args:
            given: the user's values; `check_keys` has passed them.
            preferred: defaults that suit this machine better than
                copier.yml's, taken where they are valid.

        Raises:
            UsageError: a value is wrong, or two clash.
        """
        answers: Answers = {}
        for question in self.questions.values():
            context = self.context(answers)
            answer = self.resolve_one(question, given.get(question.key), context, preferred or {})
            answers[question.key] = (
                self.default_answer(question, context, preferred) if answer is None else answer
            )
        return answers

    def resolve_one(
        self,
        question: Question,
        given: UserInput | None,
        context: Mapping[str, Any],
        preferred: Mapping[str, Answer] | None = None,
    ) -> Answer | None:
        """Return the answer that needs no asking: the given one, or the default
        where the question does not apply.

        Raises:
            UsageError: the given value is wrong, or the question does not
                apply and it is not the default.
        """
        applies = question.applies(context)
        if given is None:
            return None if applies else self.default_answer(question, context, preferred)
        if applies:
            return question.accept(given, context)
        answer = question.accept(given, context)
        if answer != question.default_for(context):
            seen = {
                "question": question.key,
                "value": as_written(given.value),
                "origin": given.origin,
            }
            if context.get("cloud_functions") is False:
                raise UsageError("answers.error.not-applicable", **seen)
            raise UsageError("answers.error.not-for-starter", **seen, starter=context["starter"])
        return answer

    def default_answer(
        self,
        question: Question,
        context: Mapping[str, Any],
        preferred: Mapping[str, Answer] | None = None,
    ) -> Answer:
        """Return the answer to offer: the preferred one where it is valid
        here, else copier.yml's default.
        """
        preference = (preferred or {}).get(question.key)
        if preference is not None and question.applies(context):
            try:
                return question.accept(UserInput(preference, question.key), context)
            except UsageError:
                pass
        return question.default_for(context)

    def check_keys(self, keys: Sequence[str], origin: str) -> None:
        """Refuse answers to questions that do not exist.

        Raises:
            UsageError: an unknown key, with the nearest known one.
        """
        for key in keys:
            if key not in self.questions:
                from difflib import get_close_matches

                near = get_close_matches(key, self.questions, n=1)
                group = "unknown-key-near" if near else "unknown-key"
                known = ", ".join(self.questions)
                raise UsageError(
                    f"answers.error.{group}",
                    key=key,
                    origin=origin,
                    near="".join(near),
                    known=known,
                )


# Questions with a flag of their own; `-d KEY=VALUE` answers all of them.
FLAGS = {
    "starter": "--starter",
    "server": "--server",
    "python": "--python",
    "cloud_functions": "--cloud-functions",
    "dependencies": "--dependencies",
}


# Questions that no other question depends on, and that depend on none: their answers add files,
# or choose the words in them. Tests take pairs of their answers, as all combinations would be
# thousands.
INDEPENDENT = (
    "container",
    "server_files",
    "timers",
    "data",
    "pre_commit",
    "kubernetes",
    "host",
    "ci",
    "language",
)

# What the wizard offers in its summary only: the defaults suit nearly everybody.
ADVANCED = ("dependencies", *INDEPENDENT)


def flag(key: str, *, off: bool = False) -> str:
    """Return how the command line answers a question; `off`: how it says no."""
    name = FLAGS.get(key, f"-d {key}=VALUE")
    return name.replace("--", "--no-") if off else name


def combinations(catalog: Catalog, starter: str) -> Iterator[Answers]:
    """Yield every valid combination of answers of a starter, under the default project name.

    The independent answers have their defaults; `tests/pairs.py` varies them.
    """
    yield from _combine(catalog, list(catalog.questions.values()), {"starter": starter})


def _combine(
    catalog: Catalog, questions: list[Question], answers: Mapping[str, Answer]
) -> Iterator[Answers]:
    if not questions:
        yield {key: answers[key] for key in catalog.questions}
        return
    question, *rest = questions
    context = catalog.context(answers)
    free = not question.choices and question.kind != "bool"
    fixed = question.key in answers or question.key in INDEPENDENT
    if fixed or free or not question.applies(context):
        values: Sequence[Answer] = [answers.get(question.key, question.default_for(context))]
    else:
        values = question.allowed_choices(context) or [True, False]
    for value in values:
        yield from _combine(catalog, rest, {**answers, question.key: value})
