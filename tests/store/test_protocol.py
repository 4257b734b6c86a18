"""Answers leave at once and in one piece, however many processes serve."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import httpx
import pytest

from scaffold.store.protocol import MAX_HEAD, WholeAnswers
from tests.some import some
from tests.store.process import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.mark.boot
def test_no_wait_for_the_clients_acknowledgement(tmp_path: Path) -> None:
    """On a connection that is kept, with two workers, an answer does not take the 40 ms for which a
    client delays its acknowledgement.
    """
    seconds = []
    with (
        served(f"sqlite:///{tmp_path}/data.sqlite3", tmp_path, "--workers", "2") as (url, _),
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        for _ in range(20):
            begun = time.perf_counter()
            assert client.get("/1.1/date").status_code == 200
            seconds.append(time.perf_counter() - begun)
    assert sorted(seconds)[len(seconds) // 2] < 0.035


class _Written:
    """A transport that keeps what it is given."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Keep a piece."""
        self.pieces.append(bytes(data))

    def close(self) -> None:
        """Keep that it ended."""
        self.pieces.append(b"closed")


def test_one_piece() -> None:
    """What is written in one turn of the loop is sent at once, in order, and before the end."""

    async def write() -> list[bytes]:
        kept = _Written()
        transport = WholeAnswers(cast("asyncio.Transport", kept))
        for data in (b"head", bytearray(b" and "), b"body"):
            transport.write(data)
        await asyncio.sleep(0)
        transport.write(b"more")
        transport.close()
        await asyncio.sleep(0)
        return kept.pieces

    assert asyncio.run(write()) == [b"head and body", b"more", b"closed"]


START = b"POST /1.1/date HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = START + b"Transfer-Encoding: chunked\r\n\r\n"
LONG = b"x" * (MAX_HEAD // 2)
ENDING = b'Z"}'  # of a date


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Return where a service listens."""
    folder = tmp_path_factory.mktemp("served")
    with served(f"sqlite:///{folder}/data.sqlite3", folder) as (url, _):
        yield "127.0.0.1", int(url.rpartition(":")[2])


def _answers(address: tuple[str, int], pieces: list[bytes], count: int) -> bytes:
    """Return what is answered to pieces, each of which is sent a moment after the one before,
    until there are so many answers or the connection is closed.
    """
    received = b""
    with socket.create_connection(address, 10) as connection, suppress(ConnectionError):
        with suppress(ConnectionError):  # refused before the end
            for piece in some(pieces):
                connection.sendall(piece)
                time.sleep(0.02)
        while received.count(ENDING) < count and (part := connection.recv(65536)):
            received += part
    return received


@pytest.mark.boot
@pytest.mark.parametrize(
    "pieces",
    [
        [START + b"A: ", LONG, LONG, LONG],
        [b"GET /1.1/", LONG, LONG, LONG],
        [START, *[b"A: " + LONG[:1000] + b"\r\n"] * 90],
        [CHUNKED + b"1;", LONG, LONG, LONG],
        [CHUNKED + b"0\r\nA: ", LONG, LONG, LONG],
    ],
    ids=["header", "address", "headers", "extension", "trailer"],
)
def test_a_head_has_an_end(address: tuple[str, int], pieces: list[bytes]) -> None:
    """What is no body is refused when it is too long, before it is there."""
    assert _answers(address, pieces, 2).startswith(b"HTTP/1.1 400 ")


@pytest.mark.boot
@pytest.mark.parametrize(
    ("pieces", "count"),
    [
        ([START + b"A: " + LONG + b"\r\nContent-Length: 2\r\n\r\n{}"], 1),
        ([START + b"Content-Length: 300002\r\n\r\n{", b" " * 300_000, b"}"], 1),
        ([CHUNKED, *[b"4000\r\n" + b" " * 0x4000 + b"\r\n"] * 20, b"0\r\n\r\n"], 1),
        ([(START + b"Content-Length: 2\r\n\r\n{}") * 20], 20),
        ([START[:9], START[9:] + b"Content-Length: 2\r\n\r", b"\n{}"], 1),
    ],
    ids=["long", "body", "chunks", "pipelined", "pieces"],
)
def test_a_body_is_no_head(address: tuple[str, int], pieces: list[bytes], count: int) -> None:
    """A long body, many requests on a connection and requests in pieces are read."""
    received = _answers(address, pieces, count)
    assert received.count(b"HTTP/1.1 ") == received.count(b"HTTP/1.1 200 ") == count
