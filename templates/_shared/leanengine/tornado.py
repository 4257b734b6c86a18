"""{{ "平台对应用的要求：`wrap` 把它加到 Tornado 应用上，`serve` 运行应用。" if cookiecutter.language == "zh" else "What the platform asks of an app: `wrap` adds it to a Tornado app, `serve` runs the app." }}"""

from __future__ import annotations

import asyncio
import signal
import sys
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
{% if cookiecutter.cloud_functions %}
from urllib.parse import unquote
{% endif %}
from weakref import WeakSet

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.netutil import bind_sockets
from tornado.routing import Matcher, Router
from tornado.web import RequestHandler, stream_request_body

from {{ 'leanengine.environment' if cookiecutter._app_module else 'env' }} import env
from leanengine import address, common, reload
{% if cookiecutter.cloud_functions %}
from leanengine.asynchronous import AsyncEngine, make_environ
from leanengine.functions import Refused, is_function
{% endif %}
from leanengine.logs import announce, hide_secrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
    from tornado.web import Application

# {{ "与平台放行的一样多：请求行 8 KB，请求头共 64 KB。" if cookiecutter.language == "zh" else "As much as the platform lets through: 64 KB of headers after a line of 8 KB." }}
MAX_HEADER_SIZE = 72 * 2**10
# {{ "SIGTERM：平台等待 10 秒，因此给请求 8 秒时间完成。" if cookiecutter.language == "zh" else "SIGTERM: the platform waits 10 seconds, so requests get 8 to finish." }}
GRACEFUL_TIMEOUT = 8
# {{ "此时仍给连接这么久的时间发送最后一个请求。" if cookiecutter.language == "zh" else "For how long a connection is given the chance of a last request then." }}
QUIET = 0.5
PHRASES = {status.value: status.phrase for status in HTTPStatus}


{% if cookiecutter.cloud_functions %}
def wrap(app: Application, engine: Any) -> Counted:
    """{{ "返回加上了健康检查，以及 `engine` 的云函数与 Hook 的 Tornado 应用。" if cookiecutter.language == "zh" else "Return the Tornado app `app` with the platform's health check and the functions and hooks of `engine`." }}"""
    rules: list[Any] = [(When(is_ping), Ping), (When(is_call), Functions, {"engine": AsyncEngine(engine)})]
{% else %}
def wrap(app: Application) -> Counted:
    """{{ "返回加上了健康检查的 Tornado 应用。" if cookiecutter.language == "zh" else "Return the Tornado app `app` with an answer to the platform's health check." }}"""
    rules: list[Any] = [(When(is_ping), Ping)]
{% endif %}
    hide_secrets()
    rules.append((When(fault), Refusal))
{% if cookiecutter.https_redirect %}
    if env.production:
        rules.append((When(is_unsafe), RedirectToHttps))
{% endif %}
    app.add_handlers(".*", rules)  # {{ "对所有主机名生效；先于应用自己的路由" if cookiecutter.language == "zh" else "for every host name; they come before the app's own" }}
    return Counted(app)


def serve(application: Counted) -> None:
    """{{ "运行应用，直到 SIGTERM、SIGQUIT 或 Ctrl-C；开发环境下文件改动后自动重启。" if cookiecutter.language == "zh" else "Run the app until SIGTERM, SIGQUIT or Ctrl-C; in development start it again when a file changes." }}"""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # {{ "在下面接管之前，Ctrl-C 立即结束进程" if cookiecutter.language == "zh" else "Ctrl-C ends the process at once, until it is taken below" }}
    asyncio.run(serve_until_stopped(application))


async def serve_until_stopped(application: Counted) -> None:
{% if cookiecutter.starter == 'utilmeta' and not cookiecutter._app_module %}
    from service import service

    await service.startup()
{% endif %}
    # {{ "xheaders：从负载均衡的请求头读取访客的地址与协议。" if cookiecutter.language == "zh" else "xheaders: the visitor's address and protocol, from the load balancer's headers." }}
    server = HTTPServer(
        application,
        xheaders=True,
        max_header_size=MAX_HEADER_SIZE,
        max_body_size=common.MAX_BODY_MB * 2**20,
    )
    sockets = bind_sockets(env.LEANCLOUD_APP_PORT, address.host())
    server.add_sockets(sockets)
    announce(address.both())
    if env.LEANCLOUD_APP_ENV == "development":
        reload.start()

    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for name in ("SIGTERM", "SIGINT", "SIGQUIT"):
        if hasattr(signal, name):  # {{ "Windows 没有 SIGQUIT" if cookiecutter.language == "zh" else "Windows has no SIGQUIT" }}
            signal.signal(getattr(signal, name), lambda *_: loop.call_soon_threadsafe(stopped.set))
    await stopped.wait()

    copies = [address.copy(listening) for listening in sockets]
    server.stop()  # {{ "不再接受新连接" if cookiecutter.language == "zh" else "no new connections" }}
    if hasattr(signal, "alarm"):  # {{ "Windows 除外" if cookiecutter.language == "zh" else "not on Windows" }}
        signal.alarm(GRACEFUL_TIMEOUT + 1)  # {{ "若有线程仍在忙，Python 会一直等待" if cookiecutter.language == "zh" else "Python would wait for a thread that is still busy" }}
    for listening in copies:
        for connection, visitor in address.left(listening):
            server.handle_stream(IOStream(connection), visitor)
    deadline = loop.time() + GRACEFUL_TIMEOUT
    await asyncio.sleep(QUIET)
    while application.running and loop.time() < deadline:
        await asyncio.sleep(0.05)
    await server.close_all_connections()
{% if cookiecutter.starter == 'utilmeta' and not cookiecutter._app_module %}
    await service.shutdown()
{% endif %}


