"""{{ "网站：页面、JSON 接口与 WebSocket。" if cookiecutter.language == "zh" else "The website: pages, JSON routes and a websocket." }}"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from sanic import HTTPResponse, Request, Sanic, Websocket, html, json
from sanic.exceptions import SanicException, ServerError

from env import env

HERE = Path(__file__).parent
# {{ "访客只读取的路由。HEAD：监控与链接预览会这样请求。" if cookiecutter.language == "zh" else "Where visitors only read. HEAD: what monitors and link previews ask." }}
READING = ["GET", "HEAD"]
{% if cookiecutter.cloud_functions %}
# {{ "SDK 会等待数据存储：页面需要时，用 asyncio.to_thread 让线程去等待。" if cookiecutter.language == "zh" else "The SDK waits for the data store: where a page needs it, let a thread wait, with asyncio.to_thread." }}
{% endif %}
app = Sanic("app")
app.static("/static", HERE / "static")
templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)


@app.route("/", READING)
async def index(request: Request) -> HTTPResponse:
    page = templates.get_template("index.html")
    return html(page.render(environment=env.LEANCLOUD_APP_ENV, address=client_address(request)))


@app.route("/api/status", READING)
async def status(request: Request) -> HTTPResponse:
    return json({"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request)})


@app.websocket("/echo")
async def echo(request: Request, websocket: Websocket) -> None:
    """{{ "把收到的文本原样发回。" if cookiecutter.language == "zh" else "Send every text back." }}"""
    async for text in websocket:
        await websocket.send(text)


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
    return request.headers.get("X-Real-IP") or forwarded.split(",")[0].strip() or request.ip


@app.exception(Exception)
async def show_error(request: Request, error: Exception) -> HTTPResponse:
    """{{ "响应错误（包括崩溃，即 500）：/api/ 下返回 JSON，其他地方返回页面。" if cookiecutter.language == "zh" else "Answer an error, also a crash (500), as JSON under /api/ and as a page elsewhere." }}"""
    app.error_handler.log(request, error)  # {{ "记录崩溃的 traceback" if cookiecutter.language == "zh" else "the traceback of a crash" }}
    shown = error if isinstance(error, SanicException) else ServerError("The app failed.")
    values = {"code": shown.status_code, "name": HTTPStatus(shown.status_code).phrase, "description": str(shown)}
    if request.path.startswith("/api/"):
        answer = {"error": values["name"], "description": values["description"]}
        return json(answer, shown.status_code, shown.headers)
    return html(templates.get_template("error.html").render(error=values), shown.status_code, shown.headers)
