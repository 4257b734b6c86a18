"""Starts the app as it runs in production, for the tests, on a small server with threads that are used again."""

import http.client
import json
import os
from concurrent.futures import ThreadPoolExecutor
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

# Before the app is imported. No test reaches the real app or its data.
os.environ.update(
    LEANCLOUD_APP_ENV="production",
{% if cookiecutter.cloud_functions %}
    LEANCLOUD_APP_ID="test-id",
    LEANCLOUD_APP_KEY="test-key",
    LEANCLOUD_APP_MASTER_KEY="test-master-key",
    LEANCLOUD_APP_HOOK_KEY="test-hook-key",
    LEANCLOUD_APP_ANDX_KEY="",
    LEANCLOUD_API_SERVER="http://127.0.0.1:9",
{% endif %}
{% if cookiecutter.sessions %}
    SECRET_KEY="test-secret-key",
{% endif %}
)

import wsgi  # noqa: E402


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


@pytest.fixture(scope="session")
def client():
    """Run the app and return a client of it."""
    server = make_server("127.0.0.1", 0, wsgi.application, PoolServer, QuietHandler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield Client(server.server_port)
    server.shutdown()
    server.server_close()
