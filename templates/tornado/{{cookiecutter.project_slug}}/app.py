"""The website: pages, JSON routes and a websocket."""

from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace

from tornado.web import Application, HTTPError, RequestHandler
from tornado.websocket import WebSocketHandler

from env import env

HERE = Path(__file__).parent
{% if cookiecutter.cloud_functions %}
# The SDK waits for the data store: where a page needs it, let a thread wait, with asyncio.to_thread.
{% endif %}


class Handler(RequestHandler):
    """What all pages and routes have in common."""

    def write_error(self, status_code, **kwargs):
        """Answer an error, also a crash (500), as JSON under /api/ and as a page elsewhere."""
        error = SimpleNamespace(code=status_code, name=HTTPStatus(status_code).phrase, description="")
        if "exc_info" in kwargs:
            error.description = getattr(kwargs["exc_info"][1], "log_message", None) or ""
        if self.request.path.startswith("/api/"):
            self.finish({"error": error.name, "description": error.description})
        else:
            self.render("error.html", error=error)


class Index(Handler):
    async def get(self):
        self.render("index.html", environment=env.LEANCLOUD_APP_ENV, address=client_address(self.request))

    head = get  # what monitors and link previews ask


class Status(Handler):
    async def get(self):
        self.write({"environment": env.LEANCLOUD_APP_ENV, "address": client_address(self.request)})

    head = get


class Echo(WebSocketHandler):
    async def on_message(self, message):
        """Send every text back."""
        await self.write_message(message)


class NotFound(Handler):
    async def prepare(self):
        raise HTTPError(404)


def client_address(request):
    """Return the visitor's address as the platform saw it, or as the CDN in front of it did.

    Good for a log or a greeting, not for security: whoever reaches the app directly can send any such header.
    """
    forwarded = request.headers.get("X-Forwarded-For", "")
    return request.headers.get("X-Real-IP") or forwarded.split(",")[0].strip() or request.remote_ip


app = Application(
    [(r"/", Index), (r"/api/status", Status), (r"/echo", Echo)],
    default_handler_class=NotFound,
    static_path=HERE / "static",
    template_path=HERE / "templates",
    # In development a changed template shows at once.
    compiled_template_cache=env.LEANCLOUD_APP_ENV != "development",
    # A load balancer drops connections on which nothing happens.
    websocket_ping_interval=20,
)
