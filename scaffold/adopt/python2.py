"""What keeps an app on Python 2: syntax, modules and names that Python 3 does not have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.adopt.app_modules import GUARDS, is_guarded, loaded_files, loads_by_name, reachable
from scaffold.checks.module import callee
from scaffold.checks.nodes import old_excepts
from scaffold.parsing import python_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.module import Module
    from scaffold.checks.project import Project

# Modules that were renamed or are gone, with what Python 3 has instead. Source: PEP 3108.
MODULES = {
    "BaseHTTPServer": "http.server",
    "CGIHTTPServer": "http.server",
    "ConfigParser": "configparser",
    "Cookie": "http.cookies",
    "HTMLParser": "html.parser",
    "Queue": "queue",
    "SimpleHTTPServer": "http.server",
    "SimpleXMLRPCServer": "xmlrpc.server",
    "SocketServer": "socketserver",
    "StringIO": "io",
    "Tkinter": "tkinter",
    "UserDict": "collections",
    "UserList": "collections",
    "UserString": "collections",
    "__builtin__": "builtins",
    "anydbm": "dbm",
    "cPickle": "pickle",
    "cStringIO": "io",
    "commands": "subprocess",
    "cookielib": "http.cookiejar",
    "copy_reg": "copyreg",
    "exceptions": "builtins",
    "htmlentitydefs": "html.entities",
    "httplib": "http.client",
    "md5": "hashlib",
    "mimetools": "email",
    "rfc822": "email",
    "robotparser": "urllib.robotparser",
    "sets": "set()",
    "sha": "hashlib",
    "thread": "threading",
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
    "xmlrpclib": "xmlrpc.client",
}
# The same for builtins and methods.
_BUILTINS = {
    "basestring": "str",
    "long": "int",
    "raw_input": "input",
    "unichr": "chr",
    "unicode": "str",
    "xrange": "range",
}
_METHODS = {
    "has_key": "`key in d`",
    "iteritems": "items",
    "iterkeys": "keys",
    "itervalues": "values",
    "setdefaultencoding": "-",
}
_FUNCTIONS = {
    "urllib.quote": "urllib.parse.quote",
    "urllib.quote_plus": "urllib.parse.quote_plus",
    "urllib.unquote": "urllib.parse.unquote",
    "urllib.urlencode": "urllib.parse.urlencode",
    "urllib.urlopen": "urllib.request.urlopen",
    "string.letters": "string.ascii_letters",
}
# How syntax that only Python 2 has is called: kinds of tree-sitter's Python grammar.
_SYNTAX = {"print_statement": "print", "exec_statement": "exec"}


@dataclass(frozen=True, order=True)
class OldPlace:
    """One place that Python 3 does not take.

    Attributes:
        kind: `print`, `exec`, `except`, `syntax`, `module` or `name`: `adopt.old.<kind>`.
        seen: the code.
        instead: what Python 3 has instead.
    """

    file: str
    line: int
    kind: str
    seen: str
    instead: str = ""


def old_places(
    project: Project, entries: Iterable[str], *, everything: bool, tests: bool = False
) -> list[OldPlace]:
    """Return what keeps the app on Python 2, the first place of each sort in each file.

    Args:
        project: its files.
        entries: dotted names of the modules that are started.
        everything: take every module for a part of the app, as frameworks do that import by name.
        tests: the tests too.
    """
    if everything:
        modules = [module for module in project.modules if tests or not module.is_test]
    else:
        modules = reachable(project, entries)
        if loads_by_name(project):
            modules += [m for m in project.modules if "/" in m.path and not m.is_test]
    own = {
        part.removesuffix(".py")
        for path in project.files
        if path.endswith(".py")
        for part in path.split("/")
    }
    found: list[OldPlace] = []
    for module in {module.path: module for module in modules}.values():
        found += [
            place for place in _of_module(module) if place.kind != "module" or place.seen not in own
        ]
    known = {module.path for module in modules}
    for module in loaded_files(project):
        # A text that is no Python is no sign of Python 2.
        if module.path not in known and (place := _named(module)):
            found.append(place)
    return sorted(set(found))


def _of_module(module: Module) -> Iterator[OldPlace]:
    broken = _syntax(module)
    if broken:
        yield broken
    first: dict[str, OldPlace] = {}
    for place in (*_imports(module), *_names(module)):
        first.setdefault(place.seen, place)
    yield from first.values()


def _syntax(module: Module) -> OldPlace | None:
    """Return why Python 3 cannot parse a file, None if it can."""
    error = python_error(module.data)
    return (
        (_named(module) or OldPlace(module.path, error.line, "syntax", error.reason))
        if error
        else None
    )


def _named(module: Module) -> OldPlace | None:
    nodes: list[tuple[SgNode, str]] = [
        (node, kind) for name, kind in _SYNTAX.items() for node in module.nodes(name)
    ]
    nodes += [(clause, "except") for clause in old_excepts(module)]
    if not nodes:
        return None
    node, kind = min(nodes, key=lambda pair: pair[0].range().start.index)
    file, line, _ = module.place(node)
    return OldPlace(
        file,
        line,
        kind,
        node.text().encode("latin-1").decode("utf-8", "replace").splitlines()[0][:60],
    )


def _imports(module: Module) -> Iterator[OldPlace]:
    for found in module.imports:
        if found.module in MODULES and not is_guarded(found.node):
            file, line, _ = module.place(found.node)
            yield OldPlace(file, line, "module", found.module, MODULES[found.module])


def _names(module: Module) -> Iterator[OldPlace]:
    own = set(module.assignments) | {found.bound for found in module.imports}
    for call in module.nodes("call"):
        name = callee(call)
        owner, _, last = name.rpartition(".")
        instead = ""
        if name in _BUILTINS and name not in own:
            instead = _BUILTINS[name]
        elif owner and last in _METHODS and owner.rpartition(".")[2] != "six":
            instead = _METHODS[last]
        elif name in _FUNCTIONS:
            instead = _FUNCTIONS[name]
        if instead and not _guarded_by_version(call):
            file, line, _ = module.place(call)
            yield OldPlace(
                file, line, "name", f"{last if owner and last in _METHODS else name}()", instead
            )


def _guarded_by_version(node: SgNode) -> bool:
    """Return whether a node is in a `try`, or in an `if` that checks the Python version."""
    for above in node.ancestors():
        if above.kind() == "try_statement":
            return True
        if above.kind() in GUARDS and (condition := above.field("condition")) is not None:
            text = condition.text()
            if "version" in text or "PY2" in text or "PY3" in text:
                return True
    return False
