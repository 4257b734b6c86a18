"""`scaffold adopt` as people type it: what it asks for, refuses, writes and takes back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from scaffold import atomic
from scaffold.adopt import writing
from scaffold.adopt.draft import FileChange
from scaffold.errors import FailedError
from tests.adopt.conftest import OLD_FLASK, TUTORIAL, _index
from tests.conftest import ROOT, snapshot, work_tree
from tests.repositories import commit, git

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository, Scaffold

CHINESE = "中文"


def state(folder: Path) -> tuple[object, str]:
    """Return all that git and the disk hold of a project, but for git's own files."""
    return work_tree(folder), git(folder, "branch", "--all") + git(folder, "status", "--porcelain")


def test_new_branch(scaffold: Scaffold, repository: Repository) -> None:
    """The changes are on a branch of their own, not committed; the old one is
    as it was; undoing is one line.
    """
    folder = repository(OLD_FLASK)
    before = state(folder)
    result = scaffold("adopt", str(folder), "--yes")
    assert (result.code, result.out) == (0, "")
    assert git(folder, "branch", "--show-current").strip() == "scaffold-adopt"
    assert " M wsgi.py" in git(folder, "status", "--porcelain")
    for place in (
        "flask  (app.py:3)",
        "wsgi:application  (wsgi.py:15)",
        "cloud functions and hooks  (cloud.py:5)",
    ):
        assert place in result.err
    lines = result.err.splitlines()
    assert lines[-2] == "The plan, with every place and date: `scaffold leave`"
    undo = lines[
        next(number for number, line in enumerate(lines) if "undo them" in line) + 1
    ].strip()
    subprocess.run(["sh", "-c", undo], cwd=folder, check=True, capture_output=True)
    assert state(folder) == before


def test_branch_name_taken(scaffold: Scaffold, repository: Repository) -> None:
    """A branch of an earlier try is not written over."""
    folder = repository(OLD_FLASK)
    git(folder, "branch", "scaffold-adopt")
    assert scaffold("adopt", str(folder), "--yes").code == 0
    assert git(folder, "branch", "--show-current").strip() == "scaffold-adopt-2"


def test_no_branch(scaffold: Scaffold, repository: Repository) -> None:
    """The user's own branch is written on when they say so."""
    folder = repository(OLD_FLASK)
    result = scaffold("adopt", str(folder), "--yes", "--no-branch")
    assert git(folder, "branch", "--show-current").strip() == "main"
    assert "git branch -d" not in result.err


def test_dry_run(scaffold: Scaffold, repository: Repository) -> None:
    """The whole diff is shown, git takes it as a patch, and nothing is written."""
    folder = repository(OLD_FLASK, {"note.py": f"# {CHINESE}\nx = 1"})
    before = state(folder)
    result = scaffold("adopt", str(folder), "--dry-run")
    assert result.code == 0
    assert state(folder) == before
    (folder.parent / "patch").write_text(result.out, "utf-8")
    git(folder, "apply", "--check", "../patch")
    git(folder, "apply", "../patch")
    by_patch, _ = state(folder)
    git(folder, "clean", "-fdq")
    git(folder, "checkout", "--", ".")
    scaffold("adopt", str(folder), "--yes")
    assert state(folder)[0] == by_patch


def test_json(scaffold: Scaffold, repository: Repository) -> None:
    """Programs read what was found, what changes, what is left, and where it was written."""
    folder = repository(OLD_FLASK, {"old.py": "LC_APP_ID = 1\n"})
    result = scaffold("adopt", str(folder), "--json", "--yes", "--diff")
    document = json.loads(result.out)
    assert document["found"]["starter"] == {"value": "flask", "place": "app.py:3"}
    assert {"path": "wsgi.py", "status": "changed"}.items() <= next(
        f for f in document["files"] if f["path"] == "wsgi.py"
    ).items()
    assert (document["written"], document["branch"]) == (True, "scaffold-adopt")
    assert document["diff"].startswith("--- /dev/null\n+++ b/.copier-answers.yml\n")
    assert all({"file", "line", "fix"} <= finding.keys() for finding in document["findings"])


