"""What a migration would do to a project, as a whole: names and SDK move together, or
neither does.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scaffold.atomic import write_all
from scaffold.errors import FailedError
from scaffold.files import read as read_file
from scaffold.migrate import files, survey
from scaffold.migrate.kinds import kind_of
from scaffold.migrate.result import Leftover
from scaffold.migrate.rewrite import rewrite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from scaffold.migrate.result import RewriteContext, Rewritten

# The SDK is asked for in a way that cannot be rewritten; names made out of parts, or
# in code that cannot be read.
_STUCK = frozenset({"sdk-address", "sdk-hash", "dynamic", "other-code", "unreadable", "not-parsed"})
# What is only read by people does not hold the rest back.
_PROSE = frozenset({"docs", "other", "backup"})


# More than `scaffold check` reads: here it would not be noticed that a file was passed over.
MAX_BYTES = 10_000_000


@dataclass(frozen=True)
class MigrationPlan:
    """A migration.

    Attributes:
        folder: the project.
        files: what changes, by path.
        left: what stays and should be looked at, by path.
        before: the bytes of the files that change, as they were read.
        context: what the files say about one another.
        stuck: why names and SDK both stay as they are: places by path; none if they move.
    """

    folder: Path
    files: dict[str, Rewritten]
    left: dict[str, tuple[Leftover, ...]]
    before: dict[str, bytes] = field(repr=False)
    context: RewriteContext
    stuck: dict[str, tuple[Leftover, ...]]


def plan(folder: Path, *, only: files.FileSelection = "known") -> MigrationPlan:
    """Return what a migration would do to the files of a folder.

    Args:
        folder: the project.
        only: `known`: what git tracks or would add, everything where there
            is no git; `all`: everything.
    """
    contents, unreadable = _read_all(folder, files.paths(folder, only))
    made = of_contents(folder, contents, unreadable=unreadable)
    return (
        replace(made, left={**made.left, **_ignored(folder, made.context)})
        if only == "known"
        else made
    )


def of_contents(
    folder: Path,
    contents: Mapping[str, bytes],
    context: RewriteContext | None = None,
    *,
    hold: bool = True,
    unreadable: Mapping[str, Leftover] | None = None,
) -> MigrationPlan:
    """Return what a migration would do to files with these contents.

    Args:
        folder: the project.
        contents: the files.
        context: what they say about one another, if that is known.
        hold: leave names and SDK where one of the two cannot be moved; not after an
            update, which has moved the SDK.
        unreadable: files that may hold either and could not be read.
    """
    context = context or survey.context(contents)
    done = {path: rewrite(path, content, context) for path, content in contents.items()}
    stuck = _stuck(done) if hold else {}
    if any(made.changes for made in done.values()):
        stuck |= {path: (item,) for path, item in (unreadable or {}).items()}
    if stuck:
        context = replace(context, move_names=False, move_sdk=False)
    elif _half_staged(done, contents):
        context = replace(context, move_stage=False)
    if not (context.move_names and context.move_stage):
        done = {path: rewrite(path, content, context) for path, content in contents.items()}
    changed = {path: made for path, made in done.items() if made.content != contents[path]}
    left = {path: made.left for path, made in done.items() if made.left}
    for path, item in (
        *_apps(contents),
        *_kept_back(changed, context),
        *(unreadable or {}).items(),
    ):
        left[path] = (item, *left.get(path, ()))
    return MigrationPlan(
        folder, changed, left, {path: contents[path] for path in changed}, context, stuck
    )


def apply(made: MigrationPlan) -> None:
    """Write a plan.

    Raises:
        FailedError: a file is no longer what the plan was made for, and nothing was
            written; or one cannot be written.
    """
    for path, before in made.before.items():
        target = made.folder / path
        try:
            same = not target.is_symlink() and read_file(target) == before
        except OSError:
            same = False
        if not same:
            raise FailedError("migrate.error.changed", path=path)
    write_all(made.folder, {path: done.content for path, done in made.files.items()})


def read(path: Path) -> bytes:
    """Return a file's bytes; none if it cannot be read or no hand wrote it."""
    try:
        return read_file(path, limit=MAX_BYTES)
    except OSError:
        return b""


def _read_all(folder: Path, paths: Iterable[str]) -> tuple[dict[str, bytes], dict[str, Leftover]]:
    """Return files by path, and those of the user's own that are there and cannot be read."""
    contents: dict[str, bytes] = {}
    unreadable: dict[str, Leftover] = {}
    for path in paths:
        contents[path] = b""
        try:
            contents[path] = read_file(folder / path, limit=MAX_BYTES)
        except OSError as error:
            # What is too large no hand wrote.
            if error.errno != errno.EFBIG and kind_of(path, b"") not in _PROSE:
                unreadable[path] = Leftover(1, "unreadable", error.strerror or "")
    return contents, unreadable


def _stuck(done: Mapping[str, Rewritten]) -> dict[str, tuple[Leftover, ...]]:
    places: dict[str, tuple[Leftover, ...]] = {}
    for path, made in done.items():
        if items := tuple(item for item in made.left if item.code in _STUCK):
            places[path] = items
    return places


def _half_staged(done: Mapping[str, Rewritten], contents: Mapping[str, bytes]) -> bool:
    """Return whether one file would set LEANCLOUD_APP_ENV while another
    still has to read LC_APP_PROD.
    """
    code = [made for path, made in done.items() if kind_of(path, contents[path]) not in _PROSE]
    return any(made.keeps_stage for made in code) and any(made.sets_stage for made in code)


def _apps(contents: Mapping[str, bytes]) -> list[tuple[str, Leftover]]:
    """Return the entry points of a repository that holds several apps; nothing if it holds one."""
    folders = {
        path.removesuffix("wsgi.py") for path in contents if path.rpartition("/")[2] == "wsgi.py"
    }
    apps = [
        f"{folder}wsgi.py" for folder in sorted(folders) if f"{folder}requirements.txt" in contents
    ]
    return [(path, Leftover(1, "one-of-several", "")) for path in apps] if len(apps) > 1 else []


def _kept_back(
    changed: Mapping[str, Rewritten], context: RewriteContext
) -> list[tuple[str, Leftover]]:
    """Return the line by which a project that now asks for the new SDK gets an old one of it."""
    line = context.kept_back
    moved = any("leancloud" in change.after for made in changed.values() for change in made.changes)
    return (
        [(line.file, Leftover(line.line, "sdk-kept-back", line.source))] if line and moved else []
    )


def _ignored(folder: Path, context: RewriteContext) -> dict[str, tuple[Leftover, ...]]:
    """Return the places in files that git ignores: they could not be
    brought back, so they are only reported.
    """
    found: dict[str, tuple[Leftover, ...]] = {}
    for path in files.ignored(folder):
        made = rewrite(path, read(folder / path), context)
        if made.changes:
            found[path] = tuple(Leftover(change.line, "ignored", "") for change in made.changes)
    return found
