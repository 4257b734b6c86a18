"""The modules that import the user's app: wsgi.py, and on Python 2 the one that is started."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.adopt.entry_point import APPLICATION, EntryPoint
from scaffold.frameworks import FRAMEWORKS

if TYPE_CHECKING:
    from scaffold.adopt.detect import Detected
    from scaffold.checks.project import Project

_TEXTS = Path(__file__).with_name("files")


def wsgi_module(found: Detected, entry: EntryPoint) -> bytes:
    """Return wsgi.py, where the platform looks for the app."""
    interface = FRAMEWORKS[found.starter.value].interface or "wsgi"
    kind = "flask" if found.starter.value == "flask" else interface
    return _text(f"wsgi-{kind}", entry, APPLICATION)


def shield_module(project: Project, kind: str, entry: EntryPoint) -> bytes:
    """Return leanserve.py, which wraps an app on Python 2.

    Args:
        project: the files.
        kind: `sdk` for an app with cloud functions, `wsgi` for another one.
        entry: the app, if wsgi.py has none.
    """
    root = project.entry
    if root is not None and APPLICATION.encode() in root.data:
        entry = EntryPoint("wsgi", APPLICATION, "wsgi.py:1")
    return _text(f"leanserve-{kind}", entry, "app")


def _text(name: str, entry: EntryPoint, target: str) -> bytes:
    source = (_TEXTS / f"{name}.txt").read_text("utf-8")
    return (
        source.replace("@MODULE@", entry.module)
        .replace("@IMPORT@", _import(entry, target))
        .encode()
    )


def _import(entry: EntryPoint, target: str) -> str:
    """Return the lines that import the app under a name."""
    if entry.name.endswith("()"):
        factory = entry.name[:-2]
        return f"from {entry.module} import {factory}\n\n{target} = {factory}()"
    alias = "" if entry.name == target else f" as {target}"
    return f"from {entry.module} import {entry.name}{alias}"
