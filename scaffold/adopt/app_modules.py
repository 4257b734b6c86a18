"""Which of the project's files the app consists of: what it imports, and what it loads by name."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from scaffold.checks.module import Module, arguments, in_function, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ast_grep_py import SgNode

    from scaffold.checks.module import Import
    from scaffold.checks.project import Project

# Under these the other Python may be meant, or its lack is dealt with.
GUARDS = frozenset({"try_statement", "if_statement", "conditional_expression"})
# Calls that read source, or its path.
_LOADERS = (
    "open",
    "file",
    "execfile",
    "import_module",
    "__import__",
    "load_source",
    "run_path",
    "Path",
    "join",
)


def reachable(project: Project, entries: Iterable[str]) -> list[Module]:
    """Return the project's modules that are imported when these are, directly or not."""
    by_name = {module.dotted: module for module in project.modules}
    waiting = list(entries)
    seen: dict[str, Module] = {}
    while waiting:
        name = waiting.pop()
        if name.endswith(".*"):  # a package's `__all__` may name any of its modules
            waiting += [
                other for other in by_name if other.startswith(name[:-1]) and other not in seen
            ]
            continue
        for part in _with_packages(name):
            module = by_name.get(part)
            if module is not None and part not in seen:
                seen[part] = module
                waiting += _imported(module)
    return [module for _, module in sorted(seen.items())]


def missing_parts(project: Project, module: Module) -> Iterator[tuple[str, str, bool]]:
    """Yield each import from the project's own packages that no file provides.

    Imports in a `try` may be missing.

    Yields:
        The place, the module, and whether it is imported as soon as the module is.
    """
    known = {path.removesuffix(".py").replace("/", ".") for path in project.files}
    known |= {name.removesuffix(".__init__") for name in known}
    folders = {
        str(parent).replace("/", ".")
        for path in project.files
        for parent in PurePosixPath(path).parents
    }
    for found in module.imports:
        name = absolute_name(module, found)
        top, dot, _ = name.partition(".")
        is_own = bool(dot and top) and (top in known or found.module.startswith("."))
        if is_own and name not in known | folders and not is_guarded(found.node):
            file, line, _ = module.place(found.node)
            yield f"{file}:{line}", name, not in_function(found.node)


def absolute_name(module: Module, found: Import) -> str:
    """Return the module that an import names, from the project's root: `shop.db` for `.db`."""
    name = found.module
    if not name.startswith("."):
        return name
    rest = name.lstrip(".")
    package = module.dotted.split(".")
    if not module.path.endswith("/__init__.py"):
        package.pop()
    levels_up = len(name) - len(rest) - 1
    above = package[: max(0, len(package) - levels_up)]
    return ".".join([*filter(None, above), *([rest] if rest else [])])


def _with_packages(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[: number + 1]) for number in range(len(parts)))


def _imported(module: Module) -> Iterator[str]:
    folder = str(PurePosixPath(module.path).parent).replace("/", ".")
    for found in module.imports:
        name = absolute_name(module, found)
        for full in (name, f"{name}.{found.name}"):
            yield full
            if folder != ".":  # Python 2 looks in the module's own folder first
                yield f"{folder}.{full}"


def loads_by_name(project: Project) -> bool:
    """Return whether modules are imported by a name that is only made when the app runs."""
    names = ("import_module", "__import__", "execfile", "iter_modules")
    for module in project.modules_with(*(name.encode() for name in names)):
        for call in module.calls(*names):
            positional, _ = arguments(call)
            if not positional or literal(positional[0]) is None:
                return True
    return False


def loaded_files(project: Project) -> Iterator[Module]:
    """Yield the files that the code names in a string to open, import or run them as source."""
    for module in project.modules_with(
        b"compile", b"exec", b"import_module", b"__import__", b"load_source"
    ):
        folder = module.path.rpartition("/")[0]
        for call in module.calls(*_LOADERS):
            for node in call.find_all(kind="string"):
                name = literal(node) or ""
                dotted = name.replace(".", "/")
                for path in (name, f"{folder}/{name}", f"{dotted}.py", f"{dotted}/__init__.py"):
                    if path in project.files:
                        yield Module(path, project.read(path))


def is_guarded(node: SgNode) -> bool:
    """Return whether a node is in a `try` or under a condition."""
    return any(above.kind() in GUARDS for above in node.ancestors())
