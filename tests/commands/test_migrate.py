"""`scaffold migrate`: what it prints, what it refuses, and what is left when it is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT, snapshot, work_tree
from tests.repositories import commit, git
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository, Scaffold

TREE = {
    "wsgi.py": "import os\n\nA = os.environ['LC_APP_ID']\n",
    "requirements.txt": "leancloud-sdk>=1.0.9\n",
    "README.md": "LC_APP_ID is needed.\n",
}


def test_it_migrates(repository: Repository, scaffold: Scaffold) -> None:
    """Files change, each is named with its lines, and what is left is reported
    with file, line and what to do.
    """
    folder = repository(TREE)
    result = scaffold("migrate", str(folder))
    assert (result.code, result.out) == (0, "")
    assert "wsgi.py: 3" in result.err
    assert "README.md:1: LC_APP_ID" in result.err
    assert "git checkout" in result.err
    assert (folder / "wsgi.py").read_text() == "import os\n\nA = os.environ['LEANCLOUD_APP_ID']\n"
    assert (folder / "requirements.txt").read_text() == "leancloud>=2.9.12,<4\n"
    assert (folder / "README.md").read_text() == TREE["README.md"]


def test_a_second_run_changes_nothing(repository: Repository, scaffold: Scaffold) -> None:
    """It says that there is nothing to do."""
    folder = repository({"wsgi.py": TREE["wsgi.py"]})
    scaffold("migrate", str(folder))
    before = work_tree(folder)
    commit(folder)
    result = scaffold("migrate", str(folder))
    assert result.code == 0
    assert "Nothing to migrate" in result.err
    assert work_tree(folder) == before


def test_dry_run(repository: Repository, scaffold: Scaffold) -> None:
    """The whole difference goes to stdout and applies with git; nothing is
    written, even in a dirty tree.
    """
    folder = repository(TREE)
    (folder / "new.txt").write_text("mine\n")
    before = snapshot(folder)
    result = scaffold("migrate", "--dry-run", str(folder))
    assert snapshot(folder) == before
    assert result.code == 0
    assert "would change, with their lines (2)" in result.err
    done = subprocess.run(
        ("git", "apply", "-"),
        cwd=folder,
        input=result.out.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "LEANCLOUD_APP_ID" in (folder / "wsgi.py").read_text()


def test_diff(repository: Repository, scaffold: Scaffold) -> None:
    """The difference is shown while files are written."""
    folder = repository(TREE)
    result = scaffold("migrate", "--diff", "--quiet", str(folder))
    assert "+A = os.environ['LEANCLOUD_APP_ID']" in result.out
    assert result.err == ""
    assert "LEANCLOUD_APP_ID" in (folder / "wsgi.py").read_text()


def test_json(repository: Repository, scaffold: Scaffold) -> None:
    """The plan is for programs too."""
    folder = repository(TREE)
    plan = json.loads(scaffold("migrate", "--json", "--dry-run", "--lang", "zh", str(folder)).out)
    assert plan["written"] is False
    assert plan["moved"] is True
    assert [file["path"] for file in plan["files"]] == ["requirements.txt", "wsgi.py"]
    assert plan["files"][1]["changes"] == [
        {
            "line": 3,
            "before": "A = os.environ['LC_APP_ID']",
            "after": "A = os.environ['LEANCLOUD_APP_ID']",
        }
    ]
    assert [(item["file"], item["line"], item["code"], item["name"]) for item in plan["left"]] == [
        ("README.md", 1, "mention", "LC_APP_ID")
    ]
    assert {finding["rule"] for finding in plan["findings"]} == {"LE084"}


def test_names_and_sdk_stay_together(repository: Repository, scaffold: Scaffold) -> None:
    """A project whose SDK is a fork is left, loudly."""
    folder = repository(
        {**TREE, "requirements.txt": "git+https://example.com/me/sdk#egg=leancloud-sdk\n"}
    )
    result = scaffold("migrate", str(folder))
    assert result.code == 1
    assert "must move together" in result.err
    assert "requirements.txt:1: leancloud-sdk" in result.err
    assert git(folder, "status", "--porcelain") == ""


def test_refusals(repository: Repository, scaffold: Scaffold, workspace: Path) -> None:
    """What git could not take back is not done, unless it is forced."""
    assert "migrate-no-directory" in scaffold("migrate", "nowhere").err
    build_file_tree(workspace / "plain", TREE)
    result = scaffold("migrate", "plain")
    assert (result.code, "migrate-not-in-git" in result.err) == (2, True)
    folder = repository(TREE)
    (folder / "wsgi.py").write_text("import os\n\nB = os.environ['LC_APP_KEY']\n")
    result = scaffold("migrate", str(folder))
    assert (result.code, "migrate-uncommitted" in result.err) == (2, True)
    assert "LC_APP_KEY" in (folder / "wsgi.py").read_text()
    assert scaffold("migrate", "--force", str(folder)).code == 0
    assert "LEANCLOUD_APP_KEY" in (folder / "wsgi.py").read_text()
    assert scaffold("migrate", "--force", "plain").code == 0


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_killed_in_the_middle(repository: Repository, end: signal.Signals) -> None:
    """Every file is the old or the new one, and git brings the old ones back;
    after Ctrl-C they are back already.
    """
    number = 400
    tree = {f"{n:03}.py": f"import os\n\nA{n} = os.environ['LC_APP_ID']\n" for n in range(number)}
    folder = repository(tree)
    process = subprocess.Popen(
        (sys.executable, "-m", "scaffold", "migrate", str(folder)),
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    until = time.monotonic() + 60
    while "LEANCLOUD" not in (folder / "005.py").read_text() and time.monotonic() < until:
        time.sleep(0.001)
    process.send_signal(end)
    process.wait()
    for path, text in tree.items():
        assert (folder / path).read_text() in {text, text.replace("LC_", "LEANCLOUD_")}
    if end == signal.SIGINT:
        # It may have come when all was done.
        assert git(folder, "status", "--porcelain").count("\n") in {0, number}
    git(folder, "checkout", "--", ".")
    git(folder, "clean", "--quiet", "--force")
    assert git(folder, "status", "--porcelain") == ""
    assert {path: (folder / path).read_text() for path in tree} == tree
