"""Starters, the questions they ask, and the rules that answers must keep.

Everything here comes from copier.yml and templates/: compiled into the wheel, or compiled afresh from a folder that
holds them (a checkout, or a template of the user's own).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from scaffold.errors import UsageError
from scaffold.messages import area, language
from scaffold.program import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Answer: TypeAlias = "str | bool"
Answers: TypeAlias = "dict[str, Answer]"

PACKAGED = Path(__file__).with_name("compiled")
CHECKOUT = Path(__file__).parent.parent
_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "no", "n", "off", "0"), False),
}


@dataclass(frozen=True)
class Given:
    """A value that the user gave, and where: `--server`, `-d server`, `answers.yml`."""

    value: object
    origin: str


@dataclass(frozen=True)
class Question:
    """One question of copier.yml.

    Attributes:
        key: its name.
        kind: `str` or `bool`.
        choices: the values it may take, in order; empty where any text will do.
        help: what copier and cookiecutter ask, English / 中文.
        default, when, validator: programs, or plain values.
    """

    key: str
    kind: str
    choices: tuple[str, ...] = ()
    help: str = ""
    default: Any = ""
    when: Any = True
    validator: Any = ()
    choice_validators: Mapping[str, Any] = field(default_factory=dict)

    def applies(self, context: Mapping[str, Any]) -> bool:
        """Return whether the question is asked, given the answers before it."""
        return self.when if isinstance(self.when, bool) else _BOOLEANS[run(self.when, context).strip().lower()]

    def default_for(self, context: Mapping[str, Any]) -> Answer:
        """Return the default answer, given the answers before it."""
        if isinstance(self.default, bool):
            return self.default
        default = run(self.default, context)
        return _BOOLEANS[default.strip().lower()] if self.kind == "bool" else default

    def allowed_choices(self, context: Mapping[str, Any]) -> list[str]:
        """Return the choices that the answers before this question leave open."""
        return [choice for choice in self.choices if not self._complaint(choice, context)]

    def accept(self, given: Given, context: Mapping[str, Any]) -> Answer:
        """Return a given value as an answer.

        Raises:
            UsageError: the value is of the wrong type, not one of the choices, or against a rule.
        """
        value = self._parse(given)
        if self.choices and value not in self.choices:
            raise UsageError(
                "answers.error.unknown-choice", **self._seen(given), choices=", ".join(self.allowed_choices(context))
            )
        if complaint := self._complaint(value, context):
            code = complaint.partition("]")[0].removeprefix("[")
            if f"answers.error.{code}.title" not in area("answers", language()):
                raise UsageError("answers.error.refused", **self._seen(given), said=complaint)
            others = {key: answer for key, answer in context.items() if isinstance(answer, (str, bool))}
            raise UsageError(f"answers.error.{code}", **{**others, **self._seen(given)})
        return value

    def _complaint(self, value: Answer, context: Mapping[str, Any]) -> str:
        """Return what copier.yml's validators say to a value, nothing if all is well."""
        with_value = {**context, self.key: value}
        programs = (self.choice_validators.get(str(value), ()), self.validator)
        return next((said for program in programs if (said := run(list(program), with_value).strip())), "")

    def _parse(self, given: Given) -> Answer:
        value = given.value
        if self.kind == "bool":
            if isinstance(value, bool):
                return value
            if isinstance(value, (str, int)) and str(value).strip().lower() in _BOOLEANS:
                return _BOOLEANS[str(value).strip().lower()]
            raise UsageError("answers.error.not-boolean", **self._seen(given))
        if isinstance(value, str):
            return value
        # YAML reads an unquoted 3.11 as a number; 3.10 becomes 3.1 there, which is not among the choices.
        if isinstance(value, (int, float)) and not isinstance(value, bool) and str(value) in self.choices:
            return str(value)
        raise UsageError("answers.error.not-text", **self._seen(given))

    def _seen(self, given: Given) -> dict[str, object]:
        return {"question": self.key, "value": _as_written(given.value), "origin": given.origin}


