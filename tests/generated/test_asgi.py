"""The ASGI layers, asked directly."""

import asyncio

import pytest
from harness import FUNCTIONS

from leanengine import asgi


def through_the_layers(scope):
    """Return the scope as the app gets it."""
    seen = []

    async def app(scope, receive, send):
        seen.append(scope)

    if FUNCTIONS:
        from cloud import engine

        wrapped = asgi.wrap(app, engine)
    else:
        wrapped = asgi.wrap(app)
    asyncio.run(wrapped(scope, None, None))
    return seen[0]


@pytest.mark.parametrize(("kind", "scheme"), [("http", "https"), ("websocket", "wss")])
def test_the_app_knows_how_the_visitor_came(kind, scheme):
    """Else the addresses that it makes, as in a redirect, would lead to http://."""
    scope = {"type": kind, "scheme": "http", "path": "/", "headers": [(b"x-forwarded-proto", b"https")]}
    assert through_the_layers(scope)["scheme"] == scheme


def test_websockets_pass():
    """Neither redirected nor taken for a function."""
    for path in ("/echo", "/__engine/1/ping", "/1.1/functions/hello"):
        scope = {"type": "websocket", "scheme": "ws", "path": path, "headers": []}
        assert through_the_layers(scope) == scope


def test_lifespan_passes():
    """It is when an app opens and closes what it needs, such as connections."""
    assert through_the_layers({"type": "lifespan"}) == {"type": "lifespan"}
