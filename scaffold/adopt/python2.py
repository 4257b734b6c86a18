"""What keeps an app on Python 2: syntax, modules and names that Python 3 does not have."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.checks.module import callee

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.module import Module
    from scaffold.checks.project import Project

# Modules that were renamed or are gone, with what Python 3 has instead. Source: PEP 3108.
MODULES = {
    "BaseHTTPServer": "http.server",
    "ConfigParser": "configparser",
    "Cookie": "http.cookies",
    "HTMLParser": "html.parser",
    "Queue": "queue",
    "SocketServer": "socketserver",
    "StringIO": "io",
    "cPickle": "pickle",
    "cStringIO": "io",
    "commands": "subprocess",
    "cookielib": "http.cookiejar",
    "htmlentitydefs": "html.entities",
    "httplib": "http.client",
    "md5": "hashlib",
    "sets": "set()",
    "sha": "hashlib",
    "thread": "threading",
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
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
# Under these the other Python may be meant, or its lack is dealt with.
_GUARDS = frozenset({"try_statement", "if_statement", "conditional_expression"})
# How syntax that only Python 2 has is called: kinds of tree-sitter's Python grammar.
_SYNTAX = {"print_statement": "print", "exec_statement": "exec"}


@dataclass(frozen=True, order=True)
class OldPlace:
    """One place that Python 3 does not take.

    Attributes:
        kind: `print`, `exec`, `except`, `tabs`, `syntax`, `module` or `name`; the message is `adopt.old.<kind>`.
        seen: what stands there.
        instead: what Python 3 has instead.
    """

    file: str
    line: int
    kind: str
    seen: str
    instead: str = ""


def old_places(project: Project, entries: Iterable[str], *, everything: bool) -> list[OldPlace]:
    """Return what keeps the app on Python 2, the first place of each sort in each file.

    Args:
        project: its files.
        entries: dotted names of the modules that are started.
        everything: take every module but the tests for a part of the app, as frameworks do that import by name.
    """
    modules = [m for m in project.modules if not m.is_test] if everything else reachable(project, entries)
    found: list[OldPlace] = []
    for module in modules:
        found += _of_module(module)
    return sorted(found)


def reachable(project: Project, entries: Iterable[str]) -> list[Module]:
    """Return the project's modules that are imported when these are, directly or not."""
    by_name = {module.dotted: module for module in project.modules}
    waiting = list(entries)
    seen: dict[str, Module] = {}
    while waiting:
        name = waiting.pop()
        if name.endswith(".*"):  # a package's `__all__` may name any of its modules
            waiting += [other for other in by_name if other.startswith(name[:-1]) and other not in seen]
            continue
        for part in _with_packages(name):
            module = by_name.get(part)
            if module is not None and part not in seen:
                seen[part] = module
                waiting += _imported(module)
    return [module for _, module in sorted(seen.items())]


def missing_parts(project: Project, module: Module) -> Iterator[tuple[str, str]]:
    """Yield place and name of each import from the project's own packages that no file answers.

    What stands in a `try` may be missing.
    """
    known = {other.dotted for other in project.modules} | {
        path.removesuffix("/__init__.py").replace("/", ".") for path in project.files if path.endswith("/__init__.py")
    }
    folders = {str(parent).replace("/", ".") for path in project.files for parent in PurePosixPath(path).parents}
    for found in module.imports:
        top, dot, _ = found.module.partition(".")
        if not dot or not top or top not in known or found.module in known | folders or _guarded(found.node):
            continue
        file, line, _ = module.place(found.node)
        yield f"{file}:{line}", found.module


def _with_packages(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[: number + 1]) for number in range(len(parts)))


def _imported(module: Module) -> Iterator[str]:
    package = module.dotted if module.path.endswith("/__init__.py") else module.dotted.rpartition(".")[0]
    beside = str(PurePosixPath(module.path).parent).replace("/", ".")
    for found in module.imports:
        name = found.module
        if name.startswith("."):
            rest = name.lstrip(".")
            above = package.split(".")[: max(0, len(package.split(".")) - (len(name) - len(rest) - 1))]
            name = ".".join([*filter(None, above), *([rest] if rest else [])])
        for full in (name, f"{name}.{found.name}"):
            yield full
            if beside != ".":  # Python 2 looks beside the module first
                yield f"{beside}.{full}"


def _of_module(module: Module) -> Iterator[OldPlace]:
    broken = _syntax(module)
    if broken:
        yield broken
    first: dict[str, OldPlace] = {}
    for place in (*_imports(module), *_names(module)):
        first.setdefault(place.seen, place)
    yield from first.values()


def _syntax(module: Module) -> OldPlace | None:
    """Return why Python 3 cannot parse a file, None if it can; what the tree calls it, in Python 3's own words else."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(module.data)
    except SyntaxError as error:
        return _named(module) or OldPlace(module.path, error.lineno or 1, "syntax", str(error.msg))
    except ValueError as error:
        return OldPlace(module.path, 1, "syntax", str(error))
    return None


def _named(module: Module) -> OldPlace | None:
    nodes: list[tuple[SgNode, str]] = [(node, kind) for name, kind in _SYNTAX.items() for node in module.nodes(name)]
    clauses = module.nodes("except_clause")
    nodes += [(node, "except") for node in clauses if [child.kind() for child in node.children()][2:3] == [","]]
    if not nodes:
        return None
    node, kind = min(nodes, key=lambda pair: pair[0].range().start.index)
    file, line, _ = module.place(node)
    return OldPlace(file, line, kind, node.text().encode("latin-1").decode("utf-8", "replace").splitlines()[0][:60])


def _guarded(node: SgNode) -> bool:
    return any(above.kind() in _GUARDS for above in node.ancestors())


def _imports(module: Module) -> Iterator[OldPlace]:
    for found in module.imports:
        if found.module in MODULES and not _guarded(found.node):
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
            yield OldPlace(file, line, "name", f"{last if owner and last in _METHODS else name}()", instead)


def _guarded_by_version(node: SgNode) -> bool:
    """Return whether a place is under a condition that asks for the Python version, or in a `try`."""
    for above in node.ancestors():
        if above.kind() == "try_statement":
            return True
        if above.kind() in _GUARDS and (condition := above.field("condition")) is not None:
            text = condition.text()
            if "version" in text or "PY2" in text or "PY3" in text:
                return True
    return False
