"""The page of an error or of a rule, as `scaffold explain` and the documentation show it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

from scaffold import messages
from scaffold.errors import PARTS, ScaffoldError, UsageError
from scaffold.messages import text

_RULE = re.compile(r"check\.(LE\d+)\.title")
_PLACEHOLDER = re.compile(r"\{\w+\}")
_NEAR = 3


def error_keys() -> list[str]:
    """Return the key of every error, in alphabetical order."""
    areas = (path.stem for path in Path(messages.__file__).parent.glob("en/*.json"))
    keys = [key for name in areas for key in messages.area(name, "en")]
    return sorted(k.removesuffix(".title") for k in keys if re.search(r"\.error\..+\.title$", k))


def codes() -> dict[str, str]:
    """Return every code with the key of its messages: rules first, then errors."""
    found = map(_RULE.fullmatch, messages.area("check", "en"))
    rules = {match[1]: f"check.{match[1]}" for match in found if match}
    return rules | {ScaffoldError(key).code: key for key in error_keys()}


def section(key: str) -> list[str]:
    """Return what the messages say of an error or rule, as lines of Markdown.

    Args:
        key: a value of `codes`.
    """
    lines = []
    for part in PARTS:
        message = template(f"{key}.{part}") if messages.exists(f"{key}.{part}") else ""
        if message and not _PLACEHOLDER.fullmatch(message):
            label = text(f"cli.error.{part}").strip().rstrip(":：")
            lines.append(f"- **{label}**: {message}")
    if messages.exists(f"{key}.more"):
        lines += ["", template(f"{key}.more")]
    return lines


def template(key: str) -> str:
    """Return a message with its placeholders, as readable as they can be."""
    found = messages.area(key.partition(".")[0], messages.language())[key]
    found = found if key.endswith(".more") else found.replace("\n", " ")
    return found.replace("!r}", "}").replace("{{", "{").replace("}}", "}")


def page(code: str) -> str:
    """Return the page of a code in the current language, as Markdown.

    Raises:
        UsageError: there is no such code.
    """
    known = codes()
    found = _find(code, known)
    key = known[found]
    lines = [f"**{found}** {template(f'{key}.title')}", ""]
    if key == f"check.{found}":
        lines += [_about_rule(found), ""]
    return "\n".join([*lines, *section(key), "", text("explain.braces")])


def _find(code: str, known: dict[str, str]) -> str:
    wanted = code.strip().lower().replace(".error.", "-")
    by_lower = {name.lower(): name for name in known}
    if wanted in by_lower:
        return by_lower[wanted]
    near = [name for name in by_lower if wanted and wanted in name]
    near = get_close_matches(wanted, by_lower, n=_NEAR) or near[:_NEAR]
    group = "unknown-near" if near else "unknown"
    raise UsageError(
        f"explain.error.{group}", given=code, near=", ".join(by_lower[name] for name in near)
    )


def _about_rule(code: str) -> str:
    from scaffold.checks.rules import RULES

    rule = next(rule for rule in RULES if rule.id == code)
    severity = text(f"check.severity.{rule.severity}")
    fixable = text("explain.fixable" if rule.fixable else "explain.not-fixable")
    return text("explain.rule", severity=severity, fixable=fixable, rule=code)
