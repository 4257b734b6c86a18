"""Every way in which a project cannot be updated: what is said, the exit
code, and that nothing changes.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest

from scaffold import versions
from tests.conftest import snapshot
from tests.repositories import commit, git

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Published, Scaffold
    from tests.update.edits import Files

ANSWERS = ".copier-answers.yml"
MARKED = b"<<<<<<< before updating\nmine\n=======\ntheirs\n>>>>>>> after updating\n"


@pytest.fixture
def old(published: Published) -> Files:
    """A Flask project of version 1.0.0."""
    return published("1.0.0", starter="flask", project_name="shop")


@pytest.fixture
def project(workspace: Path, old: Files) -> Path:
    """The same, committed, in the folder `shop`."""
    (workspace / "shop").mkdir()
    commit(workspace / "shop", old)
    return workspace / "shop"


def _answers(project: Path, pattern: str, replacement: str) -> None:
    """Change the answers file by hand."""
    text = (project / ANSWERS).read_text("utf-8")
    changed = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    assert changed != text
    commit(project, {ANSWERS: changed.encode()})


def _unmerged(project: Path) -> None:
    git(project, "checkout", "--quiet", "-b", "other")
    commit(project, {"app.py": b"1\n"})
    git(project, "checkout", "--quiet", "-")
    commit(project, {"app.py": b"2\n"})
    with pytest.raises(AssertionError, match="CONFLICT"):
        git(project, "merge", "other")


def _changed(project: Path) -> None:
    (project / "app.py").write_bytes(b"mine\n")
    (project / "新 file.txt").write_bytes(b"mine\n")


def _unknown_file(project: Path) -> None:
    (project / "mine.txt").write_bytes(b"mine\n")


def _committed_marks(project: Path) -> None:
    commit(project, {"app.py": b"a\nb\n" + MARKED})


def _no_repository(project: Path) -> None:
    (project / ".git").rename(project.parent / "git-moved-away")


def _no_commit(project: Path) -> None:
    _no_repository(project)
    git(project, "init", "--quiet")


def _no_answers(project: Path) -> None:
    git(project, "rm", "--quiet", ANSWERS)
    commit(project)


# What is done to the project, what is asked for, and what is said.
REFUSALS: dict[str, tuple[Callable[[Path], object], tuple[str, ...], tuple[str, ...]]] = {
    "uncommitted": (_changed, (), ("app.py", "新 file.txt", "git stash -u")),
    "untracked": (_unknown_file, (), ("mine.txt", "git add -A && git commit")),
    "unmerged": (_unmerged, (), ("app.py", "git add app.py")),
    "markers": (_committed_marks, (), ("app.py:3",)),
    "not-a-repository": (_no_repository, (), ("git init && git add -A && git commit",)),
    "no-commit": (_no_commit, (), ("git add -A && git commit",)),
    "no-answers": (_no_answers, (), ("no .copier-answers.yml", "scaffold adopt")),
    "answers-not-yaml": (
        lambda p: _answers(p, "^starter:.*", "starter: [a"),
        (),
        ("line 6", "git log -p"),
    ),
    "answers-not-mapping": (lambda p: commit(p, {ANSWERS: b"- a\n"}), (), ("`key: value`",)),
    "answers-no-source": (lambda p: _answers(p, "^_src_path:.*\n", ""), (), ("no _src_path",)),
    "answers-no-version": (
        lambda p: _answers(p, "^_commit:.*\n", ""),
        (),
        ("no _commit", versions.SOURCE),
    ),
    "answers-invalid": (
        lambda p: _answers(p, '"flask"', '"fastapi"'),
        (),
        ("starter: 'fastapi'", "scaffold update -d"),
    ),
    "answers-missing": (
        lambda p: _answers(p, "^starter:.*\n", ""),
        (),
        ("no starter", 'starter: "flask"'),
    ),
    "unknown-version": (
        lambda p: _answers(p, '"1.0.0"', '"1.0.7"'),
        (),
        ("_commit: 1.0.7", "1.0.0, 2.0.0, 2.0.1"),
    ),
    "newer-than-installed": (
        lambda p: _answers(p, '"1.0.0"', '"99.0.0"'),
        (),
        ("at 99.0.0", f"up to {versions.newest()}", "pipx upgrade leanengine-scaffold"),
    ),
    "template-unreachable": (
        lambda p: _answers(p, '"scaffold://.*"', '"/no/such/template"'),
        (),
        ("/no/such/template", "_src_path"),
    ),
    "no-such-version": (lambda _: None, ("--to", "1.5.0"), ("--to 1.5.0", "1.0.0, 2.0.0, 2.0.1")),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refused(name: str, project: Path, scaffold: Scaffold) -> None:
    """Exit code 2, one error that names what was found and what to do, and every file as it was."""
    spoil, arguments, message = REFUSALS[name]
    spoil(project)
    before = snapshot(project)
    result = scaffold("update", "shop", *arguments)
    assert (result.code, result.out) == (2, ""), result.err
    assert f"explain update-{name}\n" in result.err + "\n"
    assert [part for part in message if part not in result.err] == []
    after = snapshot(project)
    assert {path for path in before | after if before.get(path) != after.get(path)} == set()


OTHERS = {
    ("-d", "sever=granian"): ("answers-unknown-key-near", "Did you mean 'server'?"),
    ("-d", "nonsense=1"): ("answers-unknown-key", "project_name, title, starter, backend, server"),
    ("-d", "server"): ("answers-not-a-pair", "KEY=VALUE"),
    ("-d", "server=uvicorn"): ("answers-server-not-asgi", "-d server"),
    ("-d", "server=apache"): ("answers-unknown-choice", "uwsgi"),
    ("-d", "python=3.13", "-d", "dependencies=sdk"): ("answers-python-too-new-for-sdk", "3.13"),
    ("-d", "sessions=perhaps"): ("answers-not-boolean", "perhaps"),
    ("--to", "1.0.0", "-d", "server=uwsgi"): ("answers-unknown-key", "project_name, starter"),
}


@pytest.mark.parametrize("arguments", OTHERS, ids=" ".join)
def test_wrong_answers(arguments: tuple[str, ...], project: Path, scaffold: Scaffold) -> None:
    """Answers are judged by the new version's rules, before anything is done,
    in the words of `scaffold new`.
    """
    anchor, message = OTHERS[arguments]
    before = snapshot(project)
    result = scaffold("update", "shop", *arguments)
    assert (result.code, result.out) == (2, ""), result.err
    assert f"explain {anchor}\n" in result.err + "\n"
    assert message in result.err
    assert snapshot(project) == before


def test_an_old_answer_that_clashes(
    workspace: Path, published: Published, scaffold: Scaffold
) -> None:
    """An answer of before that the wanted one rules out is not dropped in silence."""
    (workspace / "shop").mkdir()
    commit(
        workspace / "shop",
        published(versions.newest(), starter="flask", project_name="shop", python="3.13"),
    )
    result = scaffold("update", "shop", "-d", "dependencies=sdk")
    assert result.code == 2
    assert "python: '3.13', from .copier-answers.yml; dependencies: sdk" in result.err


def test_unknown_answers_in_the_file(project: Path, scaffold: Scaffold) -> None:
    """A line that somebody added to the answers file is not dropped in silence."""
    _answers(project, "^starter:", "sever: uwsgi\nstarter:")
    result = scaffold("update", "shop")
    assert result.code == 2
    assert "'sever', from .copier-answers.yml" in result.err


def test_downgrade(workspace: Path, published: Published, scaffold: Scaffold) -> None:
    """There is no way back to an older version."""
    (workspace / "shop").mkdir()
    commit(workspace / "shop", published(versions.newest(), starter="flask", project_name="shop"))
    result = scaffold("update", "shop", "--to", "1.0.0")
    assert result.code == 2
    assert "explain update-downgrade" in result.err
    assert "git revert" in result.err


def test_no_such_folder(scaffold: Scaffold) -> None:
    """A folder that is not there, or a file."""
    result = scaffold("update", "nowhere")
    assert (result.code, "'nowhere' is not a folder" in result.err) == (2, True)


def test_a_folder_inside_the_project(project: Path, scaffold: Scaffold) -> None:
    """In a folder of the project the error says where the project begins."""
    result = scaffold("update", str(project / "templates"))
    assert result.code == 2
    assert f"scaffold update {project}" in result.err


def _program(folder: Path, body: str) -> None:
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    (folder / "git").chmod(0o755)


@pytest.mark.parametrize(
    "case",
    [
        ("", "update-no-git"),
        ("exit 1", "update-no-git"),
        ("echo git version 2.25.1", "git version 2.25.1"),
        ("echo git version 1.8.3.1", "2.31 or newer"),
        ("echo nonsense", "update-old-git"),
    ],
)
def test_git_absent_or_too_old(
    case: tuple[str, str],
    project: Path,
    workspace: Path,
    scaffold: Scaffold,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a git that can do it, nothing is begun."""
    body, message = case
    if body:
        _program(workspace / "bin", body)
    monkeypatch.setenv("PATH", str(workspace / "bin"))
    before = snapshot(project)
    result = scaffold("update", "shop")
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert snapshot(project) == before


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() != 0, reason="files of somebody else need root to be made"
)
def test_what_git_says_is_passed_on(project: Path, scaffold: Scaffold) -> None:
    """A repository of somebody else: git says what it thinks of that, and what to do."""
    for path in (project, project / ".git"):
        os.chown(path, 65534, 65534)
    result = scaffold("update", "shop")
    assert result.code == 1
    assert "dubious ownership" in result.err
    assert "safe.directory" in result.err


