"""One question of copier.yml: when it is asked, its default, and the answers that it accepts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from scaffold.errors import UsageError
from scaffold.messages import area, language
from scaffold.template_runtime import run

if TYPE_CHECKING:
    from collections.abc import Mapping

Answer: TypeAlias = "str | bool"
Answers: TypeAlias = "dict[str, Answer]"

BOOLEANS = {
    **dict.fromkeys(("true", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "no", "n", "off", "0"), False),
}


@dataclass(frozen=True)
class UserInput:
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
        choice_validators: the validator of each choice.
        labels: what copier and cookiecutter show for each choice: its value, and
            what it is for in English / 中文.
    """

    key: str
    kind: str
    choices: tuple[str, ...] = ()
    help: str = ""
    default: Any = ""
    when: Any = True
    validator: Any = ()
    choice_validators: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def applies(self, context: Mapping[str, Any]) -> bool:
        """Return whether the question is asked, given the answers before it."""
        return (
            self.when
            if isinstance(self.when, bool)
            else BOOLEANS[run(self.when, context).strip().lower()]
        )

    def default_for(self, context: Mapping[str, Any]) -> Answer:
        """Return the default answer, given the answers before it."""
        if isinstance(self.default, bool):
            return self.default
        default = run(self.default, context)
        return BOOLEANS[default.strip().lower()] if self.kind == "bool" else default

    def allowed_choices(self, context: Mapping[str, Any]) -> list[str]:
        """Return the choices that the answers before this question leave open."""
        return [choice for choice in self.choices if not self._complaint(choice, context)]

    def accept(self, given: UserInput, context: Mapping[str, Any]) -> Answer:
        """Return a given value as an answer.

        Raises:
            UsageError: the value is of the wrong type, not one of the choices, or against a rule.
        """
        value = self._parse(given)
        if self.choices and value not in self.choices:
            raise UsageError(
                "answers.error.unknown-choice",
                **self._seen(given),
                choices=", ".join(self.allowed_choices(context)),
            )
        if complaint := self._complaint(value, context):
            code = complaint.partition("]")[0].removeprefix("[")
            if f"answers.error.{code}.title" not in area("answers", language()):
                raise UsageError("answers.error.refused", **self._seen(given), output=complaint)
            others = {
                key: answer for key, answer in context.items() if isinstance(answer, (str, bool))
            }
            raise UsageError(f"answers.error.{code}", **{**others, **self._seen(given)})
        return value

    def _complaint(self, value: Answer, context: Mapping[str, Any]) -> str:
        """Return what copier.yml's validators say to a value, nothing if all is well."""
        with_value = {**context, self.key: value}
        programs = (self.choice_validators.get(str(value), ()), self.validator)
        return next(
            (found for program in programs if (found := run(list(program), with_value).strip())), ""
        )

    def _parse(self, given: UserInput) -> Answer:
        value = given.value
        if self.kind == "bool":
            if isinstance(value, bool):
                return value
            if isinstance(value, (str, int)) and str(value).strip().lower() in BOOLEANS:
                return BOOLEANS[str(value).strip().lower()]
            raise UsageError("answers.error.not-boolean", **self._seen(given))
        if isinstance(value, str):
            return value
        # YAML reads an unquoted 3.11 as a number; 3.10 becomes 3.1 there,
        # which is not among the choices.
        if (
            isinstance(value, (int, float))
            and not isinstance(value, bool)
            and str(value) in self.choices
        ):
            return str(value)
        raise UsageError("answers.error.not-text", **self._seen(given))

    def _seen(self, given: UserInput) -> dict[str, object]:
        return {"question": self.key, "value": as_written(given.value), "origin": given.origin}


class _Literal(str):
    """Text that messages show without quotes, even where they quote."""

    __slots__ = ()
    __repr__ = str.__str__


def as_written(value: object) -> str:
    """Return a value as its user wrote it: what YAML calls `null` or `true`
    is not None or True to them.
    """
    if isinstance(value, str):
        return value
    plain = isinstance(value, (bool, int, float, list, dict, type(None)))
    return _Literal(json.dumps(value, ensure_ascii=False, default=str) if plain else value)


def question_of(raw: Mapping[str, Any]) -> Question:
    """Return a question as `template_compiler.compile_questions` has it."""
    return Question(
        key=raw["key"],
        kind=raw["type"],
        choices=tuple(choice["value"] for choice in raw["choices"]),
        help=raw.get("help", ""),
        default=raw["default"],
        when=raw["when"],
        validator=raw["validator"],
        choice_validators={choice["value"]: choice["validator"] for choice in raw["choices"]},
        labels={choice["value"]: choice["label"] for choice in raw["choices"]},
    )
