"""How the code listens: address, port, server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.checks.module import (
    arguments,
    callee,
    conditions,
    environment_reads,
    literal,
    number,
    show,
    under_main,
)
from scaffold.checks.rule import Edit, Finding, Rule
from scaffold.checks.shell import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.module import Module
    from scaffold.checks.project import Project

# Calls that listen, with the way their address is given: `pair` as one tuple, `two` as host and port.
_LISTENING = {
    "WSGIServer": "pair",
    "StreamServer": "pair",
    "pywsgi.WSGIServer": "pair",
    "make_server": "two",
    "simple_server.make_server": "two",
    "run_simple": "two",
    "serving.run_simple": "two",
    "serve": "names",
    "waitress.serve": "names",
    "uvicorn.run": "names",
    "app.run": "run",
    "application.run": "run",
}
_GONE = {"gevent.wsgi": "gevent.pywsgi", "flask.ext": "flask_…"}


def listening_calls(module: Module) -> Iterator[tuple[SgNode, list[SgNode], list[SgNode]]]:
    """Yield the calls that start to listen, with what stands for their host and for their port."""
    for call in module.nodes("call"):
        name = callee(call)
        way = _LISTENING.get(name)
        if way is None:
            continue
        positional, named = arguments(call)
        hosts = [named[key] for key in ("host", "hostname") if key in named]
        ports = [named["port"]] if "port" in named else []
        first = positional[:2] if way != "pair" else _pair(module, positional)
        if way in {"pair", "two"} or (way == "run" and _is_flask(module)):
            hosts += first[:1]
            ports += first[1:2]
        yield call, hosts, ports


def _pair(module: Module, positional: list[SgNode]) -> list[SgNode]:
    """Return host and port of an address that is given as one tuple; a listening socket has neither."""
    for node in positional[:1]:
        for value in _values(module, node):
            if value.kind() == "tuple":
                return value.named_children()
    return []


def _is_flask(module: Module) -> bool:
    return bool(module.imports_from("flask")) or b"Flask" in module.data or b"flask" in module.data


def _values(module: Module, node: SgNode) -> Iterator[SgNode]:
    """Yield what an expression may come to: itself, both arms of a choice, what its name was given."""
    if node.kind() == "conditional_expression":
        for arm in (node.children()[0], node.children()[-1]):
            yield from _values(module, arm)
    elif node.kind() == "identifier":
        for value in module.assignments.get(node.text(), ()):
            if value.kind() != "identifier":
                yield from _values(module, value)
    else:
        yield node


def loopback_places(module: Module) -> Iterator[tuple[SgNode, str, bool]]:
    """Yield where only this machine can connect: the node, what it says, whether it is so in any case."""
    for call, hosts, _ in listening_calls(module):
        values = [(host, value) for host in hosts for value in _values(module, host)]
        for _, value in values:
            address = literal(value)
            if address and LOOPBACK.fullmatch(address):
                yield value, show(value), not conditions(value) and not conditions(call)
        if not hosts and callee(call) in {"app.run", "uvicorn.run"} and _default_is_loopback(module, call):
            yield call, f"{callee(call)}(…), no host", not conditions(call)


def _default_is_loopback(module: Module, call: SgNode) -> bool:
    _, named = arguments(call)
    if any(child.kind() in {"dictionary_splat", "list_splat"} for child in _argument_nodes(call)) or "uds" in named:
        return False
    return callee(call) == "uvicorn.run" or bool(module.imports_from("flask"))


def _argument_nodes(call: SgNode) -> list[SgNode]:
    inside = call.field("arguments")
    return inside.named_children() if inside is not None else []


def _always(project: Project, module: Module) -> bool:
    """Return whether the platform itself starts this module with Python."""
    return any(script.path == module.path for script in project.scripts)


class BindsLoopback(Rule):
    """The app listens on this machine's own address only."""

    id = "LE050"
    severity = "error"

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

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each place under a condition, or in a server that only `lean up` starts."""
        for module in project.servers:
            for node, seen, certain in loopback_places(module):
                if not (certain and _always(project, module)):
                    yield self.at(*module.place(node), seen=seen)


class FixedPort(Rule):
    """The app listens on a port of its own choice."""

    id = "LE052"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each port in figures, in what `run` or the vendor's CLI starts."""
        for module in project.servers:
            for call, hosts, ports in listening_calls(module):
                for port in ports:
                    for value in _values(module, port):
                        if number(value) is not None and not conditions(value) and not conditions(call):
                            yield self.at(*module.place(value), seen=value.text())
                if not ports and callee(call) == "app.run" and module.imports_from("flask") and not hosts:
                    splat = any("splat" in child.kind() for child in _argument_nodes(call))
                    if not splat and not conditions(call):
                        yield self.at(*module.place(call), seen="app.run(…), no port")


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
                if _is_written(parent) or any(above.kind() == "try_statement" for above in parent.ancestors()):
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
    return above.kind() == "delete_statement" or (above.kind() == "assignment" and above.field("left") == subscript)


class DebuggerServed(Rule):
    """Werkzeug's debugger is served to whoever connects."""

    id = "LE054"
    severity = "warning"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding where code is evaluated for visitors, but for branches that say `development`."""
        for module in project.servers:
            for call in module.nodes("call"):
                name = callee(call).rpartition(".")[2]
                _, named = arguments(call)
                flag = {"DebuggedApplication": "evalex", "run_simple": "use_debugger", "run": "debug"}.get(name)
                if flag is None or flag not in named or named[flag].text() != "True":
                    continue
                if name == "run" and not module.imports_from("flask"):
                    continue
                # Under `__main__`, and not what `run` starts: it is only ever served on the developer's machine.
                local = under_main(call) and not _always(project, module)
                if not local and not any("development" in _condition(above) for above in conditions(call)):
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
            imported = [i for i in module.imports_from("gevent") if "pywsgi" in (i.module.rpartition(".")[2], i.name)]
            call = next(module.calls("WSGIServer"), None) if imported else None
            if call is not None and not project.mentions(b"TCP_NODELAY"):
                yield self.at(*module.place(call), seen="WSGIServer(…)")


class GoneModule(Rule):
    """A module that its package no longer has."""

    id = "LE056"
    severity = "error"

    def find(self, project: Project) -> Iterator[Finding]:
        """Yield a finding for each import of gevent.wsgi, flask.ext and tornado.wsgi.WSGIApplication."""
        for module in project.modules_with(b"gevent", b"flask.ext", b"WSGIApplication"):
            for found in module.imports:
                place = module.place(found.node)
                full = f"{found.module}.{found.name}" if found.name else found.module
                for gone, instead in _GONE.items():
                    if full == gone or full.startswith(f"{gone}."):
                        yield self.at(*place, seen=full, instead=instead)
                if full == "tornado.wsgi.WSGIApplication":
                    yield self.at(*place, seen=full, instead="tornado.web.Application")