def test_check(project: Path, scaffold: Scaffold, published: Published) -> None:
    """Exit code 1 where there is a newer template, 0 where there is none;
    neither asks for a clean tree.
    """
    (project / "app.py").write_bytes(b"not committed\n")
    result = scaffold("update", "shop", "--check")
    assert (result.code, result.out) == (1, "")
    assert f"newer template: {versions.newest()}; the project is at 1.0.0" in result.err
    result = scaffold("update", "shop", "--check", "--json")
    assert result.code == 1
    newest = versions.newest()
    facts = {
        "source": versions.SOURCE,
        "current": "1.0.0",
        "newest": newest,
        "update_available": True,
    }
    assert json.loads(result.out) == facts
    commit(project, {ANSWERS: published(newest, starter="flask", project_name="shop")[ANSWERS]})
    result = scaffold("update", "shop", "--check")
    assert (result.code, result.out) == (0, "")
    assert f"up to date: {newest}" in result.err


def test_check_needs_no_git(
    project: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether there is something newer can be told anywhere, as in a
    container that builds the project.
    """
    monkeypatch.setenv("PATH", "")
    assert scaffold("update", "shop", "--check").code == 1
    assert project.is_dir()


def test_current(workspace: Path, published: Published, scaffold: Scaffold) -> None:
    """Nothing to do is said, and is no failure; not even with changes that are not committed."""
    newest = versions.newest()
    (workspace / "shop").mkdir()
    commit(workspace / "shop", published(newest, starter="flask", project_name="shop"))
    (workspace / "shop" / "app.py").write_bytes(b"not committed\n")
    result = scaffold("update", "shop")
    assert (result.code, result.out) == (0, "")
    assert f"shop is at {newest}" in result.err
    result = scaffold("update", "shop", "--json", "-d", "starter=flask")
    assert (result.code, json.loads(result.out)["written"]) == (0, False)


def test_in_chinese(project: Path, scaffold: Scaffold) -> None:
    """Errors speak Chinese."""
    (project / "mine.txt").write_bytes(b"mine\n")
    result = scaffold("--lang", "zh", "update", "shop")
    assert "有 git 不认识的文件" in result.err
    assert "git stash -u" in result.err
