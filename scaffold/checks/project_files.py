"""The files of a project, and its Python modules."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from scaffold import files, walking
from scaffold.checks import tree
from scaffold.checks.module import Module
from scaffold.checks.repository import ProjectRepository

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

EDITOR_FOLDERS = (".fleet", ".idea", ".vs", ".vscode", ".zed")


class ProjectFiles:
    """The files of one project, read once and when asked for.

    Args:
        root: its folder.
        excluded: paths or names that are not read.
        overlay: files that are taken to have other contents than they have.
    """

    def __init__(
        self, root: Path, excluded: tuple[str, ...] = (), overlay: Mapping[str, bytes] | None = None
    ) -> None:
        self.root = root
        self.files = tuple(walking.walk(root, excluded))
        self._known = frozenset(self.files)
        self._data: dict[str, bytes] = dict(overlay or {})
        self._containing: dict[bytes, frozenset[str]] = {}

    def read(self, path: str) -> bytes:
        """Return a file's bytes; none where it is absent or no text."""
        if path not in self._data:
            is_known = path in self._known or path in self.editor_files
            self._data[path] = tree.read(self.root / path) if is_known else b""
        return self._data[path]

    def obstacle(self, path: str) -> str:
        """Return why something of this name cannot be read; empty if it can, or is not there."""
        try:
            files.read(self.root / path, limit=tree.MAX_BYTES, root=self.root)
        except FileNotFoundError:
            return ""
        except files.UnreadableError as error:
            return str(error.strerror)
        return ""

    def text(self, path: str) -> str:
        """Return a file's text."""
        return files.decode(self.read(path))

    @cached_property
    def repository(self) -> ProjectRepository:
        """What git makes of the files."""
        return ProjectRepository(self.root, self.files)

    @cached_property
    def editor_files(self) -> tuple[str, ...]:
        """The settings of editors: nobody's source, but read for what must not be in them."""
        folders = (name for name in EDITOR_FOLDERS if (self.root / name).is_dir())
        return tuple(
            f"{name}/{path}" for name in folders for path in walking.walk(self.root / name)
        )

    def has(self, path: str) -> bool:
        """Return whether there is such a file or folder, given from the project's root."""
        return path in self._known or files.exists(self.root / path)

    @cached_property
    def modules(self) -> list[Module]:
        """The project's Python files that are not empty."""
        paths = (path for path in self.files if path.endswith(".py"))
        return [
            Module(path, data) for path in paths if (data := self.read(path)) and b"\0" not in data
        ]

    def modules_with(
        self, *needles: bytes, also: bytes = b"", tests: bool = False
    ) -> Iterator[Module]:
        """Yield the modules that contain one of these words; looking for a
        word is cheap, parsing is not.

        Args:
            needles: the words.
            also: a word that must be there too.
            tests: yield the project's tests as well.
        """
        for needle in needles:
            if needle not in self._containing:
                self._containing[needle] = frozenset(
                    m.path for m in self.modules if needle in m.data
                )
        paths = frozenset[str]().union(*(self._containing[needle] for needle in needles))
        for module in self.modules if paths else ():
            if module.path in paths and also in module.data and (tests or not module.is_test):
                yield module

    def mentions(self, *needles: bytes) -> bool:
        """Return whether a module but for the tests contains one of these words."""
        return next(self.modules_with(*needles), None) is not None

    def module(self, path: str) -> Module | None:
        """Return the module of a file."""
        return next((module for module in self.modules if module.path == path), None)
