"""One line of JSON and some figures for each request, without keys, tokens and bodies.

Of an address only its form is written down, as in `/classes/NAME/ID`, and the class: addresses
have codes and tokens in them.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from scaffold.store.access import Caller
    from scaffold.store.metrics import Metrics

SCOPE = "scaffold.store"  # where a request's entry is, for those who answer it
PROBES = {"/health", "/ready"}  # asked all the time: only their failures are worth a line
_ENCODER = json.JSONEncoder(ensure_ascii=False)
logger = logging.getLogger("scaffold.store.requests")


@dataclass
class Entry:
    """What is known of a request.

    Args:
        method: its method, the one that it stands for where it names another.
        route: the form of its address.
        class_name: the class that it is about.
        caller: `master`, `app`, `user` or `nobody`.
        code: the platform's error code, where it failed.
        status: the HTTP status.
        size: how many bytes were answered.
    """

    method: str
    route: str = "/"
    class_name: str | None = None
    caller: str | None = None
    code: int | None = None
    status: int = 500
    size: int = 0

    def know_caller(self, caller: Caller) -> None:
        """Write down what kind of caller it is, not which."""
        kinds = (("master", caller.master), ("app", caller.is_app), ("user", caller.user_id))
        self.caller = next((kind for kind, found in kinds if found), "nobody")


class RequestLog:
    """Writes down each request of an app when it is answered.

    Args:
        app: what answers requests.
        metrics: what counts them, if anything does.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics | None = None) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, then write it down."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        entry = scope[SCOPE] = Entry(scope["method"])
        started = time.perf_counter()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry.status = message["status"]
            elif message["type"] == "http.response.body":
                entry.size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            self._write(entry, time.perf_counter() - started)

    def _write(self, entry: Entry, seconds: float) -> None:
        if self._metrics:
            self._metrics.count(entry.method, entry.route, entry.status, seconds)
        is_fine = entry.status < HTTPStatus.INTERNAL_SERVER_ERROR
        if (entry.route in PROBES and is_fine) or not logger.isEnabledFor(logging.INFO):
            return
        known = {
            "method": entry.method,
            "route": entry.route,
            "class": entry.class_name,
            "caller": entry.caller,
            "status": entry.status,
            "code": entry.code,
            "ms": round(seconds * 1000, 1),
            "bytes": entry.size,
        }
        # Made here: `logger.info` would look for the line of source that it is called from.
        record = logging.LogRecord(logger.name, logging.INFO, "", 0, "request", None, None)
        record.fields = {name: value for name, value in known.items() if value is not None}
        logger.handle(record)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as JSON."""
        moment = datetime.fromtimestamp(record.created, timezone.utc)
        line: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _ENCODER.encode(line)


# What `scaffold store serve` logs with, in each of its processes.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "scaffold.store.request_log.JsonFormatter"}},
    "handlers": {"json": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["json"], "level": "WARNING"},
    "loggers": {"scaffold.store": {"level": "INFO"}, "uvicorn": {"level": "WARNING"}},
}
