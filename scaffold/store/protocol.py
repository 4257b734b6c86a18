"""HTTP as uvicorn speaks it, without its wait of 40 ms.

uvicorn sends the head of an answer and its body apart. Unless TCP_NODELAY is set, the body waits
until the client has acknowledged the head, which clients delay. asyncio sets it for sockets that it
has made itself; with several workers uvicorn makes the socket.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, cast

from uvicorn.protocols.http.auto import AutoHTTPProtocol

if TYPE_CHECKING:
    import asyncio


class PromptProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type] # a variable of uvicorn's
    """A connection whose answers leave at once."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin."""
        connection = cast("socket.socket | None", transport.get_extra_info("socket"))
        if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)
