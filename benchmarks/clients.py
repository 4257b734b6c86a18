"""The clients of `servers.py`: slow ones, odd ones, and those that a server should refuse."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from scaffold.engine import health

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FUNCTION = f"{health.FUNCTIONS}/hello"
SLOW = "/slow"
LARGE = "/large"
# What SLOW and LARGE are, in the Flask apps that are measured.
ROUTES = """
@app.route("/slow")
def slow():
    __import__("time").sleep(2)
    return "slow"


@app.route("/large")
def large():
    return "x" * 8 * 2**20


"""
PATIENCE = 15.0
# Until what a client sent has reached the server.
ARRIVED = 0.5
MEGABYTE = 2**20
_READ = 65536


def stalls(headers: str) -> dict[str, bytes]:
    """Return what clients send before they stop, by kind; `headers` are
    keys that the functions ask for.
    """
    post = f"POST {FUNCTION} HTTP/1.1\r\nHost: a\r\n{headers}Content-Type: application/json\r\n"
    return {
        "idle": b"",
        "half heads": b"GET / HTTP/1.1\r\nHost: a\r\nX-",
        "half bodies": f"{post}Content-Length: 14\r\n\r\n{{".encode(),
        "half chunks": f"{post}Transfer-Encoding: chunked\r\n\r\ne\r\n{{".encode(),
        "unread answers": f"GET {LARGE} HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
        "2 s functions": f"GET {SLOW} HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
    }


@contextmanager
def stalled(port: int, sent: bytes, count: int) -> Iterator[None]:
    """Keep `count` connections open that send a part of a request, or do not read the answer."""
    with ExitStack() as stack:
        for _ in range(count):
            client = stack.enter_context(connected(port))
            client.sendall(sent)
        time.sleep(ARRIVED)
        yield


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """Connect to an app on this machine."""
    with socket.create_connection((health.LOOPBACK, port), timeout=PATIENCE) as client:
        yield client


def ping_time(port: int) -> float | None:
    """Return how long the health check takes, None if it is not answered in time."""
    begun = time.monotonic()
    answer = health.ask(port, health.PING, timeout=PATIENCE)
    return time.monotonic() - begun if answer.ok else None


def status(port: int, sent: bytes) -> str:
    """Return the status that the bytes of a request are answered with, or that there is none."""
    received = b""
    with connected(port) as client, suppress(OSError):
        client.sendall(sent)
        received = client.recv(_READ)
    return received.split(b" ", 2)[1].decode() if received.startswith(b"HTTP/") else "no answer"


def bodies(headers: str) -> dict[str, bytes]:
    """Return calls of the function `hello` in whole requests that are right, though not usual."""
    head = (
        f"POST {FUNCTION} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}Content-Type: "
        "application/json\r\n"
    )
    body = json.dumps({"name": "x" * (MEGABYTE + MEGABYTE // 2)}).encode()
    short = b'{"name": "bench"}'
    chunked = f"{head}Transfer-Encoding: chunked\r\n\r\n".encode()
    bytewise = b"".join(b"1\r\n%c\r\n" % byte for byte in short)
    extended = b'%X;name="value"\r\n%b\r\n' % (len(short), short)
    end = b"0\r\n\r\n"
    lines = "".join(f"X-Line-{number}: {'x' * 8000}\r\n" for number in range(8))
    counted = f"Content-Length: {len(short)}\r\n\r\n".encode() + short
    return {
        "one chunk of 1.5 MB": chunked + b"%x\r\n%b\r\n" % (len(body), body) + end,
        "chunks of one byte": chunked + bytewise + end,
        "a chunk with an extension": chunked + extended + end,
        "a trailer after the chunks": chunked + extended + b"0\r\nX-Trailer: value\r\n\r\n",
        "a header line of 8 KB": head.encode() + b"X-Line: " + b"x" * 8180 + b"\r\n" + counted,
        "headers of 64 KB": (head + lines).encode() + counted,
    }


def ambiguous(headers: str) -> dict[str, bytes]:
    """Return requests that two servers could read in two ways."""
    head = (
        f"POST {FUNCTION} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}Content-Type: "
        "application/json\r\n"
    )
    chunks = "\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    texts = {
        "Content-Length: 2 and 3": "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
        "Content-Length: 2 twice": "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "Content-Length: -2": "Content-Length: -2\r\n\r\n{}",
        "Content-Length: +2": "Content-Length: +2\r\n\r\n{}",
        "Content-Length and chunks": "Content-Length: 2\r\nTransfer-Encoding: chunked" + chunks,
        "Transfer-Encoding: xchunked": "Transfer-Encoding: xchunked" + chunks,
        "chunk size +2": "Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n",
        "Content-Length : 2": "Content-Length : 2\r\n\r\n{}",
    }
    return {name: (head + text).encode() for name, text in texts.items()}


class InFlight:
    """A request for SLOW that is under way."""

    def __init__(self, port: int) -> None:
        self._answer = health.HttpResponse(0)
        self._thread = threading.Thread(target=self._ask, args=(port,))
        self._thread.start()
        time.sleep(ARRIVED)

    def answered(self) -> bool:
        """Wait for the end; return whether the whole answer came."""
        self._thread.join()
        return self._answer.body == b"slow"

    def _ask(self, port: int) -> None:
        self._answer = health.ask(port, health.Request(SLOW), timeout=PATIENCE)


def key_lines(headers: Mapping[str, str]) -> str:
    """Return headers as lines of a request."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())
