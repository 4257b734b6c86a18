"""What another host would make of the project: only with `--host`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.checks.rule import Finding, Rule
from scaffold.engine import hosting
from scaffold.engine.manifest import FILE as MANIFEST
from scaffold.engine.manifest import Manifest
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.checks.project import Project


class StartsSomethingElse(Rule):
    """The host would start something else than the platform does."""

    id = "LE110"
    severity = "error"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding at the file that decides, for the host that was asked about."""
        if not project.host:
            return
        start = hosting.read_start(
            project.root / project.base, project.host, project.run or Manifest().run
        )
        if not start.own:
            title = project.host.title
            place = start.source or project.host.file
            command = start.command or text("check.host.none")
            yield self.at(place, host=title, command=command, file=project.host.file)


class HostFileMissing(Rule):
    """The file that the host reads is not there."""

    id = "LE111"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding if the file is not in the root."""
        host = project.host
        if host and host.file not in project.files:
            yield self.at(host.file, host=host.title, file=host.file, name=host.name)


class IgnoresPort(Rule):
    """`run` listens on the platform's port only."""

    id = "LE112"
    severity = "error"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where `run` names LEANCLOUD_APP_PORT alone."""
        if project.host and not hosting.reads_port(project.run):
            line = project.manifest.lines.get("run", 1)
            yield self.at(MANIFEST, line, host=project.host.title, port=project.host.port)
