"""Third-party imports, and the packages that may provide them."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import files, git, walking
from scaffold.adopt import python2
from scaffold.checks.module import in_function
from scaffold.requirements.distributions import (
    NOT_PACKAGES,
    REMOVED,
    distribution,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.checks.module import Import, Module
    from scaffold.checks.project import Project

_KNOWN_MODULES = NOT_PACKAGES | REMOVED | python2.MODULES.keys() | sys.stdlib_module_names
# What a module may be, by the end of its file's name.
_MODULE = re.compile(r"\.(?:py[cdwx]?|so|pyi|egg|whl|zip|tar\.gz|tgz)$")
_SKIPPED = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__"})
# More than a repository of sources has.
_MAX_ENTRIES = 100_000


@dataclass(frozen=True)
class Imported:
    """An import from a package that the project does not hold.

    Attributes:
        place: `file:line`.
        module: the first part of its name.
        package: the package that may provide it; a guess if it is in no table.
        is_ignored: git ignores a module of that name, so it is the user's own.
        at_import: it is imported as soon as the module is.
    """

    place: str
    module: str
    package: str
    is_ignored: bool = False
    at_import: bool = True


class Imports:
    """The imports of a project, and which of them are its own.

    Args:
        project: its files, as they will be.
        origin: the user's folder, where git and what it ignores are.
    """

    def __init__(self, project: Project, origin: Path) -> None:
        self._project = project
        self._origin = origin
        self._ignored: dict[tuple[str, str], bool] = {}

    @cached_property
    def own(self) -> frozenset[str]:
        """The names of all modules and folders anywhere in the repository, as `plain` has them.

        Whatever is among them may be what the code imports: through `sys.path`, a working folder, a
        package that is installed from there. An index has packages of every name, by anybody.
        """
        return frozenset(_names(_repository(self._origin)))

    def third_party(self, module: Module) -> Iterator[Imported]:
        """Yield what a module imports that is neither Python's nor the project's.

        Imports in a `try` may be missing.
        """
        for found in module.imports:
            name = found.module.partition(".")[0]
            if not name or name in _KNOWN_MODULES or plain(name) in self.own:
                continue
            if not any(above.kind() == "try_statement" for above in found.node.ancestors()):
                yield self._imported(module, found, name)

    def _imported(self, module: Module, found: Import, name: str) -> Imported:
        file, line, _ = module.place(found.node)
        is_ignored = self._is_ignored(module, name)
        return Imported(
            f"{file}:{line}",
            name,
            distribution(name),
            is_ignored=is_ignored,
            at_import=not in_function(found.node),
        )

    def _is_ignored(self, module: Module, name: str) -> bool:
        """Return whether git ignores a module of that name, in the root or next to its importer."""
        folder = module.path.rpartition("/")[0]
        key = (folder, name)
        if key not in self._ignored:
            places = {name, f"{folder}/{name}" if folder else name}
            paths = [f"{place}{end}" for place in sorted(places) for end in (".py", "/__init__.py")]
            self._ignored[key] = bool(git.ignored(self._origin, paths))
        return self._ignored[key]

    def guesses(self) -> list[Imported]:
        """Return the first import of each package that the code seems to need."""
        found: dict[str, Imported] = {}
        for module in self._project.modules:
            for imported in self.third_party(module) if not module.is_test else ():
                if not imported.is_ignored:
                    found.setdefault(imported.package, imported)
        return [found[package] for package in sorted(found)]


def _repository(folder: Path) -> Path:
    top = git.top(folder)
    return top if top is not None else folder


def _names(root: Path) -> Iterator[str]:
    seen = 0
    for _, subfolders, modules in os.walk(root):
        if walking.VIRTUALENV_MARK in modules:
            subfolders.clear()
            continue
        subfolders[:] = [name for name in subfolders if name not in _SKIPPED]
        yield from (plain(name) for name in subfolders)
        for name in modules:
            if _MODULE.search(name):
                # Of `mylib-1.0-py3-none-any.whl` and `mylib.cpython-311.so` the first part.
                yield plain(re.split(r"[.-]", name, maxsplit=1)[0])
        seen += len(modules) + len(subfolders)
        if seen > _MAX_ENTRIES:
            return
    yield from _submodules(root)


def _submodules(root: Path) -> Iterator[str]:
    """Yield the names of git's submodules, which may not be there."""
    with suppress(OSError):
        listed = files.read(root / ".gitmodules").decode("utf-8", "replace")
        for path in re.findall(r"^\s*path\s*=\s*(\S+)", listed, re.MULTILINE):
            yield plain(Path(path).name)
