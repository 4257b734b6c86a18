"""A report as people, CI systems and editors read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from scaffold import __version__
from scaffold.checks.rules import RULES
from scaffold.errors import PARTS
from scaffold.messages import area, language, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.checks import Report
    from scaffold.checks.rule import Finding

# What GitHub and SARIF call our severities.
_GITHUB = {"error": "error", "warning": "warning", "note": "notice"}
_SARIF = {"error": "error", "warning": "warning", "note": "note"}


def as_text(report: Report) -> str:
    """Return the findings for people; nothing where there are none."""
    blocks = []
    for finding in report.findings:
        parts = finding.parts()
        severity = text(f"check.severity.{finding.rule.severity}")
        lines = [f"{finding.file}:{finding.line}:{finding.column}: {severity} {finding.rule.id} {parts['title']}"]
        lines += [f"  {text(f'cli.error.{part}')} {parts[part]}" for part in (*PARTS, "docs")]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def as_json(report: Report) -> dict[str, object]:
    """Return the findings for programs."""
    return {"findings": [_document(finding) for finding in report.findings], "files": report.files}


def as_github(report: Report) -> str:
    """Return the findings as GitHub Actions' workflow commands, which show them beside the code."""
    lines = []
    for finding in report.findings:
        parts = finding.parts()
        where = f"file={_property(finding.file)},line={finding.line},col={finding.column}"
        title = _property(f"{finding.rule.id} {parts['title']}")
        message = "\n".join(parts[part] for part in (*PARTS, "docs"))
        message = message.replace("%", "%25").replace("\n", "%0A")
        lines.append(f"::{_GITHUB[finding.rule.severity]} {where},title={title}::{message}")
    return "\n".join(lines)


def as_sarif(report: Report) -> dict[str, object]:
    """Return the findings as SARIF 2.1.0, which code scanning services take."""
    rules = [
        {
            "id": rule.id,
            "name": rule.__name__,
            "shortDescription": {"text": rule.message("title")},
            # Of no place in particular: the placeholders stay.
            "fullDescription": {"text": area("check", language())[f"check.{rule.id}.why"]},
            "helpUri": text("check.page", anchor=rule.id.lower()),
            "defaultConfiguration": {"level": _SARIF[rule.severity]},
        }
        for rule in RULES
    ]
    driver = {"name": "scaffold", "version": __version__, "rules": rules}
    results = [_result(finding) for finding in report.findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return {"$schema": schema, "version": "2.1.0", "runs": [run]}


FORMATS: dict[str, Callable[[Report], str | dict[str, object]]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}


def _document(finding: Finding) -> dict[str, object]:
    where = {"file": finding.file, "line": finding.line, "column": finding.column}
    rule = {"id": finding.rule.id, "severity": finding.rule.severity, "fixable": bool(finding.edits)}
    return {**rule, **where, **finding.parts()}


def _result(finding: Finding) -> dict[str, Any]:
    parts = finding.parts()
    region = {"startLine": finding.line, "startColumn": finding.column}
    location = {"artifactLocation": {"uri": quote(finding.file)}, "region": region}
    return {
        "ruleId": finding.rule.id,
        "level": _SARIF[finding.rule.severity],
        "message": {"text": "\n".join(parts[part] for part in ("title", *PARTS))},
        "locations": [{"physicalLocation": location}],
    }


def _property(value: str) -> str:
    for plain, escaped in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        value = value.replace(plain, escaped)
    return value
