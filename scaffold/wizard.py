"""The questions as a conversation on a terminal, ended by a summary in which any answer can be changed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import questionary
from prompt_toolkit.application import create_app_session
from prompt_toolkit.output import ColorDepth, create_output

from scaffold import answers as sources
from scaffold import output, project, words
from scaffold.errors import ScaffoldError, UsageError
from scaffold.messages import text
from scaffold.render import render
from scaffold.starters import Answer, Answers, Catalog, Given, Question
from scaffold.tree import draw

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_WRITE, _CANCEL = "write", "cancel"


class Wizard:
    """Asks for what was not given.

    Args:
        catalog: the questions.
        directory: the target as the user gave it, if they did; else it is named after the project.
        given: answers from the command line.
        force: whether a target that holds files is allowed.
    """

    def __init__(self, catalog: Catalog, directory: str | None, given: Mapping[str, Given], *, force: bool) -> None:
        self._catalog = catalog
        self._directory = directory
        self._given = {**sources.named_after(directory), **given}
        self._preferred = sources.preferred()
        self._force = force
        self._answers: Answers = {}

    def run(self) -> tuple[Path, Answers]:
        """Ask, show the summary, and return the target and the answers.

        Raises:
            KeyboardInterrupt: the user cancelled, at the summary or with Ctrl-C.
            ScaffoldError: the target cannot be filled.
        """
        # On stderr, as all talk; stdout may be a file that `--dry-run` is to fill.
        with create_app_session(output=create_output(sys.stderr)):
            return self._converse()

    def _converse(self) -> tuple[Path, Answers]:
        for question in self._catalog.questions.values():
            self._answers[question.key] = self._settle_or_ask(question)
            if question.key == "project_name":
                # Nobody should answer seven more questions for a folder that cannot be filled.
                project.check_target(self._target(), force=self._force)
        while (choice := self._summary()) != _WRITE:
            if choice == _CANCEL:
                raise KeyboardInterrupt
            self._change(self._catalog.questions[choice])
        return self._target(), self._answers

    def _target(self) -> Path:
        return Path(self._directory if self._directory is not None else str(self._answers["project_name"]))

    def _context(self) -> dict[str, Any]:
        return {**self._catalog.constants, **self._answers}

    def _settle_or_ask(self, question: Question) -> Answer:
        """Return the answer that was given, or that needs no asking; ask otherwise."""
        given = self._given.get(question.key)
        try:
            answer = self._catalog.settle(question, given, self._context(), self._preferred)
        except UsageError as error:
            # What was given does not go with what was answered since; the conversation can mend that.
            output.say(str(error))
            answer = None
        return self._ask(question) if answer is None else answer

    def _ask(self, question: Question) -> Answer:
        context = self._context()
        current = context.get(question.key)
        default = current if current is not None else self._catalog.suggestion(question, context, self._preferred)
        return ask(question, context, default, lambda typed: self._complaint(question, typed))

    def _complaint(self, question: Question, typed: str) -> bool | str:
        """Return True for a good answer, and what is wrong with a bad one; shown while it is typed."""
        try:
            question.accept(Given(typed, question.key), self._context())
            if question.key == "project_name" and self._directory is None:
                project.check_target(Path(typed), force=self._force)
        except ScaffoldError as error:
            return error.parts()["title"]
        return True

    def _summary(self) -> str:
        """Show what would be written; return what to do: write, cancel, or the key of an answer to change."""
        files = render(self._catalog.starter(str(self._answers["starter"])), self._answers)
        output.say()
        output.say(draw(f"{self._target()}/", {path: len(content) for path, content in files.items()}))
        output.say()
        context = self._context()
        changes = [
            questionary.Choice(text("wizard.change", question=words.name(q), answer=self._shown(q)), q.key)
            for q in self._catalog.questions.values()
            if q.applies(context)
        ]
        choices = [
            questionary.Choice(text("wizard.write", count=len(files), folder=self._target()), _WRITE),
            *changes,
            questionary.Choice(text("wizard.cancel"), _CANCEL),
        ]
        chosen: str = questionary.select(
            text("wizard.summary"), choices=choices, instruction=text("wizard.select"), **_look()
        ).unsafe_ask()
        return chosen

    def _shown(self, question: Question) -> str:
        answer = self._answers[question.key]
        return text("wizard.yes" if answer else "wizard.no") if isinstance(answer, bool) else answer

    def _change(self, question: Question) -> None:
        """Ask one question again, and settle anew those after it whose answers no longer fit."""
        before, self._answers = self._answers, {}
        asked = False
        for later in self._catalog.questions.values():
            if later.key == question.key:
                self._answers[later.key] = before[later.key]
                self._answers[later.key] = self._ask(later)
                asked = True
            elif not asked:
                self._answers[later.key] = before[later.key]
            else:
                self._answers[later.key] = self._keep(later, before[later.key])

    def _keep(self, question: Question, answer: Answer) -> Answer:
        """Return the earlier answer if it still stands, else the one to suggest now."""
        context = self._context()
        if question.applies(context):
            try:
                return question.accept(Given(answer, question.key), context)
            except UsageError as error:
                suggestion = self._catalog.suggestion(question, context, self._preferred)
                output.say(text("wizard.changed", title=error.parts()["title"], answer=suggestion))
        return self._catalog.suggestion(question, context, self._preferred)


def ask(
    question: Question, context: Mapping[str, Any], default: Answer, validate: Callable[[str], bool | str]
) -> Answer:
    """Put one question to the user.

    Args:
        question: the question.
        context: the answers before it.
        default: what Enter answers.
        validate: returns True for a good text, and what is wrong with a bad one.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    label = words.ask(question)
    if question.kind == "bool":
        return bool(questionary.confirm(label, default=bool(default), **_look()).unsafe_ask())
    if question.choices:
        allowed = question.allowed_choices(context)
        answer: str = questionary.select(
            label,
            choices=[_choice(question, value) for value in allowed],
            default=str(default) if default in allowed else None,
            instruction=text("wizard.select"),
            **_look(),
        ).unsafe_ask()
        return answer
    typed: str = questionary.text(label, default=str(default), validate=validate, **_look()).unsafe_ask()
    return typed


def _look() -> dict[str, Any]:
    """Return how prompts look: prompt_toolkit knows NO_COLOR, but not `--no-color`."""
    return {} if output.settings.color else {"color_depth": ColorDepth.MONOCHROME}


def _choice(question: Question, value: str) -> questionary.Choice:
    return questionary.Choice(f"{value:<10} {words.choice(question, value)}".rstrip(), value)
