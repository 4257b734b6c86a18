"""Let what starts a server listen where the platform asks: every interface, the platform's port."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.adopt.detect import start_commands
from scaffold.checks.debugger import serves_debugger
from scaffold.checks.listening import constant_port, listening_calls, values
from scaffold.checks.module import conditions, in_function, literal
from scaffold.checks.rules.command import ReloadsOnTerm
from scaffold.checks.shell import LOOPBACK
from scaffold.edits import Edit
from scaffold.engine.manifest import FILE as MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.adopt.draft import Draft
    from scaffold.checks.listening import Listening
    from scaffold.checks.module import Module
    from scaffold.checks.project import Project

PORT = "LEANCLOUD_APP_PORT"
_EVERYWHERE = "0.0.0.0"  # noqa: S104 - what the platform asks for
_ADDRESS = re.compile(r"(?:\*|[\w.-]+|\[[\da-f:]+\]):(\d{1,5})")
_CPUS = re.compile(rb"\$(?:LEANCLOUD_AVAILABLE_CPUS\b|\{LEANCLOUD_AVAILABLE_CPUS\})")
# Reasons, keys of `adopt.reason`.
_HOST, _PORT = "listens-host", "listens-port"


def correct(draft: Draft) -> None:
    """Correct address and port in the modules that start a server, and in the `run` line.

    Only what is certain: the arguments of a call under no condition but `__main__`. A
    module that serves Werkzeug's debugger keeps its address: on every interface that is a shell for
    the whole network.
    """
    project = draft.project
    for module in _servers(project):
        found = [
            correction
            for call in listening_calls(module)
            for correction in _corrections(project, module, call)
        ]
        edits = [edit for edit, _ in found]
        if any(PORT.encode() in edit.new for edit in edits) and not _imports_os(module):
            edits.append(_import_os(module))
        if edits:
            draft.edit(
                module.path, edits, *sorted({reason for _, reasons in found for reason in reasons})
            )
    _correct_run(draft)


def _servers(project: Project) -> Iterator[Module]:
    """Yield the modules that may start a server: those the platform or a person runs."""
    paths = {module.path for module in project.servers}
    paths |= {command.script for _, command in start_commands(project)}
    for module in project.modules:
        is_program = b"__main__" in module.data and not module.is_test and "/" not in module.path
        if module.path in paths or is_program:
            yield module


def _corrections(
    project: Project, module: Module, found: Listening
) -> Iterator[tuple[Edit, tuple[str, ...]]]:
    """Yield the edits that one call needs, each with its reasons."""
    if conditions(found.call):
        return
    exposed = serves_debugger(module)
    if not exposed and found.host is not None and (address := _loopback(module, found.host)):
        yield _host_edit(module, found.host, address), (_HOST,)
    if found.port is not None and _is_fixed(project, module, found.port):
        start, end = module.span(found.port)
        default = module.data[start:end].decode("latin-1")
        yield Edit(start, end, _port(default).encode("latin-1")), (_PORT,)
    if found.both is not None and (port := _ADDRESS.fullmatch(literal(found.both) or "")):
        variable = _variable(f'"{port[1]}"')
        new = f'"{_EVERYWHERE}:" + ({variable})'
        yield Edit(*module.span(found.both), new.encode()), (_HOST, _PORT)
    missing = {}
    if found.lacks_host and not exposed:
        missing[_HOST] = f'host="{_EVERYWHERE}"'
    if found.lacks_port:
        missing[_PORT] = f"port={_port(found.setting.default_port)}"
    if missing:
        yield _more_arguments(module, found.call, ", ".join(missing.values())), tuple(missing)


def _is_fixed(project: Project, module: Module, port: SgNode) -> bool:
    return not conditions(port) and constant_port(project, module, port) is not None


def _host_edit(module: Module, host: SgNode, address: str) -> Edit:
    if host.kind() == "string":
        return _inside(module, host, address, _EVERYWHERE)
    # A name: it may say the address of something else too.
    return Edit(*module.span(host), f'"{_EVERYWHERE}"'.encode())


def _loopback(module: Module, host: SgNode) -> str:
    """Return the loopback address that a host always is, '' if that is not certain."""
    given = list(values(module, host))
    address = literal(given[0]) if len(given) == 1 and not conditions(given[0]) else None
    is_loopback = address and LOOPBACK.fullmatch(address) and ":" not in address.rstrip(":")
    return address or "" if is_loopback else ""


def _more_arguments(module: Module, call: SgNode, more: str) -> Edit:
    """Return the edit that gives a call more arguments, at the end."""
    inside = call.field("arguments")
    end = module.span(inside if inside is not None else call)[1] - 1
    before = module.data[:end].rstrip()
    comma = "" if before.endswith(b"(") else " " if before.endswith(b",") else ", "
    return Edit(len(before), len(before), f"{comma}{more}".encode())


def _port(default: object) -> str:
    return f"int({_variable(default)})"


def _variable(default: object) -> str:
    """Return the platform's port, else the one that other hosts give, else a default."""
    return f'os.environ.get("{PORT}") or os.environ.get("PORT") or {default}'


def _inside(module: Module, node: SgNode, old: str, new: str) -> Edit:
    """Return the edit that changes the text of a string and keeps its quotes."""
    start, end = module.span(node)
    data = module.data[start:end]
    at = start + data.index(old.encode("latin-1"))
    return Edit(at, at + len(old), new.encode())


def _imports_os(module: Module) -> bool:
    return any(
        found.module == "os" and found.bound == "os" and not in_function(found.node)
        for found in module.imports
    )


def _import_os(module: Module) -> Edit:
    """Return the edit that imports os before the first import that is not from __future__."""
    nodes = [
        found.node
        for found in module.imports
        if not in_function(found.node) and found.module != "__future__"
    ]
    newline = b"\r\n" if b"\r\n" in module.data else b"\n"
    if not nodes:
        return Edit(0, 0, b"import os" + newline)
    start = min(module.span(node)[0] for node in nodes)
    line_start = module.data.rfind(b"\n", 0, start) + 1
    return Edit(line_start, line_start, b"import os" + newline)


def _correct_run(draft: Draft) -> None:
    """Correct a literal port or a loopback address in the options of the user's `run`."""
    project = draft.project
    if not project.run:
        return
    before = data = project.read(MANIFEST)
    for command in project.commands:
        for option in {*command.fixed_ports(), *command.loopback()}:
            data = _correct_option(data, option)
    data = _CPUS.sub(b"${LEANCLOUD_AVAILABLE_CPUS:-1}", data)
    if any(ReloadsOnTerm().find(project)):
        data = re.sub(rb"(?<![\w/.-])uwsgi(?=\s+-)", b"uwsgi --die-on-term", data, count=1)
    if data != before:
        draft.write(MANIFEST, data, "run-corrected")


def _correct_option(data: bytes, option: str) -> bytes:
    """Return leanengine.yaml with `--bind 127.0.0.1:3000` or the like corrected."""
    name, _, value = option.rpartition(" ")
    if not name:
        return data
    host, colon, port = value.rpartition(":")
    address = _EVERYWHERE if LOOPBACK.fullmatch(host) or (not host and colon) else host
    # Without a port it is a host alone.
    variable = f"${{{PORT}:-${{PORT:-{port}}}}}"
    new = f"{address}{colon}{variable}" if port.isdecimal() else _EVERYWHERE
    pattern = rf"({re.escape(name)}[\s=]+){re.escape(value)}(?![\w.:])"
    return re.sub(pattern.encode(), rb"\g<1>" + new.encode(), data)
