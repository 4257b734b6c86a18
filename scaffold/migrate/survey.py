"""What the files of a project say about one another, as far as rewriting one of them asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.checks.module import Module
from scaffold.migrate.environment import Environment
from scaffold.migrate.kinds import kind_of
from scaffold.migrate.names import COMMON, NAME, STAGE_NAME
from scaffold.migrate.python import shadow
from scaffold.migrate.result import SDK_RANGE, SDK_RANGE_PYTHON_2, Context

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_TAKEN = re.compile(rb"^[ \t]*from[ \t]+\S+[ \t]+import[ \t]*(\([^)]*\)|[^\n]*)", re.MULTILINE)
_WORD = re.compile(rb"[A-Za-z_]\w*")
_ATTRIBUTE = re.compile(rb"\.([A-Za-z_]\w*)")
_PYTHON_2 = re.compile(r"(?:python-)?2(?:\.|\s|$)")
_OLD_STATEMENTS = re.compile(
    rb"^[ \t]*(?:print|exec)[ \t]+[\"'\w]|except[ \t]+[\w.]+[ \t]*,[ \t]*\w+[ \t]*:", re.MULTILINE
)
_OLD_NODES = ("print_statement", "exec_statement")


def context(folder: Path, contents: Mapping[str, bytes]) -> Context:
    """Return what the files say.

    Args:
        folder: the project.
        contents: its files.
    """
    python = {path: data for path, data in contents.items() if kind_of(path, data) in {"python", "setup"}}
    old = SDK_RANGE_PYTHON_2 if _is_python_2(folder, contents, python.values()) else SDK_RANGE
    if not any(COMMON in data for data in contents.values()):
        return Context(sdk_range=old)
    staged = any(STAGE_NAME.encode() in data for data in python.values())
    return Context(
        sdk_range=old,
        identifiers=_identifiers(python.values()),
        imported=_imported(python.values()) if staged else frozenset(),
        readers=_readers(python.values()),
    )


def _is_python_2(folder: Path, contents: Mapping[str, bytes], python: Iterable[bytes]) -> bool:
    for name in (".python-version", "runtime.txt"):
        content = contents.get(name)
        if content is not None:
            return _PYTHON_2.match(content.decode("utf-8", "replace").strip()) is not None
    del folder
    for data in python:
        if _OLD_STATEMENTS.search(data):
            module = Module("", shadow(data))
            commas = ([child.kind() for child in n.children()][2:3] for n in module.nodes("except_clause"))
            if any(module.nodes(kind) for kind in _OLD_NODES) or [","] in commas:
                return True
    return False


def _identifiers(python: Iterable[bytes]) -> frozenset[str]:
    found: set[str] = set()
    for data in python:
        if COMMON in data and NAME.search(data):
            found |= {node.text() for node in Module("", shadow(data)).nodes("identifier")}
    return frozenset(name for name in found if NAME.fullmatch(name.encode()))


def _imported(python: Iterable[bytes]) -> frozenset[str]:
    """Return every name that may be taken from another file: a few too many do no harm."""
    found: set[bytes] = set()
    for data in python:
        found |= set(_ATTRIBUTE.findall(data))
        for match in _TAKEN.finditer(data):
            # After `import *` any name may be another file's.
            found |= set(_WORD.findall(data if b"*" in match[1] else match[1]))
    return frozenset(name.decode() for name in found)


def _readers(python: Iterable[bytes]) -> dict[str, int]:
    found: dict[str, set[int]] = {}
    for data in python:
        if (b"environ" in data or b"getenv" in data) and (b"def " in data or b"lambda" in data):
            for name, place in Environment(Module("", shadow(data)), {}).helpers.items():
                found.setdefault(name, set()).add(place)
    return {name: places.pop() for name, places in found.items() if len(places) == 1}
