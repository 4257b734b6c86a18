"""Run the blocks of a page in their order, as its reader would: in one shell,
in a fresh folder. POSIX only.
"""

from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from scaffold.engine import health, ports
from tests.docs import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tests.docs.pages import Block

# Seconds: for one block, for a background one to end when asked to, and when made to.
TIME_LIMIT = 120
END_LIMIT = 15
KILL_LIMIT = 5
# What pages say, and what it stands for here: the folder it starts in, a free port, more of
# them, the Python that runs the tests.
PAGE_FOLDER = "/home/you"
PAGE_PORT = "3000"
MORE_PORTS = re.compile(r"(?<=127\.0\.0\.1:)36\d\d\b|(?<=--port )36\d\d\b")
PAGE_PYTHON = "3.11"
_PYTHON = "{}.{}".format(*sys.version_info)
# A time, a size or a number of files differs from run to run, whatever its width.
_MEASURED = re.compile(r"(?:\\ )*\d+(?:\\\.\d+)?(\\ )?(s\b|MB\b|files\b|秒|个文件)")
_SCRIPT = """
set -e -o pipefail
[ ! -e "$DOCS_STATE/environ" ] || . "$DOCS_STATE/environ"
[ ! -e "$DOCS_STATE/folder" ] || cd "$(cat "$DOCS_STATE/folder")"
trap 'pwd >"$DOCS_STATE/folder"; export -p >"$DOCS_STATE/environ"' EXIT
"""


class Shell:
    """A shell that keeps its folder and variables from one block to the next.

    Args:
        folder: where it starts; empty.
        state: a folder for what it keeps.
        environ: its environment.
    """

    def __init__(self, folder: Path, state: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._state = state
        self._environ = {**environ, "DOCS_STATE": str(state)}
        self._numbers = itertools.count()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._port = str(ports.any_free())
        self._more_ports: dict[str, str] = {}
        self._seen: Path | None = None

    def follow(self, blocks: Iterable[Block]) -> None:
        """Do what blocks say, and compare what comes of it.

        Raises:
            AssertionError: something comes out otherwise than the page says.
        """
        for block in blocks:
            if block.fate == "run":
                self._run(block)
            elif block.fate == "output":
                self._compare(block)
            elif block.fate == "file":
                files.write(block, self.folder / block.title)
            elif block.fate == "stop":
                self.end()

    @property
    def folder(self) -> Path:
        """Where the shell is now."""
        kept = self._state / "folder"
        return (
            self._folder / kept.read_text("utf-8").rstrip("\n") if kept.exists() else self._folder
        )

    def end(self) -> None:
        """End every process that a block has left, with all that it started."""
        while self._processes:
            _end(self._processes.pop())

    def _run(self, block: Block) -> None:
        log = self._state / f"{next(self._numbers)}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                ["bash", "-c", _SCRIPT + self._here(block.code)],
                cwd=self._folder,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._processes.append(process)
        if block.until:
            self._await(block, log, process)
        else:
            with suppress(subprocess.TimeoutExpired):
                process.wait(TIME_LIMIT)
            output = log.read_text("utf-8", errors="replace")
            seen = f"{block.place}: exit code {process.poll()} of\n{block.code}\n{output}"
            assert process.poll() == block.exit_code, seen
        if not block.hidden:
            self._seen = log

    def _await(self, block: Block, log: Path, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + TIME_LIMIT
        while block.until not in log.read_text("utf-8", errors="replace"):
            seen = (
                f"{block.place}: no {block.until!r} of\n{block.code}\n"
                f"{log.read_text('utf-8', errors='replace')}"
            )
            assert process.poll() is None, seen
            assert time.monotonic() < deadline, seen
            time.sleep(0.05)

    def _compare(self, block: Block) -> None:
        expected = self._here(block.code)
        assert self._seen, f"{block.place}: nothing was run before"
        output = self._seen.read_text("utf-8", errors="replace").strip()
        seen = f"{block.place} says\n{expected}\nand this came:\n{output}"
        assert re.fullmatch(_pattern(expected), output, re.DOTALL), seen

    def _here(self, text: str) -> str:
        """Return what the page says with this run's folder, port and Python."""
        text = (
            text.replace(PAGE_FOLDER, str(self._folder))
            .replace(PAGE_PORT, self._port)
            .replace(PAGE_PYTHON, _PYTHON)
        )
        text = MORE_PORTS.sub(self._free_port, text)
        return re.sub(r"\bscaffold up\b", f"scaffold up --port {self._port}", text)

    def _free_port(self, match: re.Match[str]) -> str:
        return self._more_ports.setdefault(match[0], str(ports.any_free()))


def _pattern(expected: str) -> str:
    """Return what an output has to match: `…` stands for anything, measured
    times and sizes for any.
    """
    pattern = re.escape(expected.strip())
    pattern = _MEASURED.sub(r"\\s*[\\d.]+\1\2", pattern)
    return pattern.replace("…", ".*?")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its group; `scaffold up` needs the time to end what
    it has started in other groups.
    """
    for number, seconds in ((signal.SIGTERM, END_LIMIT), (signal.SIGKILL, KILL_LIMIT)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        if health.wait_for(lambda: not _runs(process), time.monotonic() + seconds):
            return


def _runs(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether any process of the group is left; the shell itself may end before what
    it runs.
    """
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True
