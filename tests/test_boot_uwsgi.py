"""The line that runs uWSGI, the default server: each of its flags is there for one of these."""

from __future__ import annotations

import http.client
import os
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import yaml

from scaffold.engine import environment, health
from scaffold.engine.process import Process
from scaffold.render import render
from tools import pins

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.starters import Catalog
    from tests.conftest import SharedFolder

pytestmark = pytest.mark.boot

PATIENCE = 20
APP = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Length", "5")])
    return [b"hello"]
"""
SLOW = "import time\nprint('importing', flush=True)\ntime.sleep(30)\n"
WRONG_ENVIRONMENT = "raise SystemExit(22)\n"

Serve = Callable[[str], tuple[Process, int]]


@pytest.fixture(scope="module")
def programs(shared_folder: SharedFolder) -> Path:
    """A virtualenv's programs, with uWSGI."""
    return shared_folder("uwsgi", _install) / "bin"


def _install(folder: Path) -> None:
    (wanted,) = (row["get"] for row in pins.load()["packages"] if row["get"].startswith("pyuwsgi"))
    subprocess.run([pins.UV, "venv", "--quiet", folder], check=True)
    subprocess.run([pins.UV, "pip", "install", "--quiet", "--python", folder / "bin" / "python", wanted], check=True)


@pytest.fixture
def serve(tmp_path: Path, programs: Path, catalog: Catalog) -> Iterator[Serve]:
    """Run a `wsgi.py` as leanengine.yaml says."""
    answers = catalog.resolve({})
    files = render(catalog.starter(str(answers["starter"])), answers)
    command = yaml.safe_load(files["leanengine.yaml"])["run"]
    started: list[Process] = []

    def run(code: str) -> tuple[Process, int]:
        (tmp_path / "wsgi.py").write_text(code, "utf-8")
        port = health.free_port()
        environ = {
            **environment.inherited(os.environ),
            "LEANCLOUD_APP_PORT": str(port),
            "PATH": f"{programs}{os.pathsep}{os.defpath}",
        }
        started.append(Process(command, folder=tmp_path, environ=environ))
        return started[-1], port

    yield run
    for process in started:
        process.kill()


def _wait(process: Process, happened: Callable[[], bool]) -> None:
    assert health.wait_for(happened, process.started + PATIENCE, interval=0.05), process.lines()


def _says(process: Process, words: str) -> bool:
    return any(words in line for line in process.lines())


def test_the_default_server_is_uwsgi(catalog: Catalog) -> None:
    """These tests are of what most projects run."""
    assert catalog.resolve({})["server"] == "uwsgi"


def test_sigterm_ends_it_while_the_app_is_imported(serve: Serve) -> None:
    """A deployment that is called off need not wait for a slow start, or for SIGKILL."""
    process, _ = serve(SLOW)
    _wait(process, lambda: _says(process, "importing"))
    assert process.stop(timeout=5), process.lines()


def test_it_ends_when_the_environment_is_wrong(serve: Serve) -> None:
    """What env.py says then is not said again and again by new workers: the platform sees that the app is gone."""
    process, _ = serve(WRONG_ENVIRONMENT)
    _wait(process, lambda: process.poll() is not None)
    assert not _says(process, "respawn")


def test_an_unread_body_is_answered(serve: Serve) -> None:
    """A form sent to a page that does not read it gets that page, not a reset connection."""
    process, port = serve(APP)
    _wait(process, lambda: health.listens(port))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("POST", "/", body=b"x" * 3_000_000)
    assert connection.getresponse().read() == b"hello"


def test_it_says_that_it_closes_the_connection(serve: Serve) -> None:
    """Else a proxy that keeps connections sends the next request into a closed one."""
    process, port = serve(APP)
    _wait(process, lambda: health.listens(port))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/")
    assert connection.getresponse().headers.get_all("Connection") == ["close"]


def test_running_requests_finish(serve: Serve) -> None:
    """SIGTERM lets an answer that is under way arrive."""
    slow_answer = APP.replace(
        "    start_response", "    print('asked', flush=True)\n    __import__('time').sleep(1)\n    start_response"
    )
    process, port = serve(slow_answer)
    _wait(process, lambda: health.listens(port))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/")
    _wait(process, lambda: _says(process, "asked"))
    ended = process.stop()
    assert (connection.getresponse().read(), ended) == (b"hello", True)
