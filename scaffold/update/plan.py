"""What an update comes to: every file, and what happens to it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.update.repository import git, names
from scaffold.update.scratch import Entry, Scratch, index

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_ACTIONS = {"A": "added", "D": "removed"}
# How git marks what both sides changed, at the beginning of a line.
_OPENS = b"<<<<<<< "


@dataclass(frozen=True)
class Change:
    """What happens to one file.

    Attributes:
        path: from the project's folder, `/` between parts.
        action: `added`, `changed`, `removed`, or `conflict`: changed by both sides in the same place.
        mode: what git calls its kind afterwards, such as `100755`.
        added, removed: lines; None for what is not text.
        conflicts: the lines at which it has to be decided by hand.
        ignored: it is new, and a `git add` would pass it over.
    """

    path: str
    action: str
    mode: str
    added: int | None
    removed: int | None
    conflicts: tuple[int, ...] = ()
    ignored: bool = False


@dataclass(frozen=True)
class Plan:
    """What happens to all of them.

    Attributes:
        changes: sorted by path.
        entries: lines of git's index that change, as they are to be.
    """

    changes: tuple[Change, ...]
    entries: tuple[Entry, ...]

    def of(self, action: str) -> list[Change]:
        """Return the changes of one kind."""
        return [change for change in self.changes if change.action == action]


def read(scratch: Scratch) -> Plan:
    """Return what has happened in the copy since it was made."""
    before = set(scratch.entries)
    entries = [entry for entry in index(scratch.project) if entry not in before]
    unmerged = {entry.path.removeprefix(scratch.repository.prefix): entry for entry in entries if entry.stage != "0"}
    changes = []
    ignored = _ignored(scratch)
    for path, status, mode, added, removed in _differences(scratch):
        if scratch.is_untouched(path):
            continue
        action = "conflict" if path in unmerged else _ACTIONS.get(status, "changed")
        conflicts = _marks(scratch.project / path) if action == "conflict" else ()
        changes.append(Change(path, action, mode, added, removed, conflicts, path in ignored))
    # One that is as it was: the user changed it, the template no longer has it.
    seen = {change.path for change in changes}
    changes += [
        Change(path, "conflict", entry.mode, None, None) for path, entry in unmerged.items() if path not in seen
    ]
    return Plan(tuple(sorted(changes, key=lambda change: change.path)), tuple(entries))


def _ignored(scratch: Scratch) -> set[str]:
    arguments = ("ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", ".")
    return set(names(git(scratch.project, *arguments)))


def difference(scratch: Scratch, *, color: bool) -> str:
    """Return the changes as a unified diff."""
    arguments = ("-p", "--no-ext-diff", "--no-textconv", f"--color={'always' if color else 'never'}")
    return _against_head(scratch, *arguments).decode("utf-8", "replace").rstrip("\n")


def _against_head(scratch: Scratch, *arguments: str) -> bytes:
    common = ("diff-index", "--cached", "--no-renames", "--relative")
    return git(scratch.project, *common, *arguments, "HEAD", "--", extra=_own_index(scratch))


def _own_index(scratch: Scratch, *, fresh: bool = False) -> Mapping[str, str]:
    """Return the variable that leads git to an index that holds everything in the copy, ignored files too."""
    place = scratch.room / "everything.index"
    variables = {"GIT_INDEX_FILE": str(place)}
    if fresh or not place.exists():
        git(scratch.top, "read-tree", "HEAD", extra=variables)
        git(scratch.project, "-c", "core.safecrlf=false", "add", "--all", "--force", "--", ".", extra=variables)
    return variables


def _differences(scratch: Scratch) -> Iterator[tuple[str, str, str, int | None, int | None]]:
    """Yield path, git's letter, mode, lines added and removed of each file that differs."""
    _own_index(scratch, fresh=True)
    fields = iter(_against_head(scratch, "--raw", "--numstat", "-z").split(b"\0"))
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
