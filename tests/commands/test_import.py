"""`scaffold import` from the command line, and killed at any moment."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from scaffold.store import settings
from scaffold.store.database import Database
from scaffold.store.stats import objects_by_class
from tests.importer.conftest import PASSWORD, SALT, TOKEN, exported
from tests.store.fake_s3 import bucket
from tests.store.process import VARIABLES, served

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Scaffold
    from tests.importer.conftest import Exported

__all__ = ["exported"]
ROW = {"objectId": "5f3dea7b7a53400006b13886", "n": 1}


@pytest.fixture(autouse=True)
def _database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the database in the environment."""
    monkeypatch.setenv(settings.DATABASE, "sqlite:///b.sqlite3")
    monkeypatch.setenv(settings.FILES, "b-files")


def test_an_export_is_imported(scaffold: Scaffold, exported: Exported, workspace: Path) -> None:
    """Into the database that the environment names; the report counts, and says what is missing."""
    done = scaffold("import", str(exported.folder))
    assert (done.code, done.out) == (0, "")
    assert "Every: 450 read, 450 written, 0 unchanged" in done.err
    assert "2 users in the target have no password" in done.err
    assert "The target has everything" in done.err
    again = scaffold("import", str(exported.folder), "--json")
    found = json.loads(again.out)
    assert (again.code, found["complete"], found["lost"]) == (0, True, [])
    assert found["classes"]["Every"]["unchanged"] == 450
    assert (workspace / "b.sqlite3").exists()


def test_no_secret_is_shown(scaffold: Scaffold, exported: Exported) -> None:
    """Neither hashes nor salts nor tokens, also where they cannot be kept."""
    users = exported.console / "_User.0.jsonl"
    lines = users.read_text("utf-8")
    bad = json.loads(lines.splitlines()[1])
    users.with_name("_Bad.jsonl").write_text(json.dumps(bad), "utf-8")
    try:
        done = scaffold("import", str(exported.console), "--json")
    finally:
        users.with_name("_Bad.jsonl").unlink()
    assert done.code == 1
    assert not [
        each for each in (PASSWORD, SALT, TOKEN, bad["password"]) if each in done.out + done.err
    ]


def test_a_difference_is_exit_code_1(scaffold: Scaffold, workspace: Path) -> None:
    """File and line are named."""
    (workspace / "Todo.jsonl").write_text(f"{json.dumps(ROW)}\n{{\n", "utf-8")
    done = scaffold("import", "Todo.jsonl")
    assert done.code == 1
    assert "Todo.jsonl:2" in done.err
    assert "Todo: 1 rows are not in the target" in done.err


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("nothing",), "import-nothing"),
        (("empty",), "import-nothing"),
        (("link.jsonl", "--database", "postgresql://me:pw@h/d"), "import-password"),
        (("link.jsonl", "--database", "postgresql:///d?password=pw"), "import-password"),
        (("link.jsonl", "--database", "mysql://h/d"), "store-bad-database"),
    ],
)
def test_wrong_usage(
    scaffold: Scaffold, workspace: Path, given: tuple[str, ...], code: str
) -> None:
    """Nothing is written, and no password shown."""
    (workspace / "empty").mkdir()
    (workspace / "link.jsonl").write_text("", "utf-8")
    done = scaffold("import", *given)
    assert done.code == 2
    assert code in done.err
    assert "pw" not in done.err
    assert not (workspace / "b.sqlite3").exists()


def test_links_in_a_folder_are_not_followed(scaffold: Scaffold, workspace: Path) -> None:
    """A folder of somebody else cannot bring a file of this machine in."""
    (workspace / "secret.jsonl").write_text(json.dumps(ROW), "utf-8")
    (workspace / "s").mkdir()
    (workspace / "s/Todo.jsonl").symlink_to(workspace / "secret.jsonl")
    done = scaffold("import", "s")
    assert done.code == 2
    assert "import-nothing" in done.err


@pytest.mark.boot
def test_a_killed_import_goes_on(tmp_path: Path, exported: Exported) -> None:
    """From an app that is served, exported and imported; the process is killed at any moment."""
    url = f"sqlite:///{tmp_path / 'data.sqlite3'}"
    command = [sys.executable, "-m", "scaffold", "import", str(exported.folder)]
    environ = {
        **os.environ,
        **VARIABLES,
        settings.DATABASE: url,
        settings.FILES: str(tmp_path / "f"),
    }
    chance = random.Random(7)
    for _ in range(4):
        with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as process:
            time.sleep(chance.uniform(0.4, 1.6))
            process.send_signal(signal.SIGKILL)
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with closing(Database(url)) as database:
        counted = objects_by_class(database)
    assert {name: counted[name] for name in exported.rows} == {
        name: len(rows) for name, rows in exported.rows.items()
    }
    with served(url, tmp_path / "f") as (address, _):
        again = tmp_path / "again"
        asking = ["export", str(again), "--server", address, "--rate", "1000"]
        command = [sys.executable, "-m", "scaffold", *asking]
        assert subprocess.run(command, env=environ, check=False).returncode == 0
    for name in ("Every", "_Role", "_User"):
        path = f"classes/{name}.jsonl"
        found = (again / path).read_text("utf-8").replace(address, "http://127.0.0.1")
        assert found == (exported.folder / path).read_text("utf-8")


def test_plain_tables_need_postgresql(scaffold: Scaffold, workspace: Path) -> None:
    """Nothing is written into a database of another kind."""
    (workspace / "Todo.jsonl").write_text(json.dumps(ROW), "utf-8")
    done = scaffold("import", "Todo.jsonl", "--into", "tables")
    assert done.code == 2
    assert "import-no-postgresql" in done.err


def test_only_an_export_says_what_to_delete(scaffold: Scaffold, workspace: Path) -> None:
    """The console's files do not."""
    (workspace / "Todo.jsonl").write_text(json.dumps(ROW), "utf-8")
    done = scaffold("import", "Todo.jsonl", "--delete")
    assert done.code == 2
    assert "import-delete" in done.err
    assert not (workspace / "b.sqlite3").exists()


def test_contents_go_into_a_bucket(
    scaffold: Scaffold, exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once; a bucket that cannot be used is an error, and the next run goes on."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    nowhere = "s3://films/store?endpoint=http://127.0.0.1:1&region=us-east-1"
    done = scaffold("import", str(exported.folder), "--files", nowhere)
    assert done.code == 1
    assert "import-storage" in done.err
    with bucket() as (url, kept):
        place = f"s3://films/store?endpoint={url}&region=us-east-1"
        for state in ("written", "unchanged"):
            done = scaffold("import", str(exported.folder), "--files", place)
            assert f"files: {state}: 3" in done.err.replace("external: 1, ", "")
    assert sorted(kept.values()) == sorted(exported.downloads.values())
