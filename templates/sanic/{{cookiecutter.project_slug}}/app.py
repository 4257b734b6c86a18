"""The website: pages, JSON routes and a websocket."""

from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from sanic import Sanic, html, json
from sanic.exceptions import SanicException, ServerError

from env import env

HERE = Path(__file__).parent
# Where visitors only read. HEAD: what monitors and link previews ask.
READING = ["GET", "HEAD"]
{% if cookiecutter.cloud_functions %}
# The SDK waits for the data store: where a page needs it, let a thread wait, with asyncio.to_thread.
{% endif %}
app = Sanic("app")
app.static("/static", HERE / "static")
templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)


@app.route("/", READING)
async def index(request):
    page = templates.get_template("index.html")
    return html(page.render(environment=env.LEANCLOUD_APP_ENV, address=client_address(request)))


@app.route("/api/status", READING)
async def status(request):
    return json({"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request)})


@app.websocket("/echo")
async def echo(request, websocket):
    """Send every text back."""
    async for text in websocket:
        await websocket.send(text)


def client_address(request):
    """Return the visitor's address as the platform saw it, or as the CDN in front of it did.

    Good for a log or a greeting, not for security: whoever reaches the app directly can send any such header.
    """
    forwarded = request.headers.get("X-Forwarded-For", "")
    return request.headers.get("X-Real-IP") or forwarded.split(",")[0].strip() or request.ip


@app.exception(Exception)
async def show_error(request, error):
    """Answer an error, also a crash (500), as JSON under /api/ and as a page elsewhere."""
    app.error_handler.log(request, error)  # the traceback of a crash
    if not isinstance(error, SanicException):
        error = ServerError("The app failed.")
    values = {"code": error.status_code, "name": HTTPStatus(error.status_code).phrase, "description": str(error)}
    if request.path.startswith("/api/"):
        answer = {"error": values["name"], "description": values["description"]}
        return json(answer, error.status_code, error.headers)
    return html(templates.get_template("error.html").render(error=values), error.status_code, error.headers)
