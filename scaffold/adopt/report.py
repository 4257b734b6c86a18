"""A plan as people and programs read it."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

from scaffold import output
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.adopt.detect import Fact
    from scaffold.adopt.draft import Change
    from scaffold.adopt.pins import Loosened
    from scaffold.adopt.plan import Plan
    from scaffold.checks.rule import Finding

_COLORS = {"error": "red", "warning": "yellow"}
_FACTS = ("starter", "entry", "server", "python", "sdk")
# Enough to see what sort it is; the whole list is in `--json`.
_OLD_SHOWN = 20


def found(plan: Plan) -> Iterator[str]:
    """Yield what the project was found to be, a line each, with the place that says so."""
    facts = _facts(plan)
    width = max(len(text(f"adopt.fact.{key}")) for key in _FACTS)
    for key in _FACTS:
        value, place = facts[key]
        name = text(f"adopt.fact.{key}")
        # Two columns a Chinese character.
        yield f"  {name}{' ' * (width - len(name))}  {value}" + (f"  ({output.style(place, 'dim')})" if place else "")


def _facts(plan: Plan) -> dict[str, tuple[str, str]]:
    detected = plan.found
    entry = detected.entry
    asked = detected.python
    python = plan.python if asked.value.startswith(plan.python) or plan.python.startswith(asked.value or "-") else ""
    if not python:
        python = text(
            "adopt.python.other" if asked.value else "adopt.python.chosen", python=plan.python, asked=asked.value
        )
    shown: dict[str, Fact | None] = {"starter": detected.starter, "server": detected.server, "sdk": detected.sdk}
    facts = {key: (fact.value, fact.place) for key, fact in shown.items() if fact is not None}
    facts["sdk"] = (text(f"adopt.sdk.{detected.sdk.value}"), detected.sdk.place)
    if detected.server.value in {"none", "development"}:
        facts["server"] = (text(f"adopt.server.{detected.server.value}"), detected.server.place)
    facts["python"] = (python, asked.place)
    facts["entry"] = (f"{entry.module}:{entry.name}", entry.place) if entry else (text("adopt.entry.unknown"), "")
    return facts


def files(plan: Plan) -> Iterator[str]:
    """Yield what happens to each file."""
    width = max((len(change.path) for change in plan.changes), default=0)
    for change in plan.changes:
        mark, color = ("+", "green") if change.before is None else ("~", "cyan")
        yield f"  {output.style(mark, color)} {change.path:<{width}}  {'; '.join(reasons(change))}"


def reasons(change: Change) -> list[str]:
    """Return why a file changes."""
    return [text(f"adopt.reason.{key}", **dict(params)) for key, params in change.reasons]


def difference(changes: Iterable[Change]) -> str:
    """Return the changes as one unified diff, such as `git apply` takes."""
    lines: list[str] = []
    for change in changes:
        old = [] if change.before is None else _lines(change.before)
        origin = "/dev/null" if change.before is None else f"a/{change.path}"
        for line in unified_diff(old, _lines(change.after), origin, f"b/{change.path}"):
            lines += [line.removesuffix("\n")] if line.endswith("\n") else [line, "\\ No newline at end of file"]
    return "\n".join(lines)


def _lines(data: bytes) -> list[str]:
    # Only at \n, as git does; a form feed or a Chinese line separator ends no line of a diff.
    parts = data.decode("utf-8", "replace").split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def steps(plan: Plan) -> Iterator[str]:
    """Yield what is left to do, a block each: place, what is wrong, what to do."""
    if plan.found.entry is None:
        yield text("adopt.step.entry")
    for line in plan.pins.loosened:
        yield _loosened(line)
    if plan.pins.failure is not None:
        failure = plan.pins.failure
        why = text(f"adopt.unresolved.{failure.reason}", name=failure.name or "?")
        yield text("adopt.step.unpinned", reason=why, said=failure.said)
    if plan.guessed:
        yield text("adopt.step.guessed", packages=", ".join(plan.guessed))
    if plan.old:
        yield "\n".join([text("adopt.step.python-2" if plan.is_python_2 else "adopt.step.old-code"), *old(plan)])
    for place, module in plan.absent:
        yield text("adopt.step.absent", place=place, module=module)
    for place, module in plan.unrequired:
        yield text("adopt.step.unrequired", place=place, module=module)
    for item in plan.left:
        yield f"{item.place}\n    {item.text}"
    for finding in plan.findings:
        yield _finding(finding)


def old(plan: Plan) -> Iterator[str]:
    """Yield what keeps a project on Python 2, a line each."""
    for place in plan.old[:_OLD_SHOWN]:
        why = text(f"adopt.old.{place.kind}", seen=place.seen, instead=place.instead)
        yield f"    {place.file}:{place.line}  {why}"
    if len(plan.old) > _OLD_SHOWN:
        yield "    " + text("adopt.old.more", count=len(plan.old) - _OLD_SHOWN)


def _loosened(line: Loosened) -> str:
    why = text(f"adopt.unresolved.{line.reason}", name=line.before)
    key = "adopt.step.dropped" if line.after.startswith("#") else "adopt.step.loosened"
    return text(key, before=line.before, after=line.after, reason=why)


def _finding(finding: Finding) -> str:
    parts = finding.parts()
    severity = output.style(text(f"check.severity.{finding.rule.severity}"), _COLORS[finding.rule.severity])
    head = f"{finding.file}:{finding.line}  {severity} {finding.rule.id} {parts['title']}"
    return f"{head}\n    {parts['fix']}"


def document(plan: Plan) -> dict[str, object]:
    """Return the plan for programs."""
    detected = plan.found
    entry = detected.entry
    return {
        "directory": str(plan.folder.absolute()),
        "found": {
            "starter": vars(detected.starter),
            "server": vars(detected.server),
            "python": vars(detected.python),
            "sdk": vars(detected.sdk),
            "entry": None if entry is None else vars(entry),
        },
        "python": plan.python,
        "files": [
            {"path": change.path, "status": "added" if change.before is None else "changed", "reasons": reasons(change)}
            for change in plan.changes
        ],
        "requirements": {
            "pinned": len(plan.pins.pins),
            "loosened": [vars(line) for line in plan.pins.loosened],
            "failure": None if plan.pins.failure is None else vars(plan.pins.failure),
            "guessed": list(plan.guessed),
        },
        "python_2": [vars(place) for place in plan.old],
        "unrequired": [{"place": place, "module": module} for place, module in plan.unrequired],
        "absent": [{"place": place, "module": module} for place, module in plan.absent],
        "left": [vars(item) for item in plan.left],
        "findings": [_finding_document(finding) for finding in plan.findings],
        "kept_in_step": list(plan.managed),
        "boot": None
        if plan.boot is None
        else {"healthy": plan.boot.healthy, "error": plan.boot.error.parts() if plan.boot.error else None},
    }


def _finding_document(finding: Finding) -> dict[str, object]:
    where = {"file": finding.file, "line": finding.line, "column": finding.column}
    return {"id": finding.rule.id, "severity": finding.rule.severity, **where, **finding.parts()}
