"""`scaffold up` as a program of its own, and what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.engine import health, ports
from tests.engine.conftest import PROJECTS, RUNNING, processes_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent.parent
# Where tests run in the background, Ctrl-C is ignored and stays so in what they start.
MAIN = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from scaffold.cli import run
sys.exit(run(sys.argv[1:]))
"""
TIMEOUT = 60.0


class Up:
    """A running `scaffold up`.

    Args:
        folder: the project.
        arguments: for the command, beside the project.
        environ: variables of the shell.
    """

    def __init__(
        self, folder: Path, *arguments: str, environ: dict[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-c", MAIN, "up", str(folder), *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT), **(environ or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def wait_for(self, pattern: str, times: int = 1) -> re.Match[str]:
        """Wait until a number of lines match a pattern; return the last match."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            found = [match for line in list(self.lines) if (match := re.search(pattern, line))]
            if len(found) >= times:
                return found[times - 1]
            assert time.monotonic() < deadline, "\n".join([f"no {pattern!r} in:", *self.lines])
            assert self.process.poll() is None or self._reader.is_alive(), "\n".join(
                ["ended:", *self.lines]
            )
            time.sleep(0.02)

    @property
    def port(self) -> int:
        """Where the app listens."""
        return int(self.wait_for(r"^\S+: http://127\.0\.0\.1:(\d+)/$")[1])

    @property
    def console(self) -> tuple[int, str]:
        """The console's port and its path, which holds the token."""
        found = self.wait_for(r"console: http://127\.0\.0\.1:(\d+)(/[\w-]+/)$")
        return int(found[1]), found[2]

    def get(self, path: str = "/") -> Any:
        """Ask the app for a page of JSON."""
        return health.ask(self.port, health.Request(path)).json()

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal; return the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        self._reader.join(timeout=5)
        return code

    def close(self) -> None:
        """Leave nothing running."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(timeout=30)
        finally:
            self.process.kill()
            self._reader.join(timeout=5)
            if self.process.stdout:
                self.process.stdout.close()


def copy_project(name: str, folder: Path) -> Path:
    """Copy a project of `tests/projects`, for the Python that runs the tests."""
    shutil.copytree(PROJECTS / name, folder)
    (folder / ".python-version").write_text(RUNNING, "utf-8")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with cloud functions and nothing to install."""
    return copy_project("console", tmp_path / "console")


@pytest.fixture
def up(project: Path) -> Iterator[Callable[..., Up]]:
    """Start `scaffold up`; whatever happens, nothing of it runs afterwards."""
    started: list[Up] = []

    def start(
        *arguments: str, environ: dict[str, str] | None = None, port: int | None = None
    ) -> Up:
        # Tests run in parallel: not all of them can have port 3000.
        if "--port" not in arguments:
            arguments = ("--env", f"LEANCLOUD_APP_PORT={port or ports.any_free()}", *arguments)
        started.append(Up(project, *arguments, environ=environ))
        return started[-1]

    yield start
    for one in started:
        one.close()
    assert processes_in(project) == []


def edit(path: Path, old: str, new: str) -> None:
    """Replace a part of a file, as an editor saves it."""
    source = path.read_text("utf-8")
    assert old in source
    path.write_text(source.replace(old, new), "utf-8")


def post(port: int, path: str, body: dict[str, object]) -> Any:
    """Ask the console as its page does."""
    return health.ask(port, health.Request(path, {}, json.dumps(body).encode())).json()
