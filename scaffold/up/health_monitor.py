"""Ask a running app for its health, as the platform keeps doing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from scaffold.engine import health

if TYPE_CHECKING:
    from collections.abc import Callable

# Seconds. The platform asks every second until the app is healthy; asking more often shows
# it sooner, and until then the app has nothing else to do. Afterwards it is seldom, as
# some servers log each request.
WHILE_STARTING = 0.1
WHILE_UNHEALTHY = 1.0
WHILE_HEALTHY = 5.0


class HealthMonitor:
    """The health of an app, from its start to its end.

    Args:
        port: TCP port of the app.
        strict: whether only the SDK's ping counts.
        on_change: called in another thread when the health changes, with whether the
            app is healthy and its answer.
    """

    def __init__(
        self,
        port: int,
        *,
        strict: bool,
        on_change: Callable[[HealthMonitor, bool, health.HttpResponse], None],
    ) -> None:
        self._port = port
        self._strict = strict
        self._on_change = on_change
        self._stop = threading.Event()
        threading.Thread(target=self._run, name="health-monitor", daemon=True).start()

    def stop(self) -> None:
        """Ask no longer. An answer that is on its way counts no more."""
        self._stop.set()

    def _run(self) -> None:
        healthy: bool | None = None
        interval = WHILE_STARTING
        while not self._stop.wait(interval):
            if healthy is None and not health.listens(self._port):
                continue
            passed, answer = health.check(self._port, strict=self._strict)
            if self._stop.is_set():
                return
            if passed is not healthy and (passed or healthy is not None or answer.status):
                self._on_change(self, passed, answer)
                healthy = passed
            interval = (
                WHILE_STARTING if healthy is None else WHILE_HEALTHY if healthy else WHILE_UNHEALTHY
            )
