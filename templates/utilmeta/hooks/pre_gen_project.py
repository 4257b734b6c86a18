{% raw %}"""Check the answers before cookiecutter writes anything: the rules and the

Written by `make pages` from scaffold/printable.py, scaffold/messages/__init__.py, scaffold/errors.py, scaffold/template_runtime.py, scaffold/questions.py, scaffold/catalog.py, scaffold/paths.py, hooks/within.py, hooks/pre_gen_project.py, copier.yml and scaffold/messages. Change those.
"""

from __future__ import annotations

import json
import sys

if sys.version_info < (3, 10):
    sys.exit("cookiecutter must run on Python 3.10 or newer for this template")

messages = sys.modules[__name__]


# scaffold/printable.py
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# C0, DEL and C1; marks, overrides and isolates of the reading direction; Unicode's own line ends;
# a byte order mark; bytes of a file name that are no text. Tabs stay.
_CONTROLS = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
)
# Patterns are compiled where they are used, by `re` itself, once: that takes longer than all else
# here, and text that is all printable needs none.
_IN_LINES = f"[{_CONTROLS}]"
# Colours and weight: the only sequences that change nothing but how the text after them looks.
_STYLE = r"\x1b\[[\d;]*m"
# GitHub Actions takes a line for a command that begins so, blanks before it or not; it and Azure
# Pipelines also take `##[…]` and `##vso[…]` anywhere in a line.
_MARKED_COMMAND = r"##(?=\w*\[)"
_COMMAND = rf"(?m)^([^\S\n]*):(?=:)|{_MARKED_COMMAND}"
# A word, or one Chinese character, with the punctuation that no line may begin with.
_PIECE = r"\s*(?:[\u2e80-\uffef]|[^\s\u2e80-\uffef]+)[，。、；：！？）”…]*"
_TWO_DIGITS = range(0x100)
_SHOWN = 5
_SHORT = {"\n": "\\n", "\r": "\\r"}
_BYTE_ESCAPES = range(
    0xDC80, 0xDD00
)  # PEP 383: where Python puts bytes of a name that it cannot decode


class Lines(str):
    """Text of others that may have several lines where it is shown, such as what git says."""

    __slots__ = ()


def printable(value: object) -> str:
    """Return text that stays on one line and does nothing to a terminal."""
    text = str(value)
    return text if text.isprintable() else re.sub(f"\n|{_IN_LINES}", _escaped, text)


def cut(text: str, length: int) -> str:
    """Return a text with no more characters than that, and an ellipsis where it had more."""
    return text if len(text) <= length else f"{text[:length]}…"


def shortened(names: Sequence[str]) -> str:
    """Return a few of many names, enough to recognise them, and how many there are."""
    shown = ", ".join(names[:_SHOWN])
    return f"{shown}, … ({len(names)})" if len(names) > _SHOWN else shown


def wrapped(line: str, columns: int) -> list[str]:
    """Return a text in lines that are at most so wide on a terminal; a longer word stays whole."""
    from rich.cells import cell_len

    lines = [""]
    for piece in re.findall(_PIECE, line):
        if lines[-1] and cell_len(lines[-1] + piece) > columns:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return lines


def printable_lines(text: str, *, styles: bool = False) -> str:
    """Return lines of text that do nothing to a terminal.

    Args:
        text: may have several lines.
        styles: leave colours as they are.
    """
    if text.replace("\n", "").isprintable():
        return text
    if styles:
        return re.sub(f"{_STYLE}|{_IN_LINES}", _escaped_unless_style, text)
    return re.sub(_IN_LINES, _escaped, text)


def without_commands(text: str) -> str:
    """Return text in which no CI system finds a command; all else stays."""
    if "::" not in text and "##" not in text:
        return text
    return re.sub(
        _COMMAND, lambda match: "#\\x23" if match[0] == "##" else f"{match[1]}\\x3a", text
    )


def in_json(text: str) -> str:
    """Return the same JSON with escapes for what JSON may hold and a terminal should not."""
    escaped = re.sub(_IN_LINES, lambda match: f"\\u{ord(match[0]):04x}", text)
    return re.sub(_MARKED_COMMAND, "#\\\\u0023", escaped)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code in _BYTE_ESCAPES:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code in _TWO_DIGITS else f"\\u{code:04x}"


