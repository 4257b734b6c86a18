"""`python wsgi.py`, the way the app runs on your machine."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPException
from pathlib import Path

import pytest
from conftest import Client

PROJECT = Path(__file__).parent.parent
SITE = "{{ 'views.py' if cookiecutter.backend == 'django' else 'app.py' }}"


@pytest.fixture
def project(tmp_path):
    """Return a copy of the project."""
    for path in [*PROJECT.glob("*.py"), *PROJECT.glob("static/*"), *PROJECT.glob("templates/*")]:
        (tmp_path / path.relative_to(PROJECT)).parent.mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / path.relative_to(PROJECT))
    return tmp_path


@pytest.fixture
def devserver(project):
    """Start the development server of the copy and return a client of it."""
    with socket.create_server(("", 0)) as found:
        port = found.getsockname()[1]
    environ = {**os.environ, "LEANCLOUD_APP_ENV": "development", "LEANCLOUD_APP_PORT": str(port)}
    command = [sys.executable, "wsgi.py"]
    with subprocess.Popen(command, cwd=project, env=environ, start_new_session=True) as server:
        yield Client(port)
        os.killpg(server.pid, signal.SIGKILL)  # with the process that it watches


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


def test_serves_and_starts_again_when_a_file_changes(project, devserver):
    site = project / SITE
    wait_for_address(devserver, "127.0.0.1", site)
    with site.open("a", encoding="utf-8") as file:
        file.write("\n\ndef client_address(_=None):\n    return 'changed'\n")
    wait_for_address(devserver, "changed", site)
