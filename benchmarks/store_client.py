"""A client of a REST API that costs little itself: requests are made beforehand, as bytes."""

from __future__ import annotations

import itertools
import json
import socket
import statistics
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

END = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass(frozen=True)
class Api:
    """Where a server listens.

    Args:
        port: its port on loopback.
        prefix: what its addresses begin with.
        headers: those with its keys.
    """

    port: int
    prefix: str
    headers: Mapping[str, str]

    def request(self, method: str, path: str, body: object = None, **parameters: object) -> bytes:
        """Return a request as it is sent; parameters that are no text go as JSON."""
        texts = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in parameters.items()
        }
        query = "&".join(f"{name}={quote(value)}" for name, value in texts.items())
        content = b"" if body is None else json.dumps(body).encode()
        lines = [
            f"{method} {self.prefix}{path}{'?' if query else ''}{query} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
            "Content-Type: application/json",
            *([] if body is None else [f"Content-Length: {len(content)}"]),
        ]
        return "\r\n".join(lines).encode() + END + content

    def connected(self) -> Connection:
        """Return a new connection."""
        opened = socket.create_connection(("127.0.0.1", self.port), 60)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Connection(opened)


@dataclass
class Connection:
    """One connection, kept open."""

    opened: socket.socket

    def send(self, request: bytes) -> bytes:
        """Return the body of an answer.

        Raises:
            RuntimeError: the request is refused, or the connection was closed.
        """
        self.opened.sendall(request)
        found = b""
        while END not in found:
            found += self._more()
        head, _, body = found.partition(END)
        length = int(head.lower().partition(LENGTH)[2].split(b"\r\n", 1)[0])
        while len(body) < length:
            body += self._more()
        if not head.startswith(b"HTTP/1.1 2"):
            raise RuntimeError(body.decode()[:500])
        return body

    def _more(self) -> bytes:
        part = self.opened.recv(1 << 20)
        if not part:
            raise RuntimeError("closed")
        return part

    def ask(self, request: bytes) -> object:
        """Return an answer as values."""
        return json.loads(self.send(request))


@dataclass(frozen=True)
class Load:
    """What a load measured.

    Args:
        rate: requests a second.
        middle: the median of the times in ms.
        slow: the time in ms within which 99 of 100 were answered.
    """

    rate: float
    middle: float
    slow: float


def load(api: Api, requests: Sequence[bytes], clients: int, seconds: float) -> Load:
    """Send requests in turn from so many connections at once."""
    times: list[float] = []
    ending = time.perf_counter() + seconds

    def run(first: int) -> None:
        connection = api.connected()
        for number in itertools.count(first, clients):
            started = time.perf_counter()
            if started > ending:
                break
            connection.send(requests[number % len(requests)])
            times.append(time.perf_counter() - started)
        connection.opened.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slow = statistics.quantiles(times, n=100)[98] if len(times) > 1 else times[0]
    return Load(len(times) / seconds, statistics.median(times) * 1000, slow * 1000)