class Counted(Router):
    """{{ "应用，以及尚未响应的请求。" if cookiecutter.language == "zh" else "The app, and the requests that it has not answered yet." }}"""

    def __init__(self, app: Application) -> None:
        self.app = app
        self.running: WeakSet[HTTPServerRequest] = WeakSet()  # {{ "弱引用：访客放弃的请求会自动消失" if cookiecutter.language == "zh" else "weak: one that its visitor gave up vanishes by itself" }}
        # {{ "请求响应完毕或 WebSocket 打开后，Tornado 会调用它。这样就没有访问日志：" if cookiecutter.language == "zh" else "Tornado calls this when a request is answered, or a websocket is open. With it there is no access log:" }}
        # {{ "        日志每分钟只保留 600 行。错误仍会记录。" if cookiecutter.language == "zh" else "600 log lines a minute are kept. Errors are logged." }}
        app.settings["log_function"] = lambda handler: self.running.discard(handler.request)

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate | None:
        self.running.add(request)
        # {{ "有多个值时 Tornado 取最后一个，那是代理之间的协议。" if cookiecutter.language == "zh" else "Tornado itself takes the last of several, which is how one proxy came to the other." }}
        scheme = common.visitor_scheme(request.headers.get("X-Forwarded-Proto", ""), request.protocol)
        if scheme in ("http", "https"):
            request.protocol = scheme
        return self.app.find_handler(request, **kwargs)


class When(Matcher):
    """{{ "匹配使 `test` 为真的请求。" if cookiecutter.language == "zh" else "Matches the requests that `test` is true of." }}"""

    def __init__(self, test: Callable[[HTTPServerRequest], object]) -> None:
        self.test = test

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        return {} if self.test(request) else None


def is_ping(request: HTTPServerRequest) -> bool:
    return common.is_ping(request.path)


def fault(request: HTTPServerRequest) -> common.Answer | None:
    headers = request.headers
    return common.page_fault(request.path, headers.get("Host"), headers.get("Content-Length"))


@stream_request_body
class Immediate(RequestHandler):
    """{{ "读到请求头后立即响应；剩余的请求体读取后丢弃。" if cookiecutter.language == "zh" else "Answers as soon as the headers are there; the rest of the body is read and dropped." }}"""

    def check_xsrf_cookie(self) -> None:
        """{{ "应用启用 `xsrf_cookies` 时，也放行所有请求。" if cookiecutter.language == "zh" else "Let every request in, should the app turn on `xsrf_cookies`." }}"""

    def check_trusted_origin(self, origin: str) -> bool:
        """{{ "应用启用 `cross_origin_protection` 时，也放行所有请求。" if cookiecutter.language == "zh" else "Let every request in, should the app turn on `cross_origin_protection`." }}"""
        return True

    def answer(self, whole: common.Answer) -> None:
        """{{ "发送完整的响应：状态码、头与内容。" if cookiecutter.language == "zh" else "Send a whole answer: status, headers and body." }}"""
        status, headers, body = whole
        self.set_status(status, PHRASES.get(status, "Unknown"))
        self.clear_header("Content-Type")
        for name, value in headers:
            self.add_header(name, value)
        self.write(body)
        # {{ "不用 `finish`：访客还在发送时，它会关闭连接。" if cookiecutter.language == "zh" else "Not `finish`, which would close the connection on a visitor who is still sending." }}
        self.flush()
        self.left = common.DRAIN_BYTES
        self.request.connection.set_max_body_size(sys.maxsize)
        self.request.connection.set_body_timeout(common.DRAIN_SECONDS)

    def data_received(self, chunk: bytes) -> None:
        """{{ "丢弃请求体的一部分。" if cookiecutter.language == "zh" else "Drop a part of the body." }}"""
        self.left -= len(chunk)
        if self.left < 0 and not self._finished:
            self.finish()

    def post(self) -> Any:
        """{{ "请求体结束时，响应也结束。" if cookiecutter.language == "zh" else "Come to an end, when the body has." }}"""
        self.finish()

    get = head = put = patch = delete = options = post


