"""{{ "网站：页面、JSON 接口与 WebSocket。" if cookiecutter.language == "zh" else "The website: pages, JSON routes and a websocket." }}"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tornado.web import Application, HTTPError, RequestHandler
from tornado.websocket import WebSocketHandler

from env import env

if TYPE_CHECKING:
    from tornado.httputil import HTTPServerRequest

HERE = Path(__file__).parent
{% if cookiecutter.cloud_functions %}
# {{ "SDK 会等待数据存储：页面需要时，用 asyncio.to_thread 让线程去等待。" if cookiecutter.language == "zh" else "The SDK waits for the data store: where a page needs it, let a thread wait, with asyncio.to_thread." }}
{% endif %}


class Handler(RequestHandler):
    """{{ "所有页面与接口共有的部分。" if cookiecutter.language == "zh" else "What all pages and routes have in common." }}"""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """{{ "响应错误（包括崩溃，即 500）：/api/ 下返回 JSON，其他地方返回页面。" if cookiecutter.language == "zh" else "Answer an error, also a crash (500), as JSON under /api/ and as a page elsewhere." }}"""
        error = SimpleNamespace(code=status_code, name=HTTPStatus(status_code).phrase, description="")
        if "exc_info" in kwargs:
            error.description = getattr(kwargs["exc_info"][1], "log_message", None) or ""
        if self.request.path.startswith("/api/"):
            self.finish({"error": error.name, "description": error.description})
        else:
            self.render("error.html", error=error)


class Index(Handler):
    async def get(self) -> None:
        self.render("index.html", environment=env.LEANCLOUD_APP_ENV, address=client_address(self.request))

    head = get  # {{ "监控与链接预览会这样请求" if cookiecutter.language == "zh" else "what monitors and link previews ask" }}


class Status(Handler):
    async def get(self) -> None:
        self.write({"environment": env.LEANCLOUD_APP_ENV, "address": client_address(self.request)})

    head = get


class Echo(WebSocketHandler):
    async def on_message(self, message: str | bytes) -> None:
        """{{ "把收到的文本原样发回。" if cookiecutter.language == "zh" else "Send every text back." }}"""
        await self.write_message(message)


class NotFound(Handler):
    async def prepare(self) -> None:
        raise HTTPError(404)


def client_address(request: HTTPServerRequest) -> str:
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
    return request.headers.get("X-Real-IP") or forwarded.split(",")[0].strip() or request.remote_ip


app = Application(
    [(r"/", Index), (r"/api/status", Status), (r"/echo", Echo)],
    default_handler_class=NotFound,
    static_path=HERE / "static",
    template_path=HERE / "templates",
    # {{ "开发环境下，模板改动后立即生效。" if cookiecutter.language == "zh" else "In development a changed template shows at once." }}
    compiled_template_cache=env.LEANCLOUD_APP_ENV != "development",
    # {{ "负载均衡会断开没有数据的连接。" if cookiecutter.language == "zh" else "A load balancer drops connections on which nothing happens." }}
    websocket_ping_interval=20,
)
