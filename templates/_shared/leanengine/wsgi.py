"""{{ "平台对应用的要求，以 WSGI 中间件实现；由 `wrap` 包在应用外层。" if cookiecutter.language == "zh" else "What the platform asks of an app, as WSGI layers round it; `wrap` puts them on." }}"""

from __future__ import annotations

import time
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING{{ ', Any' if cookiecutter.cloud_functions else '' }}
{% if cookiecutter.https_redirect %}
from urllib.parse import quote
{% endif %}

{% if cookiecutter.sessions or cookiecutter.https_redirect %}
from {{ 'leanengine.environment' if cookiecutter._app_module else 'env' }} import env
{% endif %}
from leanengine import common
{% if cookiecutter.cloud_functions %}
from leanengine.functions import FunctionEngine, Refused, is_function
{% endif %}
from leanengine.logs import hide_secrets
{% if cookiecutter.cloud_functions %}
from leanengine.sdk import leancloud
{% endif %}

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
{% if cookiecutter.server == 'uwsgi' %}

try:
    import uwsgi  # {{ "仅在 uWSGI 运行应用时存在" if cookiecutter.language == "zh" else "there only while uWSGI runs the app" }}
except ImportError:
    uwsgi = None
{% endif %}

# {{ "每次读取请求体的字节数。" if cookiecutter.language == "zh" else "A body is read in blocks of so many bytes." }}
BLOCK = 2**16
# {{ "长度未知的请求体，在此以内存放在内存中，超出则写入临时文件。" if cookiecutter.language == "zh" else "A body of unknown length is kept in memory up to here, beyond in a temporary file." }}
IN_MEMORY = 2**20
PHRASES = {status.value: status.phrase for status in HTTPStatus}


{% if cookiecutter.cloud_functions %}
def wrap(app: WSGIApplication, engine: Any) -> WSGIApplication:
    """{{ "返回加上了健康检查，以及 `engine` 的云函数与 Hook 的 WSGI 应用。" if cookiecutter.language == "zh" else "Return the WSGI app `app` with the platform's health check and the functions and hooks of `engine`." }}"""
    hide_secrets()
{% if not cookiecutter._app_module %}
    if engine.origin_app:
        app = engine.origin_app  # {{ "`Engine(app)`，旧项目的写法" if cookiecutter.language == "zh" else "`Engine(app)`, as older projects have it" }}
{% endif %}
{% if cookiecutter.sessions %}
    app = leancloud.engine.CookieSessionMiddleware(app, secret=env.SECRET_KEY)
    app = SafeSessionCookie(app)
{% endif %}
{% else %}
def wrap(app: WSGIApplication) -> WSGIApplication:
    """{{ "返回加上了健康检查的 WSGI 应用。" if cookiecutter.language == "zh" else "Return the WSGI app `app` with an answer to the platform's health check." }}"""
    hide_secrets()
{% endif %}
{% if cookiecutter.https_redirect %}
    if env.production:
        app = RedirectToHttps(app)
{% endif %}
    app = Limits(VisitorScheme(app))
{% if cookiecutter.cloud_functions %}
    app = Functions(app, FunctionEngine(engine))
{% endif %}
    return Ping(app)


class Ping:
{% if cookiecutter.cloud_functions %}
    """{{ "像 SDK 一样响应健康检查；SDK 自己会重复发出响应头。" if cookiecutter.language == "zh" else "Answers the platform's health check as the SDK does, which would start its answer twice." }}"""
{% else %}
    """{{ "以 LeanCloud SDK 的格式响应健康检查，本应用没有使用 SDK。" if cookiecutter.language == "zh" else "Answers the platform's health check in the form of the LeanCloud SDK, which this app does without." }}"""
{% endif %}

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not common.is_ping(environ.get("PATH_INFO", "")):
            return self.app(environ, start_response)
        return answer(common.ping(), environ, (), start_response)
{% if cookiecutter.cloud_functions %}


