"""{{ "平台对应用的要求，以 ASGI 中间件实现；由 `wrap` 包在应用外层。" if cookiecutter.language == "zh" else "What the platform asks of an app, as ASGI layers round it; `wrap` puts them on." }}"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any
{% if cookiecutter.https_redirect %}
from urllib.parse import quote
{% endif %}

{% if cookiecutter.backend == 'litestar' %}
from litestar.exceptions import HTTPException
{% else %}
from starlette.exceptions import HTTPException
{% endif %}

{% if cookiecutter.https_redirect %}
from {{ 'leanengine.environment' if cookiecutter._app_module else 'env' }} import env
{% endif %}
from leanengine import common
{% if cookiecutter.cloud_functions %}
from leanengine.asynchronous import AsyncEngine, make_environ
from leanengine.functions import is_function
{% endif %}
from leanengine.logs import hide_secrets

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Message, Receive, Send], Awaitable[None]]

# {{ "请求已被拒绝而客户端仍在发送请求体时，允许停顿的秒数。" if cookiecutter.language == "zh" else "For so many seconds a client that still sends the body of a refused request may pause." }}
PAUSE = 0.5


{% if cookiecutter.cloud_functions %}
def wrap(app: App, engine: Any) -> App:
    """{{ "返回加上了健康检查，以及 `engine` 的云函数与 Hook 的 ASGI 应用。" if cookiecutter.language == "zh" else "Return the ASGI app `app` with the platform's health check and the functions and hooks of `engine`." }}"""
{% else %}
def wrap(app: App) -> App:
    """{{ "返回加上了健康检查的 ASGI 应用。" if cookiecutter.language == "zh" else "Return the ASGI app `app` with an answer to the platform's health check." }}"""
{% endif %}
    hide_secrets()
{% if cookiecutter.https_redirect %}
    if env.production:
        app = RedirectToHttps(app)
{% endif %}
    app = Limits(VisitorScheme(app))
{% if cookiecutter.cloud_functions %}
    app = Functions(app, AsyncEngine(engine))
{% endif %}
    return Ping(app)


class Ping:
{% if cookiecutter.cloud_functions %}
    """{{ "像 SDK 一样响应健康检查，但立即响应，不受正在运行的云函数影响。" if cookiecutter.language == "zh" else "Answers the platform's health check as the SDK does, but at once, whatever the functions are doing." }}"""
{% else %}
    """{{ "以 LeanCloud SDK 的格式响应健康检查，本应用没有使用 SDK。" if cookiecutter.language == "zh" else "Answers the platform's health check in the form of the LeanCloud SDK, which this app does without." }}"""
{% endif %}

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not common.is_ping(scope["path"]):
            return await self.app(scope, receive, send)
        await answer(common.ping(), body_of(receive), send)
{% if cookiecutter.cloud_functions %}


class Functions:
    """{{ "把云函数与 Hook 的请求交给 SDK。SDK 需要完整的路径，而 `mount` 会截短它。" if cookiecutter.language == "zh" else "Gives the requests for functions and hooks to the SDK. It needs whole paths, which `mount` would cut." }}"""

    def __init__(self, app: App, engine: AsyncEngine) -> None:
        self.app = app
        self.engine = engine

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_function(scope["path"]):
            return await self.app(scope, receive, send)
        environ = make_environ(
            scope["method"],
            scope["path"],
            scope["query_string"].decode("latin-1"),
            [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
            (scope.get("client") or [""])[0],
        )
        blocks = body_of(receive)
        with suppress(Disconnected):
            await answer(await self.engine.call(environ, blocks), blocks, send)
{% endif %}


class Limits:
    """{{ "拒绝无效的 Host 和过长的请求体。" if cookiecutter.language == "zh" else "Refuses a Host that is none, and a body that is too long." }}"""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        host, length = header(scope, b"host"), header(scope, b"content-length")
        fault = common.page_fault(scope["path"], host, length)
        if not fault:
            limited = Limited(receive)
{% if cookiecutter.server == 'granian' %}
            return await self.app(scope, limited, limited.drained(send))
{% else %}
            return await self.app(scope, limited, send)
{% endif %}
        if scope["type"] == "websocket":
            await receive()
            return await send({"type": "websocket.close"})  # {{ "在接受连接之前关闭：403" if cookiecutter.language == "zh" else "before it is accepted: 403" }}
        await answer(fault, body_of(receive), send)


class Limited:
    """{{ "接收请求体，直到超出长度限制；抛出的异常由应用转成自己的 413 页面。" if cookiecutter.language == "zh" else "Receives a body as long as it is not too long. The app answers what is raised, as its own 413." }}"""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.length = 0
{% if cookiecutter.server == 'granian' %}
        self.more = True
{% endif %}

    async def __call__(self) -> Message:
        message = await self.receive()
{% if cookiecutter.server == 'granian' %}
        self.more = message.get("more_body", False)
{% endif %}
        self.length += len(message.get("body", b""))
        if self.length > common.MAX_BODY_MB * 2**20:
            raise HTTPException(status_code=413)
        return message
{% if cookiecutter.server == 'granian' %}

    def drained(self, send: Send) -> Send:
        """{{ "发送应用的响应；在发送响应体之前，先读完应用没有读取的请求体。" if cookiecutter.language == "zh" else "Send what the app does, and before the body of a response read what the app left of the request's." }}"""

        async def send_drained(message: Message) -> None:
            if message["type"] == "http.response.body" and self.more:
                self.more = False
                await drain(body_of(self.receive))
            await send(message)

        return send_drained
{% endif %}


class VisitorScheme:
    """{{ "让应用知道访客是否使用 https://；负载均衡转发过来的总是 http://。" if cookiecutter.language == "zh" else "Tells the app whether the visitor came by https://; what the load balancer passes on is always http://." }}"""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            websocket = scope["type"] == "websocket"
            scheme = common.visitor_scheme(header(scope, b"x-forwarded-proto"), scope["scheme"])
            if scheme == "https":
                scope = {**scope, "scheme": "wss" if websocket else "https"}
            elif scheme == "http":
                scope = {**scope, "scheme": "ws" if websocket else "http"}
        await self.app(scope, receive, send)
{% if cookiecutter.https_redirect %}


class RedirectToHttps:
    """{{ "把访客从 http:// 重定向到 https://。健康检查、云函数与 Hook 在这一层之前就已响应。" if cookiecutter.language == "zh" else "Sends visitors from http:// to https://. Ping, functions and hooks are answered before this layer." }}"""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        # {{ "/.well-known/：证书通过普通 HTTP 验证。浏览器的 WebSocket 不会跟随重定向。" if cookiecutter.language == "zh" else "/.well-known/: certificates are proved over plain HTTP. A browser would not follow for a websocket." }}
        if scope["type"] != "http" or scope["scheme"] != "http" or scope["path"].startswith("/.well-known/"):
            return await self.app(scope, receive, send)
        path = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        location = common.https_address(header(scope, b"host"), f"{path}?{query}" if query else path)
        if not location:
            return await self.app(scope, receive, send)
        await answer(common.redirect(scope["method"], location), body_of(receive), send)
{% endif %}


def header(scope: Message, name: bytes) -> str:
    """{{ "返回请求头的值；出现多次时合并为列表。" if cookiecutter.language == "zh" else "Return a header of the request; one that is there several times is a list." }}"""
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


class Disconnected(Exception):
    """{{ "请求体还没发完，访客就已断开。" if cookiecutter.language == "zh" else "The visitor has left before the body was complete." }}"""


async def body_of(receive: Receive) -> AsyncIterator[bytes]:
    """{{ "逐块读取请求体。" if cookiecutter.language == "zh" else "Iterate over the body of a request." }}"""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def answer(whole: common.Answer, blocks: AsyncIterator[bytes], send: Send) -> None:
{% if cookiecutter.server == 'granian' %}
{% if cookiecutter.language == "zh" %}
    """先读完剩余的请求体（只要还在发送），再发出完整的响应。

    顺序不能颠倒：响应完整之后 granian 会关闭连接，还在发送的客户端就读不到响应。
    """
{% else %}
    """Read what is left of the request's body, as long as it keeps coming, then send a whole response.

    Not the other way round: granian closes the connection when the response is whole, and a client that still sends
    never reads it.
    """
{% endif %}
{% else %}
    """{{ "先发出完整的响应，再读完剩余的请求体。" if cookiecutter.language == "zh" else "Send a whole response, then read what is left of the request's body." }}"""
{% endif %}
    status, headers, body = whole
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
{% if cookiecutter.server == 'granian' %}
    await drain(blocks)
    await send({"type": "http.response.body", "body": body})
{% else %}
    await send({"type": "http.response.body", "body": body, "more_body": True})
    await drain(blocks)
    await send({"type": "http.response.body", "body": b""})
{% endif %}


async def drain(blocks: AsyncIterator[bytes]) -> None:
    """{{ "读取并丢弃剩余的请求体，直到发送停顿或超出上限。" if cookiecutter.language == "zh" else "Read the rest of a body and drop it, as long as it keeps coming and one can have so much." }}"""
    length, until = 0, time.monotonic() + common.DRAIN_SECONDS
    with suppress(Disconnected, StopAsyncIteration, asyncio.TimeoutError):
        while length <= common.DRAIN_BYTES and time.monotonic() < until:
            length += len(await asyncio.wait_for(blocks.__anext__(), PAUSE))
