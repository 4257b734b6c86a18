"""Git's index: what is committed next, and the versions of files in conflict."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import git

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class IndexEntry:
    """One line of git's index."""

    mode: str
    blob: str
    stage: str
    path: str

    def __str__(self) -> str:
        return f"{self.mode} {self.blob} {self.stage}\t{self.path}"


def read(folder: Path, variables: Mapping[str, str] | None = None) -> list[IndexEntry]:
    """Return git's index below a folder, with paths from the top of the repository.

    Args:
        folder: where git runs.
        variables: what leads it to the repository, if not the folder does.
    """
    entries = []
    listed = git.output(
        folder, "ls-files", "--stage", "-z", "--full-name", "--", ".", variables=variables
    )
    for line in git.names(listed):
        facts, path = line.split("\t", 1)
        mode, blob, stage = facts.split(" ")
        entries.append(IndexEntry(mode, blob, stage, path))
    return entries


def lines(entries: Iterable[IndexEntry]) -> bytes:
    """Return entries as `git update-index -z --index-info` reads them."""
    return b"".join(os.fsencode(str(entry)) + b"\0" for entry in entries)


def removals(entries: Iterable[IndexEntry]) -> list[IndexEntry]:
    """Return the entries that take the paths of others out of the index."""
    blobs = {entry.path: entry.blob for entry in entries}
    return [IndexEntry("0", "0" * len(blob), "0", path) for path, blob in blobs.items()]
