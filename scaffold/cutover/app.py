"""The proxy as an ASGI app."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route

from scaffold.cutover.forward import Forwarder
from scaffold.cutover.shadow import Shadow
from scaffold.store.request_log import LOGGING, SCOPE, RequestLog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request

HEALTH = "/health"
# Connections that a server closes at the same moment are the ones that fail: old ones are not kept.
_LIMITS = httpx.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=15)
LOG = {
    **LOGGING,
    "loggers": {**LOGGING["loggers"], "scaffold.cutover": {"level": "INFO"}},
}


@dataclass(frozen=True)
class ProxySettings:
    """What the proxy does.

    Args:
        server: the address of the old platform's API.
        compared: the address of the data service to compare with it; None: of none.
        is_frozen: refuse what may write.
    """

    server: str
    compared: str | None = None
    is_frozen: bool = False


def make(
    settings: ProxySettings,
    report: Callable[[dict[str, Any]], None],
    transport: httpx.AsyncBaseTransport | None = None,
) -> Starlette:
    """Return the app.

    Args:
        settings: what it does.
        report: is called with each difference, and at the end with all figures.
        transport: how both services are asked; by the network by default.
    """
    asking = transport or httpx.AsyncHTTPTransport(limits=_LIMITS)
    shadow = None
    if settings.compared:
        shadow = Shadow(httpx.URL(settings.compared), asking, report)
    forwarder = Forwarder(httpx.URL(settings.server), asking, shadow, settings.is_frozen)

    async def health(request: Request) -> JSONResponse:
        request.scope[SCOPE].route = HEALTH
        figures = shadow.figures() if shadow else {}
        return JSONResponse({"status": "ok", "frozen": settings.is_frozen, **figures})

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if shadow:
            await shadow.start()
        yield
        if shadow:
            await shadow.stop()
            report({"figures": shadow.figures()})
        await asking.aclose()

    return Starlette(
        routes=[Route(HEALTH, health), Route("/{path:path}", forwarder)],
        middleware=[Middleware(RequestLog)],
        lifespan=lifespan,
    )
