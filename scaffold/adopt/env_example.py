"""The variables that the user's code reads, for .env.example."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.checks.environment import environment_reads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.project import Project

_PREFIX = "LEANCLOUD_"
_PLATFORM = re.compile(rf"{_PREFIX}|LEAN_CLI_|LC_")
_SYSTEM = frozenset(
    {"DJANGO_SETTINGS_MODULE", "HOME", "LANG", "LC_ALL", "PATH", "PWD", "PYTHONPATH", "TZ", "USER"}
)
# Variables of a request: their dictionary is called `environ` in WSGI too.
_REQUEST = re.compile(r"(?:HTTP|REQUEST|REMOTE|SERVER|CONTENT|SCRIPT)_|PATH_INFO$|QUERY_STRING$")
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
# Variables of our template that an app may not have.
_TEMPLATE_ONLY = ("SECRET_KEY", "DOMAINS")


def env_example(project: Project, ours: str) -> str:
    """Return our .env.example with the variables that the user's code reads.

    Args:
        project: the files.
        ours: the file of our template.
    """
    reads = list(_reads(project, ours))
    required = {name for name, is_required in reads if is_required}
    optional = {name for name, _ in reads} - required
    for name in _TEMPLATE_ONLY:
        if name not in required | optional:
            ours = _without(ours, name)
    lines = [
        *(f"{name}=" for name in sorted(required)),
        *(f"# {name}=" for name in sorted(optional)),
    ]
    lines = [line for line in lines if f"\n{line}\n" not in ours]
    if not lines:
        return ours
    return "\n".join([ours.rstrip(), "", "# The app's own (应用自己的变量).", *lines, ""])


def _reads(project: Project, ours: str) -> Iterator[tuple[str, bool]]:
    """Yield each variable that is to be listed, and whether the app fails without it."""
    for module in project.modules_with(b"environ", b"getenv"):
        for node, name in environment_reads(module):
            is_required = _is_subscript(node)
            if name.startswith(_PREFIX):
                # The platform sets it; in development nobody does.
                if is_required and f"{name}=" not in ours:
                    yield name, True
            elif _is_own(name):
                yield name, is_required


def _is_own(name: str) -> bool:
    """Return whether a name is that of a variable of the app itself."""
    if _PLATFORM.match(name) or _REQUEST.match(name) or name in _SYSTEM:
        return False
    return _NAME.fullmatch(name) is not None


def _is_subscript(node: SgNode) -> bool:
    """Return whether a variable is read in a way that fails if it is not set."""
    parent = node.parent()
    return parent is not None and parent.kind() == "subscript"


def _without(text: str, name: str) -> str:
    """Return .env.example without the paragraph about a variable."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(
        part for part in paragraphs if f"{name}=" not in part and f"set {name}" not in part
    )
