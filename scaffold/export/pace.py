"""How fast to ask, and how long to wait before asking again."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_WAIT = 0.5  # seconds
LONGEST_WAIT = 60.0
# The platform refuses for a minute after too many requests; no server may hold an export for longer
# than this at once.
LONGEST_RETRY_AFTER = 300.0


@dataclass
class Pace:
    """A number of requests a second that is not exceeded.

    Args:
        rate: the most requests a second.
        sleep: waits; tests need not.
    """

    rate: float
    sleep: Callable[[float], None] = time.sleep
    _next: float = field(default=0.0, init=False)

    def wait(self) -> None:
        """Wait until the next request may be sent."""
        now = time.monotonic()
        if self._next > now:
            self.sleep(self._next - now)
        self._next = max(now, self._next) + 1 / self.rate

    def back_off(self, attempt: int, retry_after: str | None) -> None:
        """Wait before a request is sent again: longer each time, never the same for two clients.

        Args:
            attempt: how often it failed before, from 0.
            retry_after: what the server says, as in HTTP.
        """
        wait = min(FIRST_WAIT * 2**attempt, LONGEST_WAIT) * random.uniform(0.5, 1)  # noqa: S311
        self.sleep(max(wait, seconds(retry_after)))


def seconds(retry_after: str | None) -> float:
    """Return the seconds of a Retry-After header, 0 where there is none that can be read."""
    if not retry_after:
        return 0.0
    try:
        found = float(retry_after)
    except ValueError:
        try:
            then = parsedate_to_datetime(retry_after)
            found = (then - datetime.now(then.tzinfo or timezone.utc)).total_seconds()
        except (TypeError, ValueError):
            return 0.0
    return min(found, LONGEST_RETRY_AFTER) if found > 0 else 0.0