def test_second_time(scaffold: Scaffold, repository: Repository) -> None:
    """What was adopted is not adopted again: updates are what comes next."""
    folder = repository(OLD_FLASK)
    scaffold("adopt", str(folder), "--yes")
    commit(folder)
    before = state(folder)
    result = scaffold("adopt", str(folder), "--yes")
    assert result.code == 2
    assert "scaffold update" in result.err
    assert state(folder) == before


def test_nothing_to_do(scaffold: Scaffold, repository: Repository) -> None:
    """A project on Python 2 can be adopted again, and then nothing changes."""
    folder = repository(OLD_FLASK, {"app.py": str(OLD_FLASK["app.py"]) + "print 'x'\n"})
    assert scaffold("adopt", str(folder), "--yes").code == 0
    commit(folder)
    before = state(folder)
    result = scaffold("adopt", str(folder), "--yes")
    assert result.code == 0
    assert "There is nothing to change." in result.err
    assert state(folder) == before


def test_from_python_2_to_3(scaffold: Scaffold, repository: Repository) -> None:
    """Once the listed places are changed, adopting again takes the project
    to Python 3 and its template.
    """
    folder = repository(OLD_FLASK, {"app.py": str(OLD_FLASK["app.py"]) + "print 'x'\n"})
    assert "app.py:9" in scaffold("adopt", str(folder), "--yes").err
    (folder / "app.py").write_text(str(OLD_FLASK["app.py"]))
    commit(folder)
    assert scaffold("adopt", str(folder), "--yes").code == 0
    assert (folder / ".python-version").read_text() == "3.11"
    assert (folder / ".copier-answers.yml").exists()
    assert "gunicorn==23.0.0" in (folder / "requirements.txt").read_text()


def test_several_apps(scaffold: Scaffold, repository: Repository) -> None:
    """Of several apps one is named; only its folder changes, and the next one can follow."""
    trees = [
        {f"{name}/{path}": text for path, text in OLD_FLASK.items()} for name in ("one", "two")
    ]
    folder = repository(*trees)
    refused = scaffold("adopt", str(folder), "--yes")
    assert refused.code == 2
    assert "one, two" in refused.err
    assert "--app" in refused.err
    assert scaffold("adopt", str(folder), "--yes", "--app", "two").code == 0
    assert not [
        line for line in git(folder, "status", "--porcelain").splitlines() if "two/" not in line
    ]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["nowhere", "--yes"], "no-directory"),
        (["project", "--yes", "--app", "nowhere"], "no-directory"),
        (["empty", "--yes"], "no-app"),
        (["project"], "not-confirmed"),
        (["project", "--json"], "not-confirmed"),
        (["plain", "--yes"], "not-in-git"),
        (["dirty", "--yes"], "uncommitted"),
        (["rooted", "--yes"], "build-root"),
    ],
)
def test_refused(
    scaffold: Scaffold, repository: Repository, workspace: Path, arguments: list[str], error: str
) -> None:
    """What cannot be done is refused before anything is changed, with the way out."""
    repository(OLD_FLASK)
    (repository(OLD_FLASK, name="dirty") / "app.py").write_text("changed = 1\n")
    rooted = {
        "leanengine.yaml": "buildRoot: api\n",
        **{f"api/{path}": text for path, text in TUTORIAL.items()},
    }
    repository(rooted, name="rooted")
    (workspace / "empty").mkdir()
    (workspace / "plain").mkdir()
    (workspace / "plain" / "wsgi.py").write_text("application = 1\n")
    before = snapshot(workspace)
    for language in ("en", "zh"):
        result = scaffold("--lang", language, "adopt", *arguments)
        assert (result.code, result.out) == (2, "")
        assert f"explain adopt-{error}" in result.err
    assert snapshot(workspace).keys() == before.keys()


