"""The imports of scaffold, lazy ones included, as its source has them, and
the layers that they keep to.

A module imports from the layers below its own, and from its own package.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tools.written import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PACKAGE = "scaffold"
Graph = dict[str, set[str]]
# The parts of scaffold, the lowest layer first: a part imports from those above its line here only.
LAYERS = (
    # Facts, tables and text; they import nothing of ours.
    (
        "diff",
        "edits",
        "frameworks",
        "git_settings",
        "hosts",
        "paths",
        "printable",
        "requirements",
        "tables",
        "template_runtime",
        "temporary",
        "versions",
    ),
    ("jinja_compiler", "messages", "render", "servers", "tree"),
    ("errors", "matrix", "parsing"),
    # One place each for files, git, printing, the project that is written, and the data service.
    ("files", "git", "output", "questions", "store", "template_source", "walking", "writer"),
    # The platform, and what templates and the command line are read with.
    ("atomic", "click_i18n", "engine", "git_status", "remote_helper", "template_compiler"),
    ("own_folder",),
    # Commands are found by name, so that the command line imports none of them.
    ("catalog", "cli", "cutover", "export", "labels", "pins", "timers"),
    (
        "answer_files",
        "answers",
        "checks",
        "completion",
        "external_template",
        "nextsteps",
        "up",
    ),
    ("__main__", "completers", "explain", "importer", "leave", "migrate", "prompts"),
    ("adopt", "update", "wizard"),
    ("commands",),
)

# What leads upwards all the same, and why; modules never form a circle by it.
UPWARDS = {
    "checks -> migrate": "LE090 and LE091 report exactly what `scaffold migrate` would rename",
}


def graph(root: Path = ROOT) -> Graph:
    """Return what each module of scaffold imports of scaffold."""
    files = {_name(path, root): path for path in sorted((root / PACKAGE).rglob("*.py"))}
    return {name: set(_imports(path, files)) - {name} for name, path in files.items()}


def parts(modules: Graph) -> Graph:
    """Return the same for the parts of scaffold: its modules and packages at the top."""
    found: Graph = {}
    for module, imported in modules.items():
        if module != PACKAGE:
            mine = found.setdefault(part(module), set())
            mine |= {part(other) for other in imported if other != PACKAGE} - {part(module)}
    return found


def part(module: str) -> str:
    """Return the part that a module belongs to: `checks` for `scaffold.checks.rules.sdk`."""
    return module.removeprefix(f"{PACKAGE}.").partition(".")[0]


def reached(modules: Graph, start: str) -> set[str]:
    """Return the modules that one imports, and those that they import; importing
    a module imports its packages.
    """
    found: set[str] = set()
    waiting = [start]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += modules.get(module, ())
    return found


def upwards(found: Graph) -> list[str]:
    """Return the imports between parts that do not lead to a lower layer, as `one -> other`."""
    places = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    return [
        f"{name} -> {other}"
        for name, imported in sorted(found.items())
        for other in sorted(imported)
        if places.get(other, len(LAYERS)) >= places.get(name, -1)
    ]


def circle(modules: Graph) -> list[str]:
    """Return modules that import each other in a circle, nothing where there is none."""
    done: set[str] = set()
    for start in modules:
        way: list[str] = []
        if found := _circle_from(start, modules, way, done):
            return found
    return []


def _circle_from(module: str, modules: Graph, way: list[str], done: set[str]) -> list[str]:
    if module in way:
        return [*way[way.index(module) :], module]
    if module in done:
        return []
    way.append(module)
    for other in sorted(modules.get(module, ())):
        if found := _circle_from(other, modules, way, done):
            return found
    done.add(way.pop())
    return []


def _name(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _imports(path: Path, files: Mapping[str, Path]) -> Iterator[str]:
    """Yield what a module imports of scaffold: of `from scaffold.a import b` the
    module `b` if it is one, else `a`.
    """
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in files)
        elif isinstance(node, ast.ImportFrom) and node.module in files:
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in files else str(node.module) for name in names)
