{% raw %}"""Check the answers before cookiecutter writes anything: the rules and the words of the command line.

Written by `make pages` from scaffold/messages/__init__.py, scaffold/errors.py, scaffold/program.py, scaffold/starters.py, hooks/within.py, hooks/pre_gen_project.py, copier.yml and scaffold/messages. Change those.
"""

from __future__ import annotations

import json
import sys

if sys.version_info < (3, 10):
    sys.exit("cookiecutter must run on Python 3.10 or newer for this template")

messages = sys.modules[__name__]


# scaffold/messages/__init__.py
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("en", "zh")
_HERE = Path(__file__).parent
_areas: dict[tuple[str, str], dict[str, str]] = {}
_language = "en"


def language() -> str:
    """Return the language messages are given in: `en` or `zh`."""
    return _language


def set_language(code: str) -> None:
    """Give messages in `code`, one of `LANGUAGES`, from now on."""
    global _language  # noqa: PLW0603 - one process speaks one language; passing it everywhere would say nothing
    _language = code


def detect_language(environ: Mapping[str, str]) -> str:
    """Return the language that the POSIX locale variables ask for, English unless they name Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "zh" if environ[name].lower().startswith("zh") else "en"
    return "en"


def area(name: str, code: str) -> dict[str, str]:
    """Return all messages of one area in one language."""
    if (code, name) not in _areas:
        _areas[code, name] = json.loads((_HERE / code / f"{name}.json").read_text("utf-8"))
    return _areas[code, name]


def text(key: str, /, **params: object) -> str:
    """Return the message `key` in the current language, its placeholders filled.

    Raises:
        KeyError: no such message, or a placeholder without a value: a fault of the program, not of the user.
    """
    return area(key.partition(".")[0], _language)[key].format_map(params)

# scaffold/errors.py
from typing import ClassVar


PARTS = ("seen", "why", "fix")


class ScaffoldError(Exception):
    """A failure the user can act on.

    Args:
        key: the message group, for example `new.error.target-not-empty`.
        params: values for the placeholders of the group's messages.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, key: str, /, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params = params

    @property
    def anchor(self) -> str:
        """The error's anchor on the documentation's page of errors."""
        return self.key.replace(".error.", "-")

    def parts(self) -> dict[str, str]:
        """Return the error in the current language: title, seen, why, fix, docs."""
        found = {"title": messages.text(f"{self.key}.title", **self.params)}
        for part in PARTS:
            found[part] = messages.text(f"{self.key}.{part}", **self.params)
        found["docs"] = messages.text("cli.error-page", anchor=self.anchor)
        return found

    def __str__(self) -> str:
        """Return the whole error as the command line prints it."""
        parts = self.parts()
        lines = [messages.text("cli.error", title=parts["title"])]
        labels = {part: messages.text(f"cli.error.{part}") for part in (*PARTS, "docs")}
        for part, label in labels.items():
            lines.append(f"  {label} {parts[part]}".replace("\n", "\n    "))
        return "\n".join(lines)


class UsageError(ScaffoldError):
    """The command, an answer or a data file is wrong: nothing was tried."""

    exit_code = 2


class FailedError(ScaffoldError):
    """The request was right and could not be carried out, or the answer is no."""

    exit_code = 1

# scaffold/program.py
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Expression: TypeAlias = list[Any]
Program: TypeAlias = list[Any]
Context: TypeAlias = Mapping[str, Any]

# What a template may call: pure string methods, so that a program cannot reach anything but its context.
METHODS = frozenset({"isascii", "isidentifier", "lower", "replace", "startswith", "upper"})

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


def evaluate(expression: Expression, context: Context) -> Any:  # noqa: ANN401 - an expression has any type
    """Return the value of an expression.

    Raises:
        KeyError: a name that the context does not have.
    """
    operator, *operands = expression
    return _EXPRESSIONS[operator](operands, context)


def _name(operands: list[Any], context: Context) -> Any:  # noqa: ANN401
    return context[operands[0]]


def _attribute(operands: list[Any], context: Context) -> Any:  # noqa: ANN401
    return evaluate(operands[0], context)[operands[1]]


def _compare(operands: list[Any], context: Context) -> bool:
    left = evaluate(operands[0], context)
    for operator, operand in operands[1]:
        right = evaluate(operand, context)
        if not _COMPARISONS[operator](left, right):
            return False
        left = right
    return True


