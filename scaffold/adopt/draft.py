"""A copy of the project in which the changes are tried before any of them reaches the user's files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold.checks import tree
from scaffold.checks.project import Project
from scaffold.engine.build import copy_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scaffold.checks.rule import Edit


@dataclass(frozen=True)
class Change:
    """What becomes of one file.

    Attributes:
        path: relative to the project, with slashes.
        before: its bytes, None for a new file.
        after: its bytes afterwards.
        reasons: why, for people: keys of `adopt.reason` with their parameters.
    """

    path: str
    before: bytes | None
    after: bytes
    reasons: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


@dataclass
class Draft:
    """The project as it will be.

    Args:
        origin: the user's folder, which is only read.
        folder: the copy.
    """

    origin: Path
    folder: Path
    _reasons: dict[str, list[tuple[str, tuple[tuple[str, str], ...]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the copy."""
        copy_files(self.origin, self.folder)

    @property
    def project(self) -> Project:
        """The files as they are now; a new object after each change, as it keeps what it has read."""
        return Project(self.folder)

    def has(self, path: str) -> bool:
        """Return whether there is such a file, in the user's folder too: what is ignored or secret is not copied."""
        return (self.folder / path).exists() or (self.origin / path).exists()

    def write(self, path: str, data: bytes, reason: str, **params: str) -> None:
        """Put a file into the copy.

        Args:
            path: relative to the project, with slashes.
            data: its whole contents.
            reason: a key of `adopt.reason`.
            params: values for the reason's placeholders.
        """
        place = self.folder / path
        if place.is_file() and place.read_bytes() == data:
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        said = (reason, tuple(sorted(params.items())))
        known = self._reasons.setdefault(path, [])
        if said not in known:
            known.append(said)

    def edit(self, path: str, edits: Iterable[Edit], reason: str, **params: str) -> None:
        """Replace some bytes of a file; of two edits that overlap the first wins."""
        data = (self.folder / path).read_bytes()
        pieces: list[bytes] = []
        position = 0
        for edit in sorted(dict.fromkeys(edits), key=lambda edit: edit.start):
            if edit.start >= position:
                pieces += [data[position : edit.start], edit.new]
                position = edit.end
        self.write(path, b"".join([*pieces, data[position:]]), reason, **params)

    def changes(self) -> tuple[Change, ...]:
        """Return what differs from the user's files, by path."""
        found = []
        for path, reasons in sorted(self._reasons.items()):
            source = self.origin / path
            before = source.read_bytes() if source.is_file() else None
            after = (self.folder / path).read_bytes()
            if before != after:
                found.append(Change(path, before, after, tuple(reasons)))
        return tuple(found)

    def tracked_below(self, folder: str) -> bool:
        """Return whether the user's own files lie in a folder."""
        return any(path.startswith(f"{folder}/") for path in tree.walk(self.origin))
