{% set asynchronous = cookiecutter.backend not in ['flask', 'django', 'wsgi'] %}
{% if asynchronous %}
"""Starts the app for the tests, with its own server, in a process of its own."""
{% else %}
"""Starts the app as it runs in production, for the tests, on a small server with threads that are used again."""
{% endif %}

import http.client
import json
import os
{% if asynchronous %}
import signal
import socket
import subprocess
import sys
import time
{% endif %}
{% if cookiecutter.cloud_functions or not asynchronous %}
from concurrent.futures import ThreadPoolExecutor
{% endif %}
{% if asynchronous %}
from contextlib import contextmanager, suppress
from pathlib import Path
{% endif %}
{% if cookiecutter.cloud_functions or not asynchronous %}
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
{% endif %}

import pytest

# Before the app is imported. No test reaches the real app or its data.
os.environ.update(
    LEANCLOUD_APP_ENV="production",
{% if cookiecutter.cloud_functions %}
    LEANCLOUD_APP_ID="test-id",
    LEANCLOUD_APP_KEY="test-key",
    LEANCLOUD_APP_MASTER_KEY="test-master-key",
    LEANCLOUD_APP_HOOK_KEY="test-hook-key",
    LEANCLOUD_API_SERVER="http://127.0.0.1:9",
{% endif %}
{% if cookiecutter.backend == 'django' %}
    SECRET_KEY="test-secret-key-as-long-as-django-would-like-it-to-be",
{% elif cookiecutter.sessions %}
    SECRET_KEY="test-secret-key",
{% endif %}
)
{% if cookiecutter.cloud_functions %}
# The SDK's open door, see leansdk.py, is there without this one.
os.environ.pop("LEANCLOUD_APP_ANDX_KEY", None)
{% endif %}

{% if not asynchronous %}
import wsgi  # noqa: E402


{% elif cookiecutter.cloud_functions %}
from cloud import engine  # noqa: E402
from leansdk import AsyncEngine  # noqa: E402


{% else %}

{% endif %}
{% if cookiecutter.cloud_functions or not asynchronous %}
class PoolServer(ThreadingMixIn, WSGIServer):
    """Two threads answer all requests in turn, as in gunicorn: what one visitor leaves there, another may find.

    wsgiref is strict about WSGI: an answer that is started twice, or is text, becomes a 500.
    """

    pool = ThreadPoolExecutor(2)

    def process_request(self, request, client_address):
        self.pool.submit(self.process_request_thread, request, client_address)


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args):
        """Keep the access log out of the test report."""


{% endif %}
class Client:
    """Sends requests to the server, by default as the platform's load balancer does for an https:// visitor."""

    def __init__(self, port):
        self.port = port

    def __call__(self, method, path, headers=None, body=None, scheme="https"):
        """Return the response, with its `body` as bytes; a body that is not bytes is sent as JSON."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        headers = {"X-Forwarded-Proto": scheme, "Content-Type": "application/json", **(headers or {})}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            response.body = response.read()
        finally:
            connection.close()
        return response


{% if asynchronous %}
@pytest.fixture(scope="session")
def client():
    """Start the app and return a client of it."""
    with instance() as (client, _):
        yield client


@contextmanager
def instance():
    """Start the app, and end it; give a client of it and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {**os.environ, "LEANCLOUD_APP_PORT": str(port)}
    served = Path(__file__).with_name("served.py")
    process = subprocess.Popen([sys.executable, served], env=environ, start_new_session=True)
    client = Client(port)
    try:
        wait_until_healthy(client, process)
        yield client, process
    finally:
        # The whole group: a server that starts again when a file changes is two processes.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until_healthy(client, process):
    """Return as soon as the app answers the health check."""
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        try:
            if client("GET", "/__engine/1/ping").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail("the app does not start")
{% if cookiecutter.cloud_functions %}


@pytest.fixture(scope="session")
def engine_client():
    """Run the SDK's engine alone, in this process, and return a client of it."""
    server = make_server("127.0.0.1", 0, AsyncEngine(engine).engine, PoolServer, QuietHandler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield Client(server.server_port)
    server.shutdown()
    server.server_close()
{% endif %}
{% else %}
@pytest.fixture(scope="session")
def client():
    """Run the app and return a client of it."""
    server = make_server("127.0.0.1", 0, wsgi.application, PoolServer, QuietHandler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield Client(server.server_port)
    server.shutdown()
    server.server_close()
{% endif %}
