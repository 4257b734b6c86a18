"""Figures for Prometheus, on an address of their own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from scaffold.errors import UsageError
from scaffold.store import settings
from scaffold.store.tables import outbox, tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.metrics_core import Metric

    from scaffold.store.database import Database

# Where the processes of one service leave their figures for the one that shows them.
SHARED = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """Counts requests."""

    def __init__(self) -> None:
        from prometheus_client import Counter, Histogram

        self._requests = Counter(
            "store_requests", "Requests answered.", ["method", "route", "status"]
        )
        self._seconds = Histogram(
            "store_request_seconds", "Time to answer.", ["method", "route"], buckets=BUCKETS
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(method, route).observe(seconds)


def of_environment() -> Metrics | None:
    """Return what counts the requests of this process; None where nobody asks for figures."""
    return Metrics() if SHARED in os.environ else None


class _Waiting:
    """Shows what waits in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[Metric]:
        """Yield how many tasks and mails wait."""
        from prometheus_client.core import GaugeMetricFamily

        unsent = select(func.count()).where(outbox.c.sent_at.is_(None))
        with self._database.reading() as connection:
            waiting = connection.scalar(select(func.count()).select_from(tasks)) or 0
            written = connection.scalar(unsent) or 0
        yield GaugeMetricFamily("store_tasks_waiting", "Hooks and mail to be done.", waiting)
        yield GaugeMetricFamily("store_outbox_unsent", "Messages that were not sent.", written)


def show(address: str, database: Database) -> None:
    """Show the figures of all processes that are started from now on at `HOST:PORT`.

    Raises:
        UsageError: that is no address or another program's, or the client of Prometheus is missing.
    """
    host, _, port = address.rpartition(":")
    if not port.isdecimal() or int(port) not in range(1, 65536):
        raise UsageError("store.error.bad-metrics", address=address)
    settings.check_address(host or "127.0.0.1", int(port))
    # The client reads this when it is imported, and never again.
    shared = os.environ[SHARED] = tempfile.mkdtemp(prefix="scaffold-metrics-")
    atexit.register(shutil.rmtree, shared, ignore_errors=True)
    try:
        from prometheus_client import CollectorRegistry, multiprocess, start_http_server
    except ModuleNotFoundError as error:
        raise UsageError("store.error.no-metrics") from error
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_Waiting(database))
    start_http_server(int(port), host or "127.0.0.1", registry)
