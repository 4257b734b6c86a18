"""How the code listens: address, port, server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.checks.debugger import DEBUGGERS, serves_debugger
from scaffold.checks.environment import environment_reads
from scaffold.checks.listening import constant_port, listening_calls, values
from scaffold.checks.module import (
    arguments,
    callee,
    conditions,
    literal,
    number,
    show,
    under_main,
)
from scaffold.checks.removed import REMOVED
from scaffold.checks.rule import Finding, Rule
from scaffold.checks.shell import LOOPBACK
from scaffold.edits import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.module import Module
    from scaffold.checks.project import Project


def loopback_places(module: Module) -> Iterator[tuple[SgNode, str, bool]]:
    """Yield where only this machine can connect: the node, what it says,
    whether it is so in any case.
    """
    for found in listening_calls(module):
        call = found.call
        for value in values(module, found.host) if found.host is not None else ():
            address = literal(value)
            if address and LOOPBACK.fullmatch(address):
                yield value, show(value), not conditions(value) and not conditions(call)
        if found.lacks_host:
            yield call, f"{callee(call)}(…), no host", not conditions(call)


def _always(project: Project, module: Module) -> bool:
    """Return whether the platform itself starts this module with Python."""
    return any(script.path == module.path for script in project.scripts)


class BindsLoopback(Rule):
    """The app listens on this machine's own address only."""

    id = "LE050"
    severity = "error"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each place in what `run` starts, under no condition."""
        for module in project.servers:
            for node, seen, certain in loopback_places(module):
                if certain and _always(project, module):
                    yield self.at(*module.place(node), seen=seen)


class BindsLoopbackAtTimes(Rule):
    """The app sometimes listens on this machine's own address only."""

    id = "LE051"
    severity = "warning"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each place under a condition, or in a server
        that only `lean up` starts.
        """
        for module in project.servers:
            # On every interface a debugger would be a shell for the whole network.
            places = [] if serves_debugger(module) else loopback_places(module)
            for node, seen, certain in places:
                if not (certain and _always(project, module)):
                    yield self.at(*module.place(node), seen=seen)


class FixedPort(Rule):
    """The app listens on a port of its own choice."""

    id = "LE052"
    severity = "error"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each port in figures, in what `run` or the vendor's CLI starts."""
        for module in project.servers:
            for found in listening_calls(module):
                if conditions(found.call):
                    continue
                if found.lacks_port:
                    yield self.at(
                        *module.place(found.call), seen=f"{callee(found.call)}(…), no port"
                    )
                elif found.port is not None:
                    yield from self._fixed(project, module, found.port)

    def _fixed(self, project: Project, module: Module, port: SgNode) -> Iterator[Finding]:
        arms = [value for value in values(module, port) if not conditions(value)]
        certain = [value for value in arms if number(value) is not None]
        for value in certain or (
            [port] if constant_port(project, module, port) is not None else []
        ):
            yield self.at(*module.place(value), seen=show(value))


class NeedsAppEnv(Rule):
    """The app dies where LEANCLOUD_APP_ENV is not set."""

    id = "LE053"
    severity = "warning"
    fixable = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each `os.environ['LEANCLOUD_APP_ENV']` that is read."""
        for module in project.modules_with(b"LEANCLOUD_APP_ENV"):
            for node, name in environment_reads(module):
                parent = node.parent()
                if name != "LEANCLOUD_APP_ENV" or parent is None or parent.kind() != "subscript":
                    continue
                if _is_written(parent) or any(
                    above.kind() == "try_statement" for above in parent.ancestors()
                ):
                    continue
                value = parent.field("value")
                edits: tuple[Edit, ...] = ()
                if value is not None and parent.text() == f"{value.text()}[{node.text()}]":
                    start, end = module.span(parent)
                    quote = node.text()[-1]
                    new = f"{value.text()}.get({node.text()}, {quote}development{quote})"
                    edits = (Edit(start, end, new.encode("latin-1")),)
                file, line, column = module.place(parent)
                yield Finding(type(self), file, line, column, {"seen": show(parent)}, edits)


def _is_written(subscript: SgNode) -> bool:
    above = subscript.parent()
    if above is None:
        return False
    return above.kind() == "delete_statement" or (
        above.kind() == "assignment" and above.field("left") == subscript
    )


class DebuggerServed(Rule):
    """Werkzeug's debugger is served to whoever connects."""

    id = "LE054"
    severity = "warning"
    needs_manifest = True

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where code is evaluated for visitors, but for
        branches that say `development`.
        """
        for module in project.servers:
            for call in module.nodes("call"):
                name = callee(call).rpartition(".")[2]
                _, named = arguments(call)
                flag = DEBUGGERS.get(name)
                if flag is None or flag not in named or named[flag].text() != "True":
                    continue
                if name == "run" and not module.imports_from("flask"):
                    continue
                # Under `__main__`, and not what `run` starts: it is only ever
                # served on the developer's machine.
                local = under_main(call) and not _always(project, module)
                if not local and not any(
                    "development" in _condition(above) for above in conditions(call)
                ):
                    yield self.at(*module.place(call), seen=f"{callee(call)}(… {flag}=True)")


def _condition(above: SgNode) -> str:
    condition = above.field("condition")
    return condition.text() if condition is not None else above.text()


class SlowGevent(Rule):
    """Every answer of gevent's own server waits 40 ms."""

    id = "LE055"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where gevent.pywsgi serves and nothing sets TCP_NODELAY."""
        for module in project.servers:
            imported = [
                i
                for i in module.imports_from("gevent")
                if "pywsgi" in (i.module.rpartition(".")[2], i.name)
            ]
            call = next(module.calls("WSGIServer"), None) if imported else None
            if call is not None and not project.mentions(b"TCP_NODELAY"):
                yield self.at(*module.place(call), seen="WSGIServer(…)")


class RemovedModule(Rule):
    """A module that its package no longer has."""

    id = "LE056"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each statement that imports one, unless the
        requirements keep an old enough package.
        """
        for module in project.modules_with(b"gevent", b"flask.ext", b"WSGIApplication"):
            places = set()
            for found in module.imports:
                place = module.place(found.node)
                full = f"{found.module}.{found.name}" if found.name else found.module
                removed = next(
                    (one for one in REMOVED if one.covers(full) and not one.is_kept(project)), None
                )
                if removed and place not in places:
                    places.add(place)
                    # `flask.ext` alone has nothing in its place, `flask.ext.login` has.
                    seen = (
                        found.module
                        if removed.covers(found.module) and found.module not in removed.name
                        else full
                    )
                    yield self.at(*place, seen=seen, instead=removed.replacement(seen))
