""".python-version, and source for another Python. Source: LeanEngine docs, "Python runtime"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.checks.nodes import old_excepts
from scaffold.checks.project import NEW_SDK
from scaffold.checks.rule import Finding, Rule
from scaffold.edits import Edit
from scaffold.engine.interpreter import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.checks.project import Project

_MINOR_AND_NEWLINE = re.compile(rb"\s*\d+\.\d+[ \t]*(\r?\n)+")
_OTHER_PYTHON = re.compile(
    r"pypy|jython|ironpython|graalpy|micropython|stackless|ana?conda", re.IGNORECASE
)
_VERSION = re.compile(r"\d+(\.\d+){1,2}", re.ASCII)
FIRST_WITHOUT_SDK = (3, 12)
# What Python 2 code begins with, and the rest of it; the tree decides.
_OLD_CODE = (
    (b"print ", re.compile(rb"^[ \t]*print[ \t]+(?:[\"'\w]|>>)", re.MULTILINE)),
    (b"exec ", re.compile(rb"^[ \t]*exec[ \t]+[\"'\w]", re.MULTILINE)),
    (b"except ", re.compile(rb"except[ \t]+[\w.]+[ \t]*,[ \t]*\w+[ \t]*:")),
)


class NewlineInVersion(Rule):
    """The vendor's CLI stumbles over the line's end in .python-version."""

    id = "LE030"
    severity = "warning"
    fixable = True
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for `3.11` with a newline."""
        file = project.base + FILE
        data = project.read(file)
        if _MINOR_AND_NEWLINE.fullmatch(data):
            end = len(data.rstrip())
            edits = (Edit(end, len(data), b""),)
            yield Finding(type(self), file, params={"version": data.decode().strip()}, edits=edits)


class NotCPython(Rule):
    """.python-version asks for another Python than CPython."""

    id = "LE031"
    severity = "error"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for PyPy and the like."""
        name = project.text(project.base + FILE).strip()
        if _OTHER_PYTHON.match(name):
            yield self.at(project.base + FILE, name=name.splitlines()[0])


class NoVersion(Rule):
    """.python-version holds no version."""

    id = "LE032"
    severity = "error"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for anything but `3.11` or `3.11.7`."""
        file = project.base + FILE
        lines = [line.strip() for line in project.text(file).splitlines()]
        names = [line for line in lines if line and not line.startswith("#")]
        name = names[0] if names else ""
        if project.has(file) and not _VERSION.fullmatch(name) and not _OTHER_PYTHON.match(name):
            yield self.at(file, name=name or "-")


class TooNewForSdk(Rule):
    """The SDK's own pins do not install on this Python."""

    id = "LE033"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where requirements.txt asks for the SDK, pins and
        all, on Python 3.12 or newer.
        """
        sdk = project.requirement(NEW_SDK)
        if sdk and project.python and project.python >= FIRST_WITHOUT_SDK:
            dotted = ".".join(map(str, project.python))
            yield self.at(
                project.base + FILE, version=dotted, file=sdk.file, line=sdk.line, source=sdk.source
            )


class NoVersionFile(Rule):
    """No .python-version: the Python version is left to chance."""

    id = "LE034"
    severity = "warning"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where it is missing."""
        if not project.has(project.base + FILE):
            yield self.at(project.base + FILE)


class DeadRuntimeFile(Rule):
    """runtime.txt is no longer read."""

    id = "LE035"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where it is there."""
        file = project.base + "runtime.txt"
        if project.has(file):
            yield self.at(file, content=project.text(file).strip()[:40] or "-")


class PythonTwo(Rule):
    """Python 2, or a 3 too old for anything of today."""

    id = "LE036"
    severity = "warning"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for versions before 3.8, the oldest that the SDK of today starts on."""
        if project.python and project.python < (3, 8):
            yield self.at(project.base + FILE, version=".".join(map(str, project.python)))


class OldSource(Rule):
    """A file that only Python 2 can read."""

    id = "LE037"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding at the first such statement of each file."""
        if project.python and project.python < (3,):
            return
        for module in project.modules:
            if module.is_test or not any(
                word in module.data and code.search(module.data) for word, code in _OLD_CODE
            ):
                continue
            old = [*module.nodes("print_statement"), *module.nodes("exec_statement")]
            old += old_excepts(module)
            if old:
                first = min(old, key=lambda node: node.range().start.index)
                yield self.at(*module.place(first), statement=first.text().splitlines()[0][:60])


class OldPythonOnly(Rule):
    """The project starts on Python 3.8 and older only."""

    id = "LE038"
    severity = "note"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where .python-version keeps a gevent alive that no newer
        Python starts.
        """
        from scaffold.checks.rules.packages import old_gevent

        if project.python and project.python < (3, 9) and (found := old_gevent(project)):
            yield self.at(
                project.base + FILE, file=found.file, line=found.line, source=found.source
            )
