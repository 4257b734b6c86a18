"""The apps of a repository: one, in the root or below it, or several."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from scaffold import walking
from scaffold.checks import tree
from scaffold.checks.project import ENTRY, REQUIREMENTS

if TYPE_CHECKING:
    from pathlib import Path

# What marks the folder of an app, the surest first.
_MARKS = (ENTRY, "manage.py", "leanengine.yaml")
# What makes an app, each with what else the module says.
_MAKERS: tuple[tuple[re.Pattern[bytes], bytes], ...] = (
    (re.compile(rb"\b(?:Flask|FastAPI|Starlette|Sanic|UtilMeta|Bottle)\("), b"import"),
    (re.compile(rb"\b(?:Application|WSGIApplication)\b"), b"tornado"),
)
_TESTS = frozenset({"test", "tests", "testing", "docs", "examples", "example"})


class App(NamedTuple):
    """One app.

    Attributes:
        path: its folder, relative to where was looked: `.` for that folder itself.
        mark: the file it was known by.
    """

    path: str
    mark: str


def find(root: Path) -> list[App]:
    """Return the apps in a folder, the folder itself alone if it is one.

    An app's folder has wsgi.py, manage.py or leanengine.yaml, or, next to requirements.txt or in
    the root, a module that makes an app. A folder inside another app is a part of that app. A
    wsgi.py inside a package belongs to the folder above, unless requirements.txt is next to it;
    such a folder also takes precedence over a mere module in the root.
    """
    paths = [path for path in walking.walk(root) if _TESTS.isdisjoint(path.split("/")[:-1])]
    known = frozenset(paths)
    marked = {
        _root_of(path, paths): path for path in reversed(paths) if path.rpartition("/")[2] in _MARKS
    }
    whole = [
        folder for folder in marked if {f"{folder}/{ENTRY}", f"{folder}/{REQUIREMENTS}"} <= known
    ]
    is_bare = REQUIREMENTS not in known and whole
    if "." not in marked and not is_bare and (made := _maker(root, paths, ".")):
        marked["."] = made
    if "." in marked:
        return [App(".", marked["."])]
    for folder in {
        str(PurePosixPath(path).parent) for path in paths if path.endswith(f"/{REQUIREMENTS}")
    }:
        if folder not in marked and (made := _maker(root, paths, folder)):
            marked[folder] = made
    inside = tuple(f"{folder}/" for folder in marked)
    return [App(path, marked[path]) for path in sorted(marked) if not path.startswith(inside)]


def _root_of(path: str, paths: list[str]) -> str:
    """Return the app's folder for a file: the first above it that is no package or has a list."""
    known = frozenset(paths)
    folder = PurePosixPath(path).parent
    while (
        str(folder) != "."
        and f"{folder}/__init__.py" in known
        and f"{folder}/{REQUIREMENTS}" not in known
    ):
        folder = folder.parent
    return str(folder)


def _maker(root: Path, paths: list[str], folder: str) -> str | None:
    for path in paths:
        if str(PurePosixPath(path).parent) == folder and path.endswith(".py"):
            data = tree.read(root / path)
            if any(word in data and maker.search(data) for maker, word in _MAKERS):
                return path
    return None
