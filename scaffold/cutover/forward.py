"""Passing a request on, and its answer back, piece by piece and otherwise as they are."""

from __future__ import annotations

import logging
import zlib
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from scaffold.cutover import asked
from scaffold.cutover.differences import SeenAnswer
from scaffold.cutover.shadow import MAX_COMPARED, Pair, address
from scaffold.store import api, app
from scaffold.store.errors import ApiError
from scaffold.store.request_log import SCOPE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Receive, Scope, Send

    from scaffold.cutover.asked import Asked
    from scaffold.cutover.shadow import Headers, Shadow
    from scaffold.store.request_log import Entry

# RFC 9110, 7.6.1: what belongs to one connection. `Expect` was answered here already.
_HOP_BY_HOP = {
    b"connection",
    b"expect",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
}
# By which the proxy knows that its own address is the one that it asks.
_MARK = (b"x-scaffold-proxy", b"1")
# What may be sent twice, as it changes nothing.
_REPEATABLE = {"GET", "HEAD"}
_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_SAYS_LITTLE = {HTTPStatus.NOT_MODIFIED, HTTPStatus.TOO_MANY_REQUESTS}
_RETRY_AFTER = "60"  # seconds
logger = logging.getLogger("scaffold.cutover")


@dataclass
class _Incoming:
    """A request.

    Attributes:
        method: as it was sent.
        target: path and query, as they were sent.
        headers: those that go on.
        start: what was read of the body.
        rest: what was not.
        asked: what it means.
    """

    method: str
    target: bytes
    headers: Headers
    start: bytes
    rest: AsyncIterator[bytes] | None
    asked: Asked

    async def body(self) -> AsyncIterator[bytes]:
        """Yield the body."""
        if self.start:
            yield self.start
        if self.rest is not None:
            async for piece in self.rest:
                yield piece


@dataclass
class Forwarder:
    """An ASGI app that passes requests on.

    Args:
        server: the old platform's API.
        transport: how it is asked: it follows no redirect and keeps no cookie.
        shadow: what compares its answers, if anything does.
        is_frozen: refuse what may write.
    """

    server: httpx.URL
    transport: httpx.AsyncBaseTransport
    shadow: Shadow | None = None
    is_frozen: bool = False
    _peeks: bool = field(init=False)

    def __post_init__(self) -> None:
        """Look into bodies only where something depends on them."""
        self._peeks = self.is_frozen or self.shadow is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        entry: Entry = scope[SCOPE]
        try:
            incoming = await self._read(Request(scope, receive))
            entry.method = incoming.asked.method
            entry.route = incoming.asked.form()
            entry.class_name = incoming.asked.class_name
            self._check(incoming)
            response = await self._ask(incoming)
        except ApiError as error:
            entry.code = error.code
            await _refusal(error)(scope, receive, send)
        except ClientDisconnect:
            entry.status = 499  # as nginx writes it down
        else:
            await self._answer(incoming, response, send)

    async def _read(self, request: Request) -> _Incoming:
        """Read the head of a request, and the beginning of its body where that matters."""
        scope = request.scope
        path, query = scope["raw_path"], scope["query_string"]
        if not path.startswith(b"/"):
            raise ApiError(1, "That is no address.")
        rest = api.parts(request, app.MAX_FILE) if _has_body(request) else None
        start, is_whole = b"", rest is None
        if rest is not None and self._peeks and request.method == "POST":
            start, is_whole = await _beginning(rest)
        meaning = asked.read(
            request.method, scope["path"], query.decode("latin-1"), start if is_whole else None
        )
        return _Incoming(
            request.method,
            path + (b"?" + query if query else b""),
            _passed(request.headers.raw),
            start,
            None if is_whole else rest,
            meaning,
        )

    def _check(self, incoming: _Incoming) -> None:
        """Refuse what is not passed on.

        Raises:
            ApiError: 508, the proxy asks itself; 503, writes are frozen.
        """
        if _MARK in incoming.headers:
            raise ApiError(1, "The proxy's own address is the one that it asks.", status=508)
        if self.is_frozen and not incoming.asked.only_reads:
            raise ApiError(503)

    async def _ask(self, incoming: _Incoming) -> httpx.Response:
        """Ask the old platform.

        Raises:
            ApiError: 504, it takes too long; 502, it does not answer.
        """
        headers = [*incoming.headers, _MARK]
        if self.shadow and incoming.asked.is_comparable:
            headers = _comparable(headers)
        has_body = incoming.start or incoming.rest is not None
        try:
            request = httpx.Request(
                incoming.method,
                address(self.server, incoming.target),
                headers=headers,
                content=incoming.body() if has_body else None,
                extensions={"timeout": _TIMEOUT.as_dict()},
            )
            return await self._send(request, again=not has_body and incoming.method in _REPEATABLE)
        except httpx.InvalidURL as error:
            raise ApiError(1, "That is no address.") from error
        except httpx.TimeoutException as error:
            raise ApiError(124, "The old platform takes too long.", status=504) from error
        except httpx.HTTPError as error:
            logger.warning("the old platform does not answer: %s", type(error).__name__)
            raise ApiError(1, "The old platform does not answer.", status=502) from error

    async def _send(self, request: httpx.Request, *, again: bool) -> httpx.Response:
        """Send a request, and once more where a kept connection was closed at that moment."""
        try:
            return await self.transport.handle_async_request(request)
        except httpx.RemoteProtocolError:
            if not again:
                raise
            return await self.transport.handle_async_request(request)

    async def _answer(self, incoming: _Incoming, response: httpx.Response, send: Send) -> None:
        """Pass an answer back; one that breaks off breaks off here too."""
        kept: bytearray | None = bytearray() if self._is_compared(incoming, response) else None
        try:
            headers = _passed(response.headers.raw)
            start = {"type": "http.response.start", "status": response.status_code}
            await send({**start, "headers": headers})
            async for piece in response.aiter_raw():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                if kept is not None:
                    kept += piece
                    kept = kept if len(kept) <= MAX_COMPARED else None
            await send({"type": "http.response.body", "body": b""})
        except httpx.HTTPError as error:
            # The server closes the connection of an answer that has no end.
            logger.warning("an answer broke off: %s", type(error).__name__)
            return
        finally:
            await response.aclose()
        if self.shadow and self._is_compared(incoming, response):
            self._offer(self.shadow, incoming, response, kept)

    def _is_compared(self, incoming: _Incoming, response: httpx.Response) -> bool:
        """Return whether an answer says something about the data."""
        status = response.status_code
        says_much = status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _SAYS_LITTLE
        return self.shadow is not None and incoming.asked.is_comparable and says_much

    @staticmethod
    def _offer(
        shadow: Shadow, incoming: _Incoming, response: httpx.Response, kept: bytearray | None
    ) -> None:
        encoding = response.headers.get("content-encoding", "identity")
        content = None if kept is None else _decoded(bytes(kept), encoding)
        if content is None:
            shadow.skip()
            return
        answer = SeenAnswer(response.status_code, content)
        shadow.offer(
            Pair(
                incoming.asked,
                incoming.method,
                incoming.target,
                incoming.headers,
                incoming.start,
                answer,
            )
        )


