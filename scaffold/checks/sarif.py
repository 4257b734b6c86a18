"""SARIF 2.1.0, which code scanning services take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from scaffold import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def log(rules: Sequence[dict[str, Any]], results: Sequence[dict[str, Any]]) -> dict[str, object]:
    """Return the document of one run of scaffold."""
    driver = {"name": "scaffold", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def result(rule: str, level: str, message: str, place: tuple[str, int, int]) -> dict[str, Any]:
    """Return one result of a rule.

    Args:
        rule: the rule's id.
        level: `error`, `warning` or `note`.
        message: what is found.
        place: file, line and column.
    """
    file, line, column = place
    region = {"startLine": line, "startColumn": column}
    location = {"artifactLocation": {"uri": quote(file)}, "region": region}
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": message},
        "locations": [{"physicalLocation": location}],
    }
