"""Imports that nothing provides: modules that do not exist, packages that are not required."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scaffold.adopt.app_modules import absolute_name, is_guarded, missing_parts
from scaffold.checks.module import in_function
from scaffold.requirements.distributions import DISTRIBUTIONS, plain, provides
from scaffold.servers import PROGRAMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.adopt.third_party import Imported, Imports
    from scaffold.checks.module import Module
    from scaffold.checks.project import Project

# Packages that are run rather than imported.
_SERVERS = {name for server in PROGRAMS.values() for name in (*server.packages, *server.brought_by)}
# leanengine/, which is added, imports python-dotenv.
_TOOLS = frozenset(
    {"pip", "python-dotenv", "setuptools", "supervisor", "wheel", *_SERVERS} - {"fastapi", "flask"}
)


@dataclass(frozen=True)
class MissingModule:
    """A module that the app imports and that is not there.

    Attributes:
        kind: the end of `adopt.missing.<kind>`: `absent`, `ignored`, `implicit` or `unrequired`.
        place: the first place that imports it.
        module: its name.
        package: the package that may provide it; a guess.
        is_certain: whether the app surely cannot start without it.
        others: how many more places import it.
    """

    kind: str
    place: str
    module: str
    package: str = ""
    is_certain: bool = True
    others: int = 0


@dataclass(frozen=True)
class Surroundings:
    """What provides imports.

    Attributes:
        project: the files.
        imports: which names are the project's own.
        packages: what is installed.
        ignored: files that are there and that git ignores.
        is_python_2: whether the app runs on Python 2.
    """

    project: Project
    imports: Imports
    packages: frozenset[str]
    ignored: frozenset[str] = frozenset()
    is_python_2: bool = False


def missing_imports(given: Surroundings, modules: Iterable[Module]) -> list[MissingModule]:
    """Return what some modules import and nothing provides, each once.

    Args:
        given: what provides imports.
        modules: the modules that the app consists of.
    """
    installed = _Installed(given.packages)
    found: dict[tuple[str, str], MissingModule] = {}
    modules = [module for module in modules if not module.is_test]
    for module in modules:
        for missing in _of_module(given, module, installed):
            key = (missing.kind, missing.module)
            first = found.get(key)
            found[key] = replace(first, others=first.others + 1) if first else missing
    if installed.unclaimed(_imported_names(modules)):
        return [_uncertain(missing) for missing in found.values()]
    return list(found.values())


def _of_module(
    given: Surroundings, module: Module, installed: _Installed
) -> Iterator[MissingModule]:
    yield from _absent(given.project, module)
    yield from _unrequired(given.imports, module, installed)
    yield from _not_committed(module, given.ignored)
    # With a folder on `sys.path` its modules are found by their plain names.
    if not given.is_python_2 and not given.project.mentions(b"sys.path"):
        yield from _implicit(given.project, module, installed)


def _not_committed(module: Module, ignored: frozenset[str]) -> Iterator[MissingModule]:
    """Yield imports of modules that are there, and that a clone would not have."""
    for found in module.imports:
        path = absolute_name(module, found).replace(".", "/")
        if not ignored.isdisjoint({f"{path}.py", f"{path}/__init__.py"}):
            file, line, _ = module.place(found.node)
            name = absolute_name(module, found)
            yield MissingModule("ignored", f"{file}:{line}", name, is_certain=False)


def _implicit(project: Project, module: Module, installed: _Installed) -> Iterator[MissingModule]:
    """Yield imports of a module in the same package by its plain name: only Python 2 finds it."""
    folder = module.path.rpartition("/")[0]
    if f"{folder}/__init__.py" not in project.files:
        return
    for found in module.imports:
        name = found.module.partition(".")[0]
        is_beside = bool(name) and _has_module(project, f"{folder}/{name}")
        is_elsewhere = name in sys.stdlib_module_names or _has_module(project, name)
        if not is_beside or is_elsewhere or installed.provides(name) or is_guarded(found.node):
            continue
        file, line, _ = module.place(found.node)
        yield MissingModule(
            "implicit", f"{file}:{line}", name, is_certain=not in_function(found.node)
        )


def _has_module(project: Project, path: str) -> bool:
    return not {f"{path}.py", f"{path}/__init__.py"}.isdisjoint(project.files)


def _uncertain(missing: MissingModule) -> MissingModule:
    """Return an import that an installed package with another name may provide."""
    return replace(missing, is_certain=False) if missing.kind == "unrequired" else missing


def _absent(project: Project, module: Module) -> Iterator[MissingModule]:
    for place, name, at_import in missing_parts(project, module):
        yield MissingModule("absent", place, name, is_certain=at_import)


def _unrequired(imports: Imports, module: Module, installed: _Installed) -> Iterator[MissingModule]:
    for imported in imports.third_party(module):
        if imported.is_ignored:
            yield _missing("ignored", imported)
        elif not installed.has(imported):
            yield _missing("unrequired", imported)


def _missing(kind: str, imported: Imported) -> MissingModule:
    package = imported.package if kind == "unrequired" else ""
    return MissingModule(
        kind, imported.place, imported.module, package, is_certain=imported.at_import
    )


def _imported_names(modules: Iterable[Module]) -> set[str]:
    return {found.module.partition(".")[0] for module in modules for found in module.imports}


class _Installed:
    """The packages that are installed.

    Args:
        packages: their names.
    """

    def __init__(self, packages: Iterable[str]) -> None:
        self._packages = frozenset(packages)

    def has(self, imported: Imported) -> bool:
        """Return whether one of them surely or probably has a module."""
        return imported.package in self._packages or self.provides(imported.module)

    def provides(self, module: str) -> bool:
        """Return whether one of them has, or seems to have, a module of this name."""
        return provides(self._packages, module)

    def unclaimed(self, modules: set[str]) -> set[str]:
        """Return the packages of which no imported module has the name."""
        known = {DISTRIBUTIONS.get(module, "") for module in modules}
        names = {plain(module) for module in modules}
        return {
            package for package in self._packages - known - _TOOLS if plain(package) not in names
        }
