"""Call a cloud function as the platform's timers do: with the app key, as
nobody, within 15 seconds.
"""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from scaffold.engine import health
from scaffold.errors import UsageError
from scaffold.timers.scheduler import CALL_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.timers.manifest import Timer

_SHOWN = 500


@dataclass(frozen=True)
class Outcome:
    """How a call went.

    Attributes:
        ok: the function answered with 2xx.
        detail: the beginning of its answer, or why there was none.
        seconds: how long it took.
    """

    ok: bool
    detail: str
    seconds: float


@dataclass(frozen=True)
class AppClient:
    """The app that is called.

    Attributes:
        url: where it listens, for example `http://127.0.0.1:3000`.
        app_id: its `LEANCLOUD_APP_ID`.
        app_key: its `LEANCLOUD_APP_KEY`.
        seconds: how long a call may take.
    """

    url: str
    app_id: str
    app_key: str
    seconds: float = CALL_SECONDS

    @classmethod
    def of(cls, url: str, variables: Mapping[str, str]) -> AppClient:
        """Return the app at an address with the keys of an environment.

        Raises:
            UsageError: the address is none, or a key is missing.
        """
        try:
            parts = urlsplit(url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise UsageError("timers.error.bad-url", url=url)
        names = ("LEANCLOUD_APP_ID", "LEANCLOUD_APP_KEY")
        missing = [name for name in names if not variables.get(name)]
        if missing:
            raise UsageError("timers.error.no-keys", names=", ".join(missing))
        return cls(url.rstrip("/"), variables[names[0]], variables[names[1]])

    def call(self, timer: Timer) -> Outcome:
        """Call a timer's function; return how it went, whatever goes wrong."""
        begun = time.monotonic()
        response = self._post(timer, begun + self.seconds)
        body = response.body.decode("utf-8", "replace")[:_SHOWN]
        detail = body if response.ok else f"{response}: {body}".removesuffix(": ")
        return Outcome(response.ok, detail, time.monotonic() - begun)

    def _post(self, timer: Timer, deadline: float) -> health.HttpResponse:
        parts = urlsplit(self.url)
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=self.seconds)
        path = f"{parts.path}{health.FUNCTIONS}/{quote(timer.function, safe='', errors='replace')}"
        headers = {"X-LC-Id": self.app_id, "X-LC-Key": self.app_key}
        request = health.Request(path, headers, json.dumps(timer.params).encode())
        return health.send(connection, request, deadline, whole=True)
