"""The migration that runs after `copier update` has merged: what copier
could not merge is merged again.

Copier leaves the three versions of a file it could not merge in git's index: 1 the last update, 2
the user's, 3 the new template's. The template's new version has the new names already; with the
names replaced in the other two as well, only lines that both sides really changed are in conflict.
Then the user's other files are rewritten.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import git
from scaffold.atomic import write_all
from scaffold.checks.project import RANGES, REQUIREMENTS
from scaffold.errors import FailedError
from scaffold.files import read
from scaffold.migrate import files, moved, sdk
from scaffold.migrate import plan as planning
from scaffold.migrate.kept_requirements import KeptRequirements, keep_requirements
from scaffold.migrate.kinds import kind_of
from scaffold.migrate.rewrite import rewrite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.migrate.result import RewriteContext, Rewritten

BASE, OURS, THEIRS = "1", "2", "3"
# copier's own, which it looks for, as people do.
LABELS = {OURS: "before updating", BASE: "last update", THEIRS: "after updating"}
_MOST_CONFLICTS = 127


@dataclass(frozen=True)
class UnmergedPath:
    """A path that git has unmerged.

    Attributes:
        path: from the project's folder.
        full: from the repository's root, as the index has it.
        stages: mode and object by stage.
    """

    path: str
    full: bytes
    stages: Mapping[str, tuple[str, str]]


@dataclass
class MergeReport:
    """What was done.

    Attributes:
        merged: paths that copier left in conflict and that are not any more.
        conflicts: paths that still are.
        untouched: paths in conflict that somebody has worked on since, or that lack a version.
        removed: paths that the update took away, which git can bring back.
        replaced: paths that are no text, and of which the update took the
            template's version; so can these.
        kept: the user's requirements, where the update brought requirements.in.
        plan: the rewriting of the other files.
    """

    merged: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    untouched: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    kept: KeptRequirements = field(default_factory=KeptRequirements)
    plan: planning.MigrationPlan | None = None

    @property
    def rewritten(self) -> dict[str, Rewritten]:
        """The other files that were changed."""
        return self.plan.files if self.plan else {}


def run(folder: Path) -> MergeReport:
    """Merge again what copier left in conflict below a folder, and rewrite its other files.

    A second run changes nothing. Nothing is staged: the index is left as copier leaves
    it for a file without conflicts.

    Args:
        folder: the project, which may be a folder of a larger repository.

    Raises:
        FailedError: it is not in a git repository, or a file cannot be written.
    """
    entries = unmerged(folder)
    report = MergeReport(removed=files.removed(folder), replaced=files.replaced(folder))
    contents = {path: planning.read(folder / path) for path in files.paths(folder)}
    versions = {entry.path: _versions(folder, entry) for entry in entries}
    ours = {path: found[OURS] for path, found in versions.items() if OURS in found}
    context = planning.of_contents(folder, {**contents, **ours}, hold=False).context
    context = replace(context, layer=moved.layer(folder))
    for entry in entries:
        _merge(folder, entry, versions[entry.path], context, report)
    report.kept = keep_requirements(folder, versions.get(REQUIREMENTS, {}))
    if report.kept.lines:
        contents[RANGES] = planning.read(folder / RANGES)
    open_paths = {*report.conflicts, *report.untouched}
    contents |= {path: planning.read(folder / path) for path in report.merged}
    rest = {path: content for path, content in contents.items() if path not in open_paths}
    report.plan = planning.of_contents(folder, rest, context, hold=False)
    planning.apply(report.plan)
    return report


def unmerged(folder: Path) -> list[UnmergedPath]:
    """Return what git has unmerged below a folder.

    Raises:
        FailedError: the folder is not in a git repository.
    """
    prefix = git.run(folder, "rev-parse", "--show-prefix")
    listed = git.run(folder, "ls-files", "--unmerged", "--full-name", "-z")
    if prefix.returncode != 0 or listed.returncode != 0:
        raise FailedError("migrate.error.not-in-git", directory=folder)
    inside = prefix.stdout.rstrip(b"\n")
    found: dict[bytes, dict[str, tuple[str, str]]] = {}
    for record in listed.stdout.split(b"\0")[:-1]:
        meta, full = record.split(b"\t", 1)
        mode, sha, stage = meta.decode().split()
        found.setdefault(full, {})[stage] = (mode, sha)
    return [
        UnmergedPath(os.fsdecode(full[len(inside) :]), full, stages)
        for full, stages in found.items()
    ]


def _versions(folder: Path, entry: UnmergedPath) -> dict[str, bytes]:
    """Return the contents of each stage as they are in the work tree, line ends and all."""
    found = {}
    for stage, (_, sha) in entry.stages.items():
        done = git.run(folder, "cat-file", "--filters", f"--path={os.fsdecode(entry.full)}", sha)
        if done.returncode == 0:
            found[stage] = done.stdout
    return found


def _merge(
    folder: Path,
    entry: UnmergedPath,
    versions: Mapping[str, bytes],
    context: RewriteContext,
    report: MergeReport,
) -> None:
    target = folder / entry.path
    if set(versions) != {BASE, OURS, THEIRS} or target.is_symlink() or not target.is_file():
        report.untouched.append(entry.path)
        return
    content = read(target)
    done = _again(folder, entry.path, versions, context)
    as_copier_left_it = _same(content, _three_way(folder, versions)[0])
    if done is None or not (as_copier_left_it or content == done[0]):
        # A conflict that somebody has begun to resolve is theirs.
        report.untouched.append(entry.path)
        return
    merged, clean = done
    if merged != content:
        write_all(folder, {entry.path: merged})
    if clean:
        _resolve(folder, entry)
    (report.merged if clean else report.conflicts).append(entry.path)


def _again(
    folder: Path, path: str, versions: Mapping[str, bytes], context: RewriteContext
) -> tuple[bytes, bool] | None:
    """Merge with the names replaced in all versions; None if git cannot, for
    example because they are no text.
    """
    is_requirements = kind_of(path, b"") == "requirements"
    asked = sdk.present_range(versions[THEIRS]) if is_requirements else None
    if asked is not None:
        # The new template says which SDK; in the other versions the old one is
        # only to become the same line.
        context = replace(context, sdk_range=asked)
    ends = _line_end(versions[OURS])
    # A file that somebody has saved with other line ends differs in every line, and means the same.
    prepared = {
        stage: _with_line_end(rewrite(path, data, context).content, ends)
        for stage, data in versions.items()
    }
    prepared[THEIRS] = _with_line_end(versions[THEIRS], ends)
    merged, conflicts = _three_way(folder, prepared)
    if conflicts and is_requirements:
        added = sdk.merged(prepared[BASE], prepared[OURS], prepared[THEIRS])
        if added is not None:
            return added, True
    if conflicts and path == moved.ENVIRONMENT:
        moved_out = moved.environment(prepared[BASE], prepared[OURS], prepared[THEIRS])
        if moved_out is not None:
            return moved_out, True
    return None if conflicts is None else (merged, conflicts == 0)


def _three_way(folder: Path, versions: Mapping[str, bytes]) -> tuple[bytes, int | None]:
    """Return what `git merge-file` makes of three versions, and how many
    conflicts; None if it failed.
    """
    with tempfile.TemporaryDirectory() as place:
        names = []
        for stage in (OURS, BASE, THEIRS):
            file = Path(place, stage)
            file.write_bytes(versions[stage])
            names.append(str(file))
        labels = [part for label in LABELS.values() for part in ("-L", label)]
        done = git.run(folder, "merge-file", "-p", *labels, "--", *names)
    if not 0 <= done.returncode <= _MOST_CONFLICTS or (not done.stdout and done.stderr):
        return b"", None
    return done.stdout, done.returncode


def _resolve(folder: Path, entry: UnmergedPath) -> None:
    """Give the index the user's version back: the merged one is a change that is not
    staged, as copier's others are.
    """
    mode, sha = entry.stages[OURS]
    lines = (
        f"0 {'0' * len(sha)}\t".encode() + entry.full,
        f"{mode} {sha} 0\t".encode() + entry.full,
    )
    done = git.run(
        folder, "update-index", "-z", "--index-info", stdin=b"".join(line + b"\0" for line in lines)
    )
    if done.returncode != 0:
        raise FailedError(
            "migrate.error.index",
            path=entry.path,
            reason=done.stderr.decode("utf-8", "replace").strip(),
        )


def _line_end(data: bytes) -> bytes:
    """Return the line end of all lines of a file; nothing where they differ."""
    windows, all_ends = data.count(b"\r\n"), data.count(b"\n")
    if windows == all_ends:
        return b"\r\n" if windows else b""
    return b"" if windows else b"\n"


def _with_line_end(data: bytes, end: bytes) -> bytes:
    if not end or _line_end(data) in {end, b""}:
        return data
    return data.replace(b"\r\n", b"\n").replace(b"\n", end)


def _same(one: bytes, other: bytes) -> bool:
    return one.replace(b"\r\n", b"\n") == other.replace(b"\r\n", b"\n")
