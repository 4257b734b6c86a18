"""The package leanengine/ in an adopted project: where it is used, for which app, and its name."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from scaffold import files
from scaffold.adopt.run_line import lacks_run, runs_development_server, with_run
from scaffold.checks.listening import listening_calls
from scaffold.engine.manifest import FILE as MANIFEST
from scaffold.errors import UsageError
from scaffold.frameworks import FRAMEWORKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scaffold.adopt.detect import Detected
    from scaffold.adopt.draft import Draft
    from scaffold.checks.project import Project

PACKAGE = "leanengine"
# Between server and app on Python 2, and in projects that an earlier version adopted.
SHIELD = "leanserve"
_OLD_RUN = re.compile(rf"\b{SHIELD}(?=:application\b)|(?<=-u ){SHIELD}\.py\b".encode())


def wrapped_app(project: Project, found: Detected, python: str) -> str:
    """Return the app that the package wraps, `module:name`.

    It is empty where there is no package: the user's own `run` or wsgi.py starts the app, the app
    is not known, or Python 2 runs it.

    Args:
        project: the files, before anything is added.
        found: what the project is.
        python: the version it is adopted for.
    """
    entry = found.entry
    if entry is None or python.startswith("2") or not _is_ours_to_start(project):
        return ""
    is_own = FRAMEWORKS[found.starter.value].interface == "own"
    root = project.entry
    if root is None:
        # The wsgi.py that is added calls it `application`, or starts the package itself.
        return f"{entry.module}:{entry.name}" if is_own else "wsgi:application"
    if is_own and next(listening_calls(root), None) is not None:
        return ""
    if b"application" in root.data:
        return "wsgi:application"
    return f"{entry.module}:{entry.name}"


def _is_ours_to_start(project: Project) -> bool:
    if not project.has(MANIFEST) or runs_shield(project):
        return True
    takes_run = lacks_run(project) or runs_development_server(project)
    return takes_run and with_run(project, "run: anything\n") is not None


def runs_shield(project: Project) -> bool:
    """Return whether `run` starts what an earlier version of `scaffold adopt` wrote."""
    return project.has(f"{SHIELD}.py") and _OLD_RUN.search(project.run.encode()) is not None


def without_shield(draft: Draft) -> bytes:
    """Return the user's leanengine.yaml with a `run` that starts the package."""
    data = files.read(draft.folder / MANIFEST)
    return _OLD_RUN.sub(
        lambda match: b"-m leanengine.app" if match[0].endswith(b".py") else b"leanengine.app", data
    )


def add_package(draft: Draft, rendered: Mapping[str, bytes], app: str, reason: str) -> None:
    """Write the package.

    Args:
        draft: the project.
        rendered: all files of the template.
        app: the app that it wraps.
        reason: why, a key of `adopt.reason`.

    Raises:
        UsageError: a module of the project has its name, or one that it imports.
    """
    ours = {path: content for path, content in rendered.items() if path.startswith(f"{PACKAGE}/")}
    _check_names(draft, [content for path, content in ours.items() if path.endswith(".py")], app)
    for path, content in ours.items():
        draft.write(path, content, reason)


def _check_names(draft: Draft, sources: Iterable[bytes], app: str) -> None:
    """Refuse a project in which a module of the user's would be taken for another one."""
    # In any case of letters: not every file system distinguishes them.
    taken = re.compile(rf"{PACKAGE}(?:\.py$|/)", re.IGNORECASE)
    for path in draft.project.files:
        if taken.match(path):
            raise UsageError("adopt.error.package-taken", path=path, package=PACKAGE)
    needed = {name for source in sources for name in _imported(source)}
    for name in sorted(needed - {PACKAGE, app.partition(":")[0].partition(".")[0]}):
        for path in (f"{name}.py", f"{name}/__init__.py"):
            if draft.has(path):
                raise UsageError("adopt.error.module-hidden", path=path, name=name, package=PACKAGE)


def _imported(source: bytes) -> Iterator[str]:
    """Yield the top-level modules that a module imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name.partition(".")[0] for name in names)
