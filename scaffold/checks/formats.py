"""A report as people, CI systems and editors read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.checks import sarif
from scaffold.checks.rules import RULES
from scaffold.errors import PARTS
from scaffold.messages import area, language, text
from scaffold.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.checks import CheckReport
    from scaffold.checks.rule import Finding

# What GitHub and SARIF call our severities.
_GITHUB = {"error": "error", "warning": "warning", "note": "notice"}
_SARIF = {"error": "error", "warning": "warning", "note": "note"}


def as_text(report: CheckReport) -> str:
    """Return the findings for people; nothing where there are none."""
    blocks = []
    for finding in report.findings:
        parts = finding.parts()
        severity = text(f"check.severity.{finding.rule.severity}")
        lines = [
            (
                f"{printable(finding.file)}:{finding.line}:{finding.column}: {severity} "
                f"{finding.rule.id} {parts['title']}"
            )
        ]
        lines += [f"  {text(f'cli.error.{part}')} {parts[part]}" for part in PARTS]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def as_json(report: CheckReport) -> dict[str, object]:
    """Return the findings for programs."""
    return {"findings": [_document(finding) for finding in report.findings], "files": report.files}


def as_github(report: CheckReport) -> str:
    """Return the findings as GitHub Actions' workflow commands, which show them beside the code."""
    lines = []
    for finding in report.findings:
        parts = finding.parts()
        where = (
            f"file={_property(printable(finding.file))},line={finding.line},col={finding.column}"
        )
        title = _property(f"{finding.rule.id} {parts['title']}")
        message = "\n".join(parts[part] for part in PARTS)
        message = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        lines.append(f"::{_GITHUB[finding.rule.severity]} {where},title={title}::{message}")
    return "\n".join(lines)


def as_sarif(report: CheckReport) -> dict[str, object]:
    """Return the findings as SARIF 2.1.0, which code scanning services take."""
    rules = [
        {
            "id": rule.id,
            "name": rule.__name__,
            "shortDescription": {"text": rule.message("title")},
            # Of no place in particular: the placeholders stay.
            "fullDescription": {"text": area("check", language())[f"check.{rule.id}.why"]},
            "help": {"text": f"scaffold explain {rule.id}"},
            "defaultConfiguration": {"level": _SARIF[rule.severity]},
        }
        for rule in RULES
    ]
    return sarif.log(rules, [_result(finding) for finding in report.findings])


FORMATS: dict[str, Callable[[CheckReport], str | dict[str, object]]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}


def _document(finding: Finding) -> dict[str, object]:
    where = {"file": finding.file, "line": finding.line, "column": finding.column}
    rule = {
        "id": finding.rule.id,
        "severity": finding.rule.severity,
        "fixable": bool(finding.edits),
    }
    return {**rule, **where, **finding.parts()}


def _result(finding: Finding) -> dict[str, Any]:
    parts = finding.parts()
    return sarif.result(
        finding.rule.id,
        _SARIF[finding.rule.severity],
        "\n".join(parts[part] for part in ("title", *PARTS)),
        (finding.file, finding.line, finding.column),
    )


def _property(value: str) -> str:
    for plain, escaped in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        value = value.replace(plain, escaped)
    return value
