"""What .leanignore and .gitignore keep back, and what they let through."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.checks import tree
from scaffold.checks.ignores import GITIGNORE, LEANIGNORE, Ignores, decode
from scaffold.checks.project import ENTRY, REQUIREMENTS
from scaffold.checks.rule import Finding, Rule
from scaffold.edits import Edit
from scaffold.engine.interpreter import FILE as VERSION_FILE
from scaffold.engine.manifest import FILE as MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.checks.project import Project

DOTENV = ".env"
_SECRETS = re.compile(r"(?:^|/)\.env(?:\.(?!example$|sample$|template$|dist$)[^/]*)?$")


def _appending(project: Project, file: str, names: list[str]) -> tuple[Edit, ...]:
    """Return the edit that adds lines to an existing ignore file, in its own kind of line."""
    data = project.read(file)
    if not data or b"\0" in data:
        return ()  # UTF-16, as PowerShell writes it, is read by nothing that reads these files
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    lines = newline.join(name.encode() for name in names)
    ends = data.endswith(b"\n")
    return (
        Edit(len(data), len(data), (b"" if ends else newline) + lines + (newline if ends else b"")),
    )


def _contract_files(project: Project) -> list[str]:
    """Return the files that the platform looks for, as far as there are any."""
    names = [MANIFEST, *(project.base + name for name in (ENTRY, REQUIREMENTS, VERSION_FILE))]
    return [name for name in names if project.has(name)]


def _upload_ignores(project: Project) -> Ignores:
    return Ignores({"": decode(project.read(LEANIGNORE))})


class UploadsSecrets(Rule):
    """A file of secrets is uploaded."""

    id = "LE083"
    severity = "error"
    fixable = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where `.env` or `.env.local` lies in the root and
        .leanignore lets it pass.
        """
        ignored = _upload_ignores(project)
        found = [path for path in project.files if "/" not in path and _SECRETS.search(path)]
        if names := [name for name in found if not ignored.covers(name)]:
            edits = _appending(project, LEANIGNORE, names)
            yield Finding(type(self), LEANIGNORE, params={"names": ", ".join(names)}, edits=edits)


class IncompleteIgnore(Rule):
    """.leanignore does not keep back what must not be uploaded."""

    id = "LE084"
    severity = "warning"
    fixable = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where `.env`, `.venv` or `.git` is missing from
        it, or there is no such file.
        """
        ignored = _upload_ignores(project)
        # The vendor's own list, which counts where there is no file, has .git and venv.
        usual = [DOTENV, ".venv/", ".git/"] if project.has(LEANIGNORE) else [DOTENV, ".venv/"]
        taken = {
            *tree.virtualenvs(project.root),
            *(path for path in project.files if "/" not in path),
        }
        lines = [
            name for name in usual if name.rstrip("/") not in taken and not ignored.covers(name)
        ]
        if lines:
            names = ", ".join(line.rstrip("/") for line in lines)
            edits = _appending(project, LEANIGNORE, lines)
            yield Finding(type(self), LEANIGNORE, params={"names": names}, edits=edits)


class UploadsVirtualenv(Rule):
    """A virtualenv is uploaded."""

    id = "LE085"
    severity = "warning"
    fixable = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each virtualenv in the root that .leanignore lets pass."""
        ignored = _upload_ignores(project)
        for name in tree.virtualenvs(project.root):
            standard = name == "venv" and not project.has(LEANIGNORE)
            if not ignored.covers(f"{name}/") and not standard:
                edits = _appending(project, LEANIGNORE, [f"{name}/"])
                yield Finding(type(self), LEANIGNORE, params={"name": name}, edits=edits)


class CommitsSecrets(Rule):
    """.gitignore lets `.env` through."""

    id = "LE086"
    severity = "warning"
    fixable = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where git would take `.env`, or a file like it that
        is there, into the next commit.
        """
        if project.repository.top is None and not project.has(GITIGNORE):
            return
        found = dict.fromkeys([DOTENV, *(path for path in project.files if _SECRETS.search(path))])
        names = [
            name
            for name in found
            if name not in project.repository.tracked and not project.repository.ignores(name)
        ]
        if names:
            edits = _appending(project, GITIGNORE, names)
            yield Finding(type(self), GITIGNORE, params={"names": ", ".join(names)}, edits=edits)


class TracksSecrets(Rule):
    """A file of secrets is in git."""

    id = "LE087"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each."""
        for path in project.files:
            if _SECRETS.search(path) and path in project.repository.tracked:
                yield self.at(path)


class IgnoredByGit(Rule):
    """git ignores a file that the platform needs."""

    id = "LE088"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each file that is there and would be missing from a clone."""
        for path in _contract_files(project):
            if project.repository.leaves_out(path):
                yield self.at(path)


class NotUploaded(Rule):
    """.leanignore keeps back a file that the platform needs."""

    id = "LE089"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each."""
        ignored = _upload_ignores(project)
        for path in _contract_files(project):
            if ignored.covers(path):
                yield self.at(path)
