"""Rename variables and SDK: in the app's folder, and in files elsewhere that start or build it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from scaffold import files
from scaffold.adopt import apps
from scaffold.adopt.draft import FileChange
from scaffold.errors import FailedError
from scaffold.git_status import uncommitted
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from scaffold.adopt.draft import Draft
    from scaffold.migrate.plan import MigrationPlan
    from scaffold.migrate.result import Leftover, Rewritten

# Kinds of files that start, build or describe an app in another folder of the repository.
_SURROUNDINGS = frozenset({"docker", "docs", "dotenv", "ini", "make", "shell", "toml", "yaml"})


class MigrationNote(NamedTuple):
    """What migrating left as it is: a place and why, in the current language."""

    place: str
    text: str


def migrate(draft: Draft) -> list[MigrationNote]:
    """Rewrite the old names and the old SDK in the copy, and return what was left."""
    from scaffold.migrate.plan import plan

    migration = plan(draft.origin)
    for path, done in migration.files.items():
        draft.write(path, done.content, "migrated", count=str(len(done.changes)))
    left = [item for path, items in migration.left.items() for item in _left(path, items)]
    return left + _surroundings(draft, migration)


def _left(path: str, items: Iterable[Leftover]) -> Iterator[MigrationNote]:
    from scaffold.migrate.report import parts

    for item in items:
        yield MigrationNote(
            f"{path}:{item.line}", " ".join(filter(None, (item.name, *parts(item).values())))
        )


def _surroundings(draft: Draft, migration: MigrationPlan) -> list[MigrationNote]:
    """Move the names in files outside of the app's folder, where they are surely about this app."""
    top = draft.top
    if top is None or top.resolve() == draft.origin.resolve():
        return []
    top, origin = top.resolve(), draft.origin.resolve()
    done = dict(_rewritten(top, origin, migration))
    is_shared = len(apps.find(top)) > 1 or _has_other_readers(top, origin)
    unsafe = set(done) if is_shared or not migration.context.move_names else _changed(top)
    left = []
    for path, made in done.items():
        shown = os.path.relpath(top / path, origin).replace(os.sep, "/")
        count = len(made.changes)
        if made.changes and path in unsafe:
            place = f"{shown}:{made.changes[0].line}"
            left.append(MigrationNote(place, text("adopt.step.outside", count=count)))
        elif made.changes:
            reason = ("migrated", (("count", str(count)),))
            before = files.read(top / path)
            draft.outside.append(FileChange(shown, before, made.content, (reason,)))
        left += _left(shown, made.left)
    return left


def _rewritten(
    top: Path, origin: Path, migration: MigrationPlan
) -> Iterator[tuple[str, Rewritten]]:
    """Yield the files outside of the app's folder that hold an old name, as they would be."""
    from scaffold.migrate.kinds import kind_of
    from scaffold.migrate.names import NAME
    from scaffold.migrate.rewrite import rewrite

    for path, data in _outside(top, origin):
        if NAME.search(data) and kind_of(path, data) in _SURROUNDINGS:
            yield path, rewrite(path, data, migration.context)


def _has_other_readers(top: Path, origin: Path) -> bool:
    """Return whether code outside of the app's folder has the old names too."""
    from scaffold.migrate.kinds import kind_of
    from scaffold.migrate.names import NAME

    return any(
        NAME.search(data) and kind_of(path, data) in {"program", "python"}
        for path, data in _outside(top, origin)
    )


def _outside(top: Path, origin: Path) -> Iterator[tuple[str, bytes]]:
    from scaffold.migrate import files as sources
    from scaffold.migrate.plan import read

    inside = f"{origin.relative_to(top).as_posix()}/"
    for path in sources.paths(top):
        if not path.startswith(inside):
            yield path, read(top / path)


def _changed(top: Path) -> set[str]:
    """Return the files with changes that git could not give back."""
    try:
        return set(uncommitted(top) or ())
    except FailedError:
        return set()
