"""{{ "平台对应用的要求：`wrap` 把它加到 Sanic 应用上，`serve` 运行应用。" if cookiecutter.language == "zh" else "What the platform asks of an app: `wrap` adds it to a Sanic app, `serve` runs the app." }}"""

from __future__ import annotations

import asyncio
import os
import signal
{% if cookiecutter.cloud_functions %}
import sys
{% endif %}
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sanic import HTTPResponse
from sanic.compat import Header
from sanic.exceptions import NotFound{{ ', SanicException' if cookiecutter.cloud_functions else '' }}
from sanic.http import Http

from {{ 'leanengine.environment' if cookiecutter._app_module else 'env' }} import env
from leanengine import address, common, reload
{% if cookiecutter.cloud_functions %}
from leanengine.asynchronous import AsyncEngine, make_environ
from leanengine.functions import Refused, is_function
{% endif %}
from leanengine.logs import announce, hide_secrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from sanic import Request, Sanic

# {{ "与平台放行的一样多：请求行 8 KB，请求头共 64 KB。" if cookiecutter.language == "zh" else "As much as the platform lets through: 64 KB of headers after a line of 8 KB." }}
# {{ "Sanic 自身的上限是 16 KB，无法通过配置提高；其中请求头默认 8 KB。" if cookiecutter.language == "zh" else "Sanic's own limits are 16 KB, which no setting can raise, and 8 KB of them unless told." }}
Http.HEADER_CEILING = 72 * 2**10
CONFIG = {
    # {{ "最多读取这么多；应用接受的更少。" if cookiecutter.language == "zh" else "What is read at most; what the app takes is less." }}
    "REQUEST_MAX_SIZE": common.DRAIN_BYTES,
    "REQUEST_MAX_HEADER_SIZE": Http.HEADER_CEILING,
    "REQUEST_BUFFER_SIZE": Http.HEADER_CEILING + 4096,
    # {{ "SIGTERM：平台等待 10 秒，因此给请求 8 秒时间完成。" if cookiecutter.language == "zh" else "SIGTERM: the platform waits 10 seconds, so requests get 8 to finish." }}
    "GRACEFUL_SHUTDOWN_TIMEOUT": 8,
}


{% if cookiecutter.cloud_functions %}
def wrap(app: Sanic, engine: Any) -> Sanic:
    """{{ "把健康检查，以及 `engine` 的云函数与 Hook 加到 Sanic 应用上，并返回该应用。" if cookiecutter.language == "zh" else "Add the platform's health check, and the functions and hooks of `engine`, to the Sanic app; return it." }}"""
    app.ctx.engine = AsyncEngine(engine)
{% else %}
def wrap(app: Sanic) -> Sanic:
    """{{ "把健康检查加到 Sanic 应用上，并返回该应用。" if cookiecutter.language == "zh" else "Add an answer to the platform's health check to the Sanic app; return it." }}"""
{% endif %}
    hide_secrets()
    app.config.update(CONFIG)
    for route in app.router.routes_all.values():
        folder = folder_of(route.handler)
        if folder:
            route.handler = or_not_found(route.handler, folder)
    app.before_server_stop(end_in_time)
    # {{ "中间件会处理每个请求，包括没有路由的。优先级让它先于应用自己的中间件。" if cookiecutter.language == "zh" else "Middleware sees every request, also those that no route is for. The priority puts it before the app's own." }}
    app.on_request(answer_ping, priority=4)
{% if cookiecutter.cloud_functions %}
    app.on_request(call_function, priority=3)
{% endif %}
    app.on_request(refuse, priority=2)
    app.on_response(drain)
{% if cookiecutter.https_redirect %}
    if env.production:
        app.on_request(redirect_to_https, priority=1)
{% endif %}
    return app


