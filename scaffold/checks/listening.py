"""Calls that start to listen: which they are, however the server was imported, and
what they say of host and port.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.checks.module import arguments, callee, in_function, literal, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.module import Module
    from scaffold.checks.project import Project

# How many names that stand for other names are followed.
_DEPTH = 5


@dataclass(frozen=True)
class ListenSetting:
    """How a call knows where to listen.

    Attributes:
        host: the position of the host among the arguments; -1 if it is given by name only.
        port: the position of the port; -1 if it is given by name only.
        pair: whether the first argument is `(host, port)` instead.
        listen: whether an argument `listen` may say both in one string.
        default_host: where the call listens when none is given.
        default_port: the port when none is given; 0 where a call must say one.
    """

    host: int = -1
    port: int = -1
    pair: bool = False
    listen: bool = False
    default_host: str = ""
    default_port: int = 0


_LOCAL = "127.0.0.1"
_PAIR = ListenSetting(pair=True)
_TWO = ListenSetting(0, 1)
# Source: each package's documentation of the function.
_FUNCTIONS: dict[str, ListenSetting] = {
    "BaseHTTPServer.HTTPServer": _PAIR,
    "SocketServer.TCPServer": _PAIR,
    "aiohttp.web.run_app": ListenSetting(default_port=8080),
    "bjoern.listen": ListenSetting(1, 2),
    "bjoern.run": ListenSetting(1, 2),
    "bottle.run": ListenSetting(default_host=_LOCAL, default_port=8080),
    "cheroot.wsgi.Server": _PAIR,
    "cheroot.wsgi.WSGIServer": _PAIR,
    "cherrypy.wsgiserver.CherryPyWSGIServer": _PAIR,
    "eventlet.listen": _PAIR,
    "gevent.pywsgi.WSGIServer": _PAIR,
    "gevent.server.StreamServer": _PAIR,
    "gevent.wsgi.WSGIServer": _PAIR,
    "geventwebsocket.WebSocketServer": _PAIR,
    "geventwebsocket.server.WebSocketServer": _PAIR,
    "http.server.HTTPServer": _PAIR,
    "http.server.ThreadingHTTPServer": _PAIR,
    "meinheld.server.listen": _PAIR,
    "paste.httpserver.serve": ListenSetting(default_host=_LOCAL, default_port=8080),
    "socketserver.TCPServer": _PAIR,
    "tornado.netutil.bind_sockets": ListenSetting(1, 0),
    "uvicorn.run": ListenSetting(default_host=_LOCAL, default_port=8000),
    "waitress.serve": ListenSetting(listen=True, default_port=8080),
    "werkzeug.run_simple": _TWO,
    "werkzeug.serving.make_server": _TWO,
    "werkzeug.serving.run_simple": _TWO,
    "wsgiref.simple_server.WSGIServer": _PAIR,
    "wsgiref.simple_server.make_server": _TWO,
}
# The same by the last part of the name, for what was imported with `*` or inside the project.
_LAST = {
    "WSGIServer": _PAIR,
    "StreamServer": _PAIR,
    "make_server": _TWO,
    "run_simple": _TWO,
    "serve": ListenSetting(listen=True),
}
_SERVER_MODULES = frozenset({"", "pywsgi", "serving", "simple_server", "waitress"})
# `run` of an app object, by the class of the app and its package.
_APPS: dict[str, tuple[str, ListenSetting]] = {
    "Bottle": ("bottle", ListenSetting(default_host=_LOCAL, default_port=8080)),
    "Flask": ("flask", ListenSetting(0, 1, default_host=_LOCAL, default_port=5000)),
    "Sanic": ("sanic", ListenSetting(0, 1, default_host=_LOCAL, default_port=8000)),
    "SocketIO": ("flask_socketio", ListenSetting(1, 2, default_host=_LOCAL, default_port=5000)),
}
_APP_NAMES = frozenset({"app", "application"})
_TORNADO = ListenSetting(1, 0)


@dataclass(frozen=True)
class Listening:
    """One call that starts to listen.

    Attributes:
        call: the call.
        setting: how calls of this kind know where to listen.
        host: what stands for the host, None where nothing does.
        port: what stands for the port, None where nothing does.
        both: what stands for both at once: a string such as `*:8080`.
        is_open: whether some arguments are not known: `*args`, a socket, a path of a socket.
    """

    call: SgNode
    setting: ListenSetting
    host: SgNode | None = None
    port: SgNode | None = None
    both: SgNode | None = None
    is_open: bool = False

    @property
    def lacks_host(self) -> bool:
        """Whether it listens where only this machine can connect by default."""
        return bool(self.setting.default_host) and not (self.host or self.both or self.is_open)

    @property
    def lacks_port(self) -> bool:
        """Whether it takes a port of its own by default."""
        return bool(self.setting.default_port) and not (self.port or self.both or self.is_open)


def listening_calls(module: Module) -> Iterator[Listening]:
    """Yield the calls of a module that start to listen."""
    for call in module.nodes("call"):
        setting = _setting(module, call)
        if setting is not None:
            yield _listening(module, call, setting)


def _setting(module: Module, call: SgNode) -> ListenSetting | None:
    name = qualified(module, callee(call))
    if name in _FUNCTIONS:
        return _FUNCTIONS[name]
    owner, _, last = name.rpartition(".")
    if last in {"listen", "bind"} and owner and module.imports_from("tornado"):
        return None if _is_socket(module, owner) else _TORNADO
    if last == "run" and owner:
        return _app_run(module, owner)
    # `thing.serve(…)` may be anything; a plain name was imported from somewhere.
    written, _, _ = callee(call).rpartition(".")
    return _LAST.get(last) if written in _SERVER_MODULES else None


def _is_socket(module: Module, owner: str) -> bool:
    return any("socket" in value.text() for value in module.assignments.get(owner, ()))


def _app_run(module: Module, owner: str) -> ListenSetting | None:
    given = [value for value in module.assignments.get(owner, ()) if value.kind() == "call"]
    makers = {qualified(module, callee(value)) for value in given}
    for name, (package, setting) in _APPS.items():
        if f"{package}.{name}" in makers:
            return setting
    if owner not in _APP_NAMES:
        return None
    # An app that another module or a factory made.
    if module.imports_from("sanic"):
        return _APPS["Sanic"][1]
    if module.imports_from("flask"):
        return _APPS["Flask"][1]
    return _TWO if b"flask" in module.data.lower() else ListenSetting()


def qualified(module: Module, name: str) -> str:
    """Return a name as it would be without aliases: `s.make_server` is
    `wsgiref.simple_server.make_server`.
    """
    for found in module.imports:
        if name == found.bound or name.startswith(f"{found.bound}."):
            full = f"{found.module}.{found.name}" if found.name else found.module
            return full + name[len(found.bound) :]
    return name


def _listening(module: Module, call: SgNode, setting: ListenSetting) -> Listening:
    positional, named = arguments(call)
    inside = call.field("arguments")
    children = inside.named_children() if inside is not None else []
    is_open = any("splat" in child.kind() for child in children)
    is_open = is_open or not named.keys().isdisjoint(
        {"sock", "socket", "uds", "fd", "unix_socket", "sockets"}
    )
    if setting.pair:
        pair = _pair(
            module, [*positional[:1], *(named[key] for key in ("listener", "addr") if key in named)]
        )
        host, port = (*pair, None, None)[:2]
        return Listening(call, setting, host, port, is_open=is_open)
    by_name = {
        key: named[key] for key in ("host", "hostname", "address", "port", "listen") if key in named
    }
    host = (
        by_name.get("host")
        or by_name.get("hostname")
        or by_name.get("address")
        or _at(positional, setting.host)
    )
    port = by_name.get("port") or _at(positional, setting.port)
    both = by_name.get("listen") if setting.listen else None
    return Listening(call, setting, host, port, both, is_open)


def _at(positional: list[SgNode], position: int) -> SgNode | None:
    return positional[position] if 0 <= position < len(positional) else None


def _pair(module: Module, nodes: list[SgNode]) -> list[SgNode]:
    """Return host and port of an address that is given as one tuple; a
    listening socket has neither.
    """
    for node in nodes[:1]:
        for value in values(module, node):
            if value.kind() == "tuple":
                return value.named_children()[:2]
    return []


def values(module: Module, node: SgNode, depth: int = 0) -> Iterator[SgNode]:
    """Yield what an expression may be: itself, both arms of a choice, what its name stands for."""
    if node.kind() == "conditional_expression":
        for arm in (node.children()[0], node.children()[-1]):
            yield from values(module, arm, depth)
    elif node.kind() == "identifier" and depth < _DEPTH:
        for value in module.assignments.get(node.text(), ()):
            yield from values(module, value, depth + 1)
    else:
        yield node


def constant_port(project: Project, module: Module, node: SgNode) -> int | None:
    """Return the port that an expression is in any case, None if it is not certain.

    A number, `int('3000')`, a name that is given one only once, such a name of
    another module of the project.
    """
    return _constant_port(project, module, node, 0)


def _constant_port(project: Project, module: Module, node: SgNode, depth: int) -> int | None:
    if depth > _DEPTH:
        return None
    if node.kind() == "call":
        positional, named = arguments(node)
        is_int = callee(node) == "int" and len(positional) == 1 and not named
        return _constant_port(project, module, positional[0], depth + 1) if is_int else None
    if node.kind() == "identifier":
        given = module.assignments.get(node.text(), [])
        if given:
            only = given[0] if len(given) == 1 and not _is_conditional(given[0]) else None
            return None if only is None else _constant_port(project, module, only, depth + 1)
    if node.kind() in {"identifier", "attribute"}:
        return _port_elsewhere(project, module, node, depth)
    text = literal(node)
    return int(text) if text and text.isdecimal() and len(text) <= _DEPTH else number(node)


def _is_conditional(node: SgNode) -> bool:
    kinds = {"if_statement", "try_statement", "for_statement", "while_statement"}
    return in_function(node) or any(above.kind() in kinds for above in node.ancestors())


def _port_elsewhere(project: Project, module: Module, node: SgNode, depth: int) -> int | None:
    """Return the port that `config.PORT`, PORT of `from config import PORT`,
    or Tornado's `options.port` is.
    """
    owner, _, name = qualified(module, "".join(node.text().split())).rpartition(".")
    if (
        owner.rpartition(".")[2] == "options"
        and (default := _defined_option(module, name)) is not None
    ):
        return default
    path = owner.lstrip(".").replace(".", "/")
    folder = module.path.rpartition("/")[0]
    places = [f"{folder}/{path}" if folder else path, path] if path else []
    found = [project.module(f"{place}{end}") for place in places for end in (".py", "/__init__.py")]
    other = next((candidate for candidate in found if candidate is not None), None)
    if other is None or other.path == module.path:
        return None
    given = other.assignments.get(name, [])
    if len(given) != 1 or _is_conditional(given[0]):
        return None
    return _constant_port(project, other, given[0], depth + 1)


def _defined_option(module: Module, name: str) -> int | None:
    """Return the default of `define("port", default=8888)`."""
    for call in module.calls("define"):
        positional, named = arguments(call)
        if positional and literal(positional[0]) == name:
            return number(named.get("default") or _at(positional, 1))
    return None
