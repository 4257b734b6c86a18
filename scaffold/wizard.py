"""The questions as a conversation on a terminal, ended by a summary in
which any answer can be changed.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffold import answers as sources
from scaffold import labels, output, prompts, writer
from scaffold.errors import ScaffoldError, UsageError
from scaffold.messages import text
from scaffold.questions import Answer, Answers, Question, UserInput
from scaffold.render import render
from scaffold.tree import draw

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scaffold.catalog import Catalog

_WRITE, _CANCEL, _TREE, _BACK, _ADVANCED = "write", "cancel", "tree", "back", "advanced"


def _counts(files: Iterable[str]) -> dict[str, int]:
    """Return how many files each folder at the top has; `.` for the project's own folder."""
    folders = sorted(path.partition("/")[0] + "/" if "/" in path else "." for path in files)
    return dict(Counter(folders))


class Wizard:
    """Asks for what was not given.

    Args:
        catalog: the questions.
        directory: the target as the user gave it, if they did; else it is named after the project.
        given: answers from the command line.
        force: whether a target that holds files is allowed.
    """

    def __init__(
        self,
        catalog: Catalog,
        directory: str | None,
        given: Mapping[str, UserInput],
        *,
        force: bool,
    ) -> None:
        self._catalog = catalog
        self._directory = directory
        self._given = sources.with_names(given, directory, catalog)
        self._preferred = sources.preferred(catalog)
        self._force = force
        self._answers: Answers = {}
        self._asked: list[str] = []

    def run(self) -> tuple[Path, Answers]:
        """Ask, show the summary, and return the target and the answers.

        Raises:
            KeyboardInterrupt: the user cancelled, at the summary or with Ctrl-C.
            ScaffoldError: the target cannot be filled.
        """
        output.say(text("wizard.keys"))
        self._answer_from(0)
        while (choice := self._summary()) != _WRITE:
            if choice == _CANCEL:
                raise KeyboardInterrupt
            if choice == _BACK:
                self._answer_from(self._step_back())
            elif choice == _TREE:
                self._show_tree()
            elif choice == _ADVANCED:
                self._offer_advanced()
            else:
                self._change(self._catalog.questions[choice])
        return self._target(), self._answers

    def _answer_from(self, position: int) -> None:
        """Answer a question and all that follow; Esc goes back to the one that was asked before."""
        questions = list(self._catalog.questions.values())
        while position < len(questions):
            question = questions[position]
            try:
                self._answers[question.key] = self._resolve_or_ask(question)
            except prompts.GoBack:
                position = self._step_back()
                continue
            if question.key == sources.NAME:
                # Nobody should answer seven more questions for a folder that cannot be filled.
                writer.check_target(self._target(), force=self._force)
            position += 1

    def _step_back(self) -> int:
        """Forget the answer that was asked for last and those after it, but suggest them again;
        return the position of its question.

        Raises:
            GoBack: nothing was asked before.
        """
        if not self._asked:
            raise prompts.GoBack
        self._preferred = {**self._preferred, **self._answers}
        keys = list(self._catalog.questions)
        position = keys.index(self._asked.pop())
        self._answers = {key: self._answers[key] for key in keys[:position]}
        return position

    def _target(self) -> Path:
        return Path(
            self._directory if self._directory is not None else str(self._answers[sources.NAME])
        )

    def _context(self) -> dict[str, Any]:
        return self._catalog.context(self._answers)

    def _resolve_or_ask(self, question: Question) -> Answer:
        """Return the answer that was given, or that needs no asking; ask otherwise."""
        given = self._given.get(question.key)
        try:
            answer = self._catalog.resolve_one(question, given, self._context(), self._preferred)
        except UsageError as error:
            # What was given does not go with what was answered since; the
            # answer can change that.
            output.say(str(error))
            answer = None
        if answer is not None:
            return answer
        if sources.is_advanced(question) or question.key == sources.TITLE:
            # The first need no thought before there is a project, and the summary offers them;
            # the title was asked for with the name.
            return self._catalog.default_answer(question, self._context(), self._preferred)
        answer = self._name() if question.key == sources.NAME else self._ask(question)
        self._asked.append(question.key)
        return answer

    def _name(self) -> Answer:
        """Ask for the title, and for a name in code only where none follows from it."""
        name, title = self._catalog.questions[sources.NAME], sources.TITLE
        if title not in self._catalog.questions or title in self._given:
            return self._ask(name)
        default = self._catalog.default_answer(name, self._context(), self._preferred)
        typed = self._ask(self._catalog.questions[title], self._preferred.get(title, default))
        self._preferred = {**self._preferred, title: typed}
        found = sources.module_name(str(typed), self._catalog)
        if found and found != typed:
            output.say(text("new.named", name=found))
        return found or self._ask(name)

    def _ask(self, question: Question, default: Answer | None = None) -> Answer:
        context = self._context()
        current = context.get(question.key, default)
        if current is None:
            current = self._catalog.default_answer(question, context, self._preferred)
        return prompts.ask_question(
            question, context, current, lambda typed: self._complaint(question, typed)
        )

    def _complaint(self, question: Question, typed: str) -> bool | str:
        """Return True for a good answer, and what is wrong with a bad one; shown while it
        is typed.
        """
        try:
            question.accept(UserInput(typed, question.key), self._context())
            name = typed if question.key == sources.NAME else ""
            if question.key == sources.TITLE and sources.NAME not in self._answers:
                name = sources.module_name(typed, self._catalog)
            if name and self._directory is None:
                writer.check_target(Path(name), force=self._force)
        except ScaffoldError as error:
            return error.parts()["title"]
        return True

    def _summary(self) -> str:
        """Show what would be written; return what to do: write, cancel, go back, show the tree,
        or the key of an answer to change.
        """
        files = self._files()
        output.say()
        output.say(f"{self._target()}/")
        for folder, count in _counts(files).items():
            key = "wizard.folder" if count > 1 else "wizard.folder-of-one"
            output.say(text(key, folder=folder, count=count))
        output.say()
        choices = [
            (_WRITE, text("wizard.write", count=len(files), folder=self._target())),
            *self._changes(advanced=False),
            *([(_ADVANCED, text("wizard.advanced"))] if self._changes(advanced=True) else []),
            (_CANCEL, text("wizard.cancel")),
            (_TREE, text("wizard.tree")),
        ]
        try:
            return prompts.select(text("wizard.summary"), choices, name=None)
        except prompts.GoBack:
            return _BACK

    def _changes(self, *, advanced: bool) -> list[tuple[str, str]]:
        """Return the answers that can be changed: the keys, and a line for each."""
        context = self._context()
        return [
            (q.key, text("wizard.change", question=labels.name(q), answer=self._shown(q)))
            for q in self._catalog.questions.values()
            if q.applies(context) and sources.is_advanced(q) == advanced
        ]

    def _offer_advanced(self) -> None:
        """Let the user change one of the advanced answers; Esc changes none."""
        with suppress(prompts.GoBack):
            message = text("wizard.advanced")
            key = prompts.select(message, self._changes(advanced=True), name=None)
            self._change(self._catalog.questions[key])

    def _files(self) -> dict[str, bytes]:
        return render(self._catalog.starter(str(self._answers["starter"])), self._answers)

    def _show_tree(self) -> None:
        sizes = {path: len(content) for path, content in self._files().items()}
        output.say()
        output.say(draw(f"{self._target()}/", sizes))

    def _shown(self, question: Question) -> str:
        answer = self._answers[question.key]
        return text("wizard.yes" if answer else "wizard.no") if isinstance(answer, bool) else answer

    def _change(self, question: Question) -> None:
        """Ask one question again, then set those after it that no longer fit; Esc changes none."""
        before, self._answers = self._answers, {}
        asked = False
        for later in self._catalog.questions.values():
            if later.key == question.key:
                self._answers[later.key] = before[later.key]
                try:
                    self._answers[later.key] = self._ask(later)
                except prompts.GoBack:
                    self._answers = before
                    return
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
                return question.accept(UserInput(answer, question.key), context)
            except UsageError as error:
                default = self._catalog.default_answer(question, context, self._preferred)
                output.say(text("wizard.changed", title=error.parts()["title"], answer=default))
        return self._catalog.default_answer(question, context, self._preferred)
