"""Answers leave at once and in one piece, however many processes serve."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, cast

import httpx
import pytest

from scaffold.store.protocol import WholeAnswers
from tests.store.process import served

if TYPE_CHECKING:
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