def serve(app: Sanic) -> None:
    """{{ "运行应用，直到 SIGTERM、SIGQUIT 或 Ctrl-C；开发环境下文件改动后自动重启。" if cookiecutter.language == "zh" else "Run the app until SIGTERM, SIGQUIT or Ctrl-C; in development start it again when a file changes." }}"""
    development = env.LEANCLOUD_APP_ENV == "development"
    app.after_server_start(take_signals, priority=9)
    if development:
        reload.start()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # {{ "在下面接管之前，Ctrl-C 立即结束进程" if cookiecutter.language == "zh" else "Ctrl-C ends the process at once, until it is taken below" }}
    # {{ "一个实例只有一个 CPU，因此只用一个进程；多进程还要另加两个：Sanic 的管理进程及其辅助进程。" if cookiecutter.language == "zh" else "One process, as an instance has one CPU. More would cost two besides: Sanic's manager, and one that it needs." }}
    # {{ "开发环境也一样：Sanic 的自动重启会用到它们，而它们在启动途中被结束时会输出 traceback。" if cookiecutter.language == "zh" else "In development too: Sanic's own reload needs them, and they print tracebacks when they are ended while they start." }}
    app.run(
        address.host(),
        env.LEANCLOUD_APP_PORT,
        single_process=True,
        register_sys_signals=False,
        access_log=development,
        motd=False,
    )


async def take_signals(app: Sanic) -> None:
    """{{ "收到 SIGTERM、SIGINT 或 SIGQUIT 时停止；其他主机会发送最后一个，Sanic 不识别它。" if cookiecutter.language == "zh" else "Stop at SIGTERM, SIGINT and SIGQUIT; other hosts send the last one, which Sanic does not know." }}"""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for name in ("SIGTERM", "SIGINT", "SIGQUIT"):
        if hasattr(signal, name):  # {{ "Windows 没有 SIGQUIT" if cookiecutter.language == "zh" else "Windows has no SIGQUIT" }}
            signal.signal(getattr(signal, name), lambda *_: loop.call_soon_threadsafe(stopped.set))
    app.ctx.stopping = loop.create_task(stop(app, stopped))
    announce(address.both())


async def stop(app: Sanic, stopped: asyncio.Event) -> None:
    await stopped.wait()
    while not app.state.is_running:  # {{ "在此之前 Sanic 会忘掉它" if cookiecutter.language == "zh" else "Sanic would forget it before" }}
        await asyncio.sleep(0.05)
    app.stop(terminate=False)


async def end_in_time(app: Sanic) -> None:
    """{{ "若有线程仍在忙，Python 会一直等待，这时强制结束进程。" if cookiecutter.language == "zh" else "End the process by force where Python would wait for a thread that is still busy." }}"""
    if hasattr(signal, "alarm"):  # {{ "Windows 除外" if cookiecutter.language == "zh" else "not on Windows" }}
        signal.alarm(9)


def answer(whole: common.Answer) -> HTTPResponse:
    """{{ "把完整的响应转成 Sanic 的响应，之后由 Sanic 读完剩余的请求体。" if cookiecutter.language == "zh" else "Return a whole answer as a response of Sanic's, which then reads what is left of the request's body." }}"""
    status, headers, body = whole
    return HTTPResponse(body, status, Header(headers), "text/plain")


async def answer_ping(request: Request) -> HTTPResponse | None:
{% if cookiecutter.cloud_functions %}
    """{{ "像 SDK 一样响应健康检查，但立即响应，不受正在运行的云函数影响。" if cookiecutter.language == "zh" else "Answer the platform's health check as the SDK does, but at once, whatever the functions are doing." }}"""
{% else %}
    """{{ "以 LeanCloud SDK 的格式响应健康检查，本应用没有使用 SDK。" if cookiecutter.language == "zh" else "Answer the platform's health check in the form of the LeanCloud SDK, which this app does without." }}"""
{% endif %}
    if common.is_ping(request.path):
        return answer(common.ping())
    return None
{% if cookiecutter.cloud_functions %}