def test_force_without_git(scaffold: Scaffold, workspace: Path) -> None:
    """--force goes on where git could not give anything back."""
    for path, text in TUTORIAL.items():
        (workspace / path).write_text(str(text))
    assert scaffold("adopt", "--yes", "--force").code == 0
    assert (workspace / "leanengine.yaml").exists()
    assert not (workspace / ".git").exists()


def test_half_done_is_reported(scaffold: Scaffold, repository: Repository) -> None:
    """After a run that was ended by force, the next one says how git restores the files."""
    folder = repository(OLD_FLASK)
    git(folder, "checkout", "-q", "-b", "scaffold-adopt")
    (folder / "wsgi.py").write_text("half = 1\n")
    result = scaffold("adopt", str(folder), "--yes")
    assert result.code == 2
    assert "explain adopt-half-done" in result.err
    assert "git checkout -- ." in result.err


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_taken_back(
    scaffold: Scaffold,
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    failure: BaseException,
) -> None:
    """Ctrl-C or a full disk half-way leaves every file, and the branch, as they were."""
    folder = repository(OLD_FLASK)
    before = state(folder)
    write, calls = atomic.write, []

    def fail(path: Path, data: bytes) -> None:
        if path.is_relative_to(folder):
            calls.append(path)
            if len(calls) == 9:
                raise failure
        write(path, data)

    monkeypatch.setattr(atomic, "write", fail)
    result = scaffold("adopt", str(folder), "--yes")
    assert result.code == (130 if isinstance(failure, KeyboardInterrupt) else 1)
    assert state(folder) == before
    assert git(folder, "branch", "--show-current").strip() == "main"


def test_write_follows_links_and_keeps_modes(tmp_path: Path) -> None:
    """A link stays one, and a script stays executable."""
    (tmp_path / "real.sh").write_text("old\n")
    (tmp_path / "real.sh").chmod(0o755)
    (tmp_path / "link.sh").symlink_to("real.sh")
    writing.write(tmp_path, [FileChange("link.sh", b"old\n", b"new\n")])
    assert (tmp_path / "link.sh").is_symlink()
    assert (tmp_path / "real.sh").read_text() == "new\n"
    assert (tmp_path / "real.sh").stat().st_mode & 0o777 == 0o755


def test_changed_meanwhile(tmp_path: Path) -> None:
    """What an editor saves between the plan and the writing is not lost."""
    (tmp_path / "a").write_text("saved since\n")
    with pytest.raises(FailedError, match="changed in the meantime"):
        writing.write(tmp_path, [FileChange("b", None, b"2"), FileChange("a", b"old\n", b"new\n")])
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "saved since\n"


def test_folder_in_the_way(tmp_path: Path) -> None:
    """What cannot be written is one clear error, and nothing is left behind."""
    (tmp_path / "b").mkdir()
    with pytest.raises(FailedError, match="could not be written"):
        writing.write(tmp_path, [FileChange("a", None, b"1"), FileChange("b", None, b"2")])
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_killed(repository: Repository) -> None:
    """SIGKILL at any moment of the writing leaves each file old or new, and
    git restores the old ones.
    """
    folder = repository(OLD_FLASK)
    originals = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from scaffold.adopt import writing\n"
        "from scaffold.adopt.draft import FileChange\n"
        "folder = Path(sys.argv[1])\n"
        "old = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}\n"
        "new = b'new' * 1000\n"
        "there = [FileChange(name, data, new) for name, data in old.items()]\n"
        "back = [FileChange(name, new, data) for name, data in old.items()]\n"
        "print('go', flush=True)\n"
        "while True:\n"
        "    writing.write(folder, there)\n"
        "    writing.write(folder, back)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout
        process.stdout.readline()
        time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
    for name, old in originals.items():
        assert (folder / name).read_bytes() in (old, b"new" * 1000)
    git(folder, "checkout", "--", ".")
    assert {name: (folder / name).read_bytes() for name in originals} == originals