def _call(operands: list[Any], context: Context) -> Any:  # noqa: ANN401
    target, method, arguments = operands
    if method not in METHODS:
        raise ValueError(method)
    return getattr(str(evaluate(target, context)), method)(*(evaluate(a, context) for a in arguments))


def _choose(operands: list[Any], context: Context) -> Any:  # noqa: ANN401
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

# scaffold/starters.py
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias


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

# hooks/within.py
import os
import sys
import tempfile
from io import TextIOWrapper
from pathlib import Path
from typing import Any


# In a starter's hook these hold the answers, cookiecutter's own settings among them, and copier.yml's questions.
ANSWERS: dict[str, Any] = {}
QUESTIONS: list[dict[str, Any]] = []


def begin() -> None:
    """Speak the user's language, and remove the temporary file that cookiecutter runs a hook from and leaves."""
    set_language(detect_language(os.environ))
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese must not turn a message into a traceback.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    script = Path(__file__).resolve()
    if script.parent == Path(tempfile.gettempdir()).resolve() and script.name.startswith(tempfile.gettempprefix()):
        script.unlink(missing_ok=True)

# hooks/pre_gen_project.py
import os
import re
import sys


# A name that no system takes for a path, a drive, a device or an option.
PLAIN_NAME = re.compile(r"[^\x00-\x1f/\\:*?\"<>|~.\s-](?:[^\x00-\x1f/\\:*?\"<>|]*[^\x00-\x1f/\\:*?\"<>|.\s])?")
LONGEST_NAME = 255  # bytes, on the usual file systems
ORIGIN = "cookiecutter"
# How the command line gives an answer that cookiecutter takes as KEY=VALUE.
_FLAGS = (
    (r"-d (\w+=)", r"\1"),
    (r"--cloud-functions\b", "cloud_functions=true"),
    (r"--(starter|server|python|dependencies) (?=\S)", r"\1="),
)


def check_folder(name: str) -> None:
    """Refuse a folder that is more than a name: it could lead out of the place that cookiecutter writes to.

    Raises:
        UsageError: it is empty, has a separator, a drive or a mark of a shell, or is too long.
    """
    if not PLAIN_NAME.fullmatch(name) or len(os.fsencode(name)) > LONGEST_NAME:
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
        raise UsageError("cookiecutter.error.other-starter", value=ANSWERS["starter"], starter=starter)
    catalog.resolve({key: Given(ANSWERS[key], ORIGIN) for key in catalog.questions})


