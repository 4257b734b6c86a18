"""One update: what it starts from, what it would do, and doing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import answers as sources
from scaffold.errors import FailedError, UsageError
from scaffold.update import kept, runner, transfer
from scaffold.update import plan as plans
from scaffold.update.decision import Decision, decide
from scaffold.update.recorded import Recorded
from scaffold.update.repository import Repository
from scaffold.update.scratch import Scratch
from scaffold.update.template import Template

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scaffold.update.decision import Ask


@dataclass(frozen=True)
class Start:
    """What an update starts from.

    Attributes:
        repository: the user's.
        recorded: what the project's answers file says.
        template: where it came from.
        target: the version to go to.
        decision: the answers for it.
    """

    repository: Repository
    recorded: Recorded
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


def start(folder: Path, room: Path, wanted: str | None, pairs: Sequence[str], ask: Ask | None) -> Start:
    """Read everything that an update needs to know, and decide on the answers.

    Args:
        folder: the project.
        room: an empty folder outside of it.
        wanted: the version to go to, None for the newest.
        pairs: `KEY=VALUE` of each `-d`.
        ask: puts a question to the user, if there is somebody to ask.

    Raises:
        ScaffoldError: the project cannot be updated.
    """
    repository = Repository.at(folder)
    repository.check_merged()
    recorded = Recorded.of(repository.folder)
    template = Template(recorded.source, room)
    target = template.target(wanted)
    template.check_from(recorded.version, target)
    # The answers before it is known that the project can be updated: nothing is written before either.
    decision = _decide(template, recorded, target, pairs, None)
    if recorded.version != target or decision.changed:
        repository.head()
        repository.check_clean()
        if ask is not None:
            decision = _decide(template, recorded, target, pairs, ask)
    return Start(repository, recorded, template, target, decision)


def _decide(template: Template, recorded: Recorded, target: str, pairs: Sequence[str], ask: Ask | None) -> Decision:
    new = template.catalog(target)
    if new is None:
        return _by_name(template, target, pairs)
    old = new if recorded.version == target else template.catalog(recorded.version)
    if old is not None:
        recorded.check(old)
    wanted = sources.collect(new, {}, pairs, None)
    return decide(new, recorded.given(), wanted, ask)


def _by_name(template: Template, target: str, pairs: Sequence[str]) -> Decision:
    """Return answers for a template whose questions only copier can judge."""
    known = template.keys(target)
    data: dict[str, str | bool] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError("answers.error.not-a-pair", pair=pair)
        if key not in known:
            raise UsageError("answers.error.unknown-key", key=key, origin="-d", known=", ".join(known))
        data[key] = value
    return Decision(dict(data), data, tuple((key, None, value) for key, value in data.items()))


@dataclass(frozen=True)
class Rehearsal:
    """An update that was made in a copy.

    Attributes:
        start: what it started from.
        scratch: the copy.
        plan: what happened there.
        talk: what the template's migrations said.
        restore: the commands that take it back once it is carried over.
        journal: what is noted down before that.
    """

    start: Start
    scratch: Scratch
    plan: plans.Plan
    talk: str
    restore: tuple[str, ...]
    journal: transfer.Journal

    def carry_over(self) -> None:
        """Do it.

        Raises:
            UsageError: the project is no longer as it was copied.
            FailedError: it could not be written; nothing changed.
        """
        repository = self.start.repository
        if repository.head() != self.journal.head or any(repository.changes()):
            raise UsageError("update.error.changed-meanwhile", folder=repository.folder)
        transfer.carry_over(self.scratch, self.plan, self.journal)


def rehearse(start: Start, room: Path, where: str, *, trusted: bool, ask: Callable[[str], bool]) -> Rehearsal:
    """Make the update in a copy.

    Args:
        start: what to do.
        room: an empty folder outside of the project.
        where: the project's folder, as the user's shell has to know it.
        trusted: whether a template may run code of its own; ours may.
        ask: puts that question to the user, and is told what the template wants to use.

    Raises:
        ScaffoldError: it cannot be done, or something of the user's is in the way.
    """
    head = start.repository.head()
    scratch = Scratch(start.repository, room)
    try:
        scratch.make()
    except OSError as error:
        reason = error.strerror or error
        raise FailedError("update.error.not-copied", path=error.filename or room, reason=reason) from error
    talk = _run_copier(start, scratch, trusted=trusted, ask=ask)
    plan = plans.read(scratch)
    if removed := [change.path for change in plan.of("removed")]:
        old = room / "old" / scratch.project.name  # templates may ask for its name
        runner.make(old, start.template, start.recorded.version, start.recorded.answers, trust=True)
        if kept.bring_back(scratch, removed, old):
            plan = plans.read(scratch)
    transfer.check(start.repository, plan)
    commands = tuple(transfer.restore(start.repository, plan, where=where))
    journal = transfer.Journal.of(head, scratch.project, plan, transfer.restore_half(commands, where=where))
    return Rehearsal(start, scratch, plan, talk, commands, journal)


def _run_copier(start: Start, scratch: Scratch, *, trusted: bool, ask: Callable[[str], bool]) -> str:
    """Let copier update the copy; return what migrations said.

    Raises:
        UsageError: the template wants to run code of its own, and may not.
    """
    data = start.decision.data
    try:
        return runner.update(scratch.project, start.template, start.target, data, trust=trusted)
    except runner.Untrusted as question:
        if not ask(question.features):
            raise UsageError(
                "update.error.untrusted", source=start.template.source, features=question.features
            ) from question
        return runner.update(scratch.project, start.template, start.target, data, trust=True)
