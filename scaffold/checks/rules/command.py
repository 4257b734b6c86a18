"""The line that starts the server: `run` in leanengine.yaml."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.checks.project import OLD_RUN
from scaffold.checks.rule import Finding, Rule
from scaffold.engine.manifest import FILE
from scaffold.servers import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.checks.project import Project
    from scaffold.checks.shell import ShellCommand

_CPUS = re.compile(r"\$(?:LEANCLOUD_AVAILABLE_CPUS\b|\{LEANCLOUD_AVAILABLE_CPUS\})")
_BACKGROUND = re.compile(r"(?<![&>])&\s*$")
# An address, `localhost:3000` or `unix:app.sock`, is none.
_TARGET = re.compile(r"(?!unix:|fd:)([A-Za-z_]\w*(?:\.\w+)*):[A-Za-z_][\w.()]*", re.ASCII)
# With these the module is looked for elsewhere, or by a file of settings.
_ELSEWHERE = ("--chdir", "--pythonpath", "--app-dir", "--working-dir", "-c", "--config", "--ini")


class RunRule(Rule):
    """A rule about `run`."""

    def at_run(self, project: Project, **params: object) -> Finding:
        """Return a finding at the line of `run`."""
        lines = project.manifest.lines
        return self.at(
            FILE, lines["run" if project.manifest.accepted("run") else OLD_RUN], **params
        )


class FixedPortInRun(RunRule):
    """The server listens on a port of its own choice."""

    id = "LE020"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each option that says a port in figures."""
        for command in project.commands:
            for seen in command.fixed_ports():
                yield self.at_run(project, seen=seen)


class Loopback(RunRule):
    """The server listens on this machine's own address only."""

    id = "LE021"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each option that says localhost, and for
        servers that choose it when none is given.
        """
        for command in project.commands:
            for seen in command.loopback():
                yield self.at_run(project, seen=seen)
            server = PROGRAMS.get(command.program)
            known = server.listens_by if server else ()
            if known and not any(name in known for name, _ in command.options()):
                yield self.at_run(project, seen=f"{command.program}, no --host")


class EmptyCpus(RunRule):
    """$LEANCLOUD_AVAILABLE_CPUS without a default."""

    id = "LE022"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where it may be empty."""
        if match := _CPUS.search(project.run):
            yield self.at_run(project, seen=match[0])


class ReloadsOnTerm(RunRule):
    """uWSGI takes SIGTERM for "reload"."""

    id = "LE023"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where neither the command nor its file of settings says `die-on-term`."""
        for command in project.commands:
            server = PROGRAMS.get(command.program)
            if server and server.ends_by and not _ends_on_term(project, command, server.ends_by):
                yield self.at_run(project)


def _ends_on_term(project: Project, command: ShellCommand, words: tuple[str, ...]) -> bool:
    if any(_says(argument, words) for argument in command.arguments):
        return True
    named = [
        argument
        for argument in command.arguments
        if argument.endswith((".ini", ".yml", ".yaml", ".xml", ".json"))
    ]
    settings = [project.text(project.base + name.rpartition("=")[2]) for name in named]
    # A file that cannot be seen may say it.
    return any(not text or _says(text, words) for text in settings)


def _says(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


class DevelopmentServer(RunRule):
    """A development server runs in production."""

    id = "LE024"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each."""
        for command in project.commands:
            words = command.arguments
            if (
                "runserver" in words
                or "--reload" in words
                or (command.program == "flask" and "run" in words)
            ):
                yield self.at_run(project, command=" ".join((command.program, *words[:2])))


class Background(RunRule):
    """The server is sent to the background."""

    id = "LE025"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where the line ends although the server runs."""
        if _BACKGROUND.search(project.run):
            yield self.at_run(project, seen="&")
        for command in project.commands:
            server = PROGRAMS.get(command.program)
            for name, _ in command.options():
                if server and name in server.daemon_options:
                    yield self.at_run(project, seen=name)


class NoSuchModule(RunRule):
    """The server is to run what is not there."""

    id = "LE026"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for a script or module that no file of the project holds."""
        if any(command.program in {"cd", "pushd", "source", "."} for command in project.commands):
            return
        for command in project.commands:
            script = command.script
            if (
                script
                and "$" not in script
                and script.endswith(".py")
                and "-m" not in command.arguments
            ):
                if not script.startswith("/") and not project.has(project.base + script):
                    yield self.at_run(project, seen=script)
            elif _takes_module(command) and not _is_elsewhere(command):
                for module in _targets(command):
                    if not _module_exists(project, module):
                        yield self.at_run(project, seen=f"{module.replace('.', '/')}.py")


def _takes_module(command: ShellCommand) -> bool:
    server = PROGRAMS.get(command.program)
    return server is not None and server.takes_module


def _is_elsewhere(command: ShellCommand) -> bool:
    return any(name in _ELSEWHERE for name, _ in command.options())


def _targets(command: ShellCommand) -> Iterator[str]:
    for argument in command.arguments:
        if match := _TARGET.fullmatch(argument):
            yield match[1]


def _module_exists(project: Project, module: str) -> bool:
    path = project.base + module.replace(".", "/")
    return project.has(f"{path}.py") or project.has(path)


class ServerNotInstalled(RunRule):
    """The server is not among the requirements."""

    id = "LE027"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each server, and for gevent where gunicorn needs it."""
        for command in project.commands:
            server = PROGRAMS.get(command.program)
            if server is None:
                continue
            if not project.installs(server.packages[0], *server.brought_by):
                yield self.at_run(project, package=server.packages[0], program=command.program)
            worker = dict(command.options()).get("--worker-class") or dict(command.options()).get(
                "-k"
            )
            if (
                command.program == "gunicorn"
                and worker == "gevent"
                and not project.installs("gevent", "leancloud")
            ):
                yield self.at_run(
                    project, package="gevent", program="gunicorn --worker-class gevent"
                )
