"""Is it a Python project to the platform, and what is loaded? Source:
LeanEngine docs, "Python runtime".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.checks.module import callee, in_function
from scaffold.checks.project import ENTRY, REQUIREMENTS
from scaffold.checks.rule import Finding, Rule
from scaffold.engine.interpreter import FILE as VERSION_FILE
from scaffold.engine.manifest import FILE as MANIFEST
from scaffold.engine.manifest import UseDefault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.checks.module import Module
    from scaffold.checks.project import Project

# The last word of what starts a server: `app.run`, `serve_forever`, `uvicorn.run`,
# `execute_from_command_line`.
_STARTERS = ("run", "serve", "listen", "start", "execute", "main", "call")


class NoEntry(Rule):
    """There is no wsgi.py in the root."""

    id = "LE001"
    severity = "error"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding unless `runtime: python` and `run` make do without it."""
        forced = project.manifest.accepted("runtime") == "python" and project.run
        if project.has(project.base + ENTRY) or forced:
            return
        elsewhere = ", ".join(path for path in project.files if path.endswith(f"/{ENTRY}"))
        yield self.at(project.base + ENTRY, elsewhere=elsewhere or "-")


class NoRequirements(Rule):
    """There is no requirements.txt in the root."""

    id = "LE002"
    severity = "error"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding unless `runtime: python` and an `install` of the
        project's own make do without it.
        """
        own_install = not any(isinstance(step, UseDefault) for step in project.install_steps)
        forced = project.manifest.accepted("runtime") == "python" and own_install
        if not project.has(project.base + REQUIREMENTS) and not forced:
            yield self.at(project.base + REQUIREMENTS)


class NoApplication(Rule):
    """wsgi.py has no `application`."""

    id = "LE003"
    severity = "error"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where the platform loads wsgi.py itself and nothing binds the name."""
        if project.run or "run" in project.manifest.values:
            return
        entry = project.entry
        if entry and not _binds_application(entry):
            yield self.at(entry.path)


class NothingStarts(Rule):
    """`python wsgi.py` starts no server."""

    id = "LE004"
    severity = "note"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where wsgi.py neither asks for `__main__` nor calls what starts
        a server.
        """
        entry = project.entry
        if not entry or b"__main__" in entry.data or b"import *" in entry.data:
            return
        names = (
            callee(call).rpartition(".")[2] for call in entry.nodes("call") if not in_function(call)
        )
        if not any(part in _STARTERS for name in names for part in name.split("_")):
            yield self.at(entry.path)


class UnreadableFile(Rule):
    """A file that the platform needs cannot be read."""

    id = "LE005"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each that is a folder, a pipe, a broken link, or too large."""
        for name in (ENTRY, REQUIREMENTS, VERSION_FILE):
            path = project.base + name
            if problem := project.obstacle(path):
                yield self.at(path, problem=problem)


def _binds_application(module: Module) -> bool:
    if b"application" not in module.data:
        return any(i.bound == "*" for i in module.imports)
    names = [node.text() for node in module.nodes("identifier") if not in_function(node)]
    # A function's own name is inside of it, so it is looked for apart.
    named = [
        node.field("name")
        for kind in ("function_definition", "class_definition")
        for node in module.nodes(kind)
    ]
    return "application" in names or any(
        name is not None and name.text() == "application" for name in named
    )


class OtherRuntime(Rule):
    """leanengine.yaml names another runtime."""

    id = "LE014"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where `runtime` is not Python although wsgi.py is there."""
        runtime = project.manifest.accepted("runtime")
        if runtime not in {None, "python"} and project.has(project.base + ENTRY):
            yield self.at(MANIFEST, project.manifest.lines["runtime"], runtime=runtime)
