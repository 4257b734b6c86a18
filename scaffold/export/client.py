"""Asking the platform: with the keys, slowly, and again where it fails.

Nothing of the keys is in an error; of an address only the path is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx

from scaffold.errors import FailedError
from scaffold.printable import cut

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scaffold.export.lines import Json, Row
    from scaffold.export.pace import Pace

# Some 160 seconds with the waits between; a minute of 429 passes.
ATTEMPTS = 10
MAX_BYTES = 16 * 1024 * 1024
_MAX_REDIRECTS = 5
_SHOWN = 200
TIMEOUT = httpx.Timeout(60.0, connect=15.0)
AGAIN = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


class RefusedError(Exception):
    """The server answers that it will not.

    Attributes:
        status: of HTTP.
        reason: what it says, of bounded length.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason


class TooLargeError(Exception):
    """An answer is larger than memory should hold."""


@dataclass(frozen=True)
class ApiKeys:
    """What the API is asked with.

    Attributes:
        app_id: the app.
        master_key: its master key.
    """

    app_id: str
    master_key: str = field(repr=False)

    def headers(self) -> dict[str, str]:
        """Return the headers of a request."""
        return {"X-LC-Id": self.app_id, "X-LC-Key": f"{self.master_key},master"}


@dataclass(frozen=True)
class _Answer:
    """An answer, read to its end."""

    status: int
    headers: httpx.Headers
    body: bytes


@dataclass
class Api:
    """The API of an app.

    Args:
        server: its address, without `/1.1`.
        keys: the app's keys.
        pace: how fast to ask.
        is_private: it is on this machine or in its network, where no proxy leads to.
        transport: how requests are sent; by the network by default.
    """

    server: str
    keys: ApiKeys
    pace: Pace
    is_private: bool = False
    transport: httpx.BaseTransport | None = None
    _client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        """Make the client, which keeps its connections."""
        self._client = httpx.Client(
            headers=self.keys.headers(),
            timeout=TIMEOUT,
            transport=self.transport,
            trust_env=not self.is_private,
        )

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def get(
        self, path: str, parameters: Mapping[str, Json] | None = None, attempts: int = ATTEMPTS
    ) -> Json:
        """Return what the API answers.

        Args:
            path: the address, for example `/1.1/date`.
            parameters: what stands behind the `?`; what is no text goes as JSON.
            attempts: how often to ask a server that fails.

        Raises:
            RefusedError: the server will not.
            TooLargeError: the answer has more than `MAX_BYTES`.
            FailedError: it fails again and again.
        """
        texts = {
            name: value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
            for name, value in (parameters or {}).items()
        }
        problem = ""
        for attempt in range(attempts):
            self.pace.wait()
            retry_after = None
            try:
                answer = self._ask(path, texts)
                if answer.status == HTTPStatus.OK:
                    return json.loads(answer.body, parse_constant=_refuse)
                problem = _reason(answer)
                if answer.status not in AGAIN:
                    raise RefusedError(answer.status, problem)
                retry_after = answer.headers.get("retry-after")
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                problem = type(error).__name__
            except (ValueError, RecursionError):
                problem = "no JSON"
            if attempt + 1 < attempts:
                self.pace.back_off(attempt, retry_after)
        raise FailedError(
            "export.error.unreachable", server=self.server, path=path, problem=problem
        )

    def post(self, path: str) -> Json:
        """Ask the server to begin something: once, as it may have begun although no answer came.

        Raises:
            RefusedError: the server will not.
            TooLargeError: the answer has more than `MAX_BYTES`.
            FailedError: it fails.
        """
        self.pace.wait()
        try:
            answer = self._ask(path, {}, "POST")
            if answer.status == HTTPStatus.OK:
                return json.loads(answer.body, parse_constant=_refuse)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
            raise FailedError(
                "export.error.unreachable",
                server=self.server,
                path=path,
                problem=type(error).__name__,
            ) from error
        raise RefusedError(answer.status, _reason(answer))

    def _ask(self, path: str, parameters: dict[str, str], method: str = "GET") -> _Answer:
        """Return an answer; redirects are followed at the same server only, which knows the keys.

        Raises:
            httpx.HTTPError: the connection broke.
            TooLargeError: the answer is too large.
            FailedError: it leads elsewhere.
        """
        url = httpx.URL(self.server + path, params=parameters)
        sent: Row | None = None if method == "GET" else {}
        for _ in range(_MAX_REDIRECTS):
            with self._client.stream(method, url, json=sent) as response:
                if not response.has_redirect_location:
                    return _Answer(response.status_code, response.headers, _body(response))
                following = url.join(response.headers["location"])
            if not _is_same_server(url, following):
                raise FailedError(
                    "export.error.redirect", server=self.server, path=path, to=following.host
                )
            url = following
        raise FailedError("export.error.redirect", server=self.server, path=path, to=url.host)


def _is_same_server(url: httpx.URL, following: httpx.URL) -> bool:
    """Return whether a redirect stays at a host, and does not leave TLS."""
    same_place = url.host == following.host and url.port == following.port
    upgraded = url.host == following.host and url.scheme == "http" and following.scheme == "https"
    return (same_place and url.scheme == following.scheme) or upgraded


def _body(response: httpx.Response) -> bytes:
    """Read a body, never more of it than may be."""
    pieces, size = [], 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > MAX_BYTES:
            raise TooLargeError
        pieces.append(piece)
    return b"".join(pieces)


def _reason(answer: _Answer) -> str:
    """Return what an error says: the message of the API, or the status alone for a page of HTML."""
    try:
        found: Any = json.loads(answer.body)
        message = str(found["error"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return f"HTTP {answer.status}"
    return f"HTTP {answer.status}: {cut(message, _SHOWN)}"


def _refuse(constant: str) -> Json:
    """Refuse `NaN` and the like, which no JSON has."""
    raise ValueError(constant)
