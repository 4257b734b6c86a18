"""A copy of the project in which the changes are made before the user's files are touched."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from scaffold import atomic, files, git, walking
from scaffold.checks.project import Project
from scaffold.edits import apply_edits
from scaffold.engine.build import copy_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scaffold.edits import Edit


@dataclass(frozen=True)
class FileChange:
    """What becomes of one file.

    Attributes:
        path: relative to the project, with slashes; `../Dockerfile` for one outside of it.
        before: its bytes, None for a new file.
        after: its bytes afterwards.
        reasons: why, for people: keys of `adopt.reason` with their parameters.
    """

    path: str
    before: bytes | None
    after: bytes
    reasons: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()

    @property
    def is_outside(self) -> bool:
        """Whether the file is not in the project's folder."""
        return self.path.startswith("../")


@dataclass
class Draft:
    """The project as it will be.

    Args:
        origin: the user's folder, which is only read.
        folder: the copy.
        outside: changes of files of the repository that are not in the project's folder.
    """

    origin: Path
    folder: Path
    outside: list[FileChange] = field(default_factory=list)
    _reasons: dict[str, list[tuple[str, tuple[tuple[str, str], ...]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the copy."""
        copy_files(self.origin, self.folder)

    @cached_property
    def top(self) -> Path | None:
        """The folder of the user's repository, None where there is none."""
        return git.top(self.origin)

    @cached_property
    def prefix(self) -> str:
        """The path from there to the user's folder, as `git.prefix` has it."""
        return git.prefix(self.origin)

    @property
    def project(self) -> Project:
        """The current files; a new object each time, because a project caches what it reads."""
        return Project(self.folder)

    def has(self, path: str) -> bool:
        """Return whether a file exists, also in the user's folder: secrets are not copied."""
        return (self.folder / path).exists() or (self.origin / path).exists()

    def write(self, path: str, data: bytes, *reasons: str, **params: str) -> None:
        """Put a file into the copy.

        Args:
            path: relative to the project, with slashes.
            data: its whole contents.
            reasons: keys of `adopt.reason`.
            params: values for the placeholders of the reasons.
        """
        place = self.folder / path
        if place.is_file() and files.read(place) == data:
            return
        if place.is_symlink():
            # An absolute one still leads to the user's own file.
            place.unlink()
        atomic.write_all(self.folder, {path: data})
        self._reasons.setdefault(path, [])
        for reason in reasons:
            self.explain(path, reason, **params)

    def explain(self, path: str, reason: str, **params: str) -> None:
        """Give a reason for the change of a file, a key of `adopt.reason` with its parameters."""
        known = self._reasons.setdefault(path, [])
        explained = (reason, tuple(sorted(params.items())))
        if explained not in known:
            known.append(explained)

    def edit(self, path: str, edits: Iterable[Edit], *reasons: str, **params: str) -> None:
        """Replace some bytes of a file; of two edits that overlap the first wins."""
        data = files.read(self.folder / path)
        self.write(path, apply_edits(data, edits), *reasons, **params)

    def changes(self) -> tuple[FileChange, ...]:
        """Return what differs from the user's files, by path."""
        found = []
        for path, reasons in sorted(self._reasons.items()):
            source = self.origin / path
            before = files.read(source) if source.is_file() else None
            after = files.read(self.folder / path)
            if before != after:
                found.append(FileChange(path, before, after, tuple(reasons)))
        return (*found, *self.outside)

    def tracked_below(self, folder: str) -> bool:
        """Return whether the user's own files lie in a folder."""
        return any(path.startswith(f"{folder}/") for path in walking.walk(self.origin))
