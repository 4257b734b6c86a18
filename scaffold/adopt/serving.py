"""Let what starts a server listen where the platform asks: every interface, the platform's port."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.checks.module import arguments, callee, conditions, in_function, literal, number
from scaffold.checks.rule import Edit
from scaffold.checks.rules.command import ReloadsOnTerm
from scaffold.checks.rules.serving import listening_calls
from scaffold.checks.shell import LOOPBACK
from scaffold.engine.manifest import FILE as MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.adopt.draft import Draft
    from scaffold.checks.module import Module
    from scaffold.checks.project import Project

PORT = "LEANCLOUD_APP_PORT"
_EVERYWHERE = "0.0.0.0"  # noqa: S104 - what the platform asks for
_DEBUGGERS = ("DebuggedApplication", "run_simple", "run")
_CPUS = re.compile(rb"\$(?:LEANCLOUD_AVAILABLE_CPUS\b|\{LEANCLOUD_AVAILABLE_CPUS\})")


def correct(draft: Draft) -> None:
    """Correct address and port in the modules that start a server, and in the `run` line of leanengine.yaml.

    Only what is certain: text that stands where an address does, under no condition but `__main__`. A module that
    serves Werkzeug's debugger keeps its address: on every interface that is a shell for the whole network.
    """
    for module in _servers(draft.project):
        if edits := list(_edits(module)):
            if any(PORT.encode() in edit.new for edit in edits) and not _imports_os(module):
                edits.append(_import_os(module))
            draft.edit(module.path, edits, "listens")
    _correct_run(draft)


def _servers(project: Project) -> Iterator[Module]:
    """Yield the modules that may start a server: those the platform or a person runs."""
    paths = {module.path for module in project.servers}
    for module in project.modules:
        if module.path in paths or (b"__main__" in module.data and not module.is_test and "/" not in module.path):
            yield module


def _edits(module: Module) -> Iterator[Edit]:
    exposed = _serves_debugger(module)
    for call, hosts, ports in listening_calls(module):
        if conditions(call):
            continue
        for host in hosts:
            address = literal(host)
            if address and LOOPBACK.fullmatch(address) and ":" not in address.rstrip(":") and not exposed:
                yield _inside(module, host, address, _EVERYWHERE)
        for port in ports:
            value = number(port)
            if value is not None:
                start, end = module.span(port)
                yield Edit(start, end, _port(module, value).encode())
        if callee(call) == "app.run" and not hosts and not ports and module.imports_from("flask"):
            yield from _bare_run(module, call, exposed=exposed)


def _bare_run(module: Module, call: SgNode, *, exposed: bool) -> Iterator[Edit]:
    """Yield what `app.run()` and `app.run(debug=True)` lack: Flask's defaults are 127.0.0.1 and 5000."""
    positional, named = arguments(call)
    inside = call.field("arguments")
    if positional or inside is None or any("splat" in child.kind() for child in inside.children()):
        return
    wanted = [] if exposed else [f'host="{_EVERYWHERE}"']
    wanted.append(f"port={_port(module, 5000)}")
    _, end = module.span(inside)
    comma = ", " if named else ""
    yield Edit(end - 1, end - 1, f"{comma}{', '.join(wanted)}".encode())


def _port(module: Module, default: int) -> str:
    del module
    return f'int(os.environ.get("{PORT}", {default}))'


def _inside(module: Module, node: SgNode, old: str, new: str) -> Edit:
    """Return the edit that changes the text of a string and keeps its quotes."""
    start, end = module.span(node)
    data = module.data[start:end]
    at = start + data.index(old.encode("latin-1"))
    return Edit(at, at + len(old), new.encode())


def _serves_debugger(module: Module) -> bool:
    flags = {"evalex", "use_debugger", "debug"}
    for call in module.calls(*_DEBUGGERS):
        _, named = arguments(call)
        if any(named[flag].text() == "True" for flag in flags & named.keys()):
            return True
    return False


def _imports_os(module: Module) -> bool:
    return any(found.module == "os" and found.bound == "os" and not in_function(found.node) for found in module.imports)


def _import_os(module: Module) -> Edit:
    """Return the edit that imports os before the first import that is not from __future__."""
    nodes = [found.node for found in module.imports if not in_function(found.node) and found.module != "__future__"]
    newline = b"\r\n" if b"\r\n" in module.data else b"\n"
    if not nodes:
        return Edit(0, 0, b"import os" + newline)
    start = min(module.span(node)[0] for node in nodes)
    line_start = module.data.rfind(b"\n", 0, start) + 1
    return Edit(line_start, line_start, b"import os" + newline)


def _correct_run(draft: Draft) -> None:
    """Correct the options of the user's own `run` line that say a port in figures or this machine's address."""
    project = draft.project
    if not project.run:
        return
    before = data = project.read(MANIFEST)
    for command in project.commands:
        for seen in {*command.fixed_ports(), *command.loopback()}:
            name, _, value = seen.rpartition(" ")
            if not name:
                continue
            host, colon, port = value.rpartition(":")
            address = _EVERYWHERE if LOOPBACK.fullmatch(host) or (not host and colon) else host
            # Without a port it is a host alone.
            new = f"{address}{colon}${{{PORT}}}" if port.isdecimal() else _EVERYWHERE
            pattern = rb"(" + re.escape(name.encode()) + rb"[\s=]+)" + re.escape(value.encode()) + rb"(?![\w.:])"
            data = re.sub(pattern, lambda match, text=new: match[1] + text.encode(), data)  # type: ignore[misc]
    data = _CPUS.sub(b"${LEANCLOUD_AVAILABLE_CPUS:-1}", data)
    if any(ReloadsOnTerm().find(project)):
        data = re.sub(rb"(?<![\w/.-])uwsgi(?=\s+-)", b"uwsgi --die-on-term", data, count=1)
    if data != before:
        draft.write(MANIFEST, data, "listens")
