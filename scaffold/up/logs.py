"""The log of an app that runs here, with the limits it would meet on the platform."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scaffold.engine.loglimits import LINE_LENGTH, LINES_A_MINUTE, Rate
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable

LineKind = Literal["app", "warning", "note"]


@dataclass(frozen=True)
class LogLine:
    """One line of the log.

    Args:
        number: counts up from 1.
        kind: what the app printed, a warning about it, or what `scaffold up` did.
        text: the line, without its end.
        time: seconds since the epoch.
    """

    number: int
    kind: LineKind
    text: str
    time: float


class Log:
    """The last lines, numbered, so that who reads it can go on where they stopped.

    Here long lines are cut as on the platform, for one cannot see a warning behind a megabyte;
    lines over the rate are shown.

    Args:
        show: called with each line, from the thread that adds it.
        clock: gives seconds that never go back.
    """

    def __init__(
        self, show: Callable[[LogLine], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._show = show
        self._lock = threading.Lock()
        self._lines: deque[LogLine] = deque(maxlen=2 * LINES_A_MINUTE)
        self._count = 0
        self._rate = Rate(clock)

    @property
    def last(self) -> int:
        """The number of the last line, 0 before the first."""
        return self._count

    def after(self, number: int) -> list[LogLine]:
        """Return the lines after line `number` that are still kept."""
        with self._lock:
            return [line for line in self._lines if line.number > number]

    def add_app_line(self, line: str, cut: bool) -> None:  # noqa: FBT001 - what `Process` calls
        """Add a line of the app, and the warnings that it earns."""
        with self._lock:
            self._add("app", line)
            if cut:
                self._add("warning", text("up.warn.long-line", limit=LINE_LENGTH))
            if self._rate.add():
                self._add("warning", text("up.warn.many-lines", limit=LINES_A_MINUTE))

    def note(self, message: str, kind: LineKind = "note") -> None:
        """Add a line about the app."""
        with self._lock:
            self._add(kind, message)

    def _add(self, kind: LineKind, message: str) -> None:
        self._count += 1
        line = LogLine(self._count, kind, message, time.time())
        self._lines.append(line)
        self._show(line)