def _escaped_unless_style(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith("\x1b[") else _escaped(match)

# scaffold/messages/__init__.py
import json
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LANGUAGES = ("en", "zh")
_HERE = Path(__file__).parent
_areas: dict[tuple[str, str], dict[str, str]] = {}
_language = "en"
_spoken: ContextVar[str] = ContextVar("_spoken", default="")


class _Formatter(Formatter):
    """`str.format` with values that stay on one line and do nothing to a terminal."""

    def format_field(self, value: object, format_spec: str) -> str:
        """Return a value as it stands in the message."""
        shown = super().format_field(value, format_spec)
        return printable_lines(shown) if isinstance(value, Lines) else printable(shown)


_formatter = _Formatter()


def language() -> str:
    """Return the language messages are given in: `en` or `zh`."""
    return _spoken.get() or _language


def set_language(code: str) -> None:
    """Give messages in `code`, one of `LANGUAGES`, from now on."""
    # One process prints one language; passing it everywhere would explain nothing.
    global _language
    _language = code


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Give messages in another language within the block, in this thread only."""
    token = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(token)


def detect_language(environ: Mapping[str, str]) -> str:
    """Return the language that the POSIX locale variables ask for, English
    unless they name Chinese.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "zh" if environ[name].lower().startswith("zh") else "en"
    return "en"


def area(name: str, code: str) -> dict[str, str]:
    """Return all messages of one area in one language."""
    if (code, name) not in _areas:
        _areas[code, name] = json.loads((_HERE / code / f"{name}.json").read_bytes())
    return _areas[code, name]


def exists(key: str) -> bool:
    """Return whether there is a message `key`."""
    return key in area(key.partition(".")[0], language())


def text(key: str, /, **params: object) -> str:
    """Return the message `key` in the current language, its placeholders filled.

    Raises:
        KeyError: no such message, or a placeholder without a value: a fault
            of the program, not of the user.
    """
    messages = area(key.partition(".")[0], language())
    return _formatter.vformat(messages[key], (), params)

# scaffold/errors.py
from typing import ClassVar


PARTS = ("seen", "why", "fix")


class ScaffoldError(Exception):
    """A failure the user can act on.

    Args:
        key: the message group, for example `new.error.target-not-empty`.
        params: values for the placeholders of the group's messages.

    Attributes:
        cause: what a program printed about the failure, such as `app.py:37 RuntimeError: boom`; it
            takes the place of the title.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, key: str, /, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params = params
        self.cause = ""

    @property
    def code(self) -> str:
        """The name by which `scaffold explain` and the page of errors know it."""
        return self.key.replace(".error.", "-")

    def parts(self) -> dict[str, str]:
        """Return the error in the current language: title, seen, why if there is one, fix."""
        keys = {part: f"{self.key}.{part}" for part in ("title", *PARTS)}
        found = {
            part: messages.text(key, **self.params)
            for part, key in keys.items()
            if messages.exists(key)
        }
        if self.cause:
            found["seen"] = f"{found['title']}: {found['seen']}"
            found["title"] = printable(self.cause)
        return found

    def __str__(self) -> str:
        """Return the whole error as the command line prints it."""
        parts = self.parts()
        lines = [messages.text("cli.error", title=parts["title"])]
        for part in PARTS:
            if part in parts:
                label = messages.text(f"cli.error.{part}")
                lines.append(f"  {label} {parts[part]}".replace("\n", "\n    "))
        return "\n".join(lines)


class UsageError(ScaffoldError):
    """The command, an answer or a data file is wrong: nothing was tried."""

    exit_code = 2


class FailedError(ScaffoldError):
    """The request was right and could not be carried out, or the answer is no."""

    exit_code = 1

# scaffold/template_runtime.py
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Expression: TypeAlias = list[Any]
Program: TypeAlias = list[Any]
Context: TypeAlias = Mapping[str, Any]

# What a template may call: pure string methods, so that a program cannot
# reach anything but its context.
METHODS = frozenset(
    {"isascii", "isidentifier", "isprintable", "lower", "replace", "startswith", "strip", "upper"}
)

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "lt": lambda left, right: left < right,
    "lteq": lambda left, right: left <= right,
    "gt": lambda left, right: left > right,
    "gteq": lambda left, right: left >= right,
    "in": lambda left, right: left in right,
    "notin": lambda left, right: left not in right,
}


def _to_json(value: object) -> str:
    """Return JSON as Jinja's `tojson` writes it: sorted keys, safe inside HTML."""
    text = json.dumps(value, sort_keys=True)
    for mark in "<>&'":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


FILTERS: dict[str, Callable[..., Any]] = {
    "join": lambda value, separator="": separator.join(map(str, value)),
    "length": len,
    "lower": lambda value: str(value).lower(),
    "tojson": _to_json,
    "upper": lambda value: str(value).upper(),
}


def evaluate(expression: Expression, context: Context) -> Any:
    """Return the value of an expression.

    Raises:
        KeyError: a name that the context does not have.
    """
    operator, *operands = expression
    return _EXPRESSIONS[operator](operands, context)


def _name(operands: list[Any], context: Context) -> Any:
    return context[operands[0]]


def _attribute(operands: list[Any], context: Context) -> Any:
    return evaluate(operands[0], context)[operands[1]]


def _compare(operands: list[Any], context: Context) -> bool:
    left = evaluate(operands[0], context)
    for operator, operand in operands[1]:
        right = evaluate(operand, context)
        if not _COMPARISONS[operator](left, right):
            return False
        left = right
    return True


def _call(operands: list[Any], context: Context) -> Any:
    target, method, arguments = operands
    if method not in METHODS:
        raise ValueError(method)
    return getattr(str(evaluate(target, context)), method)(
        *(evaluate(a, context) for a in arguments)
    )


def _choose(operands: list[Any], context: Context) -> Any:
    test, yes, no = operands
    return evaluate(yes if evaluate(test, context) else no, context)


_EXPRESSIONS: dict[str, Callable[[list[Any], Context], Any]] = {
    "and": lambda o, c: evaluate(o[0], c) and evaluate(o[1], c),
    "attribute": _attribute,
    "call": _call,
    "compare": _compare,
    "concat": lambda o, c: "".join(str(evaluate(part, c)) for part in o[0]),
    "const": lambda o, _: o[0],
    "filter": lambda o, c: FILTERS[o[0]](evaluate(o[1], c), *(evaluate(a, c) for a in o[2])),
    "if": _choose,
    "list": lambda o, c: [evaluate(item, c) for item in o[0]],
    "name": _name,
    "not": lambda o, c: not evaluate(o[0], c),
    "or": lambda o, c: evaluate(o[0], c) or evaluate(o[1], c),
}


def computed_name(key: str) -> str:
    """Return how templates call what copier.yml computes from answers;
    cookiecutter does not ask for `__NAME`.
    """
    return f"__{key}"


def names(program: Program) -> set[str]:
    """Return the names of the context that a program may ask for."""
    if program[:1] == ["name"]:
        return {program[1]}
    return {name for part in program if isinstance(part, list) for name in names(part)}


def run(program: Program, context: Context) -> str:
    """Return the text that a program makes of a context.

    Args:
        program: a compiled template.
        context: the values of the template's variables; it is not changed.

    Raises:
        KeyError: the template uses a name that the context does not have.
    """
    parts: list[str] = []
    _run(program, dict(context), parts)
    return "".join(parts)


def _run(program: Program, context: dict[str, Any], parts: list[str]) -> None:
    for statement in program:
        if isinstance(statement, str):
            parts.append(statement)
        elif statement[0] == "print":
            parts.append(str(evaluate(statement[1], context)))
        elif statement[0] == "set":
            context[statement[1]] = evaluate(statement[2], context)
        else:
            _, branches, otherwise = statement
            chosen = next((body for test, body in branches if evaluate(test, context)), otherwise)
            _run(chosen, context, parts)

# scaffold/questions.py
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias


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

# scaffold/catalog.py
import json
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any


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

# scaffold/paths.py
import re

_SEPARATORS = re.compile(r"[/\\]")
# `.git`, and the short names that Windows gives it: `GIT~1`, and others where that is taken.
_GIT = re.compile(r"\.git|git~\d+")


def is_git_folder(path: str) -> bool:
    """Return whether a part of a path is one that git takes for its own folder, on some system.

    Args:
        path: relative, with separators of any system.
    """
    if "git" not in path.casefold() and path.isascii():
        return False  # nearly all of them
    return any(_GIT.fullmatch(_plain(part)) for part in _SEPARATORS.split(path))


def _plain(part: str) -> str:
    """Return a name as the file system that knows the fewest differences has it."""
    import unicodedata

    # What comes after a colon is a stream of the file, on Windows.
    name = unicodedata.normalize("NFKC", part.partition(":")[0])
    # HFS+ ignores joiners, marks of direction and the like.
    visible = "".join(
        character for character in name if unicodedata.category(character) not in {"Cf", "Mn"}
    )
    return visible.casefold().rstrip(". \t")

# hooks/within.py
import os
import sys
import tempfile
from io import TextIOWrapper
from pathlib import Path
from typing import Any


# In a starter's hook these hold the answers, cookiecutter's own settings among
# them, and copier.yml's questions.
ANSWERS: dict[str, Any] = {}
QUESTIONS: list[dict[str, Any]] = []


def begin() -> None:
    """Speak the user's language, and remove the temporary file that
    cookiecutter runs a hook from and leaves.
    """
    set_language(detect_language(os.environ))
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese must not turn a message into a traceback.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    script = Path(__file__).resolve()
    if script.parent == Path(tempfile.gettempdir()).resolve() and script.name.startswith(
        tempfile.gettempprefix()
    ):
        script.unlink(missing_ok=True)

# hooks/pre_gen_project.py
import os
import re
import sys


# A name that no system takes for a path, a drive, a device or an option.
PLAIN_NAME = re.compile(
    r"[^\x00-\x1f/\\:*?\"<>|~.\s-](?:[^\x00-\x1f/\\:*?\"<>|]*[^\x00-\x1f/\\:*?\"<>|.\s])?"
)
LONGEST_NAME = 255  # bytes, on the usual file systems
ORIGIN = "cookiecutter"
# How the command line gives an answer that cookiecutter takes as KEY=VALUE.
_FLAGS = (
    (r"-d (\w+=)", r"\1"),
    (r"--cloud-functions\b", "cloud_functions=true"),
    (r"--(starter|server|python|dependencies) (?=\S)", r"\1="),
)


def check_folder(name: str) -> None:
    """Refuse a folder that is more than a name: it could lead out of the
    place that cookiecutter writes to.

    Raises:
        UsageError: it is empty, has a separator, a drive or a mark of a
            shell, is git's own, or is too long.
    """
    if (
        not PLAIN_NAME.fullmatch(name)
        or is_git_folder(name)
        or len(os.fsencode(name)) > LONGEST_NAME
    ):
        raise UsageError("cookiecutter.error.folder-not-plain", value=name)


def check_answers() -> None:
    """Refuse what the command line refuses.

    Raises:
        UsageError: a value is wrong, or two clash.
    """
    catalog = Catalog()
    vars(catalog)["_raw_questions"] = QUESTIONS
    starter = ANSWERS["_starter"]
    if ANSWERS["starter"] != starter:
        raise UsageError(
            "cookiecutter.error.other-starter", value=ANSWERS["starter"], starter=starter
        )
    catalog.resolve({key: UserInput(ANSWERS[key], ORIGIN) for key in catalog.questions})


def in_cookiecutters_words(message: str) -> str:
    """Return a message with answers as cookiecutter takes them: `python=3.11` for
    `--python 3.11`.
    """
    for flag, answer in _FLAGS:
        message = re.sub(flag, answer, message)
    return message


def main() -> int:
    """Say what is wrong and return 2, or return 0 and say nothing."""
    begin()
    try:
        check_answers()
        check_folder(ANSWERS["__folder"])
    except ScaffoldError as error:
        print(in_cookiecutters_words(str(error)), file=sys.stderr)
        print(text("cookiecutter.refused"), file=sys.stderr)
        return error.exit_code
    return 0

_areas.update({tuple(key.split()): texts for key, texts in json.loads(r'''
{
 "en answers": {
  "answers.error.name-not-identifier.title": "The name is not a Python identifier of at most 50 characters",
  "answers.error.name-not-identifier.seen": "project_name: {value!r}, from {origin}",
  "answers.error.name-not-identifier.why": "Python imports the project by this name: letters, digits and _ of ASCII, no digit first.",
  "answers.error.name-not-identifier.fix": "Choose a name such as `myapp`, and give it with `-d project_name=myapp` if the folder is to be called otherwise.",
  "answers.error.title-not-one-line.title": "The title is not one line of 1 to 100 characters",
  "answers.error.title-not-one-line.seen": "title: {value!r}, from {origin}",
  "answers.error.title-not-one-line.why": "It is the heading of the README and of the page: without line breaks and control characters, and without blanks around it.",
  "answers.error.title-not-one-line.fix": "Choose another title, for example `-d title=\"My shop\"`.",
  "answers.error.name-is-keyword.title": "The name is a Python keyword",
  "answers.error.name-is-keyword.seen": "project_name: {value!r}, from {origin}",
  "answers.error.name-is-keyword.why": "`import {value}` is not valid Python.",
  "answers.error.name-is-keyword.fix": "Choose another name, for example `my_{value}`, with `-d project_name=my_{value}`.",
  "answers.error.name-is-reserved.title": "The name would shadow a module that the project needs",
  "answers.error.name-is-reserved.seen": "project_name: {value!r}, from {origin}",
  "answers.error.name-is-reserved.why": "`{value}` is a module of Python, of a dependency or of the project itself; one of the two could not be imported.",
  "answers.error.name-is-reserved.fix": "Choose another name, for example `my_{value}`, with `-d project_name=my_{value}`.",
  "answers.error.python-too-new-for-sdk.title": "The SDK\u0027s own pins install on Python 3.8 to 3.11 only",
  "answers.error.python-too-new-for-sdk.seen": "python: {value!r}, from {origin}; dependencies: {dependencies}",
  "answers.error.python-too-new-for-sdk.why": "The SDK asks for gevent 22 and MarkupSafe 2.0, which do not start on Python 3.12 and newer.",
  "answers.error.python-too-new-for-sdk.fix": "Choose `--dependencies current`, or `--python 3.11`.",
  "answers.error.python-too-old.title": "Today\u0027s libraries need Python 3.10 or newer",
  "answers.error.python-too-old.seen": "python: {value!r}, from {origin}; dependencies: {dependencies}",
  "answers.error.python-too-old.why": "Flask and its companions no longer release for Python 3.8 and 3.9.",
  "answers.error.python-too-old.fix": "Choose `--python 3.11`, or `--cloud-functions --dependencies sdk` if it must be Python {value}.",
  "answers.error.unknown-choice.title": "{question} cannot be {value!r}",
  "answers.error.unknown-choice.seen": "{question}: {value!r}, from {origin}",
  "answers.error.unknown-choice.why": "Only combinations that were started and found healthy are offered.",
  "answers.error.unknown-choice.fix": "Choose one of: {choices}. `scaffold list` says what each is for.",
  "answers.error.refused.title": "{question} cannot be {value!r}",
  "answers.error.refused.seen": "{question}: {value!r}, from {origin}",
  "answers.error.refused.why": "The template says: {output}",
  "answers.error.refused.fix": "Give another answer.",
  "answers.error.not-boolean.title": "{question} must be yes or no",
  "answers.error.not-boolean.seen": "{question}: {value!r}, from {origin}",
  "answers.error.not-boolean.fix": "Write `true` or `false`.",
  "answers.error.not-text.title": "{question} must be text",
  "answers.error.not-text.seen": "{question}: {value!r}, from {origin}",
  "answers.error.not-text.why": "YAML reads some words as numbers, dates or lists: an unquoted 3.10 becomes 3.1.",
  "answers.error.not-text.fix": "Put the value in quotes, for example `{question}: \"…\"`.",
  "answers.error.not-applicable.title": "{question} does not apply to this project",
  "answers.error.not-applicable.seen": "{question}: {value!r}, from {origin}",
  "answers.error.not-applicable.why": "It belongs to the LeanCloud SDK, which a project without cloud functions does not contain.",
  "answers.error.not-applicable.fix": "Leave {question} out, or choose `--cloud-functions`.",
  "answers.error.not-for-starter.title": "{question} does not apply to this project",
  "answers.error.not-for-starter.seen": "{question}: {value!r}, from {origin}; starter: {starter}",
  "answers.error.not-for-starter.fix": "Leave {question} out.",
  "answers.error.backend-not-utilmeta.title": "UtilMeta does not run on this framework",
  "answers.error.backend-not-utilmeta.seen": "backend: {value!r}, from {origin}; starter: {starter}",
  "answers.error.backend-not-utilmeta.fix": "Choose another `backend`; `scaffold list` shows them.",
  "answers.error.server-not-wsgi.title": "The server runs WSGI apps only",
  "answers.error.server-not-wsgi.seen": "server: {value!r}, from {origin}; framework: {backend}",
  "answers.error.server-not-wsgi.why": "{backend} apps are not WSGI callables: the server would not start, or answer every request with 500.",
  "answers.error.server-not-wsgi.fix": "Leave `server` out, or choose one that `scaffold list` shows for {backend}.",
  "answers.error.server-not-asgi.title": "The server runs ASGI apps only",
  "answers.error.server-not-asgi.seen": "server: {value!r}, from {origin}; framework: {backend}",
  "answers.error.server-not-asgi.why": "A {backend} project is a WSGI app: the server would start and answer every request with 500.",
  "answers.error.server-not-asgi.fix": "Leave `server` out, or choose one that `scaffold list` shows for {backend}.",
  "answers.error.server-is-its-own.title": "The framework is its own server",
  "answers.error.server-is-its-own.seen": "server: {value!r}, from {origin}; framework: {backend}",
  "answers.error.server-is-its-own.fix": "Leave `server` out.",
  "answers.error.server-of-another.title": "The server belongs to another framework",
  "answers.error.server-of-another.seen": "server: {value!r}, from {origin}; framework: {backend}",
  "answers.error.server-of-another.fix": "Leave `server` out, or choose one that `scaffold list` shows for {backend}.",
  "answers.error.python-too-old-for-starter.title": "This starter needs Python 3.10 or newer",
  "answers.error.python-too-old-for-starter.seen": "python: {value!r}, from {origin}; starter: {starter}",
  "answers.error.python-too-old-for-starter.why": "Today\u0027s {starter}, or what it needs, does not install on Python 3.8 and 3.9, which are no longer maintained.",
  "answers.error.python-too-old-for-starter.fix": "Choose `--python 3.11`."
 },
 "en cli": {
  "cli.error": "Error: {title}",
  "cli.error.seen": "seen:",
  "cli.error.why": "why: ",
  "cli.error.fix": "fix: "
 },
 "en cookiecutter": {
  "cookiecutter.refused": "Nothing was written. Start cookiecutter again with other answers.",
  "cookiecutter.no-scaffold": "\n`scaffold` is not installed: `pipx install leanengine-scaffold` brings it, `uvx --from leanengine-scaffold scaffold boot` does without.",
  "cookiecutter.error.folder-not-plain.title": "The folder must be a plain name",
  "cookiecutter.error.folder-not-plain.seen": "project_slug: {value!r}, from cookiecutter",
  "cookiecutter.error.folder-not-plain.why": "A path, or a mark that some systems read as one, could put files where you do not expect them.",
  "cookiecutter.error.folder-not-plain.fix": "Choose a name such as `myapp`; for a folder elsewhere, add `--output-dir FOLDER`.",
  "cookiecutter.error.other-starter.title": "This folder makes projects of the starter {starter}",
  "cookiecutter.error.other-starter.seen": "starter: {value!r}, from cookiecutter",
  "cookiecutter.error.other-starter.why": "Each starter has a folder of its own, and its own questions.",
  "cookiecutter.error.other-starter.fix": "Leave `starter` out and add `--directory templates/NAME` with another starter\u0027s name.",
  "cookiecutter.error.lost-link.title": "A link in the template leads nowhere",
  "cookiecutter.error.lost-link.seen": "{file} holds the text {link!r}",
  "cookiecutter.error.lost-link.why": "Starters link to the files that they have in common. This copy of the template was unpacked without links, and what they lead to was not found.",
  "cookiecutter.error.lost-link.fix": "Give cookiecutter the whole path of the template, or clone it with git, on Windows with `git config --global core.symlinks true` and the developer mode."
 },
 "zh answers": {
  "answers.error.name-not-identifier.title": "名称不是 Python 标识符，或超过 50 个字符",
  "answers.error.name-not-identifier.seen": "project_name：{value!r}，来自 {origin}",
  "answers.error.name-not-identifier.why": "Python 用这个名称导入项目：只能用英文字母、数字和下划线，且不以数字开头。",
  "answers.error.name-not-identifier.fix": "换一个名称，例如 `myapp`；文件夹想用别的名字时，用 `-d project_name=myapp` 单独指定。",
  "answers.error.title-not-one-line.title": "标题不是一行 1 至 100 个字符的文字",
  "answers.error.title-not-one-line.seen": "title：{value!r}，来自 {origin}",
  "answers.error.title-not-one-line.why": "它是 README 和页面的标题：不能有换行与控制字符，首尾也不能有空格。",
  "answers.error.title-not-one-line.fix": "换一个标题，例如 `-d title=\"我的商店\"`。",
  "answers.error.name-is-keyword.title": "名称是 Python 关键字",
  "answers.error.name-is-keyword.seen": "project_name：{value!r}，来自 {origin}",
  "answers.error.name-is-keyword.why": "`import {value}` 不是合法的 Python。",
  "answers.error.name-is-keyword.fix": "换一个名称，例如用 `-d project_name=my_{value}` 指定 `my_{value}`。",
  "answers.error.name-is-reserved.title": "名称与项目需要的模块重名",
  "answers.error.name-is-reserved.seen": "project_name：{value!r}，来自 {origin}",
  "answers.error.name-is-reserved.why": "`{value}` 是 Python、依赖包或项目自身的模块名，重名后两者必有一个无法导入。",
  "answers.error.name-is-reserved.fix": "换一个名称，例如用 `-d project_name=my_{value}` 指定 `my_{value}`。",
  "answers.error.python-too-new-for-sdk.title": "SDK 自带的版本只能安装在 Python 3.8 至 3.11 上",
  "answers.error.python-too-new-for-sdk.seen": "python：{value!r}，来自 {origin}；dependencies：{dependencies}",
  "answers.error.python-too-new-for-sdk.why": "SDK 要求的 gevent 22 和 MarkupSafe 2.0 无法在 Python 3.12 及更新版本上启动。",
  "answers.error.python-too-new-for-sdk.fix": "改用 `--dependencies current`，或改用 `--python 3.11`。",
  "answers.error.python-too-old.title": "当前的依赖需要 Python 3.10 或更新版本",
  "answers.error.python-too-old.seen": "python：{value!r}，来自 {origin}；dependencies：{dependencies}",
  "answers.error.python-too-old.why": "Flask 及其依赖已不再为 Python 3.8 和 3.9 发布新版本。",
  "answers.error.python-too-old.fix": "改用 `--python 3.11`；如果必须用 Python {value}，请用 `--cloud-functions --dependencies sdk`。",
  "answers.error.unknown-choice.title": "{question} 不能是 {value!r}",
  "answers.error.unknown-choice.seen": "{question}：{value!r}，来自 {origin}",
  "answers.error.unknown-choice.why": "这里只提供实际启动过并通过健康检查的组合。",
  "answers.error.unknown-choice.fix": "请选择其中之一：{choices}。`scaffold list` 说明各自的用途。",
  "answers.error.refused.title": "{question} 不能是 {value!r}",
  "answers.error.refused.seen": "{question}：{value!r}，来自 {origin}",
  "answers.error.refused.why": "模板的说明：{output}",
  "answers.error.refused.fix": "请换一个值。",
  "answers.error.not-boolean.title": "{question} 只能为是或否",
  "answers.error.not-boolean.seen": "{question}：{value!r}，来自 {origin}",
  "answers.error.not-boolean.fix": "请写 `true` 或 `false`。",
  "answers.error.not-text.title": "{question} 必须是文本",
  "answers.error.not-text.seen": "{question}：{value!r}，来自 {origin}",
  "answers.error.not-text.why": "YAML 会把某些写法当作数字、日期或列表：不加引号的 3.10 会变成 3.1。",
  "answers.error.not-text.fix": "给值加上引号，例如 `{question}: \"…\"`。",
  "answers.error.not-applicable.title": "{question} 对这个项目没有意义",
  "answers.error.not-applicable.seen": "{question}：{value!r}，来自 {origin}",
  "answers.error.not-applicable.why": "它属于 LeanCloud SDK，而不带云函数的项目不包含 SDK。",
  "answers.error.not-applicable.fix": "去掉 {question}，或改用 `--cloud-functions`。",
  "answers.error.not-for-starter.title": "{question} 对这个项目没有意义",
  "answers.error.not-for-starter.seen": "{question}：{value!r}，来自 {origin}；starter：{starter}",
  "answers.error.not-for-starter.fix": "去掉 {question}。",
  "answers.error.backend-not-utilmeta.title": "UtilMeta 不能运行在这个框架上",
  "answers.error.backend-not-utilmeta.seen": "backend：{value!r}，来自 {origin}；starter：{starter}",
  "answers.error.backend-not-utilmeta.fix": "请选择其他 `backend`，`scaffold list` 会列出可用的框架。",
  "answers.error.server-not-wsgi.title": "该服务器只能运行 WSGI 应用",
  "answers.error.server-not-wsgi.seen": "server：{value!r}，来自 {origin}；框架：{backend}",
  "answers.error.server-not-wsgi.why": "{backend} 应用不是 WSGI 可调用对象：服务器无法启动，或对所有请求返回 500。",
  "answers.error.server-not-wsgi.fix": "去掉 `server`，或选择 `scaffold list` 中适合 {backend} 的服务器。",
  "answers.error.server-not-asgi.title": "该服务器只能运行 ASGI 应用",
  "answers.error.server-not-asgi.seen": "server：{value!r}，来自 {origin}；框架：{backend}",
  "answers.error.server-not-asgi.why": "{backend} 项目是 WSGI 应用：服务器能启动，但对所有请求返回 500。",
  "answers.error.server-not-asgi.fix": "去掉 `server`，或选择 `scaffold list` 中适合 {backend} 的服务器。",
  "answers.error.server-is-its-own.title": "该框架自带服务器",
  "answers.error.server-is-its-own.seen": "server：{value!r}，来自 {origin}；框架：{backend}",
  "answers.error.server-is-its-own.fix": "去掉 `server`。",
  "answers.error.server-of-another.title": "该服务器属于另一个框架",
  "answers.error.server-of-another.seen": "server：{value!r}，来自 {origin}；框架：{backend}",
  "answers.error.server-of-another.fix": "去掉 `server`，或选择 `scaffold list` 中适合 {backend} 的服务器。",
  "answers.error.python-too-old-for-starter.title": "该模板需要 Python 3.10 或更新版本",
  "answers.error.python-too-old-for-starter.seen": "python：{value!r}，来自 {origin}；starter：{starter}",
  "answers.error.python-too-old-for-starter.why": "当前版本的 {starter} 或其依赖无法安装在已停止维护的 Python 3.8 和 3.9 上。",
  "answers.error.python-too-old-for-starter.fix": "改用 `--python 3.11`。"
 },
 "zh cli": {
  "cli.error": "错误：{title}",
  "cli.error.seen": "现象：",
  "cli.error.why": "原因：",
  "cli.error.fix": "办法："
 },
 "zh cookiecutter": {
  "cookiecutter.refused": "没有写入任何文件。请修改选项后重新运行 cookiecutter。",
  "cookiecutter.no-scaffold": "\n尚未安装 `scaffold`：可用 `pipx install leanengine-scaffold` 安装，或直接运行 `uvx --from leanengine-scaffold scaffold boot`。",
  "cookiecutter.error.folder-not-plain.title": "文件夹只能是一个普通的名称",
  "cookiecutter.error.folder-not-plain.seen": "project_slug：{value!r}，来自 cookiecutter",
  "cookiecutter.error.folder-not-plain.why": "路径，或某些系统当作路径处理的字符，会让文件写到意料之外的地方。",
  "cookiecutter.error.folder-not-plain.fix": "请使用 `myapp` 这样的名称；要放到别处，请加上 `--output-dir 文件夹`。",
  "cookiecutter.error.other-starter.title": "此文件夹只生成 {starter} 模板的项目",
  "cookiecutter.error.other-starter.seen": "starter：{value!r}，来自 cookiecutter",
  "cookiecutter.error.other-starter.why": "每个模板各有一个文件夹和各自的问题。",
  "cookiecutter.error.other-starter.fix": "去掉 `starter`，并用 `--directory templates/模板名` 指定其他模板。",
  "cookiecutter.error.lost-link.title": "模板中有一个链接找不到目标",
  "cookiecutter.error.lost-link.seen": "{file} 的内容是文本 {link!r}",
  "cookiecutter.error.lost-link.why": "各模板通过符号链接共用文件。这份模板解压或克隆时丢失了链接，链接指向的文件也没有找到。",
  "cookiecutter.error.lost-link.fix": "请向 cookiecutter 提供模板的完整路径，或用 git 克隆模板；在 Windows 上需先打开开发者模式，并运行 `git config --global core.symlinks true`。"
 }
}
''').items()})
QUESTIONS.extend(json.loads(r'''
[
{"key": "template_source", "type": "str", "when": false, "default": "scaffold://starters.git", "choices": []},
{"key": "template_version", "type": "str", "when": false, "default": "3.0.1", "choices": []},
{"key": "python_keywords", "type": "str", "when": false, "default": "false none true and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield", "choices": []},
{"key": "reserved_names", "type": "str", "when": false, "default": "abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii binhex bisect builtins bz2 calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall concurrent configparser contextlib contextvars copy copyreg cprofile crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios test textwrap this threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo a2wsgi aiofiles aiosqlite annotated_types anyio arrow asgiref asyncpg backports blinker certifi cffi charset_normalizer click colorama cryptography databases dateutil django dotenv exceptiongroup fastapi flask gevent granian greenlet gunicorn h11 html5tagger httpcore httpcore2 httptools httpx httpx2 idna iniconfig iso8601 itsdangerous jinja2 jwcrypto leancloud litestar markupsafe msgspec multidict packaging pip pkg_resources pluggy psutil pycparser pydantic pydantic_core pydantic_settings pygments pytest pytz qiniu requests requests_toolbelt sanic sanic_routing secure_cookie setuptools six sniffio sqlalchemy sqlparse starlette tomli tornado tracerite truststore typing_extensions tzdata ua_parser ujson urllib3 user_agents utilmeta utype uvicorn uvloop uwsgi uwsgidecorators waitress watchfiles websockets werkzeug wheel whitenoise yaml zope api app asgi cloud conftest devserver env leanengine leansdk manage service settings static templates tests urls views wsgi", "choices": []},
{"key": "project_name", "type": "str", "help": "Name in code: letters, digits and underscores / 在代码中的名称：英文字母、数字和下划线", "default": ["myapp"], "validator": [["if", [[["or", ["not", ["and", ["call", ["name", "project_name"], "isascii", []], ["call", ["name", "project_name"], "isidentifier", []]]], ["compare", ["filter", "length", ["name", "project_name"], []], [["gt", ["const", 50]]]]], [" [name-not-identifier] The name is not a Python identifier of at most 50 characters / 名称不是 Python 标识符，或超过 50 个字符 "]], [["compare", ["concat", [["const", " "], ["call", ["name", "project_name"], "lower", []], ["const", " "]]], [["in", ["concat", [["const", " "], ["name", "python_keywords"], ["const", " "]]]]]], [" [name-is-keyword] The name is a Python keyword / 名称是 Python 关键字 "]], [["compare", ["concat", [["const", " "], ["call", ["name", "project_name"], "lower", []], ["const", " "]]], [["in", ["concat", [["const", " "], ["name", "reserved_names"], ["const", " "]]]]]], [" [name-is-reserved] The name would shadow a module that the project needs / 名称与项目需要的模块重名 "]]], []]], "choices": [], "when": true},
{"key": "title", "type": "str", "help": "Title of the project, in any script / 项目标题，任何文字均可", "default": [["print", ["name", "project_name"]]], "validator": [["if", [[["or", ["or", ["or", ["not", ["call", ["name", "title"], "isprintable", []]], ["compare", ["call", ["name", "title"], "strip", []], [["ne", ["name", "title"]]]]], ["not", ["name", "title"]]], ["compare", ["filter", "length", ["name", "title"], []], [["gt", ["const", 100]]]]], [" [title-not-one-line] The title is not one line of 1 to 100 characters / 标题不是一行 1 至 100 个字符的文字 "]]], []]], "choices": [], "when": true},
{"key": "title_html", "type": "str", "when": false, "default": [["print", ["call", ["call", ["call", ["call", ["call", ["call", ["call", ["call", ["call", ["name", "title"], "replace", [["const", "&"], ["const", "&amp;"]]], "replace", [["const", "<"], ["const", "&lt;"]]], "replace", [["const", ">"], ["const", "&gt;"]]], "replace", [["const", "\""], ["const", "&#34;"]]], "replace", [["const", "\u0027"], ["const", "&#39;"]]], "replace", [["const", "{"], ["const", "&#123;"]]], "replace", [["const", "}"], ["const", "&#125;"]]], "replace", [["const", "$"], ["const", "&#36;"]]], "replace", [["const", "\\"], ["const", "&#92;"]]]]], "choices": []},
{"key": "title_markdown", "type": "str", "when": false, "default": [["print", ["if", ["and", ["call", ["name", "title"], "isidentifier", []], ["compare", ["call", ["name", "title"], "strip", [["const", "_"]]], [["eq", ["name", "title"]]]]], ["name", "title"], ["call", ["call", ["call", ["call", ["call", ["call", ["call", ["call", ["call", ["call", ["name", "title"], "replace", [["const", "\\"], ["const", "\\\\"]]], "replace", [["const", "`"], ["const", "\\`"]]], "replace", [["const", "*"], ["const", "\\*"]]], "replace", [["const", "_"], ["const", "\\_"]]], "replace", [["const", "["], ["const", "\\["]]], "replace", [["const", "<"], ["const", "\\<"]]], "replace", [["const", "&"], ["const", "\\&"]]], "replace", [["const", "#"], ["const", "\\#"]]], "replace", [["const", "~"], ["const", "\\~"]]], "replace", [["const", "$"], ["const", "\\$"]]]]]], "choices": []},
{"key": "title_string", "type": "str", "when": false, "default": [["print", ["call", ["call", ["name", "title"], "replace", [["const", "\\"], ["const", "\\\\"]]], "replace", [["const", "\""], ["const", "\\\""]]]]], "choices": []},
{"key": "starter", "type": "str", "help": "Framework of the project / 项目使用的模板", "choices": [{"value": "flask", "label": "flask: Flask: a page, a JSON route and cloud functions; the one to start with / Flask：含页面、JSON 接口和云函数，适合入门", "validator": []}, {"value": "django", "label": "django: Django: the same with Django\u0027s views and settings; its own database only if you bring one / Django：同样的页面与接口，使用 Django 的视图与配置；默认不带数据库", "validator": []}, {"value": "wsgi", "label": "wsgi: a plain WSGI function, for Bottle, web.py, Falcon or whatever you bring / 纯 WSGI 函数，可换成 Bottle、web.py、Falcon 等你自己的框架", "validator": []}, {"value": "fastapi", "label": "fastapi: FastAPI: asynchronous, with typed routes, a websocket and documentation at /docs / FastAPI：异步，带类型的接口、WebSocket 与 /docs 文档", "validator": []}, {"value": "starlette", "label": "starlette: Starlette: asynchronous and small, with a websocket; what FastAPI is built on / Starlette：异步而小巧，含 WebSocket，FastAPI 的基础", "validator": []}, {"value": "litestar", "label": "litestar: Litestar: asynchronous, with routes checked by their types and a websocket / Litestar：异步，接口按类型校验，含 WebSocket", "validator": []}, {"value": "sanic", "label": "sanic: Sanic: asynchronous, with websockets and a fast server of its own / Sanic：异步框架，支持 WebSocket，自带快速的服务器", "validator": []}, {"value": "tornado", "label": "tornado: Tornado: asynchronous, with websockets; small and quick to start / Tornado：异步框架，支持 WebSocket，轻巧、启动快", "validator": []}, {"value": "utilmeta", "label": "utilmeta: UtilMeta: an API of checked types, on the framework of your choice / UtilMeta：自动校验类型的 API，底层框架任选", "validator": []}], "default": ["flask"], "when": true, "validator": []},
{"key": "backend", "type": "str", "help": "Framework that UtilMeta runs on / UtilMeta 使用的底层框架", "choices": [{"value": "django", "label": "django: as in a Django project, with its settings / 如同 Django 项目，带有 settings", "validator": []}, {"value": "flask", "label": "flask: as in a Flask project / 如同 Flask 项目", "validator": []}, {"value": "starlette", "label": "starlette: asynchronous, small; UtilMeta\u0027s own choice, a version with published vulnerabilities / 异步、轻巧，UtilMeta 的默认选择；所用版本有已公开的漏洞", "validator": []}, {"value": "fastapi", "label": "fastapi: asynchronous, FastAPI routes next to UtilMeta\u0027s / 异步，可与 FastAPI 路由并用", "validator": []}, {"value": "litestar", "label": "litestar: asynchronous; not for UtilMeta / 异步；不适用于 UtilMeta", "validator": [["if", [[["compare", ["name", "starter"], [["eq", ["const", "utilmeta"]]]], [" [backend-not-utilmeta] UtilMeta does not run on this framework / UtilMeta 不能运行在这个框架上 "]]], []]]}, {"value": "sanic", "label": "sanic: asynchronous, its own server / 异步，自带服务器", "validator": []}, {"value": "tornado", "label": "tornado: asynchronous, its own server / 异步，自带服务器", "validator": []}, {"value": "wsgi", "label": "wsgi: a plain WSGI function; not for UtilMeta / 纯 WSGI 函数；不适用于 UtilMeta", "validator": [["if", [[["compare", ["name", "starter"], [["eq", ["const", "utilmeta"]]]], [" [backend-not-utilmeta] UtilMeta does not run on this framework / UtilMeta 不能运行在这个框架上 "]]], []]]}], "default": [["print", ["if", ["compare", ["name", "starter"], [["eq", ["const", "utilmeta"]]]], ["const", "starlette"], ["name", "starter"]]]], "when": [["print", ["compare", ["name", "starter"], [["eq", ["const", "utilmeta"]]]]]], "validator": [["if", [[["and", ["compare", ["name", "starter"], [["ne", ["const", "utilmeta"]]]], ["compare", ["name", "backend"], [["ne", ["name", "starter"]]]]], [" [not-for-starter] backend does not apply to this project / backend 对这个项目没有意义 "]]], []]]},
{"key": "backend_name", "type": "str", "when": false, "default": [["print", ["if", ["compare", ["name", "backend"], [["eq", ["const", "django"]]]], ["const", "Django"], ["if", ["compare", ["name", "backend"], [["eq", ["const", "fastapi"]]]], ["const", "FastAPI"], ["if", ["compare", ["name", "backend"], [["eq", ["const", "flask"]]]], ["const", "Flask"], ["if", ["compare", ["name", "backend"], [["eq", ["const", "litestar"]]]], ["const", "Litestar"], ["if", ["compare", ["name", "backend"], [["eq", ["const", "sanic"]]]], ["const", "Sanic"], ["if", ["compare", ["name", "backend"], [["eq", ["const", "starlette"]]]], ["const", "Starlette"], ["if", ["compare", ["name", "backend"], [["eq", ["const", "tornado"]]]], ["const", "Tornado"], ["const", "WSGI"]]]]]]]]]], "choices": []},
{"key": "framework", "type": "str", "when": false, "default": [["print", ["if", ["compare", ["name", "starter"], [["eq", ["const", "utilmeta"]]]], ["const", "UtilMeta"], ["name", "backend_name"]]]], "choices": []},
{"key": "interface", "type": "str", "when": false, "default": [["print", ["if", ["compare", ["name", "backend"], [["in", ["list", [["const", "fastapi"], ["const", "litestar"], ["const", "starlette"]]]]]], ["const", "asgi"], ["if", ["compare", ["name", "backend"], [["in", ["list", [["const", "sanic"], ["const", "tornado"]]]]]], ["const", "own"], ["const", "wsgi"]]]]], "choices": []},
{"key": "server", "type": "str", "help": "Server that runs it on the platform / 在平台上运行它的服务器", "choices": [{"value": "waitress", "label": "waitress: written in Python; slow visitors hold up nobody, few settings / 用 Python 编写；慢速访客不会拖住其他人，设置少", "validator": [["if", [[["compare", ["name", "interface"], [["ne", ["const", "wsgi"]]]], [" [server-not-wsgi] The server runs WSGI apps only / 该服务器只能运行 WSGI 应用 "]]], []]]}, {"value": "uwsgi", "label": "uwsgi: written in C, fast; needs a proxy in front, or slow visitors stop it / 用 C 编写，速度快；前面需要代理，否则慢速访客会让它停止响应", "validator": [["if", [[["compare", ["name", "interface"], [["ne", ["const", "wsgi"]]]], [" [server-not-wsgi] The server runs WSGI apps only / 该服务器只能运行 WSGI 应用 "]]], []]]}, {"value": "gunicorn", "label": "gunicorn: written in Python, widely known; needs a proxy in front, or slow visitors stop it / 用 Python 编写，最为人熟知；前面需要代理，否则慢速访客会让它停止响应", "validator": [["if", [[["compare", ["name", "interface"], [["ne", ["const", "wsgi"]]]], [" [server-not-wsgi] The server runs WSGI apps only / 该服务器只能运行 WSGI 应用 "]]], []]]}, {"value": "gevent", "label": "gevent: gunicorn with green threads; for many slow requests at once / gunicorn 加协程；适合大量慢请求并发", "validator": [["if", [[["compare", ["name", "interface"], [["ne", ["const", "wsgi"]]]], [" [server-not-wsgi] The server runs WSGI apps only / 该服务器只能运行 WSGI 应用 "]]], []]]}, {"value": "granian", "label": "granian: written in Rust, the fastest; under WSGI it needs a proxy in front, or slow uploads stop it / 用 Rust 编写，速度最快；在 WSGI 下前面需要代理，否则慢速上传会让它停止响应", "validator": [["if", [[["compare", ["name", "interface"], [["eq", ["const", "own"]]]], [" [server-is-its-own] The framework is its own server / 该框架自带服务器 "]]], []]]}, {"value": "uvicorn", "label": "uvicorn: for ASGI apps; small, steady, the usual choice / 用于 ASGI 应用；轻巧稳定，最常用的选择", "validator": [["if", [[["compare", ["name", "interface"], [["eq", ["const", "own"]]]], [" [server-is-its-own] The framework is its own server / 该框架自带服务器 "]], [["compare", ["name", "interface"], [["ne", ["const", "asgi"]]]], [" [server-not-asgi] The server runs ASGI apps only / 该服务器只能运行 ASGI 应用 "]]], []]]}, {"value": "sanic", "label": "sanic: Sanic\u0027s own / Sanic 自带的服务器", "validator": [["if", [[["compare", ["name", "backend"], [["ne", ["const", "sanic"]]]], [" [server-of-another] The server belongs to another framework / 该服务器属于另一个框架 "]]], []]]}, {"value": "tornado", "label": "tornado: Tornado\u0027s own / Tornado 自带的服务器", "validator": [["if", [[["compare", ["name", "backend"], [["ne", ["const", "tornado"]]]], [" [server-of-another] The server belongs to another framework / 该服务器属于另一个框架 "]]], []]]}], "default": [["if", [[["compare", ["name", "interface"], [["eq", ["const", "own"]]]], [["print", ["name", "backend"]]]], [["compare", ["name", "interface"], [["eq", ["const", "asgi"]]]], ["uvicorn"]]], ["waitress"]]], "when": [["print", ["compare", ["name", "interface"], [["ne", ["const", "own"]]]]]], "validator": []},
{"key": "cloud_functions", "type": "bool", "help": "Cloud functions and hooks, with the LeanCloud SDK / 云函数与 Hook（使用 LeanCloud SDK）", "default": true, "choices": [], "when": true, "validator": []},
{"key": "dependencies", "type": "str", "help": "Dependency versions / 依赖版本", "choices": [{"value": "current", "label": "current: today\u0027s libraries, the SDK installed without its old pins / 当前版本的依赖，安装 SDK 时不带其旧的版本限制", "validator": []}, {"value": "sdk", "label": "sdk: exactly what the SDK pins; old versions with published vulnerabilities / 完全按 SDK 指定的版本；版本较旧，有已公开的漏洞", "validator": []}], "default": ["current"], "when": [["print", ["name", "cloud_functions"]]], "validator": [["if", [[["and", ["not", ["name", "cloud_functions"]], ["compare", ["name", "dependencies"], [["ne", ["const", "current"]]]]], [" [not-applicable] dependencies does not apply to this project / dependencies 对这个项目没有意义 "]]], []]]},
{"key": "python", "type": "str", "help": "Python version / Python 版本", "choices": [{"value": "3.13", "label": "3.13: with `current` dependencies / 搭配 current 依赖", "validator": []}, {"value": "3.12", "label": "3.12: with `current` dependencies / 搭配 current 依赖", "validator": []}, {"value": "3.11", "label": "3.11: with either set of dependencies / 两种依赖都可以", "validator": []}, {"value": "3.10", "label": "3.10: with either set of dependencies; no fixes after October 2026 / 两种依赖都可以；2026 年 10 月起不再有修复", "validator": []}, {"value": "3.9", "label": "3.9: only with `sdk` dependencies; no longer maintained / 只能搭配 sdk 依赖；已停止维护", "validator": []}, {"value": "3.8", "label": "3.8: only with `sdk` dependencies; no longer maintained / 只能搭配 sdk 依赖；已停止维护", "validator": []}], "default": ["3.11"], "validator": [["if", [[["and", ["compare", ["name", "dependencies"], [["eq", ["const", "sdk"]]]], ["compare", ["name", "python"], [["in", ["list", [["const", "3.12"], ["const", "3.13"]]]]]]], [" [python-too-new-for-sdk] The SDK\u0027s own pins install on Python 3.8 to 3.11 only / SDK 自带的版本只能安装在 Python 3.8 至 3.11 上 "]], [["and", ["or", ["compare", ["name", "interface"], [["ne", ["const", "wsgi"]]]], ["compare", ["name", "starter"], [["eq", ["const", "utilmeta"]]]]], ["compare", ["name", "python"], [["in", ["list", [["const", "3.8"], ["const", "3.9"]]]]]]], [" [python-too-old-for-starter] This starter needs Python 3.10 or newer / 该模板需要 Python 3.10 或更新版本 "]], [["and", ["compare", ["name", "dependencies"], [["ne", ["const", "sdk"]]]], ["compare", ["name", "python"], [["in", ["list", [["const", "3.8"], ["const", "3.9"]]]]]]], [" [python-too-old] Today\u0027s libraries need Python 3.10 or newer / 当前的依赖需要 Python 3.10 或更新版本 "]]], []]], "when": true},
{"key": "sessions", "type": "bool", "help": "Keep users logged in with cookies / 用 Cookie 保持用户登录状态", "default": false, "when": [["print", ["and", ["and", ["name", "cloud_functions"], ["compare", ["name", "interface"], [["eq", ["const", "wsgi"]]]]], ["compare", ["name", "starter"], [["ne", ["const", "utilmeta"]]]]]]], "validator": [["if", [[["and", ["name", "sessions"], ["not", ["name", "cloud_functions"]]], [" [not-applicable] sessions does not apply to this project / sessions 对这个项目没有意义 "]], [["and", ["name", "sessions"], ["or", ["compare", ["name", "interface"], [["ne", ["const", "wsgi"]]]], ["compare", ["name", "starter"], [["eq", ["const", "utilmeta"]]]]]], [" [not-for-starter] sessions does not apply to this project / sessions 对这个项目没有意义 "]]], []]], "choices": []},
{"key": "https_redirect", "type": "bool", "help": "Redirect HTTP to HTTPS in production / 生产环境中将 HTTP 重定向到 HTTPS", "default": false, "choices": [], "when": true, "validator": []},
{"key": "container", "type": "bool", "help": "Files to build and run it as a container, on any host / 用于在任何主机上构建和运行容器的文件", "default": true, "choices": [], "when": true, "validator": []},
{"key": "server_files", "type": "bool", "help": "Files to run it on a server of your own: nginx, Caddy, systemd / 在自己的服务器上运行所需的文件：nginx、Caddy、systemd", "default": false, "choices": [], "when": true, "validator": []},
{"key": "timers", "type": "bool", "help": "timers.yaml, which says when cloud functions run by themselves / timers.yaml，定义云函数的定时任务", "default": false, "choices": [], "when": true, "validator": []},
{"key": "data", "type": "str", "help": "Where its data is, away from the platform / 在平台之外运行时，数据放在哪里", "choices": [{"value": "leancloud", "label": "leancloud: in LeanCloud\u0027s data storage, until it ends / LeanCloud 的数据存储，直到其停止服务", "validator": []}, {"value": "own", "label": "own: in a data service of your own, on PostgreSQL / 自己的数据服务，数据在 PostgreSQL 中", "validator": []}], "default": ["leancloud"], "when": true, "validator": []},
{"key": "pre_commit", "type": "bool", "help": "A file for pre-commit, which runs ruff before each commit / pre-commit 配置：每次提交前运行 ruff", "default": false, "choices": [], "when": true, "validator": []},
{"key": "kubernetes", "type": "bool", "help": "Files to run it on Kubernetes, with staging and production / 在 Kubernetes 上运行所需的文件，含预备与生产环境", "default": false, "choices": [], "when": true, "validator": []},
{"key": "host", "type": "str", "help": "Host that it moves to: the file that it reads / 迁往的主机：其配置文件", "choices": [{"value": "none", "label": "none: no other host for now / 暂不需要", "validator": []}, {"value": "cloud-run", "label": "cloud-run: Google Cloud Run / Google Cloud Run", "validator": []}, {"value": "fly", "label": "fly: Fly.io / Fly.io", "validator": []}, {"value": "railway", "label": "railway: Railway / Railway", "validator": []}, {"value": "render", "label": "render: Render / Render", "validator": []}, {"value": "heroku", "label": "heroku: Heroku / Heroku", "validator": []}, {"value": "zeabur", "label": "zeabur: Zeabur / Zeabur", "validator": []}, {"value": "sealos", "label": "sealos: Sealos / Sealos", "validator": []}, {"value": "cloudbase", "label": "cloudbase: Tencent CloudBase / 腾讯云 CloudBase 云托管", "validator": []}], "default": ["none"], "when": true, "validator": []},
{"key": "ci", "type": "str", "help": "Continuous integration: tests, image, deployment, updates / 持续集成：测试、镜像、部署与更新", "choices": [{"value": "none", "label": "none: none for now / 暂不需要", "validator": []}, {"value": "github", "label": "github: GitHub Actions / GitHub Actions", "validator": []}, {"value": "gitlab", "label": "gitlab: GitLab CI / GitLab CI", "validator": []}], "default": ["none"], "when": true, "validator": []},
{"key": "language", "type": "str", "help": "Language of the comments, the README and the page / 注释、README 和页面使用的语言", "choices": [{"value": "en", "label": "en: English / 英文", "validator": []}, {"value": "zh", "label": "zh: Chinese / 中文", "validator": []}], "default": ["en"], "when": true, "validator": []}
]
'''))
ANSWERS.update(json.loads(r'''{% endraw %}{{ cookiecutter | tojson }}{% raw %}'''))


if __name__ == "__main__":
    sys.exit(main()){% endraw %}
