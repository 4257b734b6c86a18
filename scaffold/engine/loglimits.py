"""The platform's limits on an app's log.

Source: LeanEngine docs, "Logs": 4096 characters a line, 600 lines a minute; the rest is dropped.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LINE_LENGTH = 4096
LINES_A_MINUTE = 600
MINUTE = 60.0


class Rate:
    """Notes when lines come faster than the platform keeps them.

    Args:
        clock: gives seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._minute: deque[float] = deque(maxlen=LINES_A_MINUTE)
        self._warned = -MINUTE

    def add(self) -> bool:
        """Count a line; return whether to warn: it is one too many, and
        nobody was warned for a minute.
        """
        now = self._clock()
        fast = len(self._minute) == LINES_A_MINUTE and now - self._minute[0] < MINUTE
        self._minute.append(now)
        tell = fast and now - self._warned >= MINUTE
        if tell:
            self._warned = now
        return tell


class Excess:
    """What of a log the platform would drop.

    Args:
        clock: gives seconds that never go back.

    Attributes:
        long_lines: how many lines had to be cut.
        first_long_line: the first of them, cut.
        too_fast: whether lines came too fast.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = Rate(clock)
        self.long_lines = 0
        self.first_long_line = ""
        self.too_fast = False

    def add(self, line: str, cut: bool) -> None:  # noqa: FBT001 - what `Process` calls
        """Look at a line of the app."""
        if cut:
            self.first_long_line = self.first_long_line or line
            self.long_lines += 1
        if self._rate.add():
            self.too_fast = True
