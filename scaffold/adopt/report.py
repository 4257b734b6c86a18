"""A plan as people and programs read it."""

from __future__ import annotations

from posixpath import normpath
from typing import TYPE_CHECKING

from scaffold import output
from scaffold.adopt.package import PACKAGE
from scaffold.adopt.verdict import grouped, verdict
from scaffold.diff import unified
from scaffold.messages import text
from scaffold.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.adopt.detect import Fact
    from scaffold.adopt.draft import FileChange
    from scaffold.adopt.missing import MissingModule
    from scaffold.adopt.pins import Loosened
    from scaffold.adopt.plan import AdoptionPlan
    from scaffold.adopt.resolve import Unresolved
    from scaffold.adopt.verdict import Verdict
    from scaffold.checks.rule import Finding

_COLORS = {"error": "red", "warning": "yellow"}
_FACTS = ("starter", "entry", "server", "python", "sdk")
# Enough to see what sort it is; the whole list is in `--json`.
_OLD_SHOWN = 20
_PLACES_SHOWN = 5


def found(plan: AdoptionPlan) -> Iterator[str]:
    """Yield what the project was found to be, a line each, with the place that says so."""
    facts = _facts(plan)
    width = max(len(text(f"adopt.fact.{key}")) for key in _FACTS)
    for key in _FACTS:
        value, place = facts[key]
        name = text(f"adopt.fact.{key}")
        # Two columns a Chinese character.
        yield f"  {name}{' ' * (width - len(name))}  {value}" + (
            f"  ({output.style(printable(place), 'dim')})" if place else ""
        )


def _facts(plan: AdoptionPlan) -> dict[str, tuple[str, str]]:
    detected = plan.found
    entry = detected.entry
    asked = detected.python
    python = (
        plan.python
        if asked.value.startswith(plan.python) or plan.python.startswith(asked.value or "-")
        else ""
    )
    if not python:
        python = text(
            "adopt.python.other" if asked.value else "adopt.python.chosen",
            python=plan.python,
            asked=asked.value,
        )
    shown: dict[str, Fact | None] = {
        "starter": detected.starter,
        "server": detected.server,
        "sdk": detected.sdk,
    }
    facts = {key: (fact.value, fact.place) for key, fact in shown.items() if fact is not None}
    facts["sdk"] = (text(f"adopt.sdk.{detected.sdk.value}"), detected.sdk.place)
    if detected.server.value in {"none", "development"}:
        facts["server"] = (text(f"adopt.server.{detected.server.value}"), detected.server.place)
    facts["python"] = (python, asked.place)
    facts["entry"] = (
        (f"{entry.module}:{entry.name}", entry.place)
        if entry
        else (text("adopt.entry.unknown"), "")
    )
    return facts


def files(plan: AdoptionPlan) -> Iterator[str]:
    """Yield what happens to each file; the package leanengine/ is one line."""
    shown: dict[str, list[FileChange]] = {}
    for change in plan.changes:
        folder = change.path.partition("/")[0]
        shown.setdefault(f"{PACKAGE}/" if folder == PACKAGE else change.path, []).append(change)
    width = max(map(len, shown), default=0)
    for path, (change, *others) in shown.items():
        mark, color = ("+", "green") if change.before is None else ("~", "cyan")
        why = "; ".join(reasons(change))
        if others:
            why += " " + text("adopt.package-files", count=len(others) + 1)
        yield f"  {output.style(mark, color)} {printable(path):<{width}}  {why}"


def reasons(change: FileChange) -> list[str]:
    """Return why a file changes."""
    return [text(f"adopt.reason.{key}", **dict(params)) for key, params in change.reasons]


def difference(plan: AdoptionPlan) -> str:
    """Return the changes as a unified diff, from the repository's top if one is outside."""
    prefix = plan.prefix if any(change.is_outside for change in plan.changes) else ""
    return unified(
        (normpath(prefix + change.path), change.before, change.after) for change in plan.changes
    )


def starts(plan: AdoptionPlan) -> Iterator[str]:
    """Yield whether it starts: a line, and the reasons below it, a block each."""
    found = verdict(plan)
    against = list(_against(plan, found))
    if found.answer != "no":
        yield text(f"adopt.starts.{found.answer}")
    elif len(against) == 1 and "\n" not in against[0]:
        yield text("adopt.starts.no", reason=against[0])
    else:
        yield text("adopt.starts.no", reason="")
        yield from (
            f"  {number}. " + reason.replace("\n", "\n     ")
            for number, reason in enumerate(against, 1)
        )


def _against(plan: AdoptionPlan, found: Verdict) -> Iterator[str]:
    """Yield what keeps it from starting, the surest first."""
    if plan.boot is not None and plan.boot.error is not None:
        error = plan.boot.error.parts()
        yield text("adopt.starts.boot", title=error["title"], seen=error["seen"], fix=error["fix"])
    if found.has_no_app:
        yield text("adopt.step.entry")
    if found.is_not_installable:
        yield _failure(plan)
    if found.is_old_code:
        yield "\n".join([text("adopt.step.old-code"), *old(plan)])
    yield from (_missing(item) for item in found.missing)
    yield from (_group(group) for group in found.findings)


