"""A client of a REST API that costs little itself: requests are made beforehand, as bytes."""

from __future__ import annotations

import itertools
import json
import selectors
import socket
import statistics
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


@dataclass(eq=False)
class Connection:
    """One connection, kept open."""

    opened: socket.socket

    def send(self, request: bytes) -> bytes:
        """Return the body of an answer.

        Raises:
            RuntimeError: the request is refused, or the connection was closed.
        """
        self.opened.sendall(request)
        return self.receive()

    def receive(self) -> bytes:
        """Return the body of the answer that is on its way; errors as of `send`."""
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
    """Send requests in turn from so many connections at once.

    One thread serves all of them: threads of Python would take turns, and cost more than a server.
    """
    times: list[float] = []
    turns = itertools.cycle(requests)
    begun: dict[Connection, float] = {}

    def ask(connection: Connection) -> None:
        begun[connection] = time.perf_counter()
        connection.opened.sendall(next(turns))

    with selectors.DefaultSelector() as selector:
        for _ in range(clients):
            connection = api.connected()
            selector.register(connection.opened, selectors.EVENT_READ, connection)
            ask(connection)
        ending = time.perf_counter() + seconds
        while begun:
            for key, _ in selector.select():
                connection = key.data
                connection.receive()
                times.append(time.perf_counter() - begun.pop(connection))
                if time.perf_counter() < ending:
                    ask(connection)
                else:
                    connection.opened.close()
    slow = statistics.quantiles(times, n=100)[98] if len(times) > 1 else times[0]
    return Load(len(times) / seconds, statistics.median(times) * 1000, slow * 1000)
