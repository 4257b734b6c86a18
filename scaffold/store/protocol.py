"""HTTP as uvicorn speaks it, with each answer in one piece and without its wait of 40 ms.

uvicorn sends the head of an answer, its body and its end apart: that takes a call of the system for
each, and unless TCP_NODELAY is set, the body waits until the client has acknowledged the head,
which clients delay. asyncio sets it for sockets that it has made itself; with several workers
uvicorn makes the socket.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    Bytes = bytes | bytearray | memoryview

MAX_HEAD = 64 * 1024


class WholeAnswers:
    """A transport that sends at once what is written in one turn of the loop.

    Args:
        transport: what sends.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Bytes] = []

    def __getattr__(self, name: str) -> Any:
        """Return all else of the transport."""
        return getattr(self._transport, name)

    def write(self, data: Bytes) -> None:
        """Send bytes, after what was written before and with what follows in this turn."""
        if not self._waiting:
            self._loop.call_soon(self._send)
        self._waiting.append(data)

    def close(self) -> None:
        """Close the connection after all that was written."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._transport.write(waiting[0] if len(waiting) == 1 else b"".join(waiting))


class PromptProtocol(HttpToolsProtocol):
    """A connection that sends answers at once, and limits what a request may be besides its body.

    httptools is written in C and sets no limit to the head of a request, nor to what stands between
    the parts of a body or behind it.
    """

    _waiting = 0  # bytes of a request that are no body, or none yet

    def connection_made(  # type: ignore[override] # as in uvicorn
        self, transport: asyncio.Transport
    ) -> None:
        """Begin."""
        connection = cast("socket.socket | None", transport.get_extra_info("socket"))
        if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(cast("asyncio.Transport", WholeAnswers(transport)))

    def data_received(self, data: bytes) -> None:
        """Read what has come; asyncio hands over 256 KiB at most."""
        self._waiting += len(data)
        super().data_received(data)
        if self._waiting > MAX_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._waiting -= len(body)
        super().on_body(body)

    def on_chunk_complete(self) -> None:
        """Begin with the next chunk of a body."""
        self._waiting = 0

    def on_message_complete(self) -> None:
        """Begin with the next request."""
        self._waiting = 0
        super().on_message_complete()
