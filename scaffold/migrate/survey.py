"""What the files of a project say about one another, as far as rewriting one of them asks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import requirements
from scaffold.checks.environment import Environment
from scaffold.checks.module import Module
from scaffold.checks.nodes import old_excepts
from scaffold.files import decode
from scaffold.migrate.kinds import kind_of
from scaffold.migrate.names import COMMON, NAME, STAGE_NAME
from scaffold.migrate.python import shadow
from scaffold.migrate.result import SDK_RANGE, SDK_RANGE_PYTHON_2, RewriteContext

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scaffold.requirements import Requirement, Version

_TAKEN = re.compile(rb"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]*(\([^)]*\)|[^\n]*)", re.MULTILINE)
_WORD = re.compile(rb"[A-Za-z_]\w*")
_ATTRIBUTE = re.compile(rb"([A-Za-z_]\w*)\s*\.\s*([A-Za-z_]\w*)")
_PYTHON_2 = re.compile(r"(?:python-)?2(?:\.|\s|$)")
_OLD_STATEMENTS = re.compile(
    rb"^[ \t]*(?:print|exec)[ \t]+[\"'\w]|except[ \t]+[\w.]+[ \t]*,[ \t]*\w+[ \t]*:", re.MULTILINE
)
_OLD_NODES = ("print_statement", "exec_statement")


@dataclass(frozen=True)
class Limit:
    """Packages that a project keeps old, and the SDK that lives with them.

    Attributes:
        pins: packages, and the versions that later SDKs ask for at least.
        sdk_range: the SDKs that do not.
        on_python_2: whether it counts there too; pip for Python 2 takes what it asked
            for first, and the SDK bears it.
    """

    pins: tuple[tuple[str, Version], ...]
    sdk_range: str
    on_python_2: bool = True


# The first that fits counts. Source: what leancloud 2.0.0 to 3.0.2 ask for; those from 2.2
# to 2.9.1 import `typing` without asking for it on Python 2.7. Installed and called there
# with only the new names set.
LIMITS = (
    Limit((("werkzeug", (0, 16)),), ">=2.0.0,<2.2"),
    Limit((("gevent", (21, 1)), ("werkzeug", (1,))), ">=2.0.0,<2.2"),
    Limit((("gevent", (21, 1)),), ">=2.6.1,<2.9.2", on_python_2=False),
)


def limit(contents: Mapping[str, bytes], *, python_2: bool) -> tuple[Limit, Requirement] | None:
    """Return what keeps the SDK back, and the first line that says so; None if nothing does."""
    asked = [
        line
        for path, data in contents.items()
        if kind_of(path, data) == "requirements"
        for line in requirements.parse(path, decode(data)).requirements
    ]
    for known in LIMITS:
        lines = [_below(asked, name, version) for name, version in known.pins]
        if all(lines) and (known.on_python_2 or not python_2):
            return known, lines[0][0]
    return None


def _below(lines: list[Requirement], name: str, version: Version) -> list[Requirement]:
    return [line for line in lines if line.name == name and line.is_below(version)]


def context(contents: Mapping[str, bytes]) -> RewriteContext:
    """Return what the files of a project say."""
    python = {
        path: data for path, data in contents.items() if kind_of(path, data) in {"python", "setup"}
    }
    python_2 = _is_python_2(contents, python.values())
    held_back = limit(contents, python_2=python_2)
    sdk_range = (
        held_back[0].sdk_range if held_back else SDK_RANGE_PYTHON_2 if python_2 else SDK_RANGE
    )
    if not any(COMMON in data for data in contents.values()):
        return RewriteContext(sdk_range=sdk_range, kept_back=held_back[1] if held_back else None)
    staged = any(STAGE_NAME.encode() in data for data in python.values())
    return RewriteContext(
        sdk_range=sdk_range,
        kept_back=held_back[1] if held_back else None,
        identifiers=_identifiers(python.values()),
        imported=_imported(python) if staged else frozenset(),
        readers=_readers(python.values()),
    )


def _is_python_2(contents: Mapping[str, bytes], python: Iterable[bytes]) -> bool:
    for name in (".python-version", "runtime.txt"):
        content = contents.get(name)
        if content is not None:
            return _PYTHON_2.match(content.decode("utf-8", "replace").strip()) is not None
    for data in python:
        if _OLD_STATEMENTS.search(data):
            module = Module("", shadow(data))
            if any(module.nodes(kind) for kind in _OLD_NODES) or old_excepts(module):
                return True
    return False


def _identifiers(python: Iterable[bytes]) -> frozenset[str]:
    found: set[str] = set()
    for data in python:
        if COMMON in data and NAME.search(data):
            found |= {node.text() for node in Module("", shadow(data)).nodes("identifier")}
    return frozenset(name for name in found if NAME.fullmatch(name.encode()))


def _imported(python: Mapping[str, bytes]) -> frozenset[str]:
    """Return every name that a file may take from another one of the project."""
    own = {part.removesuffix(".py").encode() for path in python for part in path.split("/")}
    found: set[bytes] = set()
    for data in python.values():
        found |= {name for module, name in _ATTRIBUTE.findall(data) if module in own}
        for module, names in _TAKEN.findall(data):
            if module.startswith(b".") or not own.isdisjoint(module.split(b".")):
                # After `import *` any name may be another file's.
                found |= set(_WORD.findall(data if b"*" in names else names))
    return frozenset(name.decode() for name in found)


def _readers(python: Iterable[bytes]) -> dict[str, int]:
    found: dict[str, set[int]] = {}
    for data in python:
        if (b"environ" in data or b"getenv" in data) and (b"def " in data or b"lambda" in data):
            for name, place in Environment(Module("", shadow(data)), {}).helpers.items():
                found.setdefault(name, set()).add(place)
    return {name: places.pop() for name, places in found.items() if len(places) == 1}
