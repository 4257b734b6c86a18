"""The platform's questions, asked of small servers."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from scaffold.engine import health, ports
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Serve = Callable[..., "Server"]


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers the statuses of its server's table and notes what it is sent."""

    server: Server

    def do_GET(self) -> None:
        """Answer."""
        length = int(self.headers.get("Content-Length", 0))
        self.server.seen.append(
            (self.command, self.path, dict(self.headers), self.rfile.read(length))
        )
        self.send_response(self.server.table.get(self.path, 404))
        body = self.server.body
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - http.server's name

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(http.server.ThreadingHTTPServer):
    """A server with a table of paths and statuses."""

    def __init__(self, table: Mapping[str, int], body: bytes) -> None:
        super().__init__((health.LOOPBACK, 0), Handler)
        self.table = table
        self.body = body
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers, and stop them after the test."""
    started = []

    def start(table: Mapping[str, int], body: bytes = b"{}") -> Server:
        server = Server(table, body)
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server((health.LOOPBACK, 0)) as listening:
        yield listening.getsockname()[1]


def test_headers(serve: Serve) -> None:
    """A request carries what the platform's load balancer sets; a body makes it a POST of JSON."""
    server = serve({"/a": 200})
    answer = health.ask(server.server_port, health.Request("/a", {"X-LC-Id": "id"}, b"{}"))
    ((method, path, headers, body),) = server.seen
    assert (answer.status, answer.json(), str(answer)) == (200, {}, "HTTP 200")
    assert (method, path, body) == ("POST", "/a", b"{}")
    assert (
        headers.items()
        >= {
            "X-Real-IP": "203.0.113.7",
            "X-Forwarded-Proto": "https",
            "X-LC-Id": "id",
            "Content-Type": "application/json",
        }.items()
    )


def test_no_answer(silent_port: int) -> None:
    """Refusal and silence are answers without a status, which say what was wrong."""
    refused = health.ask(ports.any_free(), health.PAGE)
    assert (refused.status, refused.ok) == (0, False)
    assert "refused" in str(refused)
    assert str(health.ask(silent_port, health.PAGE, timeout=0.1)) == "timed out"


def test_not_http() -> None:
    """A server that speaks something else gives no answer."""
    with socket.create_server((health.LOOPBACK, 0)) as listening:

        def greet() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"220 mail\r\n\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        answer = health.ask(listening.getsockname()[1], health.PAGE)
        thread.join()
    assert answer.status == 0
    assert answer.problem


@pytest.mark.parametrize(
    ("table", "strict", "passed", "answer"),
    [
        ({health.PING.path: 200}, False, True, "HTTP 200"),
        ({health.PING.path: 500, "/": 200}, False, True, "HTTP 200"),
        ({"/": 204}, False, True, "HTTP 204"),
        ({"/": 302}, False, False, "HTTP 302"),
        ({health.PING.path: 204, "/": 500}, False, False, "HTTP 500"),
        ({health.PING.path: 200}, True, False, "HTTP 200"),
        ({"/": 200}, True, False, "HTTP 404"),
    ],
)
def test_check(
    serve: Serve,
    table: Mapping[str, int],
    strict: bool,
    passed: bool,
    answer: str,
) -> None:
    """Healthy is a ping with 200 or, unless the SDK must answer, a page with 2xx."""
    found = health.check(serve(table).server_port, strict=strict)
    assert (found[0], str(found[1])) == (passed, answer)


@pytest.mark.parametrize(
    ("status", "body", "passed"),
    [
        (200, b'{"version": "2.1.9", "runtime": "cpython-3.11.7"}', True),
        (204, b"", False),
        (500, b'{"version": "2.1.9", "runtime": "cpython-3.11.7"}', False),
        (200, b'{"version": "2.1.9"}', False),
        (200, b'{"version": 2, "runtime": null}', False),
        (200, b'["version", "runtime"]', False),
        (200, b"<!doctype html>", False),
    ],
)
def test_check_strict(serve: Serve, status: int, body: bytes, passed: bool) -> None:
    """Where the SDK has to answer, only what it says to a ping will do."""
    server = serve({health.PING.path: status, "/": 200}, body)
    assert health.check(server.server_port, strict=True)[0] is passed


def test_listens(silent_port: int) -> None:
    """A port is listened on even if nothing is said there."""
    assert health.listens(silent_port)
    assert not health.listens(ports.any_free())


def test_wait_for() -> None:
    """Waiting ends with the condition or with the deadline."""
    answers = iter([False, False, True])
    assert health.wait_for(lambda: next(answers), time.monotonic() + 10, interval=0)
    begun = time.monotonic()
    assert not health.wait_for(lambda: False, begun + 0.05, interval=0.01)
    assert 0.05 <= time.monotonic() - begun < 5


def test_other_addresses() -> None:
    """The addresses are this machine's own, and 127.0.0.1 is none of them."""
    addresses = health.other_addresses()
    if not addresses:
        pytest.skip("this machine has no address but 127.0.0.1")
    for address in some(addresses):
        assert address != health.LOOPBACK
        with socket.socket() as probe:
            probe.bind((address, 0))
