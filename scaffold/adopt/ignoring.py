"""Ignore files: keep secrets out of git, and do not ignore files that the platform needs."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from scaffold import files, git
from scaffold.adopt.package import PACKAGE
from scaffold.adopt.text_style import append_lines, read_style
from scaffold.checks.ignores import GITIGNORE, LEANIGNORE, Ignores, folders_above
from scaffold.checks.project import ENTRY, REQUIREMENTS
from scaffold.engine.interpreter import FILE as VERSION_FILE
from scaffold.engine.manifest import FILE as MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scaffold.adopt.draft import Draft

# What must not be committed: names as .gitignore has them.
_SECRET = (".env", ".venv/")
# What the platform looks for.
_CONTRACT = (ENTRY, REQUIREMENTS, VERSION_FILE, MANIFEST)


def correct_ignores(draft: Draft) -> list[str]:
    """Add missing lines to the user's ignore files: for secrets, and for files that are needed.

    Returns:
        Needed files that git ignores all the same, because a folder above them is ignored.
    """
    if draft.has(GITIGNORE):
        _keep_back(draft)
    # The package's README.md may be ignored.
    written = [
        change.path
        for change in draft.changes()
        if change.path.endswith(".py") or not _is_packaged(change.path)
    ]
    needed = dict.fromkeys([*(path for path in _CONTRACT if draft.has(path)), *written])
    still = _let_through(draft, list(needed))
    _upload(draft, [path for path in needed if path in _CONTRACT or path.endswith(".py")])
    return still


def without_own_folders(draft: Draft, content: bytes) -> bytes:
    """Return an ignore file of our template without the folders that hold files of the user's."""
    lines = content.decode().splitlines(keepends=True)
    return "".join(line for line in lines if not _names_own_folder(draft, line)).encode()


def _names_own_folder(draft: Draft, line: str) -> bool:
    name = line.strip().rstrip("/")
    if not name or name.startswith(("#", ".", "*", "!")):
        return False
    return draft.tracked_below(name)


def _keep_back(draft: Draft) -> None:
    """Add what .gitignore lacks; a `!.env` before it no longer counts."""
    ignores = _git_ignores(draft)
    lines = [name for name in _SECRET if not ignores.covers(draft.prefix + name)]
    if lines:
        _append(draft, GITIGNORE, lines, "ignores", names=", ".join(lines))


def _let_through(draft: Draft, paths: list[str]) -> list[str]:
    prefix = draft.prefix
    tracked = _tracked(draft.origin, paths)
    # Rules of this machine count too: .git/info/exclude and the user's global ignore file.
    here = git.ignored(draft.origin, paths) if draft.top else frozenset()
    before = _git_ignores(draft)
    ignored = [
        path
        for path in paths
        if path not in tracked and (path in here or before.covers(prefix + path))
    ]
    if not ignored:
        return []
    data = _content(draft, GITIGNORE)
    after = append_lines(data, _patterns(ignored))
    found = _git_ignores(draft, after)
    still = [path for path in ignored if found.covers(prefix + path)]
    let_through = [path for path in ignored if path not in still]
    if let_through:
        lines = _patterns(let_through)
        _append(draft, GITIGNORE, lines, "commits", names=_names(let_through))
    return still


def _upload(draft: Draft, paths: list[str]) -> None:
    """Let .leanignore of the user's hold back nothing that the platform needs."""
    ignores = Ignores({"": read_style(_content(draft, LEANIGNORE))[0]})
    held = [path for path in paths if ignores.covers(path)]
    if held:
        _append(draft, LEANIGNORE, _patterns(held), "uploads", names=_names(held))


def _is_packaged(path: str) -> bool:
    return path.startswith(f"{PACKAGE}/")


def _patterns(paths: Iterable[str]) -> list[str]:
    """Return the lines of an ignore file that no longer ignore some files."""
    lines: list[str] = []
    for path in paths:
        # Nothing below a folder that is ignored can be let through.
        lines += [f"!/{PACKAGE}/", f"!/{PACKAGE}/*.py"] if _is_packaged(path) else [f"!/{path}"]
    return list(dict.fromkeys(lines))


def _names(paths: Iterable[str]) -> str:
    shown = [f"{PACKAGE}/" if _is_packaged(path) else path for path in paths]
    return ", ".join(dict.fromkeys(shown))


def _append(draft: Draft, name: str, lines: list[str], reason: str, **params: str) -> None:
    draft.write(name, append_lines(_content(draft, name), lines), reason, **params)


def _content(draft: Draft, name: str) -> bytes:
    for folder in (draft.folder, draft.origin):
        with suppress(OSError):
            return files.read(folder / name)
    return b""


def _git_ignores(draft: Draft, content: bytes | None = None) -> Ignores:
    """Return what the ignore files of the repository say, with the project's as it will be."""
    top = draft.top or draft.origin
    texts = {}
    for folder in folders_above(draft.prefix):
        with suppress(OSError):
            texts[folder] = read_style(files.read(top / folder / GITIGNORE))[0]
    texts[draft.prefix] = read_style(_content(draft, GITIGNORE) if content is None else content)[0]
    return Ignores(texts)


def _tracked(folder: Path, paths: Iterable[str]) -> frozenset[str]:
    listed = git.run(folder, "ls-files", "-z", "--cached", "--", *paths)
    return frozenset(git.names(listed.stdout)) if listed.returncode == 0 else frozenset()
