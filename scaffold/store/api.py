"""The API as plain ASGI: one request in, one JSON document out.

Starlette answers what is left: files, probes, addresses of nobody's. Its router and its layers for
exceptions take longer than many a call of the API.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.requests import Request

from scaffold.store import (
    batch,
    calls,
    credentials,
    files,
    received,
    records,
    routes,
    sessions,
    values,
)
from scaffold.store.access import Caller
from scaffold.store.calls import ApiCall, ApiResponse
from scaffold.store.errors import ApiError
from scaffold.store.request_log import SCOPE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from scaffold.store.calls import Store
    from scaffold.store.request_log import Entry
    from scaffold.store.values import Document, Json

MAX_BODY = 20 * 1024 * 1024
METHODS = ["GET", "POST", "PUT", "DELETE"]
# Calls at once; each may wait for the database or for a hook.

THREADS = 40
MEDIA_TYPE = "application/json;charset=utf-8"
HEADERS = {"Cache-Control": "no-cache,no-store", "X-Content-Type-Options": "nosniff"}
_HEADERS = [
    *((name.lower().encode(), value.encode()) for name, value in HEADERS.items()),
    (b"access-control-allow-origin", b"*"),  # a page of any origin may ask; a key is what counts
    (b"content-type", MEDIA_TYPE.encode()),
]
BODY = {b"content-length", b"transfer-encoding"}
logger = logging.getLogger("scaffold.store")


class ApiRouter:
    """Answers the calls of the API, and leaves all else to the app below it.

    Args:
        app: what answers the rest.
        store: the service.
    """

    def __init__(self, app: ASGIApp, store: Store) -> None:
        self._app = app
        self._store = store
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="scaffold-store")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = _path(scope) if scope["type"] == "http" and scope["method"] in METHODS else None
        if path is None:
            await self._app(scope, receive, send)
            return
        content, status, headers = await self._answered(scope, receive, path)
        length = (b"content-length", str(len(content)).encode())
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [*_HEADERS, *headers, length],
            }
        )
        await send({"type": "http.response.body", "body": content})

    async def _answered(
        self, scope: Scope, receive: Receive, path: str
    ) -> tuple[bytes, int, list[tuple[bytes, bytes]]]:
        entry: Entry = scope[SCOPE]
        loop = asyncio.get_running_loop()
        try:
            body = await _body(scope, receive)
            return await loop.run_in_executor(
                self._threads, _written, self._store, scope, path, body
            )
        except ApiError as error:
            entry.code = error.code
            return values.dumps(error.payload()).encode(), error.status, []
        except Exception:
            logger.exception("%s %s", entry.method, entry.route)
            return values.dumps(ApiError(1).payload()).encode(), 500, []


def _path(scope: Scope) -> str | None:
    """Return the path of a call, below its version; None for what is no call of the API."""
    path: str = scope["path"]  # that of an address depends on what the client says is its host
    if path.startswith((f"{files.UPLOADS}/", f"{records.DOWNLOADS}/")):
        return None
    return batch.without_version(path)


async def _body(scope: Scope, receive: Receive) -> bytes:
    """Return the body of a request, which has one only where its headers say so."""
    if not any(name in BODY for name, _ in scope["headers"]):
        return b""
    return b"".join([part async for part in parts(Request(scope, receive), MAX_BODY)])


async def parts(request: Request, limit: int) -> AsyncIterator[bytes]:
    """Go through the pieces of a body.

    Args:
        request: whose body it is.
        limit: how many bytes it may have.

    Raises:
        ApiError: 413, it is larger than the limit.
    """
    if int(request.headers.get("content-length") or 0) > limit:
        raise ApiError(413)
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise ApiError(413)
        yield part


def _written(
    store: Store, scope: Scope, path: str, raw: bytes
) -> tuple[bytes, int, list[tuple[bytes, bytes]]]:
    """Return the body, the status and further headers of an answer."""
    answer = _answer(store, scope, path, raw)
    more = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in answer.headers.items()
    ]
    return values.dumps(answer.payload).encode(), answer.status, more


def _answer(store: Store, scope: Scope, path: str, raw: bytes) -> ApiResponse:
    # Of what is imported each row is refused by itself.
    any_strings = path.startswith("/import/")
    body = received.read(raw, any_strings=any_strings) if raw.strip() else {}
    if body is None:
        body = {}
    if not isinstance(body, dict):
        raise ApiError(107)
    method: str = scope["method"]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if method == "POST" and ("_ApplicationId" in body or "_method" in body):
        headers = credentials.move_from_body(body, headers)
        method = str(body.pop("_method", method)).upper()
    entry: Entry = scope[SCOPE]
    entry.method = method
    entry.route, entry.class_name = routes.form(method, path)
    if path == "/date":
        return routes.dispatch(_call(store, scope, "GET", path, {}, Caller(), headers))
    proved = credentials.check(store.settings.keys, headers)
    caller = calls.identify(store, proved, sessions.user_of)
    entry.know_caller(caller)
    return routes.dispatch(_call(store, scope, method, path, body, caller, headers))


def _call(  # noqa: PLR0913, PLR0917 - a call has so many parts
    store: Store,
    scope: Scope,
    method: str,
    path: str,
    body: Document,
    caller: Caller,
    headers: Mapping[str, str],
) -> ApiCall:
    query = scope["query_string"].decode("latin-1")
    parameters: dict[str, Json] = dict(parse_qsl(query, keep_blank_values=True))
    for value in parameters.values():
        values.storable(value)
    base = store.settings.public_url
    if not base:
        server = tuple(scope.get("server") or ())
        base = _base_url(scope["scheme"], headers.get("host"), server, scope.get("root_path", ""))
    return ApiCall(store, method, path, parameters, body, caller, base.rstrip("/"), headers)


@lru_cache(maxsize=64)
def _base_url(scheme: str, host: str | None, server: tuple[str, int], root_path: str) -> str:
    """Return the address under which a client knows the service."""
    headers = [] if host is None else [(b"host", host.encode("latin-1"))]
    scope = {
        "type": "http",
        "scheme": scheme,
        "server": server or None,
        "headers": headers,
        "path": "/",
        "root_path": root_path,
        "query_string": b"",
    }
    return str(Request(scope).base_url)
