"""The website: pages, JSON routes and a websocket."""

from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel
from starlette.exceptions import HTTPException  # FastAPI's own is one of these; a 404 for an unknown path is not

from env import env

HERE = Path(__file__).parent
DEVELOPMENT = env.LEANCLOUD_APP_ENV == "development"
{% if cookiecutter.cloud_functions %}
# The SDK waits for the data store: a route that calls it is `def`, not `async def`, and FastAPI runs it in a thread.
{% endif %}
# /docs lets you try the routes. It loads scripts from elsewhere, so visitors get only the bare /openapi.json.
app = FastAPI(title="{{ cookiecutter.project_name }}", docs_url="/docs" if DEVELOPMENT else None, redoc_url=None)
app.mount("/static", StaticFiles(directory=HERE / "static"))
templates = Jinja2Templates(HERE / "templates")


class Status(BaseModel):
    """What /api/status answers."""

    environment: str
    address: str


@app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
async def index(request: Request) -> HTMLResponse:
    values = {"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request)}
    return templates.TemplateResponse(request, "index.html", values)


@app.get("/api/status")
async def status(request: Request) -> Status:
    return Status(environment=env.LEANCLOUD_APP_ENV, address=client_address(request))


@app.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    """Send every text back."""
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


def client_address(request: Request) -> str:
    """Return the visitor's address as the platform saw it, or as the CDN in front of it did.

    Good for a log or a greeting, not for security: whoever reaches the app directly can send any such header.
    """
    forwarded = request.headers.get("X-Forwarded-For", "")
    return request.headers.get("X-Real-IP") or forwarded.split(",")[0].strip() or request.client.host


@app.exception_handler(HTTPException)
@app.exception_handler(Exception)
async def show_error(request: Request, error: Exception) -> HTMLResponse | JSONResponse:
    """Answer an error, also a crash (500), as JSON under /api/ and as a page elsewhere."""
    if not isinstance(error, HTTPException):
        error = HTTPException(500)  # the traceback goes to the log
    name = HTTPStatus(error.status_code).phrase
    values = {"code": error.status_code, "name": name, "description": error.detail}
    if request.url.path.startswith("/api/"):
        answer = {"error": name, "description": error.detail}
        return JSONResponse(answer, error.status_code, error.headers)
    return templates.TemplateResponse(request, "error.html", {"error": values}, error.status_code, error.headers)
