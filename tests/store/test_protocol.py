"""Answers leave at once, however many processes serve."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
import pytest

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
