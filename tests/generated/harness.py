"""Starts a generated app for the tests of its platform part: answers, client, fake data store."""

import http.client
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

HERE = Path(__file__).parent
PROJECT = HERE.parent
ANSWERS = dict(re.findall(r"^(\w+): (.+)$", (PROJECT / ".copier-answers.yml").read_text(), re.MULTILINE))
ANSWERS = {name: json.loads(value) for name, value in ANSWERS.items() if name[0] != "_"}
FUNCTIONS = ANSWERS["cloud_functions"]
SESSIONS = ANSWERS.get("sessions", False)
STARTER = ANSWERS["starter"]
BACKEND = ANSWERS.get("backend", STARTER)
SERVER = ANSWERS.get("server", BACKEND)
LAYERS = next((name for name in ("wsgi", "asgi") if (PROJECT / "leanengine" / f"{name}.py").exists()), "own")
ASYNCHRONOUS = LAYERS != "wsgi"
PAGES = "views" if BACKEND == "django" else "app"

ID = {"X-LC-Id": "test-id"}
KEY = {**ID, "X-LC-Key": "test-key"}
MASTER = {**ID, "X-LC-Key": "test-master-key,master"}
HOOK = {**KEY, "X-LC-Hook-Key": "test-hook-key"}
HELLO = "/1.1/functions/hello"


class PoolServer(ThreadingMixIn, WSGIServer):
    """Two threads answer all requests in turn, as in gunicorn: what one visitor leaves there, another may find.

    wsgiref is strict about WSGI: an answer that is started twice, or is text, becomes a 500.
    """

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.pool = ThreadPoolExecutor(2)

    def process_request(self, request, client_address):
        self.pool.submit(self.process_request_thread, request, client_address)


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args):
        """Keep the access log out of the test report."""


class Client:
    """Sends requests to the server, by default as the platform's load balancer does for an https:// visitor."""

    def __init__(self, port):
        self.port = port

    def __call__(self, method, path, headers=None, body=None, scheme="https"):
        """Return the response, with its `body` as bytes; a body that is not bytes is sent as JSON."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        headers = {"X-Forwarded-Proto": scheme, "Content-Type": "application/json", **(headers or {})}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            response.body = response.read()
        finally:
            connection.close()
        return response

    def raw(self, head, body=b""):
        """Send a request as it is written here; return the response."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=15) as connection:
            connection.sendall(head.replace("\n", "\r\n").encode("latin-1") + body)
            response = http.client.HTTPResponse(connection)
            response.begin()
            response.body = response.read()
        return response


def free_port():
    """Return a port that nobody listens on, nor soon will: those that a system gives to others begin at 32768."""
    while True:
        port = secrets.choice(range(10240, 32768))
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@contextmanager
def served_by_thread(application):
    """Serve a WSGI app from this process; give a client of it."""
    server = make_server("127.0.0.1", 0, application, PoolServer, QuietHandler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield Client(server.server_port)
    server.shutdown()
    server.server_close()


@contextmanager
def instance(log):
    """Start the app on its own server, and end it; give a client of it and its process."""
    port = free_port()
    environ = {**os.environ, "LEANCLOUD_APP_PORT": str(port), "PYTHONPATH": str(HERE)}
    command = [sys.executable, str(HERE / "served.py")]
    process = subprocess.Popen(
        command, cwd=PROJECT, env=environ, start_new_session=True, stdout=log, stderr=subprocess.STDOUT
    )
    client = Client(port)
    try:
        if not is_healthy(client, process):
            raise AssertionError(f"the app does not start: {Path(log.name).read_text()[-2000:]}")
        yield client, process
    finally:
        # The whole group: a server that starts again when a file changes is two processes.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def is_healthy(client, process):
    """Return True as soon as the app answers the health check, False if it ends or takes too long."""
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        try:
            if client("GET", "/__engine/1/ping").status == 200:
                return True
        except OSError:
            time.sleep(0.05)
    return False
