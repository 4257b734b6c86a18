"""What the platform asks of an app: `wrap` adds it to a Sanic app, `serve` runs the app."""

import platform
import signal
{% if cookiecutter.cloud_functions %}
from urllib.parse import unquote
{% endif %}

from sanic import {{ 'HTTPResponse, ' if cookiecutter.cloud_functions or cookiecutter.https_redirect else '' }}json
{% if cookiecutter.cloud_functions %}
from sanic.compat import Header
{% endif %}
from sanic.http import Http

from env import env
{% if cookiecutter.cloud_functions %}
from leansdk import SDK_PATHS, AsyncEngine, leancloud
{% endif %}

# As much as the platform lets through: 100 MB of body, 64 KB of headers after a line of 8 KB.
# Sanic's own limits are 16 KB, which no setting can raise, and 8 KB of them unless told.
Http.HEADER_CEILING = 72 * 2**10
CONFIG = {
    "REQUEST_MAX_SIZE": 100 * 2**20,
    "REQUEST_MAX_HEADER_SIZE": Http.HEADER_CEILING,
    "REQUEST_BUFFER_SIZE": Http.HEADER_CEILING + 4096,
    # SIGTERM: the platform waits 10 seconds, so requests get 8 to finish.
    "GRACEFUL_SHUTDOWN_TIMEOUT": 8,
}


{% if cookiecutter.cloud_functions %}
def wrap(app, engine):
    """Add the platform's health check, and the functions and hooks of `engine`, to the Sanic app; return it."""
    app.ctx.engine = AsyncEngine(engine)
{% else %}
def wrap(app):
    """Add an answer to the platform's health check to the Sanic app; return it."""
{% endif %}
    app.config.update(CONFIG)
    app.before_server_stop(end_in_time)
    # Middleware sees every request, also those that no route is for. The priority puts it before the app's own.
    app.on_request(answer_ping, priority=3)
{% if cookiecutter.cloud_functions %}
    app.on_request(call_function, priority=2)
{% endif %}
{% if cookiecutter.https_redirect %}
    if env.production:
        app.on_request(redirect_to_https, priority=1)
{% endif %}
    return app


def serve(app):
    """Run the app until SIGTERM or Ctrl-C; in development start it again when a file changes."""
    development = env.LEANCLOUD_APP_ENV == "development"
    # One process, as an instance has one CPU. More would cost two besides: Sanic's manager, and one that it needs.
    app.run(
        "0.0.0.0",
        env.LEANCLOUD_APP_PORT,
        single_process=not development,
        auto_reload=development,
        access_log=development,
        motd=False,
    )


async def end_in_time(app):
    """End the process by force where Python would wait for a thread that is still busy."""
    if hasattr(signal, "alarm"):  # not on Windows
        signal.alarm(9)


async def answer_ping(request):
{% if cookiecutter.cloud_functions %}
    """Answer the platform's health check as the SDK does, but at once, whatever the functions are doing."""
{% else %}
    """Answer the platform's health check in the form of the LeanCloud SDK, which this app does without."""
{% endif %}
    if request.path.rstrip("/") in ("/__engine/1/ping", "/__engine/1.1/ping"):
        runtime = f"{platform.python_implementation().lower()}-{platform.python_version()}"
{% if cookiecutter.cloud_functions %}
        return json({"version": leancloud.__version__, "runtime": runtime})
{% else %}
        return json({"version": env.LEANCLOUD_VERSION_TAG, "runtime": runtime})
{% endif %}
{% if cookiecutter.cloud_functions %}


async def call_function(request):
    """Give a request for a function or a hook to the SDK."""
    path = unquote(request.path)
    if path.startswith(SDK_PATHS):
        await request.receive_body()  # no route is for it, so Sanic has not read the body
        status, headers, body = await request.app.ctx.engine.call(
            request.method, path, request.query_string, request.headers.items(), request.body, request.ip
        )
        return HTTPResponse(body, status, Header(headers), "text/plain")
{% endif %}
{% if cookiecutter.https_redirect %}


async def redirect_to_https(request):
    """Send visitors from http:// to https://. Ping, functions and hooks are answered before."""
    # /.well-known/: certificates are proved over plain HTTP. A browser would not follow for a websocket.
    secure = request.headers.get("X-Forwarded-Proto") == "https"
    websocket = request.headers.get("Upgrade", "").lower() == "websocket"
    if secure or websocket or request.path.startswith("/.well-known/"):
        return None
    # A browser repeats a 301 as GET whatever it was; 308 keeps the method and the body.
    status = 301 if request.method in ("GET", "HEAD") else 308
    query = f"?{request.query_string}" if request.query_string else ""
    return HTTPResponse(status=status, headers={"Location": f"https://{request.host}{request.path}{query}"})
{% endif %}