def steps(plan: AdoptionPlan) -> Iterator[str]:
    """Yield what else is left to do, a block each: place, problem, fix."""
    shown = verdict(plan)
    if plan.found.entry is None and not shown.has_no_app:
        yield text("adopt.step.entry")
    for line in plan.pins.loosened:
        yield _loosened(line)
    if plan.pins.failure is not None and not shown.is_not_installable:
        yield _failure(plan)
    if plan.pins.is_partial:
        yield text("adopt.step.partial", packages=", ".join(plan.pins.unpinned))
    if plan.unbuilt:
        yield text("adopt.step.unbuilt", lines=", ".join(plan.unbuilt))
    if plan.guesses:
        key = "guessed" if plan.accepted else "proposed"
        yield text(f"adopt.step.{key}", packages=", ".join(guess.package for guess in plan.guesses))
    if plan.old and not shown.is_old_code:
        yield "\n".join(
            [text("adopt.step.python-2" if plan.is_python_2 else "adopt.step.old-code"), *old(plan)]
        )
    yield from (_missing(item) for item in plan.missing if item not in shown.missing)
    for item in plan.left:
        yield f"{printable(item.place)}\n    {item.text}"
    stops = {finding.rule.id for group in shown.findings for finding in group}
    rest = (f for f in plan.findings if f.rule.severity == "error" and f.rule.id not in stops)
    yield from (_group(group) for group in grouped(rest))


def warnings(plan: AdoptionPlan) -> Iterator[str]:
    """Yield what will bite one day, a block for each sort."""
    stops = {finding.rule.id for group in verdict(plan).findings for finding in group}
    rest = (f for f in plan.findings if f.rule.severity == "warning" and f.rule.id not in stops)
    yield from (_group(group) for group in grouped(rest))


def _failure(plan: AdoptionPlan) -> str:
    failure = plan.pins.failure
    if failure is None:
        return ""
    why = text(f"adopt.unresolved.{failure.reason}", name=failure.name or "?")
    return text("adopt.step.unpinned", reason=why, message=failure.message)


def _missing(item: MissingModule) -> str:
    others = " " + text("adopt.more-places", count=item.others) if item.others else ""
    key = f"adopt.missing.{item.kind}"
    return text(key, place=item.place + others, module=item.module, package=item.package)


def old(plan: AdoptionPlan) -> Iterator[str]:
    """Yield what keeps a project on Python 2, a line each."""
    for place in plan.old[:_OLD_SHOWN]:
        why = text(f"adopt.old.{place.kind}", seen=place.seen, instead=place.instead)
        yield f"    {printable(place.file)}:{place.line}  {why}"
    if len(plan.old) > _OLD_SHOWN:
        yield "    " + text("adopt.old.more", count=len(plan.old) - _OLD_SHOWN)


def _loosened(line: Loosened) -> str:
    why = text(f"adopt.unresolved.{line.reason}", name=line.before)
    key = "adopt.step.dropped" if line.after.startswith("#") else "adopt.step.loosened"
    return text(key, before=line.before, after=line.after, reason=why)


def _group(group: Sequence[Finding]) -> str:
    """Return findings of one sort: their first places, what it is and what to do, once."""
    parts, rule = group[0].parts(), group[0].rule
    severity = output.style(text(f"check.severity.{rule.severity}"), _COLORS[rule.severity])
    places = ", ".join(
        dict.fromkeys(
            f"{printable(finding.file)}:{finding.line}" for finding in group[:_PLACES_SHOWN]
        )
    )
    if len(group) > _PLACES_SHOWN:
        places += " " + text("adopt.more-places", count=len(group) - _PLACES_SHOWN)
    return f"{places}  {severity} {rule.id} {parts['title']}\n    {parts['fix']}"


def document(plan: AdoptionPlan) -> dict[str, object]:
    """Return the plan for programs."""
    detected = plan.found
    entry = detected.entry
    return {
        "directory": str(plan.folder.absolute()),
        "starts": {"answer": verdict(plan).answer, "because": list(_against(plan, verdict(plan)))},
        "found": {
            "starter": vars(detected.starter),
            "server": vars(detected.server),
            "python": vars(detected.python),
            "sdk": vars(detected.sdk),
            "entry": None if entry is None else vars(entry),
        },
        "python": plan.python,
        "files": [
            {
                "path": change.path,
                "status": "added" if change.before is None else "changed",
                "reasons": reasons(change),
            }
            for change in plan.changes
        ],
        "requirements": _requirements_document(plan),
        "python_2": [vars(place) for place in plan.old],
        "unrequired": _missing_documents(plan, "unrequired"),
        "absent": _missing_documents(plan, "absent", "ignored"),
        "left": [vars(item) for item in plan.left],
        "findings": [_finding_document(finding) for finding in plan.findings],
        "kept_in_step": list(plan.managed),
        "boot": None
        if plan.boot is None
        else {
            "healthy": plan.boot.healthy,
            "error": plan.boot.error.parts() if plan.boot.error else None,
        },
    }


def _requirements_document(plan: AdoptionPlan) -> dict[str, object]:
    packages = [guess.package for guess in plan.guesses]
    return {
        "pinned": len(plan.pins.pins),
        "loosened": [_for_programs(line) for line in plan.pins.loosened],
        "failure": None if plan.pins.failure is None else _for_programs(plan.pins.failure),
        "guessed": packages if plan.accepted else [],
        "proposed": [] if plan.accepted else packages,
        "unpinned": list(plan.pins.unpinned),
        "as_written": list(plan.unbuilt),
    }


def _for_programs(item: Loosened | Unresolved) -> dict[str, object]:
    """Return an item for programs, where its message is called `said`."""
    return {("said" if key == "message" else key): value for key, value in vars(item).items()}


def _missing_documents(plan: AdoptionPlan, *kinds: str) -> list[dict[str, str]]:
    return [
        {"place": item.place, "module": item.module} for item in plan.missing if item.kind in kinds
    ]


def _finding_document(finding: Finding) -> dict[str, object]:
    where = {"file": finding.file, "line": finding.line, "column": finding.column}
    return {"id": finding.rule.id, "severity": finding.rule.severity, **where, **finding.parts()}
