"""`python wsgi.py`, the way the app runs on your machine."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from http.client import HTTPException

import pytest
from harness import (
    ANSWERS,
    ASYNCHRONOUS,
    FUNCTIONS,
    LAYERS,
    PAGES,
    PROJECT,
    SERVER,
    STARTER,
    Client,
    free_port,
    is_healthy,
)

SITE = f"{PAGES}.py"
# One case of each kind of development server is enough: of one process, and of a process that starts another.
ONE_OF_A_KIND = SERVER in ("uvicorn", "sanic", "tornado") and STARTER in ("fastapi", "sanic", "tornado")
ONE_OF_A_KIND = ONE_OF_A_KIND and FUNCTIONS and ANSWERS.get("dependencies") == "current"
# Leaves a file for each process that imports the app; all but the first `{others}` stay there.
SLOW_IMPORT = """

import os, pathlib, time
pathlib.Path(f"importing-{{os.getpid()}}").touch()
if len(list(pathlib.Path().glob("importing-*"))) > {others}:
    time.sleep(120)
"""


@pytest.fixture
def project(tmp_path):
    """Return a copy of the project."""
    patterns = ("*.py", "leanengine/*.py", "static/*", "templates/*")
    for path in [path for pattern in patterns for path in PROJECT.glob(pattern)]:
        (tmp_path / path.relative_to(PROJECT)).parent.mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / path.relative_to(PROJECT))
    return tmp_path


@contextmanager
def started(project, **environ):
    """Start the development server of the copy; give its process and a client of it."""
    port = free_port()
    environ = {**os.environ, "LEANCLOUD_APP_ENV": "development", "LEANCLOUD_APP_PORT": str(port), **environ}
    environ.pop("SCAFFOLD_PROCESS", None)
    command = [sys.executable, "wsgi.py"]
    server = subprocess.Popen(
        command, cwd=project, env=environ, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield server, Client(port)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)  # with the process that it watches
        server.communicate()


def wait_until(condition, server):
    """Wait until the development server has come to some point."""
    until = time.monotonic() + 60
    while not condition():
        assert server.poll() is None, server.communicate()[0].decode()
        assert time.monotonic() < until
        time.sleep(0.02)


def wait_for_address(client, address, site):
    """Ask for the status until it holds `address`."""
    deadline = time.monotonic() + 60
    while True:
        try:
            if json.loads(client("GET", "/api/status").body)["address"] == address:
                return
            site.touch()  # a server that has just started may not have been watching when it was written
        except (OSError, ValueError, HTTPException):
            pass  # it is starting, or ends while it answers
        assert time.monotonic() < deadline
        time.sleep(0.3)


@pytest.mark.skipif(ASYNCHRONOUS and LAYERS != "own", reason="that is uvicorn's or granian's")
def test_serves_and_starts_again_when_a_file_changes(project):
    site = project / SITE
    with started(project) as (_, client):
        wait_for_address(client, "127.0.0.1", site)
        with site.open("a", encoding="utf-8") as file:
            file.write("\n\ndef client_address(_=None):\n    return 'changed'\n")
        wait_for_address(client, "changed", site)


@pytest.mark.skipif(not ONE_OF_A_KIND, reason="another case tests this development server")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ends_without_a_traceback_while_it_imports_the_app(project, number):
    """By Ctrl-C, or by a supervisor; where it starts a process for the app, while that one imports."""
    others = 0 if LAYERS == "own" else 1
    with (project / SITE).open("a", encoding="utf-8") as file:
        file.write(SLOW_IMPORT.format(others=others))
    with started(project) as (server, _):
        wait_until(lambda: len(list(project.glob("importing-*"))) > others, server)
        os.killpg(server.pid, number)
        printed = server.communicate(timeout=60)[0].decode()
    assert "Traceback" not in printed
    assert "Error" not in printed


@pytest.mark.skipif(not ONE_OF_A_KIND, reason="another case tests this development server")
def test_says_where_it_listens_and_ends_without_a_traceback(project):
    with started(project) as (server, client):
        wait_until(lambda: is_healthy(client, server), server)
        os.killpg(server.pid, signal.SIGINT)
        printed = server.communicate(timeout=60)[0].decode()
    assert f":{client.port}" in printed
    assert "Traceback" not in printed


@pytest.mark.skipif(not (PROJECT / "leanengine" / "reload.py").exists(), reason="its server has a reload of its own")
@pytest.mark.parametrize("watched", [True, False])
def test_does_not_watch_files_that_scaffold_up_watches(monkeypatch, watched):
    """It starts the app again by itself; twice would be once too often."""
    from leanengine import reload

    started = []
    monkeypatch.setattr(reload.Thread, "start", lambda thread: started.append(thread))
    monkeypatch.delenv("SCAFFOLD_PROCESS", raising=False)
    if watched:
        monkeypatch.setenv("SCAFFOLD_PROCESS", "0123")
    reload.start()
    assert bool(started) is not watched
