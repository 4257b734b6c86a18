"""Fetching the contents of files, by addresses that anybody may have written into a row.

No key goes there; no address of this machine or its network is asked, unless the API is there.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx

from scaffold.export import addresses
from scaffold.export.client import AGAIN, TIMEOUT
from scaffold.export.lines import PARTIAL

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.export.pace import Pace

ATTEMPTS = 5
_MAX_REDIRECTS = 5
_PORTS = 1 << 16
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


@dataclass(frozen=True)
class Content:
    """Contents that are on the disk.

    Attributes:
        bytes: their size.
        sha256: of them.
        md5: of them; SDKs write it into the file's row.
    """

    bytes: int
    sha256: str
    md5: str


class NoContentError(Exception):
    """The contents cannot be had.

    Attributes:
        state: `gone`, `refused`, or `failed`: another time they may.
        problem: why.
    """

    def __init__(self, state: str, problem: str) -> None:
        super().__init__(problem)
        self.state = state
        self.problem = problem


@dataclass
class Downloads:
    """Fetches contents.

    Args:
        pace: how fast to ask.
        may_be_private: addresses of this machine and its network may be asked.
        transport: how requests are sent; by the network by default.
    """

    pace: Pace
    may_be_private: bool
    transport: httpx.BaseTransport | None = None
    _client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        """Make a client without keys."""
        headers = {"Accept-Encoding": "identity"}
        self._client = httpx.Client(
            headers=headers,
            timeout=TIMEOUT,
            transport=self.transport,
            trust_env=not self.may_be_private,
        )

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def fetch(self, url: str, target: Path) -> Content:
        """Write what is at an address to a file, piece by piece: whole or not at all.

        Raises:
            NoContentError: it cannot be had.
            OSError: it cannot be written.
        """
        problem = ""
        for attempt in range(ATTEMPTS):
            self.pace.wait()
            retry_after = None
            try:
                with closing(self._open(url)) as response:
                    if response.status_code == HTTPStatus.OK:
                        return _write(response, target)
                    problem = f"HTTP {response.status_code}"
                    if response.status_code in _GONE:
                        raise NoContentError("gone", problem)
                    if response.status_code not in AGAIN:
                        raise NoContentError("refused", problem)
                    retry_after = response.headers.get("retry-after")
            except httpx.HTTPError as error:
                problem = type(error).__name__
            except (httpx.InvalidURL, ValueError) as error:  # where a redirect leads
                raise NoContentError("refused", "no address") from error
            if attempt + 1 < ATTEMPTS:
                self.pace.back_off(attempt, retry_after)
        raise NoContentError("failed", problem)

    def _open(self, url: str) -> httpx.Response:
        """Return the answer of an address, and of those that it leads to."""
        for _ in range(_MAX_REDIRECTS):
            self._check(url)
            request = self._client.build_request("GET", url)
            response = self._client.send(request, stream=True)
            if not response.has_redirect_location:
                return response
            response.close()
            url = str(response.url.join(response.headers["location"]))
        raise NoContentError("refused", "too many redirects")

    def _check(self, url: str) -> None:
        """Refuse what is no address to ask.

        Raises:
            NoContentError: it is none.
            httpx.ConnectError: nobody knows the host.
        """
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise NoContentError("refused", "no address") from error
        is_port = parsed.port is None or 0 < parsed.port < _PORTS
        if parsed.scheme not in {"http", "https"} or not parsed.host or not is_port:
            raise NoContentError("refused", "no address")
        try:
            is_private = addresses.is_private(parsed.host)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"nobody knows {parsed.host}") from error
        if is_private and not self.may_be_private:
            raise NoContentError("refused", f"{parsed.host} is in a private network")


def _write(response: httpx.Response, target: Path) -> Content:
    """Write an answer to a file.

    Raises:
        httpx.HTTPError: the connection broke, or the answer is shorter than it says.
    """
    partial = target.with_name(f"{PARTIAL}{os.urandom(8).hex()}")
    size, sha256, md5 = 0, hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    try:
        with partial.open("xb") as file:
            partial.chmod(0o600)
            for piece in response.iter_bytes():
                file.write(piece)
                size += len(piece)
                sha256.update(piece)
                md5.update(piece)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return Content(size, sha256.hexdigest(), md5.hexdigest())