class Ping(Immediate):
{% if cookiecutter.cloud_functions %}
    """{{ "像 SDK 一样响应健康检查，但立即响应，不受正在运行的云函数影响。" if cookiecutter.language == "zh" else "Answers the platform's health check as the SDK does, but at once, whatever the functions are doing." }}"""
{% else %}
    """{{ "以 LeanCloud SDK 的格式响应健康检查，本应用没有使用 SDK。" if cookiecutter.language == "zh" else "Answers the platform's health check in the form of the LeanCloud SDK, which this app does without." }}"""
{% endif %}

    def prepare(self) -> None:
        self.answer(common.ping())


class Refusal(Immediate):
    """{{ "拒绝无效的 Host 和过长的请求体。" if cookiecutter.language == "zh" else "Refuses a Host that is none, and a body that is too long." }}"""

    def prepare(self) -> None:
        refusal = fault(self.request)
        if refusal:
            self.answer(refusal)
{% if cookiecutter.cloud_functions %}


def is_call(request: HTTPServerRequest) -> bool:
    return is_function(unquote(request.path))


class Functions(Immediate):
{% if cookiecutter.language == "zh" %}
    """把云函数与 Hook 的请求交给 SDK。

    不能使用 Tornado 的 WSGIContainer：它会丢掉长度未知的请求体，出错时也不响应。
    """
{% else %}
    """Gives requests for functions and hooks to the SDK.

    Tornado's WSGIContainer would not do: it loses bodies of unknown length, and never answers when something fails.
    """
{% endif %}

    def initialize(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.body = bytearray()

    def prepare(self) -> None:
        request = self.request
        path, headers = unquote(request.path), request.headers.get_all()
        self.environ = make_environ(request.method, path, request.query, headers, request.remote_ip)
        # {{ "引擎有自己的长度限制，并以 SDK 的格式响应。" if cookiecutter.language == "zh" else "The engine has a limit of its own, and an answer in the SDK's form." }}
        request.connection.set_max_body_size(sys.maxsize)
        self.checked(self.engine.engine.admit, self.environ)

    def data_received(self, chunk: bytes) -> None:
        if self._headers_written:
            super().data_received(chunk)
        else:
            self.body += chunk
            self.checked(self.engine.engine.check_length, self.body)

    def checked(self, check: Callable[[Any], None], subject: object) -> None:
        """{{ "检查不通过时，以检查结果响应。" if cookiecutter.language == "zh" else "Answer with what a check has against the request." }}"""
        try:
            check(subject)
        except Refused as refused:
            self.answer(refused.answer)

    async def post(self) -> None:  # {{ "请求体完整之后" if cookiecutter.language == "zh" else "when the body is complete" }}
        if not self._headers_written:
            self.answer(await self.engine.respond(self.environ, bytes(self.body)))
        self.finish()

    get = head = put = patch = delete = options = post

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """{{ "方法不支持或发生崩溃时，以 SDK 的格式响应。" if cookiecutter.language == "zh" else "Answer a method that there is not, or a crash, in the SDK's form." }}"""
        self.answer(Refused(common.refusal(status_code, PHRASES.get(status_code, "Unknown"))).answer)
{% endif %}
{% if cookiecutter.https_redirect %}


def is_unsafe(request: HTTPServerRequest) -> bool:
    # {{ "/.well-known/：证书通过普通 HTTP 验证。浏览器的 WebSocket 不会跟随重定向。" if cookiecutter.language == "zh" else "/.well-known/: certificates are proved over plain HTTP. A browser would not follow for a websocket." }}
    websocket = request.headers.get("Upgrade", "").lower() == "websocket"
    if request.protocol != "http" or websocket or request.path.startswith("/.well-known/"):
        return False
    return https_address(request) is not None


def https_address(request: HTTPServerRequest) -> str | None:
    return common.https_address(request.headers.get("Host", ""), request.uri)


class RedirectToHttps(Immediate):
    """{{ "把访客从 http:// 重定向到 https://。健康检查、云函数与 Hook 已在之前匹配。" if cookiecutter.language == "zh" else "Sends visitors from http:// to https://. Ping, functions and hooks have matched before." }}"""

    def prepare(self) -> None:
        location = https_address(self.request)
        if location:
            self.answer(common.redirect(self.request.method, location))
{% endif %}
