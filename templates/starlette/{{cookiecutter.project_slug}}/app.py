"""The website: pages, JSON routes and a websocket."""

from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from env import env

HERE = Path(__file__).parent
{% if cookiecutter.cloud_functions %}
# The SDK waits for the data store: where a page needs it, let a thread wait, with starlette.concurrency.run_in_threadpool.
{% endif %}
templates = Jinja2Templates(HERE / "templates")


async def index(request):
    values = {"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request)}
    return templates.TemplateResponse(request, "index.html", values)


async def status(request):
    return JSONResponse({"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request)})


async def echo(websocket):
    """Send every text back."""
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


def client_address(request):
    """Return the visitor's address as the platform saw it, or as the CDN in front of it did.

    Good for a log or a greeting, not for security: whoever reaches the app directly can send any such header.
    """
    forwarded = request.headers.get("X-Forwarded-For", "")
    return request.headers.get("X-Real-IP") or forwarded.split(",")[0].strip() or request.client.host


async def show_error(request, error):
    """Answer an error, also a crash (500), as JSON under /api/ and as a page elsewhere."""
    if not isinstance(error, HTTPException):
        error = HTTPException(500)  # the traceback goes to the log
    name = HTTPStatus(error.status_code).phrase
    values = {"code": error.status_code, "name": name, "description": error.detail}
    if request.url.path.startswith("/api/"):
        answer = {"error": name, "description": error.detail}
        return JSONResponse(answer, error.status_code, error.headers)
    return templates.TemplateResponse(request, "error.html", {"error": values}, error.status_code, error.headers)


app = Starlette(
    routes=[
        Route("/", index),
        Route("/api/status", status),
        WebSocketRoute("/echo", echo),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ],
    exception_handlers={HTTPException: show_error, Exception: show_error},
)
