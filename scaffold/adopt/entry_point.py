"""Which object of which module is the app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.checks.module import callee, in_function, under_main
from scaffold.checks.project import ENTRY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.module import Module
    from scaffold.checks.project import Project

APPLICATION = "application"
# Names that a module gives its app, the likeliest first.
_NAMES = (APPLICATION, "app", "api", "server")
# Modules that hold it, the likeliest first.
_MODULES = ("wsgi", "asgi", "app", "main", "server", "application", "index", "run", "manage")
_FACTORIES = ("create_app", "make_app", "build_app", "get_app")


@dataclass(frozen=True)
class EntryPoint:
    """The app.

    Attributes:
        module: the dotted name it is imported by.
        name: its name there; with `()` it is made by calling it.
        place: the file and line.
    """

    module: str
    name: str
    place: str


def find_entry_point(project: Project, starter: str, makers: tuple[str, ...]) -> EntryPoint | None:
    """Return the app that is served, None where that is not certain.

    What wsgi.py calls `application` is certain; so is the only object that one of `makers` makes at
    the top of a module. Of several, the one in the likeliest module is taken if no other module is
    as likely.
    """
    entry = project.entry
    if entry is not None:
        names = dict(_bound(entry))
        # A wsgi.py that only imports the one of a package leaves its app there.
        for name in _NAMES[:2]:
            if name in names:
                return EntryPoint("wsgi", name, _place(entry, names[name]))
    if starter == "django" and (found := _django(project)):
        return found
    apps = list(_made(project, makers))
    return _likeliest(apps) or _likeliest(list(_factories(project, makers)))


def _bound(module: Module) -> Iterator[tuple[str, SgNode]]:
    """Yield the names that a module binds at its top, with where."""
    for found in module.imports:
        # `import app` binds a module, which is no app.
        if found.name and not in_function(found.node):
            yield found.bound, found.node
    for name, values in module.assignments.items():
        yield from (
            (name, value) for value in values if not in_function(value) and not under_main(value)
        )
    for node in module.nodes("function_definition"):
        name_node = node.field("name")
        if name_node is not None and not in_function(node):
            yield name_node.text(), node


def _django(project: Project) -> EntryPoint | None:
    found = []
    for module in project.modules:
        if module.path.rpartition("/")[2] == ENTRY and not module.is_test:
            names = dict(_bound(module))
            if APPLICATION in names:
                found.append(
                    EntryPoint(module.dotted, APPLICATION, _place(module, names[APPLICATION]))
                )
    return found[0] if len(found) == 1 else None


def _made(project: Project, makers: tuple[str, ...]) -> Iterator[EntryPoint]:
    for module in project.modules_with(*(maker.encode() for maker in makers)):
        for name, values in module.assignments.items():
            for value in values:
                if (
                    value.kind() == "call"
                    and callee(value).rpartition(".")[2] in makers
                    and not in_function(value)
                ):
                    yield EntryPoint(module.dotted, name, _place(module, value))


def _factories(project: Project, makers: tuple[str, ...]) -> Iterator[EntryPoint]:
    for module in project.modules_with(*(maker.encode() for maker in makers)):
        for node in module.nodes("function_definition"):
            name, parameters = node.field("name"), node.field("parameters")
            if (
                name is None
                or parameters is None
                or name.text() not in _FACTORIES
                or in_function(node)
            ):
                continue
            needed = [
                p
                for p in parameters.named_children()
                if p.kind() in {"identifier", "typed_parameter"}
            ]
            if not needed:
                yield EntryPoint(module.dotted, f"{name.text()}()", _place(module, node))


def _likeliest(found: list[EntryPoint]) -> EntryPoint | None:
    if len(found) <= 1:
        return found[0] if found else None
    ranked = sorted(found, key=_rank)
    return ranked[0] if _rank(ranked[0]) < _rank(ranked[1]) else None


def _rank(entry: EntryPoint) -> tuple[int, int]:
    last = entry.module.rpartition(".")[2]
    module = _MODULES.index(last) if last in _MODULES else len(_MODULES)
    return entry.module.count(".") * len(_MODULES) + module, entry.name not in _NAMES


def _place(module: Module, node: SgNode) -> str:
    file, line, _ = module.place(node)
    return f"{file}:{line}"
