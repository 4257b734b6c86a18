"""{{ "网站：页面、JSON 接口与 WebSocket。" if cookiecutter.language == "zh" else "The website: pages, JSON routes and a websocket." }}"""

import logging
from http import HTTPStatus
from pathlib import Path

from litestar import HttpMethod, Litestar, Request, Response, WebSocket, get, route, websocket
from litestar.exceptions import HTTPException, InternalServerException, NotFoundException
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig

from env import env

HERE = Path(__file__).parent
{% if cookiecutter.cloud_functions %}
# {{ "SDK 会等待数据存储：调用它的路由用 `def` 并设置 `sync_to_thread=True`，让线程去等待。" if cookiecutter.language == "zh" else "The SDK waits for the data store: a route that calls it is `def` and `sync_to_thread=True`, so that a thread waits." }}
{% endif %}


@route("/", http_method=[HttpMethod.GET, HttpMethod.HEAD])
async def index(request: Request) -> Template:
    values = {"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request)}
    return Template("index.html", context=values)


@get("/api/status")
async def status(request: Request) -> dict[str, str]:
    return {"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request)}


@websocket("/echo")
async def echo(socket: WebSocket) -> None:
    """{{ "把收到的文本原样发回。" if cookiecutter.language == "zh" else "Send every text back." }}"""
    await socket.accept()
    async for text in socket.iter_data("text"):
        await socket.send_text(text)


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


def show_error(request: Request, error: Exception) -> Response:
    """{{ "响应错误（包括崩溃，即 500）：/api/ 下返回 JSON，其他地方返回页面。" if cookiecutter.language == "zh" else "Answer an error, also a crash (500), as JSON under /api/ and as a page elsewhere." }}"""
    if not isinstance(error, HTTPException):
        logging.getLogger(__name__).error("%s %s", request.method, request.url.path, exc_info=error)
    shown = error if isinstance(error, HTTPException) else HTTPException(status_code=500)
    name = HTTPStatus(shown.status_code).phrase
    values = {"code": shown.status_code, "name": name, "description": shown.detail}
    if request.url.path.startswith("/api/"):
        answer = {"error": name, "description": shown.detail}
        return Response(answer, status_code=shown.status_code, headers=shown.headers)
    return Template("error.html", context={"error": values}, status_code=shown.status_code, headers=shown.headers)


def show_not_found(request: Request, error: Exception) -> Response:
    """{{ "响应不可能对应文件的路径：含有 %00，或名称过长。" if cookiecutter.language == "zh" else "Answer a path that no file can have: one with %00, or a name that is too long." }}"""
    return show_error(request, NotFoundException())


app = Litestar(
    route_handlers=[
        index,
        status,
        echo,
        create_static_files_router(
            "/static",
            directories=[HERE / "static"],
            exception_handlers={InternalServerException: show_not_found, ValueError: show_not_found},
        ),
    ],
    template_config=TemplateConfig(directory=HERE / "templates", engine=JinjaTemplateEngine),
    exception_handlers={Exception: show_error},
    openapi_config=None,
    logging_config=None,  # {{ "沿用 leanengine 的设置" if cookiecutter.language == "zh" else "as leanengine sets it up" }}
)
