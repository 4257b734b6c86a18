"""A PostgreSQL of the tests' own, where one is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
NO_POSTGRESQL = "PostgreSQL is not installed: `apt-get install postgresql` on Debian"
# Speed, not safety: this cluster lives as long as the tests.
SETTINGS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c max_connections=200"


def _as_postgres(*command: str | Path) -> list[str]:
    """PostgreSQL refuses to be run by root."""
    words = [str(word) for word in command]
    return ["runuser", "-u", "postgres", "--", *words] if os.geteuid() == 0 else words


def _run(*command: str | Path) -> None:
    subprocess.run(_as_postgres(*command), check=True, capture_output=True, cwd="/")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Start a PostgreSQL of our own; return the URL of a database that is there already."""
    if not PROGRAMS or (os.geteuid() == 0 and not shutil.which("runuser")):
        pytest.skip(NO_POSTGRESQL)
    # Not in pytest's own folder: a socket's path has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="scaffold-store-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    programs = PROGRAMS[-1]
    _run(
        programs / "initdb",
        "--no-sync",
        "-A",
        "trust",
        "-U",
        "scaffold",
        "-E",
        "UTF8",
        "-D",
        folder / "data",
    )
    control = (programs / "pg_ctl", "-D", folder / "data", "-w")
    _run(*control, "-l", folder / "log", "-o", f"{SETTINGS} -k {folder}", "start")
    try:
        yield f"postgresql:///postgres?host={folder}&user=scaffold"
    finally:
        _run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder)
