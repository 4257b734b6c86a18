"""An update that is ended by force at any of its steps: the next run says so, and how to
get back.
"""

from __future__ import annotations

import os
import pickle
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold import atomic
from scaffold.errors import FailedError
from scaffold.update import runner, session
from tests.conftest import work_tree
from tests.repositories import commit, git
from tests.update.templates import project, release

if TYPE_CHECKING:
    from tests.conftest import Result, Scaffold

# Ends the process before a step: whatever makes, writes, renames or removes a
# file, and whatever git does.
KILLED = """
import os, pickle, signal, sys
from pathlib import Path

preview = pickle.loads(Path(sys.argv[1]).read_bytes())
step = 0
STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.chmod"}
STEPS.add("subprocess.Popen")

def look(event, arguments):
    global step
    if event in STEPS or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
        step += 1
        if step > int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)

sys.dont_write_bytecode = True
sys.addaudithook(look)
preview.apply()
"""
OLD = {
    "app.py": "a\n" * 9,
    "both.py": "old\n",
    "gone/deep/a.py": "a\n",
    "gone/b.py": "b\n",
    "kept.py": "k\n",
}
NEW = {"app.py": "a\n" * 9 + "new\n", "both.py": "new\n", "new/deep/a.py": "a\n", "new.sh": "b\n"}
MINE = {"both.py": "mine\n", "kept.py": "k\nmine\n", ".gitignore": "new.sh\n"}


@pytest.fixture
def shop(workspace: Path) -> Path:
    """A project to which an update does everything that updates do."""
    template = release(workspace / "template", "1.0.0", OLD)
    release(template, "2.0.0", NEW)
    shop = project(workspace / "shop", str(template), OLD | MINE)
    (shop / "linked").symlink_to("app.py")
    return commit(shop)


@pytest.fixture
def preview(shop: Path, workspace: Path) -> session.UpdatePreview:
    """The update, ready to be applied."""
    (workspace / "workdir").mkdir()
    start = session.start(shop, workspace / "workdir", None, (), None)
    preview = session.prepare(
        start, workspace / "workdir", str(shop), trusted=False, ask=lambda _: False
    )
    actions = {change.action for change in preview.plan.changes}
    assert actions == {"added", "changed", "removed", "conflict"}
    return preview


def _apply(preview: session.UpdatePreview, steps: int) -> bool:
    """Apply an update, and end it after a number of steps; return whether it came to its end."""
    file = preview.copy.workdir / "preview"
    file.write_bytes(pickle.dumps(preview))
    command = [sys.executable, "-c", KILLED, str(file), str(steps)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, check=False)
    assert done.returncode in {0, -9}, done.stderr.decode()
    return done.returncode == 0


def _restore(result: Result) -> None:
    """Type the commands that an error names."""
    for line in result.err.splitlines():
        if line.strip().startswith("git -C"):
            subprocess.run(shlex.split(line), check=True)


def _state(shop: Path) -> tuple[dict[str, object], str]:
    return work_tree(shop), git(shop, "ls-files", "--stage")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_at_every_step(
    shop: Path, preview: session.UpdatePreview, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a state is named, by every kind of run, and its commands restore
    files and index byte for byte.
    """
    before = _state(shop)
    halves = steps = 0
    kinds = (["--check"], ["--dry-run"], ["--defaults"])
    # Who goes on although there is half a state fails.
    monkeypatch.setattr(runner, "update", None)
    while not _apply(preview, steps):
        if _state(shop) != before:
            halves += 1
            result = scaffold("update", "shop", *kinds[steps % len(kinds)])
            assert (result.code, "explain update-interrupted\n" in result.err) == (2, True), (
                steps,
                result.err,
            )
            _restore(result)
        assert _state(shop) == before, steps
        steps += 1
    assert halves > len(NEW) + len(OLD)
    assert (shop / "new" / "deep" / "a.py").is_file()
    assert {"UU both.py", "UD kept.py"} <= set(git(shop, "status", "--porcelain").splitlines())
    assert "explain update-unmerged" in scaffold("update", "shop", "--dry-run").err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_edited_since(shop: Path, preview: session.UpdatePreview, scaffold: Scaffold) -> None:
    """What the user did after it is not taken back with it: other files stay,
    the same ones are named first.
    """
    steps = 0
    while True:
        assert not _apply(preview, steps)
        if (shop / "app.py").read_text() != OLD["app.py"]:
            break
        _restore(scaffold("update", "shop", "--check"))
        steps += 1
    (shop / "mine.txt").write_text("mine\n")
    (shop / "linked").unlink()
    result = scaffold("update", "shop")
    assert "explain update-interrupted\n" in result.err
    (shop / "app.py").write_text("mine too\n")
    edited = scaffold("update", "shop")
    assert (
        edited.code,
        "explain update-interrupted-edited\n" in edited.err,
        "app.py" in edited.err,
    ) == (
        2,
        True,
        True,
    )
    _restore(result)
    assert git(shop, "status", "--porcelain").splitlines() == [" D linked", "?? mine.txt"]
    # The journal tells of an update that is no more.
    assert "explain update-uncommitted" in scaffold("update", "shop").err


def test_what_cannot_be_taken_back(
    shop: Path, preview: session.UpdatePreview, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk is full for the way back too, that is said, with the commands
    for later; so does the next run.
    """
    before = _state(shop)
    real = atomic.write

    def write(path: Path, data: bytes) -> None:
        if path.name == ".copier-answers.yml" or path == shop / "gone" / "b.py":
            raise OSError(28, "No space left on device", str(path))
        real(path, data)

    monkeypatch.setattr(atomic, "write", write)
    with pytest.raises(FailedError, match="could not be undone") as caught:
        preview.apply()
    assert "git -C" in str(caught.value)
    monkeypatch.setattr(atomic, "write", real)
    result = scaffold("update", "shop")
    assert "explain update-interrupted\n" in result.err
    _restore(result)
    assert _state(shop) == before
