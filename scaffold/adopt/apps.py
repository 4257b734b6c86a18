"""The apps of a repository: one, in the root or below it, or several."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from scaffold.checks import tree
from scaffold.checks.project import ENTRY, REQUIREMENTS

if TYPE_CHECKING:
    from pathlib import Path

# What marks the folder of an app, the surest first.
_MARKS = (ENTRY, "manage.py", "leanengine.yaml")
_MAKERS = (b"Flask(", b"FastAPI(", b"Starlette(", b"Sanic(", b"tornado.web.Application(", b"UtilMeta(", b"Bottle(")
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

    An app's folder has wsgi.py, manage.py or leanengine.yaml, or a module that makes an app beside requirements.txt or
    in the root. What lies inside another app is a part of it; a wsgi.py inside a package belongs to the folder above.
    """
    files = [path for path in tree.walk(root) if _TESTS.isdisjoint(path.split("/")[:-1])]
    marked = {_root_of(path, files): path for path in reversed(files) if path.rpartition("/")[2] in _MARKS}
    if "." not in marked and (made := _maker(root, files, ".")):
        marked["."] = made
    if "." in marked:
        return [App(".", marked["."])]
    for folder in {str(PurePosixPath(path).parent) for path in files if path.endswith(f"/{REQUIREMENTS}")}:
        if folder not in marked and (made := _maker(root, files, folder)):
            marked[folder] = made
    outermost = [path for path in sorted(marked) if not any(path.startswith(f"{other}/") for other in marked)]
    return [App(path, marked[path]) for path in outermost]


def _root_of(path: str, files: list[str]) -> str:
    """Return the folder that a file of an app stands for: the first above it that is not a package."""
    known = frozenset(files)
    folder = PurePosixPath(path).parent
    while str(folder) != "." and f"{folder}/__init__.py" in known:
        folder = folder.parent
    return str(folder)


def _maker(root: Path, files: list[str], folder: str) -> str | None:
    for path in files:
        if str(PurePosixPath(path).parent) == folder and path.endswith(".py"):
            data = tree.read(root / path)
            if any(maker in data for maker in _MAKERS):
                return path
    return None
