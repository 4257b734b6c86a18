"""What is not committed, and that no program of the repository's runs to find out."""

from __future__ import annotations

import hashlib
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from scaffold import git, git_status
from scaffold.errors import FailedError
from tests.repositories import commit
from tests.repositories import git as as_user

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Scaffold

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n"


@pytest.fixture
def hostile(workspace: Path) -> Path:
    """A stranger's repository: whatever git could start on its behalf would leave a mark."""
    folder = workspace / "shop"
    folder.mkdir()
    rules = "*.py filter=one.two diff=three merge=three\n"
    commit(folder, {".gitattributes": rules, "app.py": "print(1)\n", "sub/b.py": "b\n"})
    mark = workspace / "mark"
    hooks = folder / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in (
        "post-checkout",
        "post-index-change",
        "pre-commit",
        "reference-transaction",
        "post-commit",
    ):
        (hooks / name).write_text(f"#!/bin/sh\ntouch '{mark}'\n")
        (hooks / name).chmod(0o755)
    run = f"touch '{mark}'; cat"
    settings = {
        "core.fsmonitor": run,
        "core.alternateRefsCommand": run,
        "core.editor": run,
        "core.pager": run,
        "core.sshCommand": run,
        "commit.gpgSign": "true",
        "credential.helper": f"!{run}",
        "diff.external": run,
        "diff.three.command": run,
        "diff.three.textconv": run,
        "filter.one.two.clean": run,
        "filter.one.two.process": run,
        "filter.one.two.required": "true",
        "filter.one.two.smudge": run,
        "gpg.program": run,
        "merge.three.driver": run,
        "protocol.ext.allow": "always",
        "remote.origin.url": f"ext::sh -c {run}",
    }
    for name, value in settings.items():
        as_user(folder, "config", name, value)
    (folder / "app.py").write_text("print(2)\n")
    (folder / ".gitignore").write_text("*.log\n")
    mark.unlink(missing_ok=True)
    return folder


NEUTRAL_COMMANDS = (
    ("status", "--porcelain"),
    ("add", "--all"),
    ("diff",),
    ("diff", "--cached"),
    ("diff-index", "-p", "HEAD"),
    ("log", "-p", "--show-signature"),
    ("show",),
    ("grep", "print"),
    ("ls-files", "--modified"),
    ("check-ignore", "--no-index", "app.py", "app.log"),
    ("cat-file", "--filters", "HEAD:app.py"),
    ("checkout", "HEAD", "--", "app.py"),
    ("checkout", "--quiet", "-b", "other"),
    ("commit", "--all", "-m", "mine"),
    ("fetch", "origin"),
    ("ls-remote", "origin"),
    ("stash",),
)