class Functions:
    """{{ "把云函数与 Hook 的请求交给 SDK。" if cookiecutter.language == "zh" else "Gives the requests for functions and hooks to the SDK." }}"""

    def __init__(self, app: WSGIApplication, engine: FunctionEngine) -> None:
        self.app = app
        self.engine = engine

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # {{ "SDK 把登录用户存放在线程里，之后不会清除：" if cookiecutter.language == "zh" else "The SDK keeps the logged-in user in the thread and leaves it there:" }}
        # {{ "        同一线程的下一个请求，不论来自谁，都会成为该用户。" if cookiecutter.language == "zh" else "the next request on this thread, anyone's, would be that user's." }}
        leancloud.User.set_current(None)
        if not is_function(environ.get("PATH_INFO", "")):
            return self.app(environ, start_response)
        blocks = body_of(environ)
        return answer(self.respond(environ, blocks), environ, blocks, start_response)

    def respond(self, environ: WSGIEnvironment, blocks: Iterable[bytes]) -> common.Answer:
        """{{ "返回响应的状态码、头与内容。" if cookiecutter.language == "zh" else "Return the status, the headers and the body of the answer." }}"""
        body = bytearray()
        try:
            self.engine.admit(environ)
            for block in blocks:
                body += block
                self.engine.check_length(body)
        except OSError:
            return Refused(common.refusal(400, "The body did not arrive.")).answer
        except Refused as refused:
            return refused.answer
        return self.engine.respond(environ, bytes(body))
{% endif %}


class Limits:
    """{{ "拒绝无效的 Host 和过长的请求体；替应用读取长度未知的请求体。" if cookiecutter.language == "zh" else "Refuses a Host that is none, and a body that is too long; reads a body of unknown length for the app." }}"""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, host, length = (environ.get(name, "") for name in ("PATH_INFO", "HTTP_HOST", "CONTENT_LENGTH"))
        fault = common.page_fault(path, host, length)
        if fault:
            return answer(fault, environ, body_of(environ), start_response)
        if not is_chunked(environ):
            return self.app(environ, start_response)
        return self.read_first(environ, start_response)

    def read_first(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """{{ "读完请求体后再交给应用；能边收边处理的框架很少。" if cookiecutter.language == "zh" else "Let the app answer when the body has been read; few frameworks can take it as it comes." }}"""
        blocks, body = body_of(environ), SpooledTemporaryFile(IN_MEMORY)
        try:
            for block in blocks:
                body.write(block)
                if body.tell() > common.MAX_BODY_MB * 2**20:
                    return answer(common.too_long(), environ, blocks, start_response)
        except OSError:
            return answer(common.refusal(400, "The body did not arrive."), environ, (), start_response)
        environ["CONTENT_LENGTH"] = str(body.tell())
        environ["wsgi.input"] = body
        del environ["HTTP_TRANSFER_ENCODING"]
        body.seek(0)
        return self.app(environ, start_response)


class VisitorScheme:
    """{{ "把 X-Forwarded-Proto 变成一个词：访客使用的协议。经过多级代理时它是列表。" if cookiecutter.language == "zh" else "Makes X-Forwarded-Proto one word: how the visitor came. It is a list behind several proxies." }}"""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        forwarded = environ.get("HTTP_X_FORWARDED_PROTO")
        if forwarded:
            environ["HTTP_X_FORWARDED_PROTO"] = common.visitor_scheme(forwarded, "")
        return self.app(environ, start_response)
{% if cookiecutter.https_redirect %}


class RedirectToHttps:
    """{{ "把访客从 http:// 重定向到 https://。健康检查、云函数与 Hook 在这一层之前就已响应。" if cookiecutter.language == "zh" else "Sends visitors from http:// to https://. Ping, functions and hooks are answered before this layer." }}"""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        scheme = environ.get("HTTP_X_FORWARDED_PROTO") or environ["wsgi.url_scheme"]
        # {{ "/.well-known/：证书通过普通 HTTP 验证。" if cookiecutter.language == "zh" else "/.well-known/: certificates are proved over plain HTTP." }}
        if scheme != "http" or environ.get("PATH_INFO", "").startswith("/.well-known/"):
            return self.app(environ, start_response)
        location = common.https_address(environ.get("HTTP_HOST", ""), target(environ))
        if not location:
            return self.app(environ, start_response)
        redirect = common.redirect(environ["REQUEST_METHOD"], location)
        return answer(redirect, environ, body_of(environ), start_response)


def target(environ: WSGIEnvironment) -> str:
    """{{ "返回请求的路径与查询参数；服务器提供原文时，与访客所写的一致。" if cookiecutter.language == "zh" else "Return path and query of a request, as the visitor wrote them where the server passes that on." }}"""
    raw = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    if raw:
        return raw
    path = quote(environ.get("PATH_INFO", "").encode("latin-1"), safe="/;=,:@!$&'()*+~")
    query = environ.get("QUERY_STRING")
    return f"{path}?{query}" if query else path
{% endif %}
{% if cookiecutter.sessions %}


class SafeSessionCookie:
    """{{ "SDK 的登录 cookie：脚本、其他网站，以及生产环境中的普通 HTTP 都无法取得。" if cookiecutter.language == "zh" else "The SDK's login cookie, out of reach of scripts, other sites and, in production, plain HTTP." }}"""

    FLAGS = "; HttpOnly; SameSite=Lax" + ("; Secure" if env.production else "")

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        sent = environ.get("HTTP_COOKIE", "").split("; ")

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, list(self.harden(headers, sent)), exc_info)

        return self.app(environ, start)

    def harden(self, headers: list[tuple[str, str]], sent: list[str]) -> Iterator[tuple[str, str]]:
        """{{ "逐个返回响应头；`sent` 是请求所带的 cookie。" if cookiecutter.language == "zh" else "Yield the headers of an answer to a request that sent the cookies `sent`." }}"""
        for name, value in headers:
            if name == "Set-Cookie" and value.startswith("leancloud:session="):
                if value.split("; ")[0] in sent:
                    # {{ "SDK 在每个响应里重复发送 cookie。若被缓存，其他人就会登录为该用户。" if cookiecutter.language == "zh" else "The SDK repeats the cookie in every answer. A cache that keeps one would log others in." }}
                    continue
                value += self.FLAGS
            yield name, value
{% endif %}


