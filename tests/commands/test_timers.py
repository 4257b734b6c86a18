"""`scaffold timers` prints, calls and serves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.redis_server import redis_server, redis_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Scaffold

__all__ = ["redis_server", "redis_url"]
TIMERS = """\
timers:
- name: report
  function: daily_report
  cron: "0 0 8 * * ?"
- name: often
  function: tick
  every: 1
  params: {size: 3}
  environment: stage
- name: last
  function: daily_report
  cron: "0 0 8 L * ?"
  timezone: UTC
"""
KEYS = {"LEANCLOUD_APP_ID": "app-id", "LEANCLOUD_APP_KEY": "app-key"}
FROM = ("--from", "2026-11-28T16:00:00Z")


class App(BaseHTTPRequestHandler):
    """An app that notes its calls, and fails where the function is called `broken`."""

    calls: list[tuple[str, dict[str, str], object]]

    def do_POST(self) -> None:
        """Answer a call."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.calls.append((self.path, dict(self.headers), body))
        answer = b'{"result":"ok"}'
        self.send_response(400 if self.path.endswith("broken") else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def app() -> Iterator[ThreadingHTTPServer]:
    """A running app."""
    App.calls = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), App)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def project(workspace: Path) -> Path:
    """A folder with timers, in which commands run."""
    (workspace / "timers.yaml").write_text(TIMERS, "utf-8")
    return workspace


@pytest.mark.usefixtures("project")
def test_list(scaffold: Scaffold) -> None:
    """Each timer stands on a line with its next time and in words."""
    done = scaffold("timers", "list", *FROM)
    assert done.code == 0
    assert done.out.splitlines()[1:] == [
        "report  2026-11-29 08:00:00+08:00  every day at 08:00",
        "often   2026-11-28 16:00:01+00:00  every second",
        "last    2026-11-30 08:00:00+00:00  on the last day of each month at 08:00",
    ]


@pytest.mark.usefixtures("project")
def test_next_as_json(scaffold: Scaffold) -> None:
    """Programs get the times as ISO 8601."""
    done = scaffold("timers", "next", "--count", "2", "--json", *FROM)
    assert json.loads(done.out)["last"] == [
        "2026-11-30T08:00:00+00:00",
        "2026-12-31T08:00:00+00:00",
    ]


def test_run(
    scaffold: Scaffold,
    project: Path,
    app: ThreadingHTTPServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A run calls the function with the app key, as nobody, with its parameters."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    url = f"http://127.0.0.1:{app.server_port}"
    assert scaffold("timers", "run", "often", "--url", url).code == 0
    ((path, headers, body),) = App.calls
    assert path == "/1.1/functions/tick"
    assert body == {"size": 3}
    assert (headers["X-LC-Id"], headers["X-LC-Key"]) == ("app-id", "app-key")
    assert "X-LC-Session" not in headers
    (project / "timers.yaml").write_text(TIMERS.replace("tick", "broken"), "utf-8")
    failed = scaffold("timers", "run", "often", "--url", url)
    assert failed.code == 1
    assert "HTTP 400" in failed.err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("list", "nowhere"), 2, "nowhere"),
        (("run", "nothing"), 2, "report, often, last"),
        (("run", "often", "--url", "ftp://x"), 2, "ftp://x"),
        (("run", "often"), 2, "LEANCLOUD_APP_ID, LEANCLOUD_APP_KEY"),
        (("next", "--from", "tomorrow"), 2, "tomorrow"),
        (("next", "--from", "2026-11-28T16:00"), 2, "time zone"),
        (("serve", "--environment", "production", "--database", "nodb://x"), 2, "LEANCLOUD_APP_ID"),
        (("export", "crontab"), 1, "seconds"),
    ],
)
def test_refusals(
    scaffold: Scaffold,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
    text: str,
) -> None:
    """What cannot be done is one error that names what was seen."""
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    done = scaffold("timers", *arguments)
    assert done.code == code
    assert text in done.err
    assert "Traceback" not in done.err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("database", "reason"),
    [
        ("redis://me:secret@127.0.0.1:1/0", "refused"),
        ("redis://127.0.0.1:none", "none"),
        ("postgresql://me:secret@127.0.0.1:1/x", "refused"),
        ("nodb://x", "nodb"),
    ],
)
def test_a_database_that_cannot_be_used(
    scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch, database: str, reason: str
) -> None:
    """The error has the reason, and no password."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    done = scaffold("timers", "serve", "--environment", "stage", "--database", database)
    assert done.code == 1
    assert reason in done.err
    assert "secret" not in done.err
    assert "Traceback" not in done.err


@pytest.mark.boot
@pytest.mark.parametrize("database", [None, "redis_url"])
def test_two_runners(
    project: Path, app: ThreadingHTTPServer, request: pytest.FixtureRequest, database: str | None
) -> None:
    """Two processes on one state call each due time once; SIGTERM ends them, and nothing
    is left.
    """
    environ = {**os.environ, **KEYS, "LEANCLOUD_APP_ENV": "stage"}
    command = [sys.executable, "-m", "scaffold", "timers", "serve"]
    command += ["--url", f"http://127.0.0.1:{app.server_port}"]
    if database:
        command += ["--database", request.getfixturevalue(database)]
    runners = [
        subprocess.Popen(command, cwd=project, env=environ, start_new_session=True)
        for _ in range(2)
    ]
    try:
        deadline = time.monotonic() + 30
        while len(App.calls) < 5 and time.monotonic() < deadline:
            time.sleep(0.1)
        begun, calls = time.monotonic(), len(App.calls)
        time.sleep(4)
        per_second = (len(App.calls) - calls) / (time.monotonic() - begun)
    finally:
        for runner in runners:
            runner.send_signal(signal.SIGTERM)
        codes = [runner.wait(20) for runner in runners]
    assert calls >= 5
    assert per_second < 1.5
    assert set(codes) <= {0, 130, 143}


@pytest.mark.boot
def test_a_runner_without_timers(project: Path) -> None:
    """Where no timer runs the process says so once and stays, as a host would start it again;
    it needs no keys, and makes no database.
    """
    (project / "timers.yaml").write_text("timers: []\n", "utf-8")
    environ = {name: value for name, value in os.environ.items() if name not in KEYS}
    with subprocess.Popen(
        [sys.executable, "-m", "scaffold", "timers", "serve", "--environment", "production"],
        cwd=project,
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
    ) as runner:
        assert runner.stderr
        assert "is for the environment production: nothing runs" in runner.stderr.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            runner.wait(0.5)
        runner.send_signal(signal.SIGTERM)
        assert runner.stderr.read() == ""
        assert runner.wait(30) == 143
    assert not (project / ".scaffold").exists()
