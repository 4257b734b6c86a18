"""What keeps an update from being written: found before the first file is."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import git
from scaffold.errors import FailedError, UsageError
from scaffold.paths import is_git_folder
from scaffold.printable import shortened
from scaffold.update import index

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scaffold.update.plan import UpdatePlan
    from scaffold.update.repository import Repository

_LINK, _SUBMODULE = "120000", "160000"


def check(repository: Repository, plan: UpdatePlan) -> None:
    """Refuse an update that overwrites what git cannot bring back, or cannot be written.

    Raises:
        UsageError: a file that git does not know, or a name in another case, is in the way.
        FailedError: a folder is not writable.
    """
    folder = repository.folder
    _check_names(plan)
    _check_seen(repository, plan)
    in_the_way = [change.path for change in plan.of("added") if _is_in_the_way(folder, change.path)]
    if in_the_way:
        raise UsageError(
            "update.error.in-the-way", found=shortened(in_the_way), files=shlex.join(in_the_way)
        )
    removed = frozenset(change.path for change in plan.of("removed"))
    _check_kinds(repository, [change.path for change in plan.changes], removed)
    known = {
        path.casefold(): path
        for path in git.names(git.output(folder, "ls-files", "-z"))
        if path not in removed
    }
    for change in plan.of("added"):
        same_name = known.get(change.path.casefold(), change.path)
        if same_name != change.path:
            raise UsageError("update.error.case", theirs=change.path, yours=same_name)
    for change in plan.changes:
        parent = next(p for p in (folder / change.path).parents if p.is_dir())
        if not os.access(parent, os.W_OK | os.X_OK):
            raise FailedError("update.error.not-writable", path=change.path, folder=parent)


def _check_names(plan: UpdatePlan) -> None:
    """Refuse names that git takes for its own, and a link in place of the list of submodules.

    Raises:
        FailedError: the result holds one.
    """
    for change in plan.changes:
        is_link = change.mode == _LINK and change.path.rpartition("/")[2].lower() == ".gitmodules"
        if is_git_folder(change.path) or is_link:
            raise FailedError("update.error.path-in-git", path=change.path, source="copier")


def _check_seen(repository: Repository, plan: UpdatePlan) -> None:
    """Refuse to change files that git is set not to look at: it cannot bring them back.

    Raises:
        UsageError: there are some.
    """
    listed = git.names(git.output(repository.folder, "ls-files", "-v", "-z"))
    # In lower case: assumed to be unchanged. S: not in the work tree, as git believes.
    unseen = {line[2:] for line in listed if line[0].islower() or line[0] == "S"}
    found = [
        c.path
        for c in plan.changes
        if c.path in unseen and os.path.lexists(repository.folder / c.path)
    ]
    if found:
        raise UsageError("update.error.unseen", found=shortened(found), files=shlex.join(found))


def _check_kinds(
    repository: Repository, paths: Iterable[str], removed: frozenset[str] = frozenset()
) -> None:
    """Refuse to write a file in place of a folder or a submodule, or below a file.

    Args:
        repository: the user's.
        paths: the files.
        removed: files that go before.

    Raises:
        UsageError: the project has such a thing.
    """
    folder = repository.folder
    listed = [entry for entry in index.read(folder) if entry.mode == _SUBMODULE]
    submodules = {entry.path.removeprefix(repository.prefix) for entry in listed}
    for path in paths:
        if path in submodules or (_is_folder(folder / path)):
            raise UsageError("update.error.other-kind", path=path, theirs=path)
        for parent in Path(path).parents:
            here = folder / parent
            is_file = os.path.lexists(here) and not here.is_dir()
            name = parent.as_posix()
            if name in submodules or (is_file and name not in removed):
                raise UsageError("update.error.other-kind", path=name, theirs=path)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def explain(repository: Repository, rendered: Path) -> None:
    """Refuse an update where something of another kind is in place of a template's file.

    Args:
        repository: the user's.
        rendered: a project as the new version makes it.

    Raises:
        UsageError: something is.
    """
    paths = (
        path.relative_to(rendered).as_posix() for path in rendered.rglob("*") if not path.is_dir()
    )
    _check_kinds(repository, sorted(paths))


def _is_in_the_way(folder: Path, path: str) -> bool:
    """Return whether something is where a new file goes, or where a folder of it goes."""
    places = (
        folder / path,
        *(folder / parent for parent in Path(path).parents if parent != Path()),
    )
    return os.path.lexists(places[0]) or any(
        os.path.lexists(p) and not p.is_dir() for p in places[1:]
    )
