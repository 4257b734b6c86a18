"""What a migration would do to a project, as a whole: names and SDK move together, or neither does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scaffold.errors import FailedError
from scaffold.migrate import files, survey
from scaffold.migrate.kinds import kind_of
from scaffold.migrate.result import Left
from scaffold.migrate.rewrite import rewrite

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.migrate.result import Context, Rewritten

# The SDK is asked for in a way that cannot be rewritten; names made out of parts.
_STUCK = frozenset({"sdk-address", "sdk-hash", "dynamic"})
# What is only read by people does not hold the rest back.
_TALK = frozenset({"docs", "other", "backup"})


# More than `scaffold check` reads: here it would not be noticed that a file was passed over.
MAX_BYTES = 10_000_000


@dataclass(frozen=True)
class Plan:
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
    left: dict[str, tuple[Left, ...]]
    before: dict[str, bytes] = field(repr=False)
    context: Context
    stuck: dict[str, tuple[Left, ...]]


def plan(folder: Path, *, only: files.Which = "known") -> Plan:
    """Return what a migration would do to the files of a folder.

    Args:
        folder: the project.
        only: `known`: what git tracks or would add, everything where there is no git; `all`: everything.
    """
    contents = {path: read(folder / path) for path in files.paths(folder, only)}
    made = of_contents(folder, contents)
    return replace(made, left={**made.left, **_ignored(folder, made.context)}) if only == "known" else made


def of_contents(
    folder: Path, contents: Mapping[str, bytes], context: Context | None = None, *, hold: bool = True
) -> Plan:
    """Return what a migration would do to files with these contents.

    Args:
        folder: the project.
        contents: the files.
        context: what they say about one another, if that is known.
        hold: leave names and SDK where one of the two cannot be moved; not after an update, which has moved the SDK.
    """
    context = context or survey.context(contents)
    done = {path: rewrite(path, content, context) for path, content in contents.items()}
    stuck = _stuck(done) if hold else {}
    if stuck:
        context = replace(context, move_names=False, move_sdk=False)
    elif _half_staged(done, contents):
        context = replace(context, move_stage=False)
    if not (context.move_names and context.move_stage):
        done = {path: rewrite(path, content, context) for path, content in contents.items()}
    changed = {path: made for path, made in done.items() if made.content != contents[path]}
    left = {path: made.left for path, made in done.items() if made.left}
    for path, item in (*_apps(contents), *_kept_back(changed, context)):
        left[path] = (item, *left.get(path, ()))
    return Plan(folder, changed, left, {path: contents[path] for path in changed}, context, stuck)


def apply(made: Plan) -> None:
    """Write a plan.

    Raises:
        FailedError: a file is no longer what the plan was made for, and nothing was written; or one cannot be written.
    """
    for path, before in made.before.items():
        target = made.folder / path
        try:
            same = not target.is_symlink() and target.read_bytes() == before
        except OSError:
            same = False
        if not same:
            raise FailedError("migrate.error.changed", path=path)
    files.write(made.folder, {path: done.content for path, done in made.files.items()})


def read(path: Path) -> bytes:
    """Return a file's bytes; none if it cannot be read or no hand wrote it."""
    try:
        return path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
    except OSError:
        return b""


def _stuck(done: Mapping[str, Rewritten]) -> dict[str, tuple[Left, ...]]:
    places = {path: tuple(item for item in made.left if item.code in _STUCK) for path, made in done.items()}
    return {path: items for path, items in places.items() if items}


def _half_staged(done: Mapping[str, Rewritten], contents: Mapping[str, bytes]) -> bool:
    """Return whether one file would set LEANCLOUD_APP_ENV while another still has to read LC_APP_PROD."""
    code = [made for path, made in done.items() if kind_of(path, contents[path]) not in _TALK]
    return any(made.keeps_stage for made in code) and any(made.sets_stage for made in code)


def _apps(contents: Mapping[str, bytes]) -> list[tuple[str, Left]]:
    """Return the entry points of a repository that holds several apps; nothing if it holds one."""
    folders = {path.removesuffix("wsgi.py") for path in contents if path.rpartition("/")[2] == "wsgi.py"}
    apps = [f"{folder}wsgi.py" for folder in sorted(folders) if f"{folder}requirements.txt" in contents]
    return [(path, Left(1, "one-of-several", "")) for path in apps] if len(apps) > 1 else []


def _kept_back(changed: Mapping[str, Rewritten], context: Context) -> list[tuple[str, Left]]:
    """Return the line by which a project that now asks for the new SDK gets an old one of it."""
    line = context.kept_back
    moved = any("leancloud" in change.after for made in changed.values() for change in made.changes)
    return [(line.file, Left(line.line, "sdk-kept-back", line.source))] if line and moved else []


def _ignored(folder: Path, context: Context) -> dict[str, tuple[Left, ...]]:
    """Return the places in files that git ignores: they could not be brought back, so they are only told."""
    found: dict[str, tuple[Left, ...]] = {}
    for path in files.ignored(folder):
        made = rewrite(path, read(folder / path), context)
        if made.changes:
            found[path] = tuple(Left(change.line, "ignored", "") for change in made.changes)
    return found
