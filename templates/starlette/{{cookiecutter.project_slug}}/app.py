"""{{ "网站：页面、JSON 接口与 WebSocket。" if cookiecutter.language == "zh" else "The website: pages, JSON routes and a websocket." }}"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from env import env

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.websockets import WebSocket

HERE = Path(__file__).parent
{% if cookiecutter.cloud_functions %}
# {{ "SDK 会等待数据存储：页面需要时，用 starlette.concurrency.run_in_threadpool 让线程去等待。" if cookiecutter.language == "zh" else "The SDK waits for the data store: where a page needs it, let a thread wait, with starlette.concurrency.run_in_threadpool." }}
{% endif %}
templates = Jinja2Templates(HERE / "templates")


async def index(request: Request) -> Response:
    values = {"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request)}
    return templates.TemplateResponse(request, "index.html", values)


async def status(request: Request) -> Response:
    return JSONResponse({"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request)})


async def echo(websocket: WebSocket) -> None:
    """{{ "把收到的文本原样发回。" if cookiecutter.language == "zh" else "Send every text back." }}"""
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


def client_address(request: Request) -> str:
{% if cookiecutter.language == "zh" %}
    """返回平台或其前面的 CDN 所见的访客地址。

    可用于日志或问候，不可用于安全判断：直接访问应用的人可以发送任意请求头。
    """
{% else %}
    """Return the visitor's address as the platform saw it, or as the CDN in front of it did.

    Good for a log or a greeting, not for security: whoever reaches the app directly can send any such header.
    """
{% endif %}
    forwarded = request.headers.get("X-Forwarded-For", "")
    return request.headers.get("X-Real-IP") or forwarded.split(",")[0].strip() or request.client.host


async def show_error(request: Request, error: Exception) -> Response:
    """{{ "响应错误（包括崩溃，即 500）：/api/ 下返回 JSON，其他地方返回页面。" if cookiecutter.language == "zh" else "Answer an error, also a crash (500), as JSON under /api/ and as a page elsewhere." }}"""
    shown = error if isinstance(error, HTTPException) else HTTPException(500)  # {{ "traceback 写入日志" if cookiecutter.language == "zh" else "the traceback goes to the log" }}
    name = HTTPStatus(shown.status_code).phrase
    values = {"code": shown.status_code, "name": name, "description": shown.detail}
    if request.url.path.startswith("/api/"):
        answer = {"error": name, "description": shown.detail}
        return JSONResponse(answer, shown.status_code, shown.headers)
    return templates.TemplateResponse(request, "error.html", {"error": values}, shown.status_code, shown.headers)


app = Starlette(
    routes=[
        Route("/", index),
        Route("/api/status", status),
        WebSocketRoute("/echo", echo),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ],
    exception_handlers={HTTPException: show_error, Exception: show_error},
)
