"""The data service beside an app: where the data is, who gets one, what is left."""

from __future__ import annotations

import json
import sysconfig
import threading
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest

from scaffold import own_folder
from scaffold.up import data, environment
from scaffold.up.data import Data, open_for
from scaffold.up.logs import Log
from scaffold.up.project import UpProject

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Scaffold

    from .conftest import Up

APP = """
import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.request import Request, urlopen

def ask(body=None):
    keys = {"X-LC-Id": "LEANCLOUD_APP_ID", "X-LC-Key": "LEANCLOUD_APP_KEY"}
    headers = {name: os.environ[variable] for name, variable in keys.items()}
    request = Request(os.environ["LEANCLOUD_API_SERVER"] + "/1.1/classes/Start", body, headers)
    return json.load(urlopen(request, timeout=60))

ask(b"{}")  # an app that writes before it serves

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        content = json.dumps(len(ask()["results"])).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(content)

HTTPServer(("0.0.0.0", int(os.environ["LEANCLOUD_APP_PORT"])), Handler).serve_forever()
"""
KEYS = dict.fromkeys(environment.KEYS, "x" * 24)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project whose app has nothing to install and needs data at its start."""
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "wsgi.py").write_text(APP, "utf-8")
    (folder / "requirements.txt").write_text("", "utf-8")
    (folder / "leanengine.yaml").write_text("run: python wsgi.py\n", "utf-8")
    return folder


@pytest.mark.boot
def test_data_is_kept(up: Callable[..., Up], project: Path) -> None:
    """An app that writes while it starts finds its data, and what it wrote the next time."""
    for starts in (1, 2):
        one = up("--no-console", "--no-reload")
        one.wait_for("healthy")
        assert one.get() == starts
        url = one.wait_for(r"Data: (http://127\.0\.0\.1:\d+), kept in \.scaffold/data")[1]
        assert data.running(project) == url
        assert one.end() == 130
        assert data.running(project) is None
    assert (project / ".scaffold/.gitignore").read_text("utf-8") == "*\n"


@pytest.mark.boot
def test_data_in_memory(up: Callable[..., Up], project: Path) -> None:
    """With --data memory each run begins with nothing, and leaves nothing in the project."""
    one = up("--data", "memory", "--no-console", "--no-reload")
    one.wait_for("healthy")
    assert one.get() == 1
    one.end()
    assert not (project / ".scaffold").exists()


@pytest.mark.boot
@pytest.mark.parametrize(
    ("arguments", "code"),
    [((), 0), (("--data", "none"), 1), (("--env", "LEANCLOUD_API_SERVER=http://127.0.0.1:9"), 1)],
)
def test_rehearsal(
    scaffold: Scaffold, project: Path, arguments: tuple[str, ...], code: int
) -> None:
    """An app that writes while it starts starts in a rehearsal, unless it shall have no data."""
    assert scaffold("boot", str(project), *arguments).code == code


@pytest.mark.parametrize(
    ("choice", "given", "served"),
    [
        ("keep", {}, True),
        ("memory", {}, True),
        ("none", {}, False),
        ("keep", {"LEANCLOUD_APP_ID": "real"}, False),
        ("keep", {"LEANCLOUD_API_SERVER": "https://example.com"}, False),
    ],
)
def test_who_gets_one(project: Path, choice: str, given: dict[str, str], served: bool) -> None:
    """An app with real keys, or with a server of its own, keeps them."""
    found = UpProject(project, "uv", given)
    service = open_for(found, choice, Log(lambda _: None))
    server = found.plan().variables.get("LEANCLOUD_API_SERVER")
    assert (service is not None) is served
    if service:
        assert server == service.url
        service.stop()
    else:
        assert server == given.get("LEANCLOUD_API_SERVER", server)


def test_requests_wait(tmp_path: Path) -> None:
    """The port is open before the service is: who asks early waits for the answer."""
    service = Data(tmp_path, print)
    service.start(KEYS, 1)
    try:
        with urllib.request.urlopen(f"{service.url}/1.1/date", timeout=60) as answer:
            assert json.load(answer)["__type"] == "Date"
    finally:
        service.stop()


def test_pythons_configuration_is_read_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What only one thread may be the first to ask is asked before the service has a thread."""
    asked: list[threading.Thread] = []
    monkeypatch.setattr(
        sysconfig, "get_config_vars", lambda: asked.append(threading.current_thread())
    )
    monkeypatch.setattr(Data, "_run", lambda *_: None)
    service = Data(tmp_path, print)
    service.start({}, None)
    service.stop()
    assert asked == [threading.main_thread()]


def test_failure_is_reported(tmp_path: Path) -> None:
    """Data that cannot be opened is a note in the log, and the app goes on."""
    (tmp_path / "store.sqlite3").write_bytes(b"no database" * 100)
    notes: list[str] = []
    service = Data(tmp_path, notes.append)
    service.start(KEYS, 1)
    deadline = time.monotonic() + 30
    while not notes:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    service.stop()
    assert notes[0].startswith("no data: ")


def test_upload(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where an upload would take the data along, a line says how to leave it behind."""
    found = UpProject(project, "uv", {})
    for ignored, warned in ((None, True), (".env\n", True), (".scaffold/\n", False)):
        if ignored:
            (project / ".leanignore").write_text(ignored, "utf-8")
        service = open_for(found, "keep", Log(lambda _: None))
        assert service
        service.stop()
        assert ("lean deploy" in capsys.readouterr().err) is warned
        found = UpProject(project, "uv", {})


def test_env_names_the_address(scaffold: Scaffold, project: Path) -> None:
    """`scaffold env` in another shell finds the service that runs."""
    folder = own_folder.make(project, "data")
    (folder / data.ADDRESS).write_text("http://127.0.0.1:3612", "utf-8")
    found = json.loads(scaffold("env", str(project), "--format", "json").out)
    assert found["LEANCLOUD_API_SERVER"] == "http://127.0.0.1:3612"
