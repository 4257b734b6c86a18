"""A PostgreSQL of the tests' own, where one is installed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
NO_POSTGRESQL = "PostgreSQL is not installed: `apt-get install postgresql` on Debian"
# Speed, not safety: this cluster lives as long as the tests.
SETTINGS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c max_connections=200"
# One that keeps what it has acknowledged, whatever kills it.
SAFE = "-c listen_addresses='' -c max_connections=200"


def _as_postgres(*command: str | Path) -> list[str]:
    """PostgreSQL refuses to be run by root."""
    words = [str(word) for word in command]
    return ["runuser", "-u", "postgres", "--", *words] if os.geteuid() == 0 else words


def _run(*command: str | Path) -> None:
    subprocess.run(_as_postgres(*command), check=True, capture_output=True, cwd="/")


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL that runs.

    Args:
        folder: where its data and its socket are.
        settings: what it is started with.
    """

    folder: Path
    settings: str

    @property
    def url(self) -> str:
        """The URL of a database that is there already."""
        return f"postgresql:///postgres?host={self.folder}&user=scaffold"

    def start(self) -> None:
        """Start it."""
        options = f"{self.settings} -k {self.folder}"
        self._control("-l", self.folder / "log", "-o", options, "start")

    def stop(self) -> None:
        """Stop it."""
        self._control("-m", "immediate", "stop")

    def kill(self) -> None:
        """Kill it and all its processes at once: what it had not written to its files is lost."""
        mark = self.folder / "data/postmaster.pid"
        main = int(mark.read_text("utf-8").splitlines()[0])
        listed = Path(f"/proc/{main}/task/{main}/children").read_text("utf-8").split()
        processes = [main, *map(int, listed)]
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(map(_runs, processes)):
            time.sleep(0.01)
        # Or a process that nobody waits for would keep it from starting.
        for left in (mark, self.folder / ".s.PGSQL.5432.lock"):
            left.unlink()

    def _control(self, *arguments: str | Path) -> None:
        _run(PROGRAMS[-1] / "pg_ctl", "-D", self.folder / "data", "-w", *arguments)


def _runs(process: int) -> bool:
    """Say whether a process runs; one that only its parent has to take note of does not."""
    try:
        return ") Z" not in Path(f"/proc/{process}/stat").read_text("utf-8")
    except FileNotFoundError:
        return False


@contextmanager
def cluster(settings: str) -> Iterator[Cluster]:
    """Start a PostgreSQL of our own, and delete it at the end.

    Args:
        settings: as `postgres` takes them.
    """
    if not PROGRAMS or (os.geteuid() == 0 and not shutil.which("runuser")):
        pytest.skip(NO_POSTGRESQL)
    # Not in pytest's own folder: a socket's path has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="scaffold-store-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    initdb: list[str | Path] = [
        "--no-sync",
        "-A",
        "trust",
        "-U",
        "scaffold",
        "-E",
        "UTF8",
        "-D",
        folder / "data",
    ]
    _run(PROGRAMS[-1] / "initdb", *initdb)
    found = Cluster(folder, settings)
    found.start()
    try:
        yield found
    finally:
        try:
            found.stop()
        finally:
            shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Start a PostgreSQL of our own; return the URL of a database that is there already."""
    with cluster(SETTINGS) as found:
        yield found.url