def _has_body(request: Request) -> bool:
    headers = request.headers
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


async def _beginning(parts: AsyncIterator[bytes]) -> tuple[bytes, bool]:
    """Return the beginning of a body, and whether that is all of it."""
    start = b""
    async for piece in parts:
        start += piece
        if len(start) > asked.PEEKED:
            return start, False
    return start, True


def _passed(headers: Headers) -> Headers:
    """Return the headers that go on to the next server."""
    named = b",".join(value for name, value in headers if name.lower() == b"connection")
    dropped = {name.strip().lower() for name in named.split(b",")} | _HOP_BY_HOP | {b"host"}
    lower = [(name.lower(), value) for name, value in headers]
    if any(name == b"transfer-encoding" for name, _ in lower):
        dropped.add(b"content-length")  # RFC 9112, 6.3: it does not count
    return [each for each in lower if each[0] not in dropped]


def _comparable(headers: Headers) -> Headers:
    """Return headers that ask for an answer which can be read here too."""
    accepted = b",".join(value for name, value in headers if name == b"accept-encoding")
    encoding = b"gzip" if b"gzip" in accepted else b"identity"
    kept = [each for each in headers if each[0] != b"accept-encoding"]
    return [*kept, (b"accept-encoding", encoding)]


def _decoded(content: bytes, encoding: str) -> bytes | None:
    """Return what was compressed; None where it cannot be read, or grows too large."""
    if encoding == "identity":
        return content
    if encoding != "gzip":
        return None
    reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        found = reader.decompress(content, MAX_COMPARED)
    except zlib.error:
        return None
    return found if reader.eof else None


def _refusal(error: ApiError) -> JSONResponse:
    """Return an error as SDKs read it; a page of another origin may read it too."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache,no-store"}
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = _RETRY_AFTER
    return JSONResponse(error.payload(), error.status, headers)
