"""What a migration says: what it did and what it left, file by file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold import output
from scaffold.diff import unified
from scaffold.files import decode
from scaffold.messages import text
from scaffold.printable import printable
from scaffold.requirements import on_one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scaffold.checks.rule import Finding
    from scaffold.migrate.after_update import MergeReport
    from scaffold.migrate.plan import MigrationPlan
    from scaffold.migrate.result import ChangedLine, Leftover


def _change(line: ChangedLine) -> dict[str, object]:
    return {"line": line.line, "before": line.before, "after": line.after}


def as_document(made: MigrationPlan, *, written: bool) -> dict[str, object]:
    """Return a plan for programs."""
    from scaffold.migrate.findings import find

    changes = {path: list(map(_change, done.changes)) for path, done in made.files.items()}
    return {
        "written": written and bool(made.files),
        "files": [{"path": path, "changes": lines} for path, lines in changes.items()],
        "left": [
            {"file": path, "line": item.line, "code": item.code, "name": item.name, **parts(item)}
            for path, items in made.left.items()
            for item in items
        ],
        "moved": not made.stuck,
        "findings": [
            {
                "rule": f.rule.id,
                "severity": f.rule.severity,
                "file": f.file,
                "line": f.line,
                **f.parts(),
            }
            for f in find(made)
        ],
    }


def parts(item: Leftover) -> dict[str, str]:
    """Return why a place was left and what to do, in the current language."""
    return {
        part: text(f"migrate.left.{item.code}.{part}", name=item.name) for part in ("why", "fix")
    }


def show_diff(made: MigrationPlan) -> None:
    """Put the whole difference on stdout."""
    if made.files:
        changes = (
            (path, as_utf8(made.before[path]), as_utf8(done.content))
            for path, done in made.files.items()
        )
        output.difference(unified(changes))


def as_utf8(data: bytes) -> bytes:
    """Return a file's text for people, as UTF-8."""
    return decode(data).encode("utf-8", "replace")


def print_plan(made: MigrationPlan, *, written: bool) -> None:
    """Say what was done, or would be, and what was left."""
    from scaffold.migrate.findings import find

    if made.stuck:
        output.say(output.style(text("migrate.stuck"), "yellow"))
    if not made.files and not made.left:
        output.say(text("migrate.nothing"))
    _print_files(made, "migrate.changed" if written else "migrate.would-change")
    _print_left(made.left)
    _print_findings(find(made))
    if written and made.files:
        output.say(text("migrate.undo"))


def print_update(report: MergeReport) -> None:
    """Say what was done after an update."""
    for key in ("merged", "conflicts", "untouched", "removed", "replaced"):
        for path in getattr(report, key):
            output.say("  " + text(f"migrate.update.{key}", path=path))
    for line in report.kept.lines:
        output.say("  " + text("migrate.update.carried", line=on_one_line(line)))
    for line, instead in report.kept.others:
        key = "migrate.update.template-asks" if instead else "migrate.update.not-asked"
        output.say("  " + text(key, line=on_one_line(line), instead=instead))
    if report.kept.lines:
        output.say("  " + text("migrate.update.compile"))
    if report.plan:
        _print_files(report.plan, "migrate.changed")
        _print_left(report.plan.left)


def _print_files(made: MigrationPlan, key: str) -> None:
    if made.files:
        output.say(text(key, count=len(made.files)))
        for path, done in made.files.items():
            lines = ", ".join(str(change.line) for change in done.changes)
            output.say("  " + text("migrate.lines", path=path, lines=lines))


def _print_left(left: Mapping[str, Iterable[Leftover]]) -> None:
    if not left:
        return
    output.say("\n" + text("migrate.left"))
    groups: dict[str, list[tuple[str, Leftover]]] = {}
    for path, items in left.items():
        for item in items:
            groups.setdefault(item.code, []).append((path, item))
    for places in groups.values():
        found = parts(places[0][1])
        output.say(f"  {found['why']}")
        for path, item in places:
            output.say(f"    {printable(path)}:{item.line}: {printable(item.name)}".rstrip(": "))
        output.say(f"    {text('cli.error.fix')} {found['fix']}")


def _print_findings(found: Iterable[Finding]) -> None:
    headed = False
    for finding in found:
        if not headed:
            output.say("\n" + text("migrate.findings"))
            headed = True
        parts_ = finding.parts()
        output.say(
            f"  {printable(finding.file)}:{finding.line}: {finding.rule.id} {parts_['title']}"
        )
        output.say(f"    {text('cli.error.fix')} {parts_['fix']}")
