"""`scaffold store serve` as a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx

from scaffold.engine import ports
from scaffold.store import settings
from tests.conftest import ROOT
from tests.store.conftest import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VARIABLES = {
    **dict(zip(settings.KEYS, (KEYS.app_id, KEYS.app_key, KEYS.master_key), strict=True)),
    settings.HOOK_KEY: KEYS.hook_key,
}


@contextlib.contextmanager
def served(
    database_url: str, folder: Path, *options: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start the service; yield its address and the process, which leads a group of its own."""
    port = ports.any_free()
    environ = {**os.environ, "PYTHONPATH": str(ROOT), **VARIABLES}
    command = [sys.executable, "-m", "scaffold", "store", "serve", "--port", str(port), *options]
    command += ["--database", database_url, "--files", str(folder)]
    with subprocess.Popen(
        command, env=environ, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}", process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def wait_for(url: str) -> None:
    """Wait until a service is ready."""
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/ready", trust_env=False).status_code == httpx.codes.OK:
                return
        assert time.monotonic() < deadline
        time.sleep(0.05)
