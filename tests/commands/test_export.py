"""`scaffold export` from the command line, and killed at any moment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scaffold.commands import export
from scaffold.export.reader import Export
from tests.export import platform
from tests.export.conftest import TODOS, TOKEN, app_folder, source
from tests.export.platform import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Scaffold
    from tests.export.platform import Fault, Source

__all__ = ["app_folder", "source"]
SECRETS = (KEYS.app_key, KEYS.master_key, TOKEN)


@pytest.fixture
def server(source: Source) -> Iterator[str]:
    """Serve an app."""
    with platform.served(source) as url:
        yield url


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the keys in the environment."""
    monkeypatch.setenv(export.APP_ID, KEYS.app_id)
    monkeypatch.setenv(export.MASTER_KEY, KEYS.master_key)
    monkeypatch.delenv(export.SERVER, raising=False)


def test_an_app_is_exported_and_verified(scaffold: Scaffold, server: str, workspace: Path) -> None:
    """The summary counts, and warns of what deletes everything at once."""
    (workspace / ".env").write_text(f"{export.SERVER}={server}\n", "utf-8")
    done = scaffold("export", "--rate", "1000")
    assert done.code == 0
    assert "3 files, 50 messages" in done.err
    assert "deletes everything at once" in done.err
    assert "passwords" in done.err
    assert len(list(Export.open(workspace / "export").rows("Todo"))) == TODOS
    verified = scaffold("export", "--verify", "--rate", "1000", "--json")
    assert verified.code == 0
    assert json.loads(verified.out) == {"verified": True, "problems": []}
    (workspace / "export/classes/Tag.jsonl").unlink()
    verified = scaffold("export", "--verify", "--rate", "1000")
    assert verified.code == 1
    assert "classes/Tag.jsonl" in verified.out
    printed = done.out + done.err + verified.out + verified.err
    assert not [secret for secret in SECRETS if secret in printed]


def test_the_archive_of_the_platform(scaffold: Scaffold, source: Source, server: str) -> None:
    """`--archive` says where it is, how large, and what may be in it."""
    source.platform.archive = bytes(2_345_678), 0
    done = scaffold("export", "--archive", "--server", server, "--rate", "1000")
    assert done.code == 0
    assert "archive.tar.gz, 2.3 MB. It may hold tokens" in done.err
    done = scaffold("export", "--server", server, "--rate", "1000")
    assert "archive.tar.gz" not in done.err


def test_the_key_is_asked_for_unseen(scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal; it is no argument, which others could read in a list of processes."""
    asked: list[dict[str, object]] = []

    def prompt(label: str, **options: object) -> str:
        asked.append({"label": label, **options})
        return "not a key"

    monkeypatch.delenv(export.MASTER_KEY)
    monkeypatch.setattr("scaffold.output.can_prompt", lambda: True)
    monkeypatch.setattr("click.prompt", prompt)
    done = scaffold("export", "--server", "http://127.0.0.1:1")
    assert done.code == 2
    assert export.MASTER_KEY in done.err
    assert "not a key" not in done.err
    assert [each["hide_input"] for each in asked] == [True]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("http://api.example.invalid", "export-no-tls"),
        ("ftp://127.0.0.1", "export-bad-server"),
        ("https://me:secret@127.0.0.1", "export-bad-server"),
        ("https://", "export-bad-server"),
        ("https://[", "export-bad-server"),
    ],
)
def test_an_address_that_is_none_is_refused(
    scaffold: Scaffold, given: str, code: str, workspace: Path
) -> None:
    """Nothing is asked or written."""
    done = scaffold("export", "--server", given)
    assert done.code == 2
    assert code in done.err
    assert list(workspace.iterdir()) == []


def test_a_folder_with_other_files_is_left_alone(scaffold: Scaffold, workspace: Path) -> None:
    """Neither its mode nor its contents change."""
    (workspace / "mine").mkdir(mode=0o755)
    (workspace / "mine/notes.txt").write_text("mine", "utf-8")
    done = scaffold("export", "mine", "--server", "http://127.0.0.1:1")
    assert done.code == 2
    assert "export-not-empty" in done.err
    assert (workspace / "mine").stat().st_mode & 0o777 == 0o755
    assert [path.name for path in (workspace / "mine").iterdir()] == ["notes.txt"]


def test_verify_without_an_export_writes_nothing(scaffold: Scaffold, workspace: Path) -> None:
    """It says that there is none."""
    done = scaffold("export", "--verify", "--server", "http://127.0.0.1:1")
    assert done.code == 1
    assert "export-no-manifest" in done.err
    assert list(workspace.iterdir()) == []


@pytest.mark.boot
def test_a_killed_export_goes_on(source: Source, server: str, workspace: Path) -> None:
    """The process is killed while it waits for one answer after another."""
    running: list[subprocess.Popen[bytes]] = []
    kills = [5, 20, 45, 70]

    def kill(number: int, *_: object) -> Fault | None:
        if kills and number >= kills[0]:
            kills.pop(0)
            running[-1].send_signal(signal.SIGKILL)
            running[-1].wait()
        return None

    source.platform.fault = kill
    command = [sys.executable, "-m", "scaffold", "export", "--server", server, "--rate", "1000"]
    codes: list[int] = []
    while not codes or codes[-1]:
        assert len(codes) < 10, codes
        running.append(subprocess.Popen(command, cwd=workspace, env=os.environ))
        codes.append(running[-1].wait(timeout=300))
    assert codes == [-signal.SIGKILL] * 4 + [0]
    found = Export.open(workspace / "export")
    assert list(found.damaged()) == []
    rows = {row["objectId"]: row for row in found.rows("Todo")}
    assert rows == source.rows("Todo")
    assert found.manifest.classes["Todo"].written.rows == TODOS
