"""{{ "异步应用中的云函数与 Hook：在线程里运行。" if cookiecutter.language == "zh" else "Functions and hooks beside an asynchronous app: they run in threads." }}"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from {{ 'leanengine.environment' if cookiecutter._app_module else 'env' }} import env
from leanengine.functions import FunctionEngine, Refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable

    from leanengine.common import Answer

# {{ "同时运行的云函数数量，其余的排队等待。" if cookiecutter.language == "zh" else "So many functions run at once, the others wait." }}
THREADS = 8


class AsyncEngine:
{% if cookiecutter.language == "zh" %}
    """供异步应用使用的引擎：云函数不能阻塞事件循环。

    a2wsgi 可为任何 WSGI 应用做到这一点，但速度只有一半。
    """
{% else %}
    """The engine for an asynchronous app: a function must not hold up the event loop.

    a2wsgi does the same for any WSGI app, at half the speed.
    """
{% endif %}

    def __init__(self, engine: Any) -> None:
        self.engine = FunctionEngine(engine)
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="function")

    async def call(self, environ: dict[str, Any], blocks: AsyncIterable[bytes]) -> Answer:
{% if cookiecutter.language == "zh" %}
        """返回响应的状态码、头与内容。

        `environ` 来自 `make_environ`；`blocks` 用于逐块读取请求体。
        """
{% else %}
        """Return the status, the headers and the body of the answer to a request.

        `environ` is from `make_environ`; `blocks` iterates over the body.
        """
{% endif %}
        body = bytearray()
        try:
            self.engine.admit(environ)
            # {{ "先读完整个请求体：缓慢的上传不应占用线程。" if cookiecutter.language == "zh" else "All of it first: a slow upload must not hold a thread." }}
            async for block in blocks:
                body += block
                self.engine.check_length(body)
        except Refused as refused:
            return refused.answer
        return await self.respond(environ, bytes(body))

    async def respond(self, environ: dict[str, Any], body: bytes) -> Answer:
        """{{ "返回已通过检查的请求的响应，形式与 `call` 相同。" if cookiecutter.language == "zh" else "Return the answer to a request that was admitted, as `call` does." }}"""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, self.engine.respond, environ, body)


def make_environ(
    method: str, path: str, query: str, headers: Iterable[tuple[str, str]], address: str
) -> dict[str, Any]:
{% if cookiecutter.language == "zh" %}
    """返回请求的 WSGI environ。

    `path` 已解码，`query` 未解码；`headers` 是文本对；`address` 是请求的来源地址。
    """
{% else %}
    """Return the WSGI environ of a request.

    `path` is unquoted, `query` is not; `headers` are pairs of text; `address` is where it comes from.
    """
{% endif %}
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": str(env.LEANCLOUD_APP_PORT),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": address,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers:
        # {{ "WSGI 把 - 写成 _：含有 _ 的请求头可能冒充另一个请求头。" if cookiecutter.language == "zh" else "WSGI writes - as _: a header that is sent with _ could pass for another." }}
        if "_" not in name:
            key = "HTTP_" + name.upper().replace("-", "_")
            # {{ "出现两次的请求头合并为列表。" if cookiecutter.language == "zh" else "One that is sent twice is a list." }}
            environ[key] = f"{environ[key]}, {value}" if key in environ else value
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        environ[name] = environ.pop(f"HTTP_{name}", "")
    return environ
