"""What an update comes to: every file, and what happens to it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import git
from scaffold.update import index

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scaffold.update.index import IndexEntry
    from scaffold.update.working_copy import WorkingCopy

_ACTIONS = {"A": "added", "D": "removed"}
# How git marks what both sides changed, at the beginning of a line.
_OPENS = b"<<<<<<< "


@dataclass(frozen=True)
class FileUpdate:
    """What happens to one file.

    Attributes:
        path: from the project's folder, `/` between parts.
        action: `added`, `changed`, `removed`, or `conflict`: changed by
            both sides in the same place.
        mode: what git calls its kind afterwards, such as `100755`.
        added, removed: lines; None for what is not text.
        conflicts: the lines at which it has to be decided by hand; none where
            the user's file stays as it is.
        ignored: it is new, and a `git add` would pass it over.
        has_theirs: git's index holds the template's version beside the user's.
    """

    path: str
    action: str
    mode: str
    added: int | None
    removed: int | None
    conflicts: tuple[int, ...] = ()
    ignored: bool = False
    has_theirs: bool = False


@dataclass(frozen=True)
class UpdatePlan:
    """What happens to all of them.

    Attributes:
        changes: sorted by path.
        entries: lines of git's index that change, as they are to be.
    """

    changes: tuple[FileUpdate, ...]
    entries: tuple[IndexEntry, ...]

    def of(self, action: str) -> list[FileUpdate]:
        """Return the changes of one kind."""
        return [change for change in self.changes if change.action == action]


def read(copy: WorkingCopy) -> UpdatePlan:
    """Return what has happened in the copy since it was made."""
    before = set(copy.first_entries)
    entries = [entry for entry in index.read(copy.project, copy.variables) if entry not in before]
    unmerged = {
        entry.path.removeprefix(copy.repository.prefix): entry
        for entry in entries
        if entry.stage != "0"
    }
    changes = []
    ignored = _ignored(copy)
    for path, status, mode, added, removed in _differences(copy):
        if copy.is_untouched(path):
            continue
        action = "conflict" if path in unmerged else _ACTIONS.get(status, "changed")
        conflicts = _marks(copy.project / path) if action == "conflict" else ()
        changes.append(FileUpdate(path, action, mode, added, removed, conflicts, path in ignored))
    # Those that are as they were: the user changed them, the template no longer has
    # them, or they cannot be merged.
    seen = {change.path for change in changes}
    for path, entry in unmerged.items():
        if path not in seen:
            # The template's version is the last of them.
            changes.append(
                FileUpdate(path, "conflict", entry.mode, None, None, has_theirs=entry.stage == "3")
            )
    return UpdatePlan(tuple(sorted(changes, key=lambda change: change.path)), tuple(entries))


def _ignored(copy: WorkingCopy) -> set[str]:
    arguments = ("ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", ".")
    return set(git.names(copy.git(*arguments)))


def difference(copy: WorkingCopy, *, color: bool) -> str:
    """Return the changes as a unified diff."""
    arguments = (
        "-p",
        "--no-ext-diff",
        "--no-textconv",
        f"--color={'always' if color else 'never'}",
    )
    return _against_head(copy, *arguments).decode("utf-8", "replace").rstrip("\n")


def _against_head(copy: WorkingCopy, *arguments: str) -> bytes:
    common = ("diff-index", "--cached", "--no-renames", "--relative")
    return copy.git(*common, *arguments, "HEAD", "--", variables=_own_index(copy))


def _own_index(copy: WorkingCopy, *, fresh: bool = False) -> Mapping[str, str]:
    """Return the variable that leads git to an index that holds everything
    in the copy, ignored files too.
    """
    place = copy.workdir / "everything.index"
    variables = {"GIT_INDEX_FILE": str(place)}
    if fresh or not place.exists():
        copy.git("read-tree", "HEAD", variables=variables)
        copy.git("add", "--all", "--force", "--", ".", variables=variables)
    return variables


def _differences(copy: WorkingCopy) -> Iterator[tuple[str, str, str, int | None, int | None]]:
    """Yield path, git's letter, mode, lines added and removed of each file that differs."""
    _own_index(copy, fresh=True)
    fields = iter(_against_head(copy, "--raw", "--numstat", "-z").split(b"\0"))
    raw: dict[str, tuple[str, str]] = {}
    for field in fields:
        if field.startswith(b":"):
            _, mode, _, _, status = field.decode().split(" ")
            raw[os.fsdecode(next(fields))] = status[0], mode
        elif field:
            added, removed, name = field.split(b"\t", 2)
            path = os.fsdecode(name)
            status, mode = raw[path]
            yield path, status, mode, _number(added), _number(removed)


def _number(field: bytes) -> int | None:
    return None if field == b"-" else int(field)


def _marks(file: Path) -> tuple[int, ...]:
    lines = file.read_bytes().split(b"\n") if file.is_file() else []
    return tuple(number for number, line in enumerate(lines, 1) if line.startswith(_OPENS))
