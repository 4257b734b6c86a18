"""What a migration says: what it did and what it left, file by file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold import output
from scaffold.checks.fixes import difference
from scaffold.checks.requirements import on_one_line
from scaffold.messages import text
from scaffold.migrate.result import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scaffold.checks.rule import Finding
    from scaffold.migrate.after_update import Report
    from scaffold.migrate.plan import Plan
    from scaffold.migrate.result import Left


def as_document(made: Plan, *, written: bool) -> dict[str, object]:
    """Return a plan for programs."""
    from scaffold.migrate.findings import find  # noqa: PLC0415 - slow

    return {
        "written": written and bool(made.files),
        "files": [
            {
                "path": path,
                "changes": [{"line": c.line, "before": c.before, "after": c.after} for c in done.changes],
            }
            for path, done in made.files.items()
        ],
        "left": [
            {"file": path, "line": item.line, "code": item.code, "name": item.name, **parts(item)}
            for path, items in made.left.items()
            for item in items
        ],
        "moved": not made.stuck,
        "findings": [
            {"rule": f.rule.id, "severity": f.rule.severity, "file": f.file, "line": f.line, **f.parts()}
            for f in find(made)
        ],
    }


def parts(item: Left) -> dict[str, str]:
    """Return why a place was left and what to do, in the current language."""
    return {part: text(f"migrate.left.{item.code}.{part}", name=item.name) for part in ("why", "fix")}


def show_diff(made: Plan) -> None:
    """Put the whole difference on stdout."""
    if made.files:
        pairs = {path: (made.before[path], done.content) for path, done in made.files.items()}
        output.data(difference({path: (as_utf8(old), as_utf8(new)) for path, (old, new) in pairs.items()}))


def as_utf8(data: bytes) -> bytes:
    """Return a file's text for people, as UTF-8."""
    return readable(data).encode("utf-8", "replace")


def tell(made: Plan, *, written: bool) -> None:
    """Say what was done, or would be, and what was left."""
    from scaffold.migrate.findings import find  # noqa: PLC0415 - slow

    if made.stuck:
        output.say(output.style(text("migrate.stuck"), "yellow"))
    if not made.files and not made.left:
        output.say(text("migrate.nothing"))
    _tell_files(made, "migrate.changed" if written else "migrate.would-change")
    _tell_left(made.left)
    _tell_findings(find(made))
    if written and made.files:
        output.say(text("migrate.undo"))


def tell_update(report: Report) -> None:
    """Say what was done after an update."""
    for key in ("merged", "conflicts", "untouched", "removed", "replaced"):
        for path in getattr(report, key):
            output.say("  " + text(f"migrate.update.{key}", path=path))
    for line in report.carried.lines:
        output.say("  " + text("migrate.update.carried", line=on_one_line(line)))
    for line, instead in report.carried.others:
        key = "migrate.update.template-asks" if instead else "migrate.update.not-asked"
        output.say("  " + text(key, line=on_one_line(line), instead=instead))
    if report.carried.lines:
        output.say("  " + text("migrate.update.compile"))
    if report.plan:
        _tell_files(report.plan, "migrate.changed")
        _tell_left(report.plan.left)


def _tell_files(made: Plan, key: str) -> None:
    if made.files:
        output.say(text(key, count=len(made.files)))
        for path, done in made.files.items():
            lines = ", ".join(str(change.line) for change in done.changes)
            output.say("  " + text("migrate.lines", path=path, lines=lines))


def _tell_left(left: Mapping[str, Iterable[Left]]) -> None:
    if not left:
        return
    output.say("\n" + text("migrate.left"))
    groups: dict[str, list[tuple[str, Left]]] = {}
    for path, items in left.items():
        for item in items:
            groups.setdefault(item.code, []).append((path, item))
    for places in groups.values():
        said = parts(places[0][1])
        output.say(f"  {said['why']}")
        for path, item in places:
            output.say(f"    {path}:{item.line}: {item.name}".rstrip(": "))
        output.say(f"    {text('cli.error.fix')} {said['fix']}")


def _tell_findings(found: Iterable[Finding]) -> None:
    said = False
    for finding in found:
        if not said:
            output.say("\n" + text("migrate.findings"))
            said = True
        parts_ = finding.parts()
        output.say(f"  {finding.file}:{finding.line}: {finding.rule.id} {parts_['title']}")
        output.say(f"    {text('cli.error.fix')} {parts_['fix']}")
