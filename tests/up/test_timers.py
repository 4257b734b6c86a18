"""Timers under `scaffold up`: run beside the app, shown in the console,
begun anew when the file changes.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.up.logs import Log
from scaffold.up.timers import Timers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEYS = {"LEANCLOUD_APP_ID": "id", "LEANCLOUD_APP_KEY": "key", "LEANCLOUD_REGION": "CN"}
TIMERS = """\
timers:
- {name: often, function: tick, every: 1}
- {name: weekly, function: tick, cron: "0 0 9 ? * FRI"}
- {name: elsewhere, function: tick, every: 1, environment: production}
"""


class _App(BaseHTTPRequestHandler):
    """An app whose functions all answer."""

    def do_POST(self) -> None:
        """Answer a call."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@dataclass
class Supervisor:
    """As much of a supervisor as timers need.

    Attributes:
        port: where the app listens.
        lines: what was said.
        variables: the app's.
    """

    port: int
    lines: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=lambda: dict(KEYS))

    def __post_init__(self) -> None:
        """Begin a log."""
        self.log = Log(lambda line: self.lines.append(line.text))


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    """A running app."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _App)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Supervisor(server.server_port)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def timers(tmp_path: Path, supervisor: Any) -> Iterator[Timers]:
    """The timers of a project, running."""
    (tmp_path / "timers.yaml").write_text(TIMERS, "utf-8")
    found = Timers(tmp_path, supervisor)
    found.start()
    yield found
    found.stop()


def until(condition: Any) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_they_run_and_are_shown(timers: Timers, supervisor: Supervisor) -> None:
    """A timer of this environment is run, one of another is not; each is
    described in the page's language.
    """
    until(
        lambda: (
            timers.shown("en")[0]["runs"] and timers.shown("en")[0]["runs"][0]["status"] == "done"
        )
    )
    often, weekly, elsewhere = timers.shown("zh")
    assert (often["words"], weekly["words"]) == ("每秒", "每周五 09:00")
    assert weekly["next"]
    assert (elsewhere["runs_here"], elsewhere["runs"]) == (False, [])
    assert timers.shown("en")[1]["words"] == "on Friday at 09:00"
    assert supervisor.lines[0] == "2 timers run: often, weekly"


def test_run_now(timers: Timers) -> None:
    """Any timer can be run at once, also one of another environment."""
    outcome = timers.run_now("elsewhere")
    assert outcome is not None
    assert outcome.ok
    assert timers.run_now("nothing") is None


def test_pause(timers: Timers) -> None:
    """A paused timer does not run until it goes on."""
    until(lambda: timers.shown("en")[0]["runs"])
    timers.pause("often", paused=True)
    assert timers.shown("en")[0]["paused"]
    time.sleep(2.2)
    statuses = [run["status"] for run in timers.shown("en")[0]["runs"]]
    assert statuses[0] == "missed"
    timers.pause("often", paused=False)
    until(lambda: timers.shown("en")[0]["runs"][0]["status"] == "done")


def test_a_changed_file(timers: Timers, supervisor: Supervisor, tmp_path: Path) -> None:
    """A changed file begins anew; a wrong one is said and runs nothing."""
    (tmp_path / "timers.yaml").write_text("timers: [{name: x}]\n", "utf-8")
    timers.files_changed(["app.py", "timers.yaml"])
    assert timers.shown("en") == []
    assert supervisor.lines[-1].startswith("timers.yaml:1:10: ")


def test_git_ignores_the_state(timers: Timers, tmp_path: Path) -> None:
    """What runners keep is of this machine only."""
    assert timers.shown("en")
    assert (tmp_path / ".scaffold" / ".gitignore").read_text("utf-8") == "*\n"
