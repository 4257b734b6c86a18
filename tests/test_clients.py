"""An app that has left the platform, called by the vendor's SDKs as installed clients call it."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.engine import build, environment, health, manifest, ports
from scaffold.engine.boot import BootOptions, boot_project
from scaffold.engine.process import Process
from scaffold.render import render
from tests.clients import (
    ANSWER,
    CALLS,
    JAVASCRIPT_SDK,
    NEEDS_JAVASCRIPT,
    PYTHON_CLIENT,
    node_client,
)
from tests.conftest import CATALOG, NEEDS_CHROMIUM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.boot,
    pytest.mark.skipif(os.name != "posix", reason="apps are started the POSIX way"),
]


@dataclass(frozen=True)
class Moved:
    """An app that runs with nothing of the platform's but the keys of its clients."""

    folder: Path
    environ: dict[str, str]
    port: int

    def settings(self, key: str) -> dict[str, str]:
        """Return what a client is initialised with."""
        server = f"http://127.0.0.1:{self.port}"
        return {"id": self.environ["LEANCLOUD_APP_ID"], "key": key, "server": server}

    @property
    def key(self) -> str:
        """The app key, which is in every client."""
        return self.environ["LEANCLOUD_APP_KEY"]


@pytest.fixture(scope="module", params=["flask", "fastapi"])
def moved(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Moved]:
    """A generated app, built and started with `PORT` alone."""
    folder = tmp_path_factory.mktemp("moved") / "project"
    write(folder, request.param)
    report = boot_project(folder, BootOptions(keep=True))
    assert report.folder
    try:
        assert report.error is None, report.error
        with running(report.folder) as app:
            yield app
    finally:
        shutil.rmtree(report.folder)


def write(folder: Path, starter: str) -> None:
    """Write a project of a starter."""
    backend = CATALOG.questions["backend"].default_for({"starter": starter})
    context = CATALOG.context(CATALOG.resolve({}) | {"starter": starter, "backend": backend})
    server = CATALOG.questions["server"].default_for(context)
    answers = CATALOG.resolve({}) | {"starter": starter, "backend": backend, "server": server}
    for path, content in render(CATALOG.starter(starter), answers).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


@contextmanager
def running(built: Path) -> Iterator[Moved]:
    """Run what a rehearsal built."""
    port = ports.any_free()
    environ = {
        **build.activated(environment.inherited(os.environ), built / "venv"),
        **environment.host_variables(port),
    }
    line = manifest.load(built / "app").run
    process = Process(line, folder=built / "app", environ=environ)
    try:
        assert health.wait_for(lambda: health.listens(port), process.started + 60), process.lines()
        yield Moved(built / "app", environ, port)
    finally:
        process.stop()


def python_client(app: Moved, key: str) -> Any:
    """Return what the Python SDK is answered."""
    server = app.settings(key)["server"]
    environ = {**app.environ, "LEANCLOUD_API_SERVER": server, "CLIENT_KEY": key}
    done = subprocess.run(
        PYTHON_CLIENT, cwd=app.folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_python(moved: Moved) -> None:
    """The vendor's Python SDK calls functions at both addresses, and a wrong key is refused."""
    assert python_client(moved, moved.key) == [ANSWER, ANSWER]
    assert python_client(moved, "wrong") == [401, 401]


@NEEDS_JAVASCRIPT
def test_node(moved: Moved) -> None:
    """So does its JavaScript SDK in Node."""
    assert node_client(moved.settings(moved.key)) == [ANSWER, ANSWER]
    assert node_client(moved.settings("wrong")) == [401, 401]


@NEEDS_CHROMIUM
@NEEDS_JAVASCRIPT
def test_browser(moved: Moved, browser: Browser) -> None:
    """And in a browser, on a page of another origin: the answers carry the headers of CORS."""
    with site() as address:
        page = browser.new_page()
        page.goto(f"{address}/package.json")
        page.add_script_tag(url=f"{address}/dist/av-min.js")
        call = f"async (settings) => {{ {CALLS} }}"
        assert page.evaluate(call, moved.settings(moved.key)) == [ANSWER, ANSWER]
        assert page.evaluate(call, moved.settings("wrong")) == [401, 401]
        page.close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a log."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@contextmanager
def site() -> Iterator[str]:
    """Serve the JavaScript SDK, as a website would."""
    handler = partial(Quiet, directory=str(JAVASCRIPT_SDK))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