def is_chunked(environ: WSGIEnvironment) -> bool:
    """{{ "返回请求体的长度是否未知。" if cookiecutter.language == "zh" else "Return whether a request has a body of unknown length." }}"""
    return environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"


def body_of(environ: WSGIEnvironment) -> Iterator[bytes]:
    """{{ "逐块读取请求体。" if cookiecutter.language == "zh" else "Iterate over the body of a request." }}"""
    read = environ["wsgi.input"].read
    if not is_chunked(environ):
        left = int(environ.get("CONTENT_LENGTH") or 0)
        while left > 0 and (block := read(min(BLOCK, left))):
            yield block
            left -= len(block)
{% if cookiecutter.server == 'uwsgi' %}
    elif uwsgi:  # {{ "它只通过自己的接口提供分块的请求体" if cookiecutter.language == "zh" else "it hands chunks out only when asked its own way" }}
        yield from iter(uwsgi.chunked_read, b"")
{% endif %}
{% if cookiecutter.server == 'granian' and cookiecutter.dependencies == 'sdk' %}
    else:  # {{ "这个旧版 granian 的输入有结尾，但没有声明" if cookiecutter.language == "zh" else "this old granian's input has an end, but it does not say so" }}
{% else %}
    elif environ.get("wsgi.input_terminated"):
{% endif %}
        yield from iter(lambda: read(BLOCK), b"")


def answer(
    whole: common.Answer, environ: WSGIEnvironment, blocks: Iterable[bytes], start_response: StartResponse
) -> Iterable[bytes]:
    """{{ "发出完整的响应，然后读取并丢弃剩余的请求体。" if cookiecutter.language == "zh" else "Send a whole response, then read what is left of the request's body and drop it." }}"""
    status, headers, body = whole
    start_response(f"{status} {PHRASES.get(status, 'Unknown')}", headers)
    return body_and_drain(b"" if environ["REQUEST_METHOD"] == "HEAD" else body, blocks)


def body_and_drain(body: bytes, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """{{ "返回响应的内容；发送之后读完剩余的请求体。" if cookiecutter.language == "zh" else "Yield the body of a response; when it is sent, read the rest of the request's." }}"""
    yield body
    length, deadline = 0, time.monotonic() + common.DRAIN_SECONDS
    try:
        for block in blocks:
            length += len(block)
            if length > common.DRAIN_BYTES or time.monotonic() > deadline:
                return
    except (OSError, ValueError):
        return  # {{ "访客已断开，或 Content-Length 无效" if cookiecutter.language == "zh" else "the visitor has left, or the Content-Length is none" }}
