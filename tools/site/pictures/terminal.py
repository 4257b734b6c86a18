"""Record a shell: somebody types in a terminal, and every change of the
screen is kept with its time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pexpect
import pyte
from wcwidth import wcwidth

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COLUMNS, LINES = 92, 24
PROMPT = "$ "
# Where the program asks where the cursor is, the terminal has to answer.
_ASKS = "\x1b[6n"
_BETWEEN_KEYS = 0.07


class Run(NamedTuple):
    """Characters of one line that look alike."""

    column: int
    width: int
    text: str
    color: str
    bold: bool
    reverse: bool


Screen = tuple[tuple[Run, ...], ...]


@dataclass
class Terminal:
    """A shell in a terminal of our own.

    Args:
        folder: where it starts.
        environ: its whole environment.
        columns: how wide it is.
        lines: how high it is.

    Attributes:
        frames: what the screen showed from which second on.
    """

    folder: Path
    environ: Mapping[str, str]
    columns: int = COLUMNS
    lines: int = LINES
    frames: list[tuple[float, Screen]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._screen = pyte.Screen(self.columns, self.lines)
        self._stream = pyte.Stream(self._screen)
        terminal = {"PS1": PROMPT, "TERM": "xterm-256color", "COLUMNS": str(self.columns)}
        self._shell: pexpect.spawn[str] = pexpect.spawn(
            "bash",
            ["--norc", "--noprofile"],
            cwd=str(self.folder),
            env={**self.environ, **terminal},
            dimensions=(self.lines, self.columns),
            encoding="utf-8",
            codec_errors="replace",
        )
        self._began = time.monotonic()
        self.wait()

    def type(self, text: str) -> None:
        """Type a command line, a key at a time, and send it."""
        for key in text:
            self._shell.send(key)
            self._read(_BETWEEN_KEYS)
        self._read(0.4)
        self._shell.send("\r")

    def press(self, key: str, *, after: str) -> None:
        """Press a key once a text is on the screen, after a reader could see what is asked."""
        self.wait(after)
        self._read(0.7)
        self._shell.send(key)
        self._read(0.2)

    def wait(self, text: str = "", *, timeout: float = 180) -> None:
        """Wait until a text is on the screen; without one, until the shell asks for a command.

        Raises:
            TimeoutError: it did not come; with what is on the screen.
        """
        ends = time.monotonic() + timeout
        while not (any(text in line for line in self._screen.display) if text else self._is_idle()):
            if time.monotonic() > ends:
                raise TimeoutError("\n".join(self._screen.display))
            self._read(0.1)

    def close(self) -> None:
        """End the shell."""
        self._read(0.5)
        self._shell.close(force=True)

    def _is_idle(self) -> bool:
        return self._screen.display[self._screen.cursor.y].strip() == PROMPT.strip()

    def _read(self, seconds: float) -> None:
        """Take in what comes within some seconds."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            try:
                came = self._shell.read_nonblocking(4096, left)
            except pexpect.TIMEOUT:
                return
            if _ASKS in came:
                cursor = self._screen.cursor
                self._shell.send(f"\x1b[{cursor.y + 1};{cursor.x + 1}R")
            self._stream.feed(came.replace(_ASKS, ""))
            self._keep()

    def _keep(self) -> None:
        buffer = self._screen.buffer
        shown = tuple(_runs(buffer[line], self.columns) for line in range(self.lines))
        if not self.frames or self.frames[-1][1] != shown:
            self.frames.append((time.monotonic() - self._began, shown))


def _runs(line: Mapping[int, pyte.screens.Char], columns: int) -> tuple[Run, ...]:
    """Return a line as runs; a wide character takes two columns, of which the second is empty."""
    runs: list[Run] = []
    for column in range(columns):
        char = line[column]
        look = (char.fg, bool(char.bold), bool(char.reverse))
        if (
            runs
            and (runs[-1].color, runs[-1].bold, runs[-1].reverse) == look
            and _goes_on(runs[-1], char.data)
        ):
            runs[-1] = runs[-1]._replace(width=runs[-1].width + 1, text=runs[-1].text + char.data)
        elif char.data.strip() or char.reverse:
            runs.append(Run(column, 1, char.data, *look))
    return tuple(
        run._replace(text=run.text.rstrip()) if not run.reverse else run
        for run in runs
        if run.text.strip()
    )


def _goes_on(run: Run, text: str) -> bool:
    """Return whether a character belongs to a run; if not, it starts at its
    own column, whatever the font.
    """
    apart = run.text.endswith("  ") and text.strip()
    return not text or not (apart or wcwidth(run.text[-1]) != wcwidth(text))
