"""What the code says of the versions it was written for: names that later versions do not have.

A range without an upper end gets the newest version, which old code does not start with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.checks.project import Project


@dataclass(frozen=True)
class Hint:
    """A name that left a package.

    Attributes:
        package: the package.
        below: the first version without it.
        code: what the code looks like that uses it.
        ending: the kind of file.
    """

    package: str
    below: str
    code: re.Pattern[bytes]
    ending: str = ".py"


def _hint(package: str, below: str, code: bytes, ending: str = ".py") -> Hint:
    return Hint(package, below, re.compile(code, re.MULTILINE), ending)


# Source: the release notes of each package, "removed" and "deprecated features removed".
_HINTS = (
    _hint("django", "1.10", rb"^from django\.conf\.urls import [^\n]*\bpatterns\b"),
    _hint("django", "2", rb"django\.core\.urlresolvers"),
    _hint("django", "2", rb"include\(\s*admin\.site\.urls\s*\)"),
    _hint("django", "2", rb"^MIDDLEWARE_CLASSES\b"),
    _hint("django", "2", rb"models\.(?:ForeignKey|OneToOneField)\((?![^()]*on_delete)[^()]*\)"),
    _hint("django", "3", rb"django\.utils\.six|python_2_unicode_compatible|render_to_response"),
    _hint("django", "3", rb"\{%\s*load\s+(?:staticfiles|admin_static)\b", ".html"),
    _hint("django", "4", rb"^from django\.conf\.urls import [^\n]*\burl\b"),
    _hint("django", "4", rb"\bugettext(?:_lazy)?\b|\bforce_text\b|\bsmart_text\b"),
    _hint("flask", "1", rb"^\s*(?:from|import) flask\.ext\b"),
    _hint("flask", "2.3", rb"\bbefore_first_request\b|flask\.json import [^\n]*\bJSONEncoder\b"),
    _hint("flask", "2.3", rb"^from flask import [^\n]*\b(?:Markup|escape)\b"),
    _hint("werkzeug", "1", rb"werkzeug\.contrib\b|^from werkzeug import "),
    _hint("werkzeug", "2.1", rb"\bsafe_str_cmp\b"),
    _hint(
        "jinja2",
        "3.1",
        rb"^from jinja2 import [^\n]*\b(?:Markup|escape|contextfunction|contextfilter)\b",
    ),
    _hint("itsdangerous", "2.1", rb"JSONWebSignatureSerializer"),
    _hint("djangorestframework", "3.10", rb"\b(?:list|detail)_route\b"),
    _hint(
        "tornado",
        "6",
        rb"\bwsgi\.WSGIApplication\b|^from tornado\.wsgi import [^\n]*\bWSGIApplication\b",
    ),
    _hint("tornado", "6", rb"@(?:tornado\.)?web\.asynchronous|gen\.engine\b|@asynchronous\b"),
)


def age_hints(project: Project) -> Iterator[tuple[str, str, str]]:
    """Yield package, `<version` and the place that says so: for each package the lowest."""
    found: dict[str, tuple[tuple[int, ...], str, str]] = {}
    for path in project.files:
        data = project.read(path) if path.endswith((".py", ".html")) else b""
        for hint in _HINTS:
            if not data or not path.endswith(hint.ending):
                continue
            match = hint.code.search(data)
            below = tuple(int(part) for part in hint.below.split("."))
            if match and (hint.package not in found or below < found[hint.package][0]):
                line = data.count(b"\n", 0, match.start()) + 1
                found[hint.package] = below, hint.below, f"{path}:{line}"
    for package, (_, limit, place) in sorted(found.items()):
        yield package, f"<{limit}", place