async def call_function(request: Request) -> HTTPResponse | None:
    """{{ "把云函数或 Hook 的请求交给 SDK。" if cookiecutter.language == "zh" else "Give a request for a function or a hook to the SDK." }}"""
    path = unquote(request.path)
    if not is_function(path):
        return None
    if request.method == "NONE":  # {{ "Sanic 读不懂请求头" if cookiecutter.language == "zh" else "Sanic could not read the headers" }}
        return answer(Refused(common.refusal(400, "The request is malformed.")).answer)
    # {{ "引擎有自己的长度限制，并以 SDK 的格式响应。" if cookiecutter.language == "zh" else "The engine has a limit of its own, and an answer in the SDK's form." }}
    request.stream.request_max_size = sys.maxsize
    headers = request.headers.items()
    environ = make_environ(request.method, path, request.query_string, headers, request.ip)
    try:
        return answer(await request.app.ctx.engine.call(environ, request.stream))
    except SanicException as error:  # {{ "请求体的分块格式有误" if cookiecutter.language == "zh" else "the chunks of the body are malformed" }}
        return answer(Refused(common.refusal(error.status_code, str(error))).answer)
{% endif %}


async def refuse(request: Request) -> HTTPResponse | None:
    """{{ "拒绝无效的 Host 和过长的请求体。" if cookiecutter.language == "zh" else "Refuse a Host that is none, and a body that is too long." }}"""
    fault = common.page_fault(request.path, header(request, "Host"), header(request, "Content-Length"))
    if fault:
        return answer(fault)
    request.stream.request_max_size = common.MAX_BODY_MB * 2**20
    return None


async def drain(request: Request, response: HTTPResponse) -> None:
    """{{ "让 Sanic 读完过长的请求体，访客才能读到响应。" if cookiecutter.language == "zh" else "Let Sanic read the rest of a body that is too long, so that the visitor gets to the answer." }}"""
    if request.stream:
        request.stream.request_max_size = common.DRAIN_BYTES
{% if cookiecutter.https_redirect %}


async def redirect_to_https(request: Request) -> HTTPResponse | None:
    """{{ "把访客从 http:// 重定向到 https://。健康检查、云函数与 Hook 在此之前就已响应。" if cookiecutter.language == "zh" else "Send visitors from http:// to https://. Ping, functions and hooks are answered before." }}"""
    # {{ "/.well-known/：证书通过普通 HTTP 验证。浏览器的 WebSocket 不会跟随重定向。" if cookiecutter.language == "zh" else "/.well-known/: certificates are proved over plain HTTP. A browser would not follow for a websocket." }}
    scheme = common.visitor_scheme(header(request, "X-Forwarded-Proto"), "http")
    websocket = request.headers.get("Upgrade", "").lower() == "websocket"
    if scheme != "http" or websocket or request.path.startswith("/.well-known/"):
        return None
    location = common.https_address(header(request, "Host"), request.raw_url.decode("latin-1"))
    return answer(common.redirect(request.method, location)) if location else None
{% endif %}


def header(request: Request, name: str) -> str:
    """{{ "返回请求头的值；出现多次时合并为列表。" if cookiecutter.language == "zh" else "Return a header of the request; one that is there several times is a list." }}"""
    return ",".join(request.headers.getall(name, []))


def folder_of(handler: Any) -> str | None:
    """{{ "返回 Sanic 静态文件处理函数所用的文件夹；其他处理函数返回 None。" if cookiecutter.language == "zh" else "Return the folder that a handler of Sanic's serves static files from; None if it is another handler." }}"""
    while handler and not isinstance(handler, partial):
        handler = getattr(handler, "__wrapped__", None)
    return handler and handler.keywords.get("file_or_directory")


def or_not_found(serve_static: Callable[..., Any], folder: str) -> Callable[..., Any]:
    """{{ "让静态文件处理函数对不存在的文件返回 404；否则 Sanic 会崩溃。" if cookiecutter.language == "zh" else "Make the handler of static files answer what is the name of none; Sanic would crash." }}"""

    async def serve_or_not_found(request: Request, **path: str) -> HTTPResponse:
        name = unquote("".join(path.values())).lstrip("/")
        if not os.path.exists(os.path.join(folder, name) if name else folder):
            raise NotFound("File not found")
        try:
            return await serve_static(request, **path)
        except IsADirectoryError:
            raise NotFound("File not found") from None

    return serve_or_not_found
