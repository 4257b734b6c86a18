"""One update: what it starts from, what it would do, and doing it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from scaffold import answers as sources
from scaffold.errors import FailedError, ScaffoldError, UsageError
from scaffold.messages import text
from scaffold.update import adopted, apply, journal, obstacles, runner, user_edits
from scaffold.update import plan as plans
from scaffold.update.answers_file import AnswersFile
from scaffold.update.decision import Decision, decide
from scaffold.update.repository import Repository
from scaffold.update.template import Template
from scaffold.update.working_copy import WorkingCopy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from scaffold.questions import Answer, Question
    from scaffold.update.decision import Ask


# How copier fails where a folder is in place of a file, or the other way round.
_KINDS_OF_FILES = {"AssertionError", "FileExistsError", "IsADirectoryError", "NotADirectoryError"}


@dataclass(frozen=True)
class UpdateStart:
    """What an update starts from.

    Attributes:
        repository: the user's.
        recorded: what the project's answers file says.
        template: where it came from.
        target: the version to go to.
        decision: the answers for it.
    """

    repository: Repository
    recorded: AnswersFile
    template: Template
    target: str
    decision: Decision

    @property
    def stays(self) -> bool:
        """Whether the version stays the same."""
        return self.recorded.version == self.target

    @property
    def is_current(self) -> bool:
        """Whether there is nothing to do."""
        return self.stays and not self.decision.changed


def check_finished(folder: Path) -> None:
    """Refuse a project if its last update was interrupted.

    Raises:
        UsageError: it was; the error names the commands that take it back.
    """
    try:
        repository = Repository.at(folder)
    except ScaffoldError:
        return  # what needs no git may be asked anywhere, as in a container that builds the project
    journal.check(repository)


def start(
    folder: Path, workdir: Path, wanted: str | None, pairs: Sequence[str], ask: Ask | None
) -> UpdateStart:
    """Read everything that an update needs to know, and decide on the answers.

    Args:
        folder: the project.
        workdir: an empty folder outside of it.
        wanted: the version to go to, None for the newest.
        pairs: `KEY=VALUE` of each `-d`.
        ask: puts a question to the user, if there is somebody to ask.

    Raises:
        ScaffoldError: the project cannot be updated.
    """
    repository = Repository.at(folder)
    journal.check(repository)
    repository.check_merged()
    recorded = AnswersFile.of(repository.folder)
    template = Template(recorded.source, workdir)
    target = template.target(wanted)
    template.check_from(recorded.version, target)

    @cache
    def check_ready() -> None:
        repository.head()
        repository.check_clean()

    asked = None if ask is None else _after(check_ready, ask)
    decision = _decide(template, recorded, target, pairs, asked)
    if recorded.adopted and template.ours:
        decision = adopted.with_added_files(repository.folder, recorded, decision)
    started = UpdateStart(repository, recorded, template, target, decision)
    if not started.is_current:
        check_ready()
    return started


def _after(check: Callable[[], None], ask: Ask) -> Ask:
    """Return `ask`, which asks nothing about a project that cannot be updated."""

    def ask_after(question: Question, context: Mapping[str, Any]) -> Answer:
        check()
        return ask(question, context)

    return ask_after


def _decide(
    template: Template, recorded: AnswersFile, target: str, pairs: Sequence[str], ask: Ask | None
) -> Decision:
    new = template.catalog(target)
    if new is None:
        return _by_name(template, target, pairs)
    old = new if recorded.version == target else template.catalog(recorded.version)
    if old is not None:
        recorded.check(old)
    wanted = sources.collect(new, {}, pairs, None)
    return decide(new, recorded.given(), wanted, ask)


def _by_name(template: Template, target: str, pairs: Sequence[str]) -> Decision:
    """Return answers for a template with questions that only copier can judge."""
    known = template.keys(target)
    data: dict[str, str | bool] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError("answers.error.not-a-pair", pair=pair)
        if key not in known:
            raise UsageError(
                "answers.error.unknown-key", key=key, origin="-d", known=", ".join(known)
            )
        data[key] = value
    return Decision(dict(data), data, tuple((key, None, value) for key, value in data.items()))


@dataclass(frozen=True)
class UpdatePreview:
    """An update that was made in a copy.

    Attributes:
        start: what it started from.
        copy: the copy.
        plan: what happened there.
        migration_output: what the template's migrations printed.
        restore: the commands that take it back once it is applied.
        journal: what is noted down before that.
    """

    start: UpdateStart
    copy: WorkingCopy
    plan: plans.UpdatePlan
    migration_output: str
    restore: tuple[str, ...]
    journal: journal.Journal

    def apply(self) -> None:
        """Do it.

        Raises:
            UsageError: the project is no longer as it was copied.
            FailedError: it could not be written; nothing changed.
        """
        repository = self.start.repository
        if repository.head() != self.journal.head or any(repository.changes()):
            raise UsageError("update.error.changed-meanwhile", folder=repository.folder)
        apply.apply(self.copy, self.plan, self.journal)


def prepare(
    start: UpdateStart, workdir: Path, where: str, *, trusted: bool, ask: Callable[[str], bool]
) -> UpdatePreview:
    """Make the update in a copy.

    Args:
        start: what to do.
        workdir: an empty folder outside of the project.
        where: the project's folder, as the user's shell has to know it.
        trusted: whether a template may run code of its own; ours may.
        ask: puts that question to the user, given what the template wants to use.

    Raises:
        ScaffoldError: it cannot be done, or something of the user's is in the way.
    """
    head = start.repository.head()
    copy = _copy(start, workdir)
    migration_output, trusted = _run_copier(start, copy, trusted=trusted, ask=ask)
    plan = plans.read(copy)
    if changes := user_edits.at_risk(copy, plan):
        old = copy.workdir / "old" / copy.project.name  # templates may ask for its name
        recorded = start.recorded
        runner.make(old, start.template, recorded.version, recorded.answers, trust=trusted)
        restored = user_edits.restore_user_edits(copy, changes, old)
        migration_output = _without_replaced(migration_output, restored)
        plan = plans.read(copy)
    obstacles.check(start.repository, plan)
    note = journal.Journal.of(start.repository, head, copy.project, plan, where)
    return UpdatePreview(start, copy, plan, migration_output, tuple(note.restore()), note)


def _copy(start: UpdateStart, workdir: Path) -> WorkingCopy:
    """Copy the project, for copier to work on."""
    copy = WorkingCopy(start.repository, workdir)
    try:
        copy.make()
    except OSError as error:
        reason = error.strerror or error
        raise FailedError(
            "update.error.not-copied", path=error.filename or workdir, reason=reason
        ) from error
    copy.record_source(start.recorded.source, start.template.copier_source)
    return copy


def _without_replaced(migration_output: str, restored: Iterable[str]) -> str:
    """Return what migrations printed, but for the sentence that the template's version of a
    file was taken: the user's was restored.
    """
    untrue = {text("migrate.update.replaced", path=path).strip() for path in restored}
    lines = migration_output.splitlines()
    return "\n".join(line for line in lines if line.strip() not in untrue)


def _run_copier(
    start: UpdateStart, copy: WorkingCopy, *, trusted: bool, ask: Callable[[str], bool]
) -> tuple[str, bool]:
    """Let copier update the copy; return what migrations printed, and
    whether the template is trusted now.

    Once copier has merged the new version into the copy, it runs the template's migrations. That
    of ours is the command `scaffold migrate --after-update`: this program calls copier, which
    calls this program again, in the copy. `runner` sees to it that the command is this very
    installation of scaffold, and `scaffold.migrate.after_update` is what it does.

    Raises:
        UsageError: the template wants to run code of its own, and may not.
        FailedError: copier or a migration failed.
    """
    try:
        return _update_copy(start, copy, trust=trusted), trusted
    except runner.Untrusted as question:
        if not ask(question.features):
            raise UsageError(
                "update.error.untrusted", source=start.template.source, features=question.features
            ) from question
        return _update_copy(start, copy, trust=True), True


def _update_copy(start: UpdateStart, copy: WorkingCopy, *, trust: bool) -> str:
    template, target = start.template, start.target
    try:
        return runner.update(copy.project, template, target, start.decision.data, trust=trust)
    except FailedError as error:
        if error.params.get("kind") in _KINDS_OF_FILES:
            # Make what copier could not put in place, and say what is in its way.
            new = copy.workdir / "new" / copy.project.name
            answers = {**start.recorded.answers, **start.decision.answers}
            runner.make(new, template, target, answers, trust=trust)
            obstacles.explain(start.repository, new)
        raise