class Catalog:
    """The questions and the starters of one template.

    Args:
        root: the folder that holds copier.yml and templates/; without it, the starters that came with scaffold.
        origin: what projects record of where they come from, as `origin` below; without it, what copier.yml says.
    """

    def __init__(self, root: Path | None = None, origin: Mapping[str, str] | None = None) -> None:
        if root is None and not PACKAGED.is_dir():
            root = CHECKOUT
        self._root = root
        self._origin = origin
        self._starters: dict[str, dict[str, Any]] = {}

    @cached_property
    def _raw_questions(self) -> list[dict[str, Any]]:
        if self._root is not None:
            from scaffold.compiler import compile_questions  # noqa: PLC0415 - slow, and not in an installed scaffold

            return compile_questions(self._root)
        questions: list[dict[str, Any]] = json.loads((PACKAGED / "questions.json").read_text("utf-8"))
        return questions

    @cached_property
    def constants(self) -> dict[str, Any]:
        """What copier.yml defines without asking: names that its validators use."""
        return {q["key"]: q["default"] for q in self._raw_questions if q["when"] is False}

    @cached_property
    def origin(self) -> Mapping[str, str]:
        """Where updates of a project come from, and its version, by the names that copier gives them."""
        constants = self.constants
        found = self._origin or {"_commit": constants["template_version"], "_src_path": constants["template_source"]}
        # What `scaffold adopt` lists in a project that no template made.
        return {**found, "_adopted": ""}

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions by key, in the order in which they are asked."""
        return {q["key"]: _question(q) for q in self._raw_questions if q["when"] is not False}

    def starter(self, name: str) -> dict[str, Any]:
        """Return a compiled starter, for `scaffold.render.render`."""
        if name not in self._starters:
            self._starters[name] = {**self._load_starter(name), "origin": self.origin}
        return self._starters[name]

    def _load_starter(self, name: str) -> dict[str, Any]:
        if self._root is not None:
            from scaffold.compiler import compile_starter  # noqa: PLC0415 - as above

            return compile_starter(self._root, name, {*self.questions, *self.origin})
        starter: dict[str, Any] = json.loads((PACKAGED / f"{name}.json").read_text("utf-8"))
        return starter

    def resolve(self, given: Mapping[str, Given], *, preferred: Mapping[str, Answer] | None = None) -> Answers:
        """Return an answer to every question, the default where none was given.

        Args:
            given: the user's values; `check_keys` has passed them.
            preferred: defaults that suit this machine better than copier.yml's, taken where they are valid.

        Raises:
            UsageError: a value is wrong, or two clash.
        """
        answers: Answers = {}
        for question in self.questions.values():
            context = {**self.constants, **answers}
            answer = self.settle(question, given.get(question.key), context, preferred or {})
            answers[question.key] = self.suggestion(question, context, preferred) if answer is None else answer
        return answers

    def settle(
        self,
        question: Question,
        given: Given | None,
        context: Mapping[str, Any],
        preferred: Mapping[str, Answer] | None = None,
    ) -> Answer | None:
        """Return the answer that needs no asking: the given one, or the default where the question does not apply.

        Raises:
            UsageError: the given value is wrong, or the question does not apply and it is not the default.
        """
        applies = question.applies(context)
        if given is None:
            return None if applies else self.suggestion(question, context, preferred)
        if applies:
            return question.accept(given, context)
        answer = question.accept(given, context)
        if answer != question.default_for(context):
            seen = {"question": question.key, "value": _as_written(given.value), "origin": given.origin}
            if context.get("cloud_functions") is False:
                raise UsageError("answers.error.not-applicable", **seen)
            raise UsageError("answers.error.not-for-starter", **seen, starter=context["starter"])
        return answer

    def suggestion(
        self, question: Question, context: Mapping[str, Any], preferred: Mapping[str, Answer] | None = None
    ) -> Answer:
        """Return the answer to offer: the preferred one where it is valid here, else copier.yml's default."""
        wish = (preferred or {}).get(question.key)
        if wish is not None and question.applies(context):
            try:
                return question.accept(Given(wish, question.key), context)
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
                from difflib import get_close_matches  # noqa: PLC0415 - only needed for a mistake

                near = get_close_matches(key, self.questions, n=1)
                group = "unknown-key-near" if near else "unknown-key"
                known = ", ".join(self.questions)
                raise UsageError(f"answers.error.{group}", key=key, origin=origin, near="".join(near), known=known)


class _Literal(str):
    """Text that messages show without quotes, even where they quote."""

    __slots__ = ()
    __repr__ = str.__str__


def _as_written(value: object) -> str:
    """Return a value as its user wrote it: what YAML calls `null` or `true` is not None or True to them."""
    if isinstance(value, str):
        return value
    plain = isinstance(value, (bool, int, float, list, dict, type(None)))
    return _Literal(json.dumps(value, ensure_ascii=False, default=str) if plain else value)


def _question(raw: Mapping[str, Any]) -> Question:
    return Question(
        key=raw["key"],
        kind=raw["type"],
        choices=tuple(choice["value"] for choice in raw["choices"]),
        help=raw.get("help", ""),
        default=raw["default"],
        when=raw["when"],
        validator=raw["validator"],
        choice_validators={choice["value"]: choice["validator"] for choice in raw["choices"]},
    )


# Questions with a flag of their own; `-d KEY=VALUE` answers all of them.
FLAGS = {
    "starter": "--starter",
    "server": "--server",
    "python": "--python",
    "cloud_functions": "--cloud-functions",
    "dependencies": "--dependencies",
}


def flag(key: str, *, off: bool = False) -> str:
    """Return how the command line answers a question; `off`: how it says no."""
    name = FLAGS.get(key, f"-d {key}=VALUE")
    return name.replace("--", "--no-") if off else name


def combinations(catalog: Catalog, starter: str) -> Iterator[Answers]:
    """Yield every valid combination of answers of a starter, under the default project name."""
    yield from _combine(catalog, list(catalog.questions.values()), {"starter": starter})


def _combine(catalog: Catalog, questions: list[Question], answers: Mapping[str, Answer]) -> Iterator[Answers]:
    if not questions:
        yield {key: answers[key] for key in catalog.questions}
        return
    question, *rest = questions
    context = {**catalog.constants, **answers}
    free = not question.choices and question.kind != "bool"
    if question.key in answers or free or not question.applies(context):
        values: Sequence[Answer] = [answers.get(question.key, question.default_for(context))]
    else:
        values = question.allowed_choices(context) or [True, False]
    for value in values:
        yield from _combine(catalog, rest, {**answers, question.key: value})
