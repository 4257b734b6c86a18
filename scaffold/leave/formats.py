"""A plan as people, programs and code scanning services read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.checks import sarif
from scaffold.leave.dates import CLOSES
from scaffold.leave.listing import by_subject, listed, step_date
from scaffold.leave.saved import describe
from scaffold.leave.services import SERVICES
from scaffold.messages import text
from scaffold.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.leave.plan import Plan, PlannedStep
    from scaffold.leave.saved import SavedExport
    from scaffold.leave.services import Service
    from scaffold.leave.uses import ServiceUse

_LEVELS = {"kept": "note", "partly": "note", "none": "warning"}
# Places of one class or function; all of them are in JSON.
_SHOWN = 5


def deadline(plan: Plan) -> str:
    """Return how long the platform still runs."""
    days = (CLOSES - plan.today).days
    key = "leave.days-left" if days >= 0 else "leave.over"
    return text(key, days=days, date=CLOSES)


def as_text(plan: Plan) -> str:
    """Return the plan for a terminal."""
    lines = [deadline(plan), ""]
    if not plan.app.uses:
        return "\n".join([*lines, text("leave.nothing", files=plan.app.files)])
    lines += [_uses_title(plan), ""]
    for service in plan.services:
        lines += [*_service_lines(plan, service), ""]
    lines += [text("leave.hidden"), "", text("leave.steps"), ""]
    for number, step in enumerate(plan.steps, 1):
        lines += [*_step_lines(plan, number, step), ""]
    return "\n".join(lines).rstrip()


def _uses_title(plan: Plan) -> str:
    files = {use.file for use in plan.app.uses}
    return text("leave.uses", count=len(plan.app.uses), files=len(files))


def _title(service: Service) -> str:
    mark = text(f"leave.replaced.{service.replaced}")
    return text("leave.service", name=service.text("name"), mark=mark)


def _facts(service: Service) -> Iterator[str]:
    for part in ("instead", "lost"):
        if service.text(part):
            yield _line(part, service.text(part))


def _line(label: str, value: str) -> str:
    return text("leave.line", label=text(f"leave.label.{label}"), value=value)


def _service_lines(plan: Plan, service: Service) -> Iterator[str]:
    yield f"  {_title(service)}"
    yield from (f"    {line}" for line in _facts(service))
    for is_client in (False, True):
        uses = [use for use in plan.uses_of(service) if use.is_client == is_client]
        label = "clients" if is_client else "places"
        yield from (f"    {_line(label, about.describe(_SHOWN))}" for about in by_subject(uses))


def _step_lines(plan: Plan, number: int, planned: PlannedStep) -> Iterator[str]:
    step = planned.step
    mark = "x" if planned.done else " "
    line = text(
        "leave.step",
        title=step.text("title"),
        key=step.key,
        kind=text(f"leave.kind.{step.kind}"),
        when=_when(plan, planned),
    )
    yield f"  {number:>2}. [{mark}] {line}"
    yield f"        {step.text('how')}"
    yield from (f"        {line}" for line in _notes(plan, planned))
    yield from (f"        $ {command}" for command in step.offered)


def _when(plan: Plan, planned: PlannedStep) -> str:
    return text("leave.done") if planned.done else step_date(planned, plan.today)


def _notes(plan: Plan, planned: PlannedStep) -> Iterator[str]:
    """Yield what is known of the step in this app."""
    if planned.step.key == "export":
        yield describe(plan.saved)
        if plan.missing_classes:
            yield text("leave.export.missing", classes=listed(plan.missing_classes))
    if planned.step.key in {"replace", "clients"}:
        names = [SERVICES[key].text("name") for key in planned.services]
        yield text("leave.for", services=listed(names))


def as_markdown(plan: Plan) -> str:
    """Return the plan as a page with a checklist, to print or to keep in the repository."""
    heading = text("leave.heading")
    lines = [f"# {heading}", "", deadline(plan), ""]
    if not plan.app.uses:
        return "\n".join([*lines, text("leave.nothing", files=plan.app.files)])
    lines += [f"## {text('leave.steps')}", ""]
    for number, planned in enumerate(plan.steps, 1):
        lines += _markdown_step(plan, number, planned)
    lines += ["", f"## {_uses_title(plan)}", "", text("leave.hidden")]
    for service in plan.services:
        lines += _markdown_service(plan, service)
    return "\n".join(lines)


def _markdown_step(plan: Plan, number: int, planned: PlannedStep) -> Iterator[str]:
    step = planned.step
    mark = "x" if planned.done else " "
    about = f"{text(f'leave.kind.{step.kind}')}, {_when(plan, planned)}"
    yield f"- [{mark}] {number}. **{step.text('title')}** (`{step.key}`; {about})  "
    yield f"  {step.text('how')}"
    yield from (f"  {_escaped(line)}" for line in _notes(plan, planned))
    yield from (f"  `{command}`" for command in step.offered)


def _markdown_service(plan: Plan, service: Service) -> Iterator[str]:
    yield from ("", f"### {_title(service)}", "")
    yield from (f"- {line}" for line in _facts(service))
    for about in by_subject(plan.uses_of(service)):
        yield f"- {_escaped(about.describe(len(about.uses)))}"


def _escaped(value: str) -> str:
    """Return text that Markdown shows as it is."""
    marked = "".join(f"\\{c}" if c in "\\`*_[]<>#|~" else c for c in printable(value))
    return marked.replace("&", "&amp;")


def as_json(plan: Plan) -> dict[str, object]:
    """Return the plan for programs."""
    return {
        "closes": CLOSES.isoformat(),
        "today": plan.today.isoformat(),
        "days_left": (CLOSES - plan.today).days,
        "files": plan.app.files,
        "services": [_service_document(plan, service) for service in plan.services],
        "steps": [_step_document(planned) for planned in plan.steps],
        "export": None if plan.saved is None else _export_document(plan, plan.saved),
        "open": [planned.step.key for planned in plan.open],
    }


def _service_document(plan: Plan, service: Service) -> dict[str, object]:
    texts = {part: service.text(part) for part in ("name", "instead", "lost")}
    return {
        "key": service.key,
        "replaced": service.replaced,
        **texts,
        "commands": list(service.commands),
        "uses": [vars(use) for use in plan.uses_of(service)],
    }


def _step_document(planned: PlannedStep) -> dict[str, object]:
    step = planned.step
    return {
        "key": step.key,
        "kind": step.kind,
        "title": step.text("title"),
        "how": step.text("how"),
        "commands": list(step.offered),
        "begin": planned.begin.isoformat(),
        "done": planned.done,
        "services": list(planned.services),
    }


def _export_document(plan: Plan, saved: SavedExport) -> dict[str, object]:
    return {
        "folder": saved.folder,
        "finished_at": saved.manifest.finished_at,
        "verified_at": saved.manifest.verified_at,
        "missing_classes": list(plan.missing_classes),
    }


def as_sarif(plan: Plan) -> dict[str, object]:
    """Return each place as a result; the services are the rules."""
    rules = [
        {
            "id": f"leave/{service.key}",
            "name": service.key,
            "shortDescription": {"text": service.text("name")},
            "fullDescription": {"text": service.text("instead")},
            "defaultConfiguration": {"level": _LEVELS[service.replaced]},
        }
        for service in SERVICES.values()
    ]
    return sarif.log(rules, [_result(use) for use in plan.app.uses])


def _result(use: ServiceUse) -> dict[str, Any]:
    service = SERVICES[use.service]
    what = " ".join(filter(None, (use.subject, use.operation)))
    parts = (service.text("name"), what, service.text("instead"))
    return sarif.result(
        f"leave/{use.service}",
        _LEVELS[service.replaced],
        printable(": ".join(filter(None, parts))),
        (use.file, use.line, use.column),
    )


FORMATS: dict[str, Callable[[Plan], str | dict[str, object]]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
    "sarif": as_sarif,
}
