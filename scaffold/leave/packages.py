"""Which module of the app an import means."""

from __future__ import annotations

import re
from functools import cached_property
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from scaffold.leave import sdk
from scaffold.leave.names import ModuleNames

if TYPE_CHECKING:
    from scaffold.checks.module import Module
    from scaffold.checks.project import Project

_DOTS = re.compile(r"\.+")
# What every copy of the SDK has, one in the app's own tree too.
_MARKS = ("client.py", "query.py", "object_.py")
# The package that scaffold puts into projects; its own use of the SDK is no use by the app.
_OURS = "leanengine"


class Packages:
    """The modules of an app that may use the SDK, by path.

    Args:
        project: the app.
    """

    def __init__(self, project: Project) -> None:
        self._modules = {m.path: m for m in project.modules if not m.is_test}
        self._names: dict[str, ModuleNames] = {}

    @cached_property
    def copies(self) -> tuple[str, ...]:
        """The folders with a copy of the SDK, with a slash at their end."""
        clients = (path for path in self._modules if path.endswith(f"{sdk.PACKAGE}/client.py"))
        return tuple(f"{folder}/" for folder in map(dirname, clients) if self._is_copy(folder))

    def _is_copy(self, folder: str) -> bool:
        return all(join(folder, mark) in self._modules for mark in _MARKS)

    @cached_property
    def relevant(self) -> list[Module]:
        """The modules to read: those that name the SDK, and those that import such a one."""
        own = {p: m for p, m in self._modules.items() if not self.is_foreign(p)}
        found = {path: m for path, m in own.items() if b"leancloud" in m.data}
        waiting = dict(found)
        while waiting:
            importing = _importing({_stem(path) for path in waiting})
            rest = ((path, m) for path, m in own.items() if path not in found)
            waiting = {path: m for path, m in rest if importing.search(m.data)}
            found |= waiting
        return [module for path, module in own.items() if path in found]

    def names(self, path: str) -> ModuleNames:
        """Return the names of a module of the app."""
        if path not in self._names:
            self._names[path] = ModuleNames(self._modules[path])
        return self._names[path]

    def is_ours(self, path: str) -> bool:
        """Return whether a module is of the package that scaffold puts into projects."""
        return path.startswith(f"{_OURS}/") and f"{_OURS}/sdk.py" in self._modules

    def is_sdk(self, importer: str, module: str) -> bool:
        """Return whether an imported module is the SDK, not one of the app's own of that name."""
        if module != sdk.PACKAGE and not module.startswith(f"{sdk.PACKAGE}."):
            return False
        path = self.find(importer, sdk.PACKAGE)
        return path is None or path.startswith(self.copies or ("\0",))

    def find(self, importer: str, module: str) -> str | None:
        """Return the path of a module of the app, None for others.

        Args:
            importer: the path of the module that imports it.
            module: the name as written, with its dots.
        """
        dots = _DOTS.match(module)
        name = module.lstrip(".").replace(".", "/")
        folder = dirname(importer)
        if dots:
            return self._at(normpath(join(folder, "../" * (len(dots[0]) - 1), name)))
        while True:  # Python 2 looks next to the importer first; sys.path may begin at any folder
            found = self._at(join(folder, name))
            if found or not folder:
                return found
            folder = dirname(folder)

    def _at(self, path: str) -> str | None:
        candidates = (f"{path}.py", normpath(join(path, "__init__.py")))
        return next((found for found in candidates if found in self._modules), None)

    def is_foreign(self, path: str) -> bool:
        """Return whether a module is not the app's own: scaffold's, or of a copy of the SDK."""
        return self.is_ours(path) or path.startswith(self.copies or ("\0",))


def _stem(path: str) -> bytes:
    name = path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]
    return name.encode("utf-8", "surrogateescape")


def _importing(stems: set[bytes]) -> re.Pattern[bytes]:
    """Return what finds a line that imports a module of one of these names."""
    names = b"|".join(sorted(map(re.escape, stems)))
    # `from . import x` may name anything of a package's __init__.
    return re.compile(
        rb"^[ \t]*(?:from[ \t]+\.+[ \t]+import|(?:from|import)\b[^\n]*\b(?:%b)\b)" % names,
        re.MULTILINE,
    )
