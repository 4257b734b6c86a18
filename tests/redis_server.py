"""A Redis of the tests' own, where one is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as NoConnectionError
from redis.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = shutil.which("redis-server")
NO_REDIS = "Redis is not installed: `apt-get install redis-server` on Debian"


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Start a Redis of our own that listens on a socket only; return its address."""
    if not PROGRAM:
        pytest.skip(NO_REDIS)
    # Not in pytest's own folder: a socket's path has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="scaffold-redis-"))
    socket = folder / "redis.sock"
    settings = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    with subprocess.Popen([PROGRAM, *settings], stdout=subprocess.DEVNULL) as process:
        try:
            _wait(socket)
            yield f"unix://{socket}"
        finally:
            process.terminate()
            process.wait()
            shutil.rmtree(folder)


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The address of a Redis without any keys."""
    with Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


def _wait(socket: Path) -> None:
    retry = Retry(ConstantBackoff(0.05), 200, supported_errors=(NoConnectionError,))
    with Redis(unix_socket_path=str(socket), retry=retry) as client:
        client.ping()
