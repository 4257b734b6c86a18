"""What timers.yaml asks for, and whether the app has it."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from scaffold.checks.module import in_function
from scaffold.checks.rule import Finding, Rule
from scaffold.timers import fields, manifest
from scaffold.timers.schedule import CronSchedule
from scaffold.timers.yaml_values import TimersError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.module import Module
    from scaffold.checks.project import Project
    from scaffold.timers.manifest import Timer
    from scaffold.timers.schedule import Schedule

_DEFINE = re.compile(
    r"@\s*(?:[\w.]+\.)?define(?:\s*\(\s*(?:u?(['\"])(?P<name>[^'\"]+)\1)?\s*\))?\s*$"
)
_HOOK = re.compile(r"@\s*(?:[\w.]+\.)?(?:before|after|on)_[a-z_]+")
# engine.define("name")(function), or a loop over names: then not every name can be known.
_DEFINED_BY_CALL = re.compile(rb"(?<![@\w.])\w[\w.]*\.define\s*\(")
_USES_USER = re.compile(r"\bcurrent\.(user|session_token)\b|\bcurrent_user\b|\bUser\.get_current\b")
_MINUTE = 60


def timers_of(project: Project) -> list[Timer]:
    """Return the timers of a project; none where the file is missing or
    wrong, which another rule reports.
    """
    try:
        return _read(project)
    except TimersError:
        return []


def _read(project: Project) -> list[Timer]:
    return manifest.parse(project.read(manifest.FILE), "CN") if project.has(manifest.FILE) else []


def defined_functions(project: Project) -> dict[str, tuple[Module, SgNode]]:
    """Return the cloud functions that decorators define, by name, with where each stands."""
    found = {}
    for module in project.modules_with(b"define"):
        for node in module.nodes("decorated_definition"):
            definition = node.field("definition")
            name = definition.field("name") if definition is not None else None
            for decorator in node.children():
                match = _DEFINE.match(decorator.text()) if decorator.kind() == "decorator" else None
                if match and name is not None:
                    found[match["name"] or name.text()] = (module, node)
    return found


def hooks(project: Project) -> set[str]:
    """Return the names of the Python functions that are hooks."""
    found = set()
    for module in project.modules_with(b"before_", b"after_", b"on_"):
        for node in module.nodes("decorated_definition"):
            definition = node.field("definition")
            name = definition.field("name") if definition is not None else None
            texts = [child.text() for child in node.children() if child.kind() == "decorator"]
            if name is not None and any(map(_HOOK.match, texts)):
                found.add(name.text())
    return found


class InvalidTimers(Rule):
    """timers.yaml cannot be read."""

    id = "LE100"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding at the first mistake."""
        try:
            _read(project)
        except TimersError as error:
            yield self.at(manifest.FILE, error.line, error.column, problem=error.problem)


class NoSuchFunction(Rule):
    """A timer calls a function that the app does not define."""

    id = "LE101"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each such timer, unless names are defined in
        a way that cannot be read.
        """
        timers = timers_of(project)
        if not timers or any(
            _DEFINED_BY_CALL.search(m.data) for m in project.modules if not m.is_test
        ):
            return
        known, hook_names = defined_functions(project), hooks(project)
        for timer in timers:
            if timer.function not in known and timer.function not in hook_names:
                names = ", ".join(sorted(known)) or "-"
                yield self.at(
                    manifest.FILE,
                    timer.line,
                    1,
                    timer=timer.name,
                    function=timer.function,
                    known=names,
                )


class TimerCallsHook(Rule):
    """A timer calls a hook."""

    id = "LE102"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each such timer."""
        timers = timers_of(project)
        found = hooks(project) - set(defined_functions(project)) if timers else set()
        for timer in timers:
            if timer.function in found:
                yield self.at(
                    manifest.FILE, timer.line, 1, timer=timer.name, function=timer.function
                )


class NeverFires(Rule):
    """A timer never runs."""

    id = "LE103"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each expression that no date after today fits."""
        now = datetime.now(timezone.utc)
        for timer in timers_of(project):
            if timer.schedule.next_after(now) is None:
                yield self.at(
                    manifest.FILE,
                    timer.line,
                    1,
                    timer=timer.name,
                    expression=timer.schedule_text[0],
                )


class TooOftenForTrial(Rule):
    """A timer runs more often than once a minute."""

    id = "LE104"
    severity = "note"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each timer with two times within less than a minute."""
        for timer in timers_of(project):
            if _runs_twice_a_minute(timer.schedule):
                yield self.at(manifest.FILE, timer.line, 1, timer=timer.name)


def _runs_twice_a_minute(schedule: Schedule) -> bool:
    if isinstance(schedule, CronSchedule):
        return len(schedule.cron.found[fields.SECOND].values) > 1
    return schedule.seconds < _MINUTE


class NeedsUser(Rule):
    """A function that a timer calls reads the current user."""

    id = "LE105"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where the function is defined."""
        timers = timers_of(project)
        known = defined_functions(project) if timers else {}
        for timer in timers:
            if timer.function in known:
                module, node = known[timer.function]
                if _reads_user(node) and not in_function(node):
                    yield self.at(*module.place(node), timer=timer.name, function=timer.function)


def _reads_user(node: SgNode) -> bool:
    """Return whether the code of a function, not its comments and texts, names the current user."""
    names = [*node.find_all(kind="attribute"), *node.find_all(kind="identifier")]
    return any(_USES_USER.search(name.text()) for name in names)


class IgnoredInExpression(Rule):
    """The platform's cron ignores a part of an expression."""

    id = "LE106"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each such expression."""
        for timer in timers_of(project):
            if isinstance(timer.schedule, CronSchedule) and timer.schedule.cron.ignored:
                ignored = " ".join(timer.schedule.cron.ignored)
                expression = timer.schedule_text[0]
                yield self.at(
                    manifest.FILE,
                    timer.line,
                    1,
                    timer=timer.name,
                    expression=expression,
                    ignored=ignored,
                )