def in_cookiecutters_words(said: str) -> str:
    """Return a message with answers as cookiecutter takes them: `python=3.11` for `--python 3.11`."""
    for flag, answer in _FLAGS:
        said = re.sub(flag, answer, said)
    return said


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
  "answers.error.refused.why": "The template says: {said}",
  "answers.error.refused.fix": "Give another answer.",
  "answers.error.not-boolean.title": "{question} is a question of yes or no",
  "answers.error.not-boolean.seen": "{question}: {value!r}, from {origin}",
  "answers.error.not-boolean.why": "Anything else could be meant either way.",
  "answers.error.not-boolean.fix": "Write `true` or `false`.",
  "answers.error.not-text.title": "{question} must be text",
  "answers.error.not-text.seen": "{question}: {value!r}, from {origin}",
  "answers.error.not-text.why": "YAML reads some words as numbers, dates or lists: an unquoted 3.10 becomes 3.1.",
  "answers.error.not-text.fix": "Put the value in quotes, for example `{question}: \"…\"`.",
  "answers.error.not-applicable.title": "{question} means nothing for this project",
  "answers.error.not-applicable.seen": "{question}: {value!r}, from {origin}",
  "answers.error.not-applicable.why": "It belongs to the LeanCloud SDK, which a project without cloud functions does not contain.",
  "answers.error.not-applicable.fix": "Leave {question} out, or choose `--cloud-functions`.",
  "answers.error.not-for-starter.title": "{question} means nothing for this project",
  "answers.error.not-for-starter.seen": "{question}: {value!r}, from {origin}; starter: {starter}",
  "answers.error.not-for-starter.why": "{starter} has no choice there.",
  "answers.error.not-for-starter.fix": "Leave {question} out.",
  "answers.error.backend-not-utilmeta.title": "UtilMeta does not run on plain WSGI",
  "answers.error.backend-not-utilmeta.seen": "backend: {value!r}, from {origin}; starter: {starter}",
  "answers.error.backend-not-utilmeta.why": "UtilMeta needs a framework that it knows.",
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
  "answers.error.server-is-its-own.why": "{backend} comes with the server that it is made for.",
  "answers.error.server-is-its-own.fix": "Leave `server` out.",
  "answers.error.server-of-another.title": "The server belongs to another framework",
  "answers.error.server-of-another.seen": "server: {value!r}, from {origin}; framework: {backend}",
  "answers.error.server-of-another.why": "It cannot run {backend}.",
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
  "cli.error.fix": "fix: ",
  "cli.error.docs": "docs:",
  "cli.error-page": "docs/reference/errors.md#{anchor}"
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
  "answers.error.name-is-keyword.title": "名称是 Python 关键字",
  "answers.error.name-is-keyword.seen": "project_name：{value!r}，来自 {origin}",
  "answers.error.name-is-keyword.why": "`import {value}` 不是合法的 Python。",
  "answers.error.name-is-keyword.fix": "换一个名称，例如用 `-d project_name=my_{value}` 指定 `my_{value}`。",
  "answers.error.name-is-reserved.title": "名称会遮住项目需要的模块",
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
  "answers.error.refused.why": "模板的说明：{said}",
  "answers.error.refused.fix": "请换一个回答。",
  "answers.error.not-boolean.title": "{question} 只能回答是或否",
  "answers.error.not-boolean.seen": "{question}：{value!r}，来自 {origin}",
  "answers.error.not-boolean.why": "其他写法可能有歧义。",
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
  "answers.error.not-for-starter.why": "{starter} 没有这一选项。",
  "answers.error.not-for-starter.fix": "去掉 {question}。",
  "answers.error.backend-not-utilmeta.title": "UtilMeta 不能运行在纯 WSGI 上",
  "answers.error.backend-not-utilmeta.seen": "backend：{value!r}，来自 {origin}；starter：{starter}",
  "answers.error.backend-not-utilmeta.why": "UtilMeta 需要它支持的框架。",
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
  "answers.error.server-is-its-own.why": "{backend} 自带为其设计的服务器。",
  "answers.error.server-is-its-own.fix": "去掉 `server`。",
  "answers.error.server-of-another.title": "该服务器属于另一个框架",
  "answers.error.server-of-another.seen": "server：{value!r}，来自 {origin}；框架：{backend}",
  "answers.error.server-of-another.why": "它无法运行 {backend}。",
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
  "cli.error.fix": "办法：",
  "cli.error.docs": "文档：",
  "cli.error-page": "docs/reference/errors.zh.md#{anchor}"
 },
 "zh cookiecutter": {
  "cookiecutter.refused": "没有写入任何文件。请修改回答后重新运行 cookiecutter。",
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
{"key": "template_version", "type": "str", "when": false, "default": "2.0.1", "choices": []},
{"key": "python_keywords", "type": "str", "when": false, "default": "false none true and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield", "choices": []},
{"key": "reserved_names", "type": "str", "when": false, "default": "abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii binhex bisect builtins bz2 calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall concurrent configparser contextlib contextvars copy copyreg cprofile crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios test textwrap this threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo a2wsgi aiofiles aiosqlite annotated_types anyio arrow asgiref asyncpg backports blinker certifi cffi charset_normalizer click colorama cryptography databases dateutil django dotenv exceptiongroup fastapi flask gevent granian greenlet gunicorn h11 html5tagger httpcore httptools httpx idna iniconfig iso8601 itsdangerous jinja2 jwcrypto leancloud markupsafe multidict packaging pip pkg_resources pluggy psutil pycparser pydantic pydantic_core pydantic_settings pygments pytest pytz qiniu requests requests_toolbelt sanic sanic_routing secure_cookie setuptools six sniffio sqlalchemy sqlparse starlette tomli tornado tracerite typing_extensions tzdata ua_parser ujson urllib3 user_agents utilmeta utype uvicorn uvloop uwsgi uwsgidecorators waitress watchfiles websockets werkzeug wheel whitenoise yaml zope api app asgi cloud conftest devserver env leanengine leansdk manage service settings static templates tests urls views wsgi", "choices": []},
{"key": "project_name", "type": "str", "help": "Name of the project, a Python identifier / 项目名称（Python 标识符）", "default": ["myapp"], "validator": [["if", [[["or", ["not", ["and", ["call", ["name", "project_name"], "isascii", []], ["call", ["name", "project_name"], "isidentifier", []]]], ["compare", ["filter", "length", ["name", "project_name"], []], [["gt", ["const", 50]]]]], [" [name-not-identifier] The name is not a Python identifier of at most 50 characters / 名称不是 Python 标识符，或超过 50 个字符 "]], [["compare", ["concat", [["const", " "], ["call", ["name", "project_name"], "lower", []], ["const", " "]]], [["in", ["concat", [["const", " "], ["name", "python_keywords"], ["const", " "]]]]]], [" [name-is-keyword] The name is a Python keyword / 名称是 Python 关键字 "]], [["compare", ["concat", [["const", " "], ["call", ["name", "project_name"], "lower", []], ["const", " "]]], [["in", ["concat", [["const", " "], ["name", "reserved_names"], ["const", " "]]]]]], [" [name-is-reserved] The name would shadow a module that the project needs / 名称会遮住项目需要的模块 "]]], []]], "choices": [], "when": true},
{"key": "starter", "type": "str", "help": "Framework of the project / 项目使用的框架", "choices": [{"value": "flask", "validator": []}, {"value": "django", "validator": []}, {"value": "wsgi", "validator": []}, {"value": "fastapi", "validator": []}, {"value": "starlette", "validator": []}, {"value": "sanic", "validator": []}, {"value": "tornado", "validator": []}, {"value": "utilmeta", "validator": []}], "default": ["flask"], "when": true, "validator": []},
{"key": "backend", "type": "str", "help": "Framework that UtilMeta runs on / UtilMeta 使用的底层框架", "choices": [{"value": "django", "validator": []}, {"value": "flask", "validator": []}, {"value": "starlette", "validator": []}, {"value": "fastapi", "validator": []}, {"value": "sanic", "validator": []}, {"value": "tornado", "validator": []}, {"value": "wsgi", "validator": [["if", [[["compare", ["name", "starter"], [["eq", ["const", "utilmeta"]]]], [" [backend-not-utilmeta] UtilMeta does not run on plain WSGI / UtilMeta 不能运行在纯 WSGI 上 "]]], []]]}], "default": [["print", ["if", ["compare", ["name", "starter"], [["eq", ["const", "utilmeta"]]]], ["const", "starlette"], ["name", "starter"]]]], "when": [["print", ["compare", ["name", "starter"], [["eq", ["const", "utilmeta"]]]]]], "validator": [["if", [[["and", ["compare", ["name", "starter"], [["ne", ["const", "utilmeta"]]]], ["compare", ["name", "backend"], [["ne", ["name", "starter"]]]]], [" [not-for-starter] backend means nothing for this project / backend 对这个项目没有意义 "]]], []]]},
{"key": "server", "type": "str", "help": "Server that runs it on the platform / 在平台上运行它的服务器", "choices": [{"value": "uwsgi", "validator": [["if", [[["compare", ["name", "backend"], [["notin", ["list", [["const", "flask"], ["const", "django"], ["const", "wsgi"]]]]]], [" [server-not-wsgi] The server runs WSGI apps only / 该服务器只能运行 WSGI 应用 "]]], []]]}, {"value": "gunicorn", "validator": [["if", [[["compare", ["name", "backend"], [["notin", ["list", [["const", "flask"], ["const", "django"], ["const", "wsgi"]]]]]], [" [server-not-wsgi] The server runs WSGI apps only / 该服务器只能运行 WSGI 应用 "]]], []]]}, {"value": "gevent", "validator": [["if", [[["compare", ["name", "backend"], [["notin", ["list", [["const", "flask"], ["const", "django"], ["const", "wsgi"]]]]]], [" [server-not-wsgi] The server runs WSGI apps only / 该服务器只能运行 WSGI 应用 "]]], []]]}, {"value": "granian", "validator": [["if", [[["compare", ["name", "backend"], [["in", ["list", [["const", "sanic"], ["const", "tornado"]]]]]], [" [server-is-its-own] The framework is its own server / 该框架自带服务器 "]]], []]]}, {"value": "uvicorn", "validator": [["if", [[["compare", ["name", "backend"], [["in", ["list", [["const", "sanic"], ["const", "tornado"]]]]]], [" [server-is-its-own] The framework is its own server / 该框架自带服务器 "]], [["compare", ["name", "backend"], [["notin", ["list", [["const", "fastapi"], ["const", "starlette"]]]]]], [" [server-not-asgi] The server runs ASGI apps only / 该服务器只能运行 ASGI 应用 "]]], []]]}, {"value": "sanic", "validator": [["if", [[["compare", ["name", "backend"], [["ne", ["const", "sanic"]]]], [" [server-of-another] The server belongs to another framework / 该服务器属于另一个框架 "]]], []]]}, {"value": "tornado", "validator": [["if", [[["compare", ["name", "backend"], [["ne", ["const", "tornado"]]]], [" [server-of-another] The server belongs to another framework / 该服务器属于另一个框架 "]]], []]]}], "default": [["if", [[["compare", ["name", "backend"], [["in", ["list", [["const", "sanic"], ["const", "tornado"]]]]]], [["print", ["name", "backend"]]]], [["compare", ["name", "backend"], [["in", ["list", [["const", "fastapi"], ["const", "starlette"]]]]]], ["uvicorn"]]], ["uwsgi"]]], "when": [["print", ["compare", ["name", "backend"], [["notin", ["list", [["const", "sanic"], ["const", "tornado"]]]]]]]], "validator": []},
{"key": "cloud_functions", "type": "bool", "help": "Cloud functions and hooks, with the LeanCloud SDK / 云函数与 Hook（使用 LeanCloud SDK）", "default": true, "choices": [], "when": true, "validator": []},
{"key": "dependencies", "type": "str", "help": "Versions to live with the SDK / 与 SDK 搭配的依赖版本", "choices": [{"value": "current", "validator": []}, {"value": "sdk", "validator": []}], "default": ["current"], "when": [["print", ["name", "cloud_functions"]]], "validator": [["if", [[["and", ["not", ["name", "cloud_functions"]], ["compare", ["name", "dependencies"], [["ne", ["const", "current"]]]]], [" [not-applicable] dependencies means nothing for this project / dependencies 对这个项目没有意义 "]]], []]]},
{"key": "python", "type": "str", "help": "Python version / Python 版本", "choices": [{"value": "3.13", "validator": []}, {"value": "3.12", "validator": []}, {"value": "3.11", "validator": []}, {"value": "3.10", "validator": []}, {"value": "3.9", "validator": []}, {"value": "3.8", "validator": []}], "default": ["3.11"], "validator": [["if", [[["and", ["compare", ["name", "dependencies"], [["eq", ["const", "sdk"]]]], ["compare", ["name", "python"], [["in", ["list", [["const", "3.12"], ["const", "3.13"]]]]]]], [" [python-too-new-for-sdk] The SDK\u0027s own pins install on Python 3.8 to 3.11 only / SDK 自带的版本只能安装在 Python 3.8 至 3.11 上 "]], [["and", ["compare", ["name", "starter"], [["notin", ["list", [["const", "flask"], ["const", "django"], ["const", "wsgi"]]]]]], ["compare", ["name", "python"], [["in", ["list", [["const", "3.8"], ["const", "3.9"]]]]]]], [" [python-too-old-for-starter] This starter needs Python 3.10 or newer / 该模板需要 Python 3.10 或更新版本 "]], [["and", ["compare", ["name", "dependencies"], [["ne", ["const", "sdk"]]]], ["compare", ["name", "python"], [["in", ["list", [["const", "3.8"], ["const", "3.9"]]]]]]], [" [python-too-old] Today\u0027s libraries need Python 3.10 or newer / 当前的依赖需要 Python 3.10 或更新版本 "]]], []]], "when": true},
{"key": "sessions", "type": "bool", "help": "Keep users logged in with cookies / 用 Cookie 保持用户登录状态", "default": false, "when": [["print", ["and", ["name", "cloud_functions"], ["compare", ["name", "starter"], [["in", ["list", [["const", "flask"], ["const", "django"], ["const", "wsgi"]]]]]]]]], "validator": [["if", [[["and", ["name", "sessions"], ["not", ["name", "cloud_functions"]]], [" [not-applicable] sessions means nothing for this project / sessions 对这个项目没有意义 "]], [["and", ["name", "sessions"], ["compare", ["name", "starter"], [["notin", ["list", [["const", "flask"], ["const", "django"], ["const", "wsgi"]]]]]]], [" [not-for-starter] sessions means nothing for this project / sessions 对这个项目没有意义 "]]], []]], "choices": []},
{"key": "https_redirect", "type": "bool", "help": "Redirect HTTP to HTTPS in production / 生产环境中将 HTTP 重定向到 HTTPS", "default": false, "choices": [], "when": true, "validator": []}
]
'''))
ANSWERS.update(json.loads(r'''{% endraw %}{{ cookiecutter | tojson }}{% raw %}'''))


if __name__ == "__main__":
    sys.exit(main()){% endraw %}