@pytest.mark.parametrize("arguments", NEUTRAL_COMMANDS, ids=" ".join)
def test_nothing_of_a_stranger_runs(arguments: tuple[str, ...], hostile: Path) -> None:
    """No filter, watcher, hook, helper or other program that a repository's
    settings name is started.
    """
    git.run(
        hostile,
        *arguments,
        variables={
            f"GIT_{who}_{what}": "x"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    )
    assert not (hostile.parent / "mark").exists()


def test_the_marks_would_be_made(hostile: Path) -> None:
    """The same repository does start its programs under a plain `git status`."""
    subprocess.run(["git", "status"], cwd=hostile, capture_output=True, check=False)
    assert (hostile.parent / "mark").exists()


COMMANDS = (
    ("update", "shop", "--dry-run"),
    ("update", "shop", "--check"),
    ("adopt", "shop", "--dry-run"),
    ("migrate", "shop", "--dry-run"),
    ("migrate", "shop"),
    ("check", "shop"),
    ("check", "shop", "--fix"),
)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_commands_start_nothing_of_a_stranger(
    arguments: tuple[str, ...], hostile: Path, scaffold: Scaffold
) -> None:
    """Neither does any command that reads a project."""
    (hostile / "requirements.txt").write_text("flask\nleancloud-sdk\n")
    (hostile / ".copier-answers.yml").write_text(
        "_commit: '1.0.0'\n_src_path: scaffold://starters.git\n"
    )
    scaffold(*arguments)
    assert not (hostile.parent / "mark").exists()


def test_a_filter_that_cannot_be_switched_off(hostile: Path) -> None:
    """A name with `=` is one that `git -c` takes for another: it is refused."""
    as_user(hostile, "config", "filter.a=b.clean", "touch ../mark; cat")
    (hostile / ".gitattributes").write_text("*.py filter=a=b\n")
    with pytest.raises(FailedError, match=r"filter\.a=b in the git settings"):
        git_status.changes(hostile)
    assert not (hostile.parent / "mark").exists()


def _in_an_embedded_repository(folder: Path) -> Path:
    """Make a folder that a plain git takes for a bare repository, with settings of its own."""
    inner = folder / "inner"
    as_user(folder, "init", "--quiet", "--bare", "inner")
    as_user(inner, "config", "core.bare", "false")
    as_user(inner, "config", "core.worktree", "..")
    as_user(inner, "config", "core.fsmonitor", "touch ../../mark; false")
    return inner


def test_a_repository_inside_of_the_files(hostile: Path) -> None:
    """A folder that looks like a bare repository is no repository: its
    settings would be a stranger's.
    """
    inner = _in_an_embedded_repository(hostile)
    (hostile.parent / "mark").unlink(missing_ok=True)
    git.run(inner, "status")
    assert not (hostile.parent / "mark").exists()


def test_git_in_the_current_folder(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `git` that lies in the project is not the user's, even where PATH leads there."""
    (workspace / "git").write_text("#!/bin/sh\ntouch mark\n")
    (workspace / "git").chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", os.environ["PATH"]]))
    assert git.run(workspace, "version").stdout.startswith(b"git version")
    assert not (workspace / "mark").exists()


def test_git_that_hangs(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call ends within its limit, and says so."""
    (workspace / "bin").mkdir()
    (workspace / "bin" / "git").write_text("#!/bin/sh\nsleep 60\n")
    (workspace / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(workspace / "bin") + os.pathsep + os.environ["PATH"])
    monkeypatch.setattr(git, "LIMIT", 0.2)
    done = git.run(workspace, "version")
    assert (done.returncode, git.message(done)) == (git.TIMED_OUT, "no answer within 0.2 s")


def _plain(folder: Path) -> None:
    (folder / "notes.txt").write_text("a\n")
    commit(folder)


def _with_a_filter(folder: Path) -> None:
    as_user(folder, "config", "filter.up.clean", "tr a-z A-Z")
    as_user(folder, "config", "filter.up.smudge", "tr A-Z a-z")
    commit(folder, {".gitattributes": "*.txt filter=up\n", "notes.txt": "hello\n"})
    assert as_user(folder, "show", "HEAD:notes.txt") == "HELLO\n"


def _with_lfs(folder: Path) -> None:
    """Commit what Git LFS commits, and leave what it checks out, under a new time."""
    content = b"\0" * 5000
    pointer = LFS.format(hashlib.sha256(content).hexdigest(), len(content))
    commit(folder, {"big.bin": pointer})
    commit(folder, {".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n"})
    as_user(folder, "config", "filter.lfs.clean", "git-lfs clean -- %f")
    as_user(folder, "config", "filter.lfs.required", "true")
    (folder / "big.bin").write_bytes(content)


def _with_windows_lines(folder: Path) -> None:
    as_user(folder, "config", "core.autocrlf", "true")
    as_user(folder, "config", "core.safecrlf", "false")
    commit(folder, {"notes.txt": b"a\r\nb\r\n"})
    os.utime(folder / "notes.txt", (1, 1))


def _with_an_encoding(folder: Path) -> None:
    rules = "*.txt text working-tree-encoding=UTF-16LE eol=crlf\n"
    commit(folder, {".gitattributes": rules, "notes.txt": "端口\r\n".encode("utf-16-le")})
    os.utime(folder / "notes.txt", (1, 1))


CLEAN = (_plain, _with_a_filter, _with_lfs, _with_windows_lines, _with_an_encoding)


@pytest.mark.parametrize("make", CLEAN, ids=lambda make: str(make.__name__))
def test_what_is_committed_is_not_changed(make: Callable[[Path], None], workspace: Path) -> None:
    """Filters, line ends and encodings do not make a file look changed that is as it
    was committed.
    """
    commit(workspace)
    make(workspace)
    assert git_status.changes(workspace) == []
    file = next(path for path in (workspace / "notes.txt", workspace / "big.bin") if path.exists())
    file.write_bytes(file.read_bytes() + b"xx\r\n"[: 4 if file.suffix == ".txt" else 2])
    assert git_status.changes(workspace) == [(" M", file.name)]


def test_changes(workspace: Path) -> None:
    """New, changed and removed files come with git's letters, and paths from the top."""
    commit(workspace, {"app/a.py": "a\n", "app/b.py": "b\n", "c.py": "c\n"})
    (workspace / "app" / "a.py").write_text("new\n")
    (workspace / "app" / "b.py").unlink()
    (workspace / "app" / "端口.txt").write_text("mine\n")
    (workspace / "c.py").write_text("not below\n")
    found = [(" M", "app/a.py"), (" D", "app/b.py"), ("??", "app/端口.txt")]
    assert git_status.changes(workspace / "app") == found
    assert git_status.uncommitted(workspace / "app") == [path for _, path in found]


def test_no_repository(workspace: Path) -> None:
    """Outside of git's work trees there is nothing to say."""
    assert git_status.uncommitted(workspace) is None
