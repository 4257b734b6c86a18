"""The service as an ASGI app."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import Route

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
from scaffold.store.calls import ApiCall, Store
from scaffold.store.errors import ApiError
from scaffold.store.request_log import SCOPE, RequestLog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.requests import Request

    from scaffold.store.calls import ApiResponse
    from scaffold.store.metrics import Metrics
    from scaffold.store.request_log import Entry
    from scaffold.store.values import Document, Json

MAX_BODY = 20 * 1024 * 1024
MAX_FILE = 100 * 1024 * 1024
METHODS = ["GET", "POST", "PUT", "DELETE"]
logger = logging.getLogger("scaffold.store")


def make(store: Store, metrics: Metrics | None = None) -> Starlette:
    """Return the app of a service.

    Args:
        store: the service.
        metrics: what counts its requests.
    """
    app = Starlette(
        routes=[
            Route("/health", _health),
            Route("/ready", _ready),
            Route(f"{files.UPLOADS}/{{token}}", _upload, methods=["PUT", "POST"]),
            Route(f"{records.DOWNLOADS}/{{key:path}}", _download),
            Route("/{path:path}", _any, methods=METHODS),
        ],
        middleware=[
            Middleware(RequestLog, metrics=metrics),
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],
                allow_methods=METHODS,
                allow_headers=["*"],
                max_age=86400,
            ),
        ],
        exception_handlers={HTTPException: _refused},
        lifespan=_lifespan,
    )
    app.state.store = store
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """Do tasks as long as the service runs."""
    store: Store = app.state.store
    store.tasks.start()
    yield
    await run_in_threadpool(store.tasks.stop)


async def _health(request: Request) -> Response:
    request.scope[SCOPE].route = "/health"
    return _json({"status": "ok"})


async def _ready(request: Request) -> Response:
    request.scope[SCOPE].route = "/ready"
    try:
        version = await run_in_threadpool(_store(request).database.version)
    except Exception:
        logger.exception("the database does not answer")
        return _json({"status": "no database"}, 503)
    return _json({"status": "ok" if version else "no tables"}, 200 if version else 503)


def _store(request: Request) -> Store:
    found: Store = request.app.state.store
    return found


async def _refused(_: Request, error: Exception) -> Response:
    """Answer a method that nothing has in the form of all errors."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _json(ApiError(1, "Nothing answers that.").payload(), status)


async def _any(request: Request) -> Response:
    path = batch.without_version(request.url.path)
    if path is None:
        return _json(ApiError(1, "Nothing answers that.").payload(), 404)
    entry: Entry = request.scope[SCOPE]
    try:
        body = await _body(request, MAX_BODY)
        answer = await run_in_threadpool(_answer, request, path, body)
    except ApiError as error:
        entry.code = error.code
        return _json(error.payload(), error.status)
    except Exception:
        logger.exception("%s %s", entry.method, entry.route)
        return _json(ApiError(1).payload(), 500)
    return _json(answer.payload, answer.status, answer.headers)


async def _body(request: Request, limit: int) -> bytes:
    """Return the body of a request, never more of it than the limit."""
    return b"".join([part async for part in parts(request, limit)])


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


def _answer(request: Request, path: str, raw: bytes) -> ApiResponse:
    store = _store(request)
    # Of what is imported each row is refused by itself.
    any_strings = path.startswith("/import/")
    body = received.read(raw, any_strings=any_strings) if raw.strip() else {}
    if body is None:
        body = {}
    if not isinstance(body, dict):
        raise ApiError(107)
    method, headers = request.method, {key.lower(): value for key, value in request.headers.items()}
    if method == "POST" and ("_ApplicationId" in body or "_method" in body):
        headers = credentials.move_from_body(body, headers)
        method = str(body.pop("_method", method)).upper()
    entry: Entry = request.scope[SCOPE]
    entry.method = method
    entry.route, entry.class_name = routes.form(method, path)
    if path == "/date":
        return routes.dispatch(_call(request, "GET", path, {}, Caller(), headers))
    proved = credentials.check(store.settings.keys, headers)
    caller = calls.identify(store, proved, sessions.user_of)
    entry.know_caller(caller)
    return routes.dispatch(_call(request, method, path, body, caller, headers))


def _call(  # noqa: PLR0913, PLR0917 - a call has so many parts
    request: Request,
    method: str,
    path: str,
    body: Document,
    caller: Caller,
    headers: Mapping[str, str],
) -> ApiCall:
    store = _store(request)
    base = store.settings.public_url or str(request.base_url)
    for value in request.query_params.values():
        values.storable(value)
    return ApiCall(
        store, method, path, dict(request.query_params), body, caller, base.rstrip("/"), headers
    )


def _json(payload: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    content = values.dumps(payload).encode()
    kept = {
        "Cache-Control": "no-cache,no-store",
        "X-Content-Type-Options": "nosniff",
        **(headers or {}),
    }
    return Response(content, status, kept, "application/json;charset=utf-8")


async def _upload(request: Request) -> Response:
    """Take the bytes of a file piece by piece, so that its size needs no memory."""
    store, token = _store(request), request.path_params["token"]
    request.scope[SCOPE].route = f"{files.UPLOADS}/TOKEN"
    if await run_in_threadpool(files.expected, store, token) is None:
        return _not_expected()
    partial = await run_in_threadpool(store.files.partial)
    try:
        with partial.open("wb") as written:
            async for part in parts(request, MAX_FILE):
                await run_in_threadpool(written.write, part)
        is_kept = await run_in_threadpool(files.keep, store, token, partial)
    except ApiError as error:
        return _json(error.payload(), error.status)
    finally:
        partial.unlink(missing_ok=True)
    return _json({}) if is_kept else _not_expected()


def _not_expected() -> Response:
    return _json(ApiError(401, "That upload was not asked for, or is done.").payload(), 401)


async def _download(request: Request) -> Response:
    """Return a file in a way that lets it do nothing in a browser."""
    request.scope[SCOPE].route = f"{records.DOWNLOADS}/FILE"
    return await run_in_threadpool(_file, request) or _json(
        ApiError(101, "There is no such file.").payload(), 404
    )


def _file(request: Request) -> Response | None:
    store, key = _store(request), request.path_params["key"]
    described = files.described(store, key)
    if described is None:  # an address may end with the file's name
        key = key.rpartition("/")[0]
        described = files.described(store, key)
    if described is None:
        return None
    name, mime_type = described
    shown = files.SHOWN.fullmatch(mime_type)
    disposition = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"
    headers = {
        "Content-Disposition": disposition,
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    media_type = mime_type if shown else "application/octet-stream"
    return store.files.response(key, request.headers, media_type, headers)
