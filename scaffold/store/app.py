"""The service as an ASGI app."""

from __future__ import annotations

import asyncio
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

from scaffold.store import files, processors, records, values
from scaffold.store.api import HEADERS, MEDIA_TYPE, METHODS, ApiRouter, parts
from scaffold.store.errors import ApiError
from scaffold.store.request_log import SCOPE, RequestLog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from scaffold.store.calls import Store
    from scaffold.store.metrics import Metrics
    from scaffold.store.values import Json

MAX_FILE = 100 * 1024 * 1024
logger = logging.getLogger("scaffold.store")


def make(store: Store, metrics: Metrics | None = None, *, is_alone: bool = False) -> ASGIApp:
    """Return the app of a service.

    Args:
        store: the service.
        metrics: what counts its requests.
        is_alone: whether its process does nothing else.
    """
    rest = Starlette(
        routes=[
            Route("/health", _health),
            Route("/ready", _ready),
            Route(f"{files.UPLOADS}/{{token}}", _upload, methods=["PUT", "POST"]),
            Route(f"{records.DOWNLOADS}/{{key:path}}", _download),
            Route("/{path:path}", _nothing, methods=METHODS),
        ],
        middleware=[
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
    rest.state.store = store
    rest.state.is_alone = is_alone
    # The API is not in Starlette: its layers take longer than many a call.
    return RequestLog(ApiRouter(rest, store), metrics)


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """Do tasks as long as the service runs; in a process of its own, on one CPU."""
    store: Store = app.state.store
    store.tasks.start()
    sharing = asyncio.create_task(processors.share_one()) if app.state.is_alone else None
    yield
    if sharing:
        sharing.cancel()
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


async def _nothing(_: Request) -> Response:
    return _json(ApiError(1, "Nothing answers that.").payload(), 404)


def _json(payload: Json, status: int = 200) -> Response:
    return Response(values.dumps(payload).encode(), status, HEADERS, MEDIA_TYPE)


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
