"""What an update prints: the plan before it, what was done after it, and the same for programs."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from scaffold import output
from scaffold.messages import text
from scaffold.nextsteps import enter
from scaffold.printable import printable
from scaffold.update import plan as plans

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.update.plan import FileUpdate
    from scaffold.update.session import UpdatePreview, UpdateStart

_COLORS = {"added": "green", "changed": "cyan", "removed": "yellow", "conflict": "red"}


def facts(start: UpdateStart, folder: Path) -> dict[str, object]:
    """Return, for programs, what an update starts from."""
    return {
        "directory": str(folder.absolute()),
        "source": start.template.source,
        "from": start.recorded.version,
        "to": start.target,
        "answers": start.decision.answers,
        "changed_answers": [
            {"question": key, "before": before, "after": after}
            for key, before, after in start.decision.changed
        ],
    }


def document(
    preview: UpdatePreview, folder: Path, *, written: bool, diff: bool
) -> dict[str, object]:
    """Return, for programs, what would be done or was done.

    Args:
        preview: the update.
        folder: the project, as the user named it.
        written: whether it was done.
        diff: add the changes as a unified diff.
    """
    files = [
        {
            "path": change.path,
            "action": change.action,
            "lines_added": change.added,
            "lines_removed": change.removed,
            "conflicts": list(change.conflicts),
            "ignored": change.ignored,
        }
        for change in preview.plan.changes
    ]
    found = facts(preview.start, folder) | {
        "written": written,
        "files": files,
        "talk": preview.migration_output,
    }
    if diff:
        found["diff"] = plans.difference(preview.copy, color=False)
    return found | {"next": list(_next(preview, folder)), "restore": list(preview.restore)}


def show_preview(preview: UpdatePreview, *, diff: bool, as_data: bool) -> None:
    """Show every file.

    Args:
        preview: the update.
        diff: show the changes too, on stdout.
        as_data: put the list on stdout, because it is all that was asked for.
    """
    lines = list(_lines(preview.plan.changes, styled=not as_data))
    if as_data:
        output.data("\n".join(lines))
    else:
        output.say("\n".join(lines))
    for key, before, after in preview.start.decision.changed:
        values = {"question": key, "before": _shown(before), "after": _shown(after)}
        output.say(text("update.answer-new" if before is None else "update.answer", **values))
    if diff:
        output.difference("\n" + plans.difference(preview.copy, color=output.shows_color()))


def _lines(changes: tuple[FileUpdate, ...], *, styled: bool) -> Iterator[str]:
    width = max((len(change.path) for change in changes), default=0)
    labels = {action: text(f"update.action.{action}") for action in _COLORS}
    label_width = max(map(len, labels.values()))
    for change in changes:
        label = labels[change.action].ljust(label_width)
        label = output.style(label, _COLORS[change.action]) if styled else label
        counts = "" if change.added is None else f"+{change.added} -{change.removed}"
        yield f"  {label}  {printable(change.path):<{width}}  {counts}".rstrip()


def _shown(answer: object) -> str:
    return str(answer).lower() if isinstance(answer, bool) else str(answer)


def named(folder: Path) -> str:
    """Return a project's folder as a sentence names it: `.` says nothing to whoever reads
    it later.
    """
    return str(folder) if folder.name else folder.resolve().name


def show_summary(preview: UpdatePreview, folder: Path) -> None:
    """Say what was done, what is left to do, and how to take it back."""
    start, plan = preview.start, preview.plan
    counts = {action: len(plan.of(action)) for action in _COLORS}
    values = {"old": start.recorded.version, "new": start.target, "folder": named(folder)}
    if preview.migration_output:
        output.say("\n" + preview.migration_output)
    output.say(
        "\n"
        + output.style("✓ ", "green")
        + text("update.answered" if start.stays else "update.done", **values, **counts)
    )
    if ignored := [change.path for change in plan.changes if change.ignored]:
        output.say("  " + text("update.ignored", files=shlex.join(ignored)))
    if conflicts := plan.of("conflict"):
        output.say("\n" + output.style(text("update.conflicts"), "red"))
        for change in conflicts:
            for line in change.conflicts:
                output.say(f"  {printable(folder / change.path)}:{line}")
            if not change.conflicts:
                key = "update.not-merged" if change.has_theirs else "update.deleted"
                output.say(
                    "  " + text(key, path=folder / change.path, name=shlex.quote(change.path))
                )
        output.say(
            text("update.resolve", files=shlex.join(str(change.path) for change in conflicts))
        )
    output.say("\n" + text("update.next"))
    for step in _next(preview, folder):
        output.say("  " + output.style(step, "bold"))
    output.say(text("update.restore"))
    for step in preview.restore:
        output.say("  " + step)


def _next(preview: UpdatePreview, folder: Path) -> Iterator[str]:
    yield from enter(folder)
    yield "git diff"
    yield "scaffold check"
    yield "scaffold boot"
    start = preview.start
    message = text("update.commit-again" if start.stays else "update.commit", version=start.target)
    yield f"git add -A . && git commit -m {shlex.quote(message)}"
