"""What the platform asks of an app, as ASGI layers round it; `wrap` puts them on."""

import json
import platform

from env import env
{% if cookiecutter.cloud_functions %}
from leansdk import SDK_PATHS, AsyncEngine, leancloud
{% endif %}


{% if cookiecutter.cloud_functions %}
def wrap(app, engine):
    """Return the ASGI app `app` with the platform's health check and the functions and hooks of `engine`."""
{% if cookiecutter.https_redirect %}
    if env.production:
        app = RedirectToHttps(app)
{% endif %}
    app = Functions(app, AsyncEngine(engine))
    return Ping(VisitorScheme(app))
{% else %}
def wrap(app):
    """Return the ASGI app `app` with an answer to the platform's health check."""
{% if cookiecutter.https_redirect %}
    if env.production:
        app = RedirectToHttps(app)
{% endif %}
    return Ping(VisitorScheme(app))
{% endif %}


class Ping:
{% if cookiecutter.cloud_functions %}
    """Answers the platform's health check as the SDK does, but at once, whatever the functions are doing."""
{% else %}
    """Answers the platform's health check in the form of the LeanCloud SDK, which this app does without."""
{% endif %}

    PATHS = ("/__engine/1/ping", "/__engine/1.1/ping")
    ANSWER = {
{% if cookiecutter.cloud_functions %}
        "version": leancloud.__version__,
{% else %}
        "version": env.LEANCLOUD_VERSION_TAG,
{% endif %}
        "runtime": f"{platform.python_implementation().lower()}-{platform.python_version()}",
    }

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or scope["path"].rstrip("/") not in self.PATHS:
            return await self.app(scope, receive, send)
        await answer(send, 200, [("Content-Type", "application/json")], json.dumps(self.ANSWER).encode())


class VisitorScheme:
    """Tells the app whether the visitor came by https://; what the load balancer passes on is always http://."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "lifespan" and header(scope, b"x-forwarded-proto") == b"https":
            scope = {**scope, "scheme": "wss" if scope["type"] == "websocket" else "https"}
        await self.app(scope, receive, send)
{% if cookiecutter.cloud_functions %}


class Functions:
    """Gives the requests for functions and hooks to the SDK. It needs whole paths, which `mount` would cut."""

    def __init__(self, app, engine):
        self.app = app
        self.engine = engine

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or not scope["path"].startswith(SDK_PATHS):
            return await self.app(scope, receive, send)
        # All of the body first: a slow upload must not hold a thread, and the SDK reads no body of unknown length.
        body, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        response = await self.engine.call(
            scope["method"],
            scope["path"],
            scope["query_string"].decode("latin-1"),
            [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
            bytes(body),
            (scope.get("client") or [""])[0],
        )
        await answer(send, *response)
{% endif %}
{% if cookiecutter.https_redirect %}


class RedirectToHttps:
    """Sends visitors from http:// to https://. Ping, functions and hooks are answered before this layer."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        # /.well-known/: certificates are proved over plain HTTP. A browser would not follow for a websocket.
        if scope["type"] != "http" or scope["scheme"] == "https" or scope["path"].startswith("/.well-known/"):
            return await self.app(scope, receive, send)
        # A browser repeats a 301 as GET whatever it was; 308 keeps the method and the body.
        status = 301 if scope["method"] in ("GET", "HEAD") else 308
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        location = b"https://" + header(scope, b"host") + scope["raw_path"] + query
        await answer(send, status, [("Location", location.decode("latin-1"))], b"")
{% endif %}


def header(scope, name):
    """Return a header of the request, empty if it has none."""
    return dict(scope["headers"]).get(name, b"")


async def answer(send, status, headers, body):
    """Send a whole response."""
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    if b"content-length" not in dict(pairs):
        pairs.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
