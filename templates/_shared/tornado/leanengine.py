"""What the platform asks of an app: `wrap` adds it to a Tornado app, `serve` runs the app."""

import asyncio
import platform
import signal
{% if cookiecutter.cloud_functions %}
from urllib.parse import unquote
{% endif %}
from weakref import WeakSet

from tornado import autoreload
from tornado.httpserver import HTTPServer
from tornado.routing import Matcher, Router
from tornado.web import RequestHandler

from env import env
{% if cookiecutter.cloud_functions %}
from leansdk import SDK_PATHS, AsyncEngine, leancloud
{% endif %}

# As much as the platform lets through: 64 KB of headers after a line of 8 KB. 100 MB of body is Tornado's own limit.
MAX_HEADER_SIZE = 72 * 2**10
# SIGTERM: the platform waits 10 seconds, so requests get 8 to finish.
GRACEFUL_TIMEOUT = 8


{% if cookiecutter.cloud_functions %}
def wrap(app, engine):
    """Return the Tornado app `app` with the platform's health check and the functions and hooks of `engine`."""
    rules = [(When(is_ping), Ping), (When(is_function), Functions, {"engine": AsyncEngine(engine)})]
{% else %}
def wrap(app):
    """Return the Tornado app `app` with an answer to the platform's health check."""
    rules = [(When(is_ping), Ping)]
{% endif %}
{% if cookiecutter.https_redirect %}
    if env.production:
        rules.append((When(is_unsafe), RedirectToHttps))
{% endif %}
    app.add_handlers(".*", rules)  # for every host name; they come before the app's own
    return Counted(app)


def serve(application):
    """Run the app until SIGTERM or Ctrl-C; in development start it again when a file changes."""
    asyncio.run(serve_until_stopped(application))


async def serve_until_stopped(application):
    # xheaders: the visitor's address and protocol, from the load balancer's headers.
    server = HTTPServer(application, xheaders=True, max_header_size=MAX_HEADER_SIZE)
    server.listen(env.LEANCLOUD_APP_PORT, "0.0.0.0")
    print(f"Listening on http://0.0.0.0:{env.LEANCLOUD_APP_PORT}")
    if env.LEANCLOUD_APP_ENV == "development":
        autoreload.start()

    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))
    await stopped.wait()

    server.stop()  # no new connections
    if hasattr(signal, "alarm"):  # not on Windows
        signal.alarm(GRACEFUL_TIMEOUT + 1)  # Python would wait for a thread that is still busy
    deadline = loop.time() + GRACEFUL_TIMEOUT
    while application.running and loop.time() < deadline:
        await asyncio.sleep(0.05)
    await server.close_all_connections()


class Counted(Router):
    """The app, and the requests that it has not answered yet."""

    def __init__(self, app):
        self.app = app
        self.running = WeakSet()  # weak: one that its visitor gave up vanishes by itself
        # Tornado calls this when a request is answered, or a websocket is open. With it there is no access log:
        # 600 log lines a minute are kept. Errors are logged.
        app.settings["log_function"] = lambda handler: self.running.discard(handler.request)

    def find_handler(self, request, **kwargs):
        self.running.add(request)
        return self.app.find_handler(request, **kwargs)


class When(Matcher):
    """Matches the requests that `test` is true of."""

    def __init__(self, test):
        self.test = test

    def match(self, request):
        return {} if self.test(request) else None


def is_ping(request):
    return request.path.rstrip("/") in ("/__engine/1/ping", "/__engine/1.1/ping")


class Ping(RequestHandler):
{% if cookiecutter.cloud_functions %}
    """Answers the platform's health check as the SDK does, but at once, whatever the functions are doing."""
{% else %}
    """Answers the platform's health check in the form of the LeanCloud SDK, which this app does without."""
{% endif %}

    def get(self):
        runtime = f"{platform.python_implementation().lower()}-{platform.python_version()}"
{% if cookiecutter.cloud_functions %}
        self.write({"version": leancloud.__version__, "runtime": runtime})
{% else %}
        self.write({"version": env.LEANCLOUD_VERSION_TAG, "runtime": runtime})
{% endif %}

    head = get
{% if cookiecutter.cloud_functions %}


def is_function(request):
    return unquote(request.path).startswith(SDK_PATHS)


class Functions(RequestHandler):
    """Gives requests for functions and hooks to the SDK.

    Tornado's WSGIContainer would not do: it loses bodies of unknown length, and never answers when something fails.
    """

    def initialize(self, engine):
        self.engine = engine

    def check_xsrf_cookie(self):
        """Let the SDK's keys do, should the app turn on `xsrf_cookies`."""

    async def prepare(self):  # for all methods
        request = self.request
        path, headers = unquote(request.path), request.headers.get_all()
        status, headers, body = await self.engine.call(
            request.method, path, request.query, headers, request.body, request.remote_ip
        )
        self.set_status(status)
        self.clear_header("Content-Type")
        for name, value in headers:
            self.add_header(name, value)
        self.finish(body)
{% endif %}
{% if cookiecutter.https_redirect %}


def is_unsafe(request):
    # /.well-known/: certificates are proved over plain HTTP. A browser would not follow for a websocket.
    websocket = request.headers.get("Upgrade", "").lower() == "websocket"
    return request.protocol == "http" and not websocket and not request.path.startswith("/.well-known/")


class RedirectToHttps(RequestHandler):
    """Sends visitors from http:// to https://. Ping, functions and hooks have matched before."""

    def check_xsrf_cookie(self):
        """Leave it to the request that follows, should the app turn on `xsrf_cookies`."""

    def prepare(self):
        # A browser repeats a 301 as GET whatever it was; 308 keeps the method and the body.
        status = 301 if self.request.method in ("GET", "HEAD") else 308
        self.redirect(f"https://{self.request.host}{self.request.uri}", status=status)
{% endif %}
