"""How the SDK's engine is served. What it does was read in its source (2.9.12, 3.0.2), then run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.checks.module import (
    Module,
    arguments,
    callee,
    conditions,
    in_function,
    show,
    under_main,
)
from scaffold.checks.rule import Finding, Rule
from scaffold.servers import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.project import Project

# The SDK's ping starts the response twice, which some refuse.
_STRICT_CALLS = frozenset(
    {
        "make_server",
        "simple_server.make_server",
        "run_simple",
        "waitress.serve",
        "bjoern.run",
        "wsgi.Server",
    }
)


class PingRule(Rule):
    """What both rules about the ping look for."""

    strict: bool

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where an engine is served as it is by a server that keeps to WSGI."""
        if (project.manifest.accepted("functionsMode") == "strict") is not self.strict:
            return
        for module, server in _strictly_served(project):
            application = project.served(module)
            if application is not None and project.is_engine(module, application):
                yield self.at(*module.place(application), server=server)
                return


class BrokenPing(PingRule):
    """The SDK's ping answers 500 on this server."""

    id = "LE066"
    severity = "warning"
    needs_manifest = True
    strict = False


class BrokenPingStrict(PingRule):
    """The SDK's ping answers 500 on this server, and `functionsMode: strict` asks for it."""

    id = "LE067"
    severity = "error"
    needs_manifest = True
    strict = True


def _strictly_served(project: Project) -> Iterator[tuple[Module, str]]:
    """Yield the modules with an `application` that a server runs which refuses
    the SDK's ping, and that server.
    """
    for command in project.commands:
        server = PROGRAMS.get(command.program)
        if server and server.strict:
            for argument in command.arguments:
                path, colon, name = argument.partition(":")
                module = project.module(f"{project.base}{path.replace('.', '/')}.py")
                if colon and name == "application" and module:
                    yield module, command.program
    for module in project.scripts:
        for call in module.nodes("call"):
            name = callee(call)
            if name in _STRICT_CALLS or (name == "serve" and module.imports_from("waitress")):
                yield module, name


class LeakedLogins(Rule):
    """The SDK's session middleware hands one visitor's login to the next."""

    id = "LE068"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where it is used and nothing forgets the user between requests."""
        for module, call in _session_middlewares(project):
            if not project.mentions(b"set_current(", b"thread_locals"):
                yield self.at(*module.place(call))


class BareCookies(Rule):
    """The login cookie has neither HttpOnly nor Secure."""

    id = "LE069"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where the SDK's session middleware is used and
        nothing hardens its cookie.
        """
        for module, call in _session_middlewares(project):
            if not project.mentions(b"HttpOnly", b"httponly"):
                yield self.at(*module.place(call))


def _session_middlewares(project: Project) -> Iterator[tuple[Module, SgNode]]:
    for module in project.modules_with(b"CookieSessionMiddleware("):
        for call in module.calls("CookieSessionMiddleware"):
            yield module, call


class RedirectOutside(Rule):
    """HTTPS redirection stands in front of the engine."""

    id = "LE070"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where the middleware is put round an engine."""
        for module in project.modules_with(b"HttpsRedirectMiddleware("):
            for call in module.calls("HttpsRedirectMiddleware"):
                positional, _ = arguments(call)
                if positional and project.is_engine(module, positional[0]):
                    yield self.at(*module.place(call), seen=show(call))


class EmptyEngine(Rule):
    """An engine without an app is served."""

    id = "LE071"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where `application` is an engine that was made
        without an app and never wraps one.
        """
        entry = project.entry
        application = project.served(entry) if entry else None
        if not entry or application is None or not project.is_engine(entry, application):
            return
        if project.mentions(b".wrap(") or not project.engines:
            return
        if all(arguments(call) == ([], {}) for _, call, _ in project.engines):
            yield self.at(*entry.place(application))


class WrapsTwice(Rule):
    """An engine wraps a second app."""

    id = "LE072"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each `.wrap()` after the first in one module that runs in
        any case.
        """
        owners = {f"{name}.wrap" for name in project.engine_names}
        for module in project.modules_with(*(f"{owner}(".encode() for owner in owners)):
            calls = [call for call in module.calls("wrap") if callee(call) in owners]
            for call in [
                c for c in calls if not conditions(c) and not in_function(c) and not under_main(c)
            ][1:]:
                yield self.at(*module.place(call), seen=show(call))
