"""{{ "响应云函数与 Hook 的调用：根据请求头判断权限，其余交给 SDK。" if cookiecutter.language == "zh" else "Answers calls of functions and hooks: who may is decided by the headers, the SDK does the rest." }}"""

from __future__ import annotations

import logging
import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

from {{ 'leanengine.environment' if cookiecutter._app_module else 'env' }} import env
from leanengine import common
from leanengine.sdk import StoreError, authorization, leancloud

if TYPE_CHECKING:
    from collections.abc import Sized

# {{ "由 SDK 响应的路径；其他路径属于应用。" if cookiecutter.language == "zh" else "What the SDK answers; everything else is the app's." }}
SDK_PATHS = ("/__engine/", "/1/functions", "/1.1/functions", "/1/call", "/1.1/call")
MAX_BODY_MB = env.MAX_FUNCTION_BODY_MB

# {{ "有了这些头，浏览器才会让其他网站的页面读到响应（包括错误）。" if cookiecutter.language == "zh" else "Browsers show an answer, also an error, to a page of another site only with these." }}
cors = leancloud.engine.cors.CORSMiddleware
CORS_HEADERS = [
    ("Access-Control-Allow-Origin", cors.ALLOW_ORIGIN),
    ("Access-Control-Allow-Headers", cors.ALLOW_HEADERS),
    ("Access-Control-Allow-Methods", cors.ALLOW_METHODS),
    ("Access-Control-Max-Age", cors.MAX_AGE),
]

logger = logging.getLogger(__name__)


def is_function(path: str) -> bool:
    """{{ "返回路径是否由 SDK 响应；对它来说，开头有多少个斜杠都算一个。" if cookiecutter.language == "zh" else "Return whether a path is the SDK's; to it any number of leading slashes is one." }}"""
    return f"/{path.lstrip('/')}".startswith(SDK_PATHS)


class Refused(Exception):
    """{{ "得到错误响应的请求：`answer` 是状态码、头与内容。" if cookiecutter.language == "zh" else "A request that gets an error for an answer: `answer` is its status, headers and body." }}"""

    def __init__(self, answer: common.Answer) -> None:
        status, headers, body = answer
        self.answer = status, [*headers, *CORS_HEADERS], body


class FunctionEngine:
    """{{ "SDK 的引擎，无论发生什么都以 SDK 的格式响应。请求是 WSGI environ。" if cookiecutter.language == "zh" else "The SDK's engine, with an answer in its form whatever happens. Requests are WSGI environs." }}"""

    def __init__(self, engine: Any) -> None:
{% if not cookiecutter._app_module %}
        leancloud.engine.leanengine.root_engine = engine  # {{ "供 leancloud.cloud.run.local 使用" if cookiecutter.language == "zh" else "for leancloud.cloud.run.local" }}
{% endif %}
        self.engine = engine

    def admit(self, environ: dict[str, Any]) -> None:
        """{{ "仅凭请求头就足以拒绝时抛出 Refused；此时请求体尚未读取。" if cookiecutter.language == "zh" else "Raise Refused if the headers say enough to refuse a request; its body has not been read yet." }}"""
        length = environ.get("CONTENT_LENGTH")
        fault = common.fault(environ.get("HTTP_HOST"), length) or self.key_fault(environ)
        if not fault and common.is_too_long(length, MAX_BODY_MB):
            fault = common.too_long(MAX_BODY_MB)
        if fault:
            raise Refused(fault)

    def key_fault(self, environ: dict[str, Any]) -> common.Answer | None:
        """{{ "请求头中的密钥错误，或没有密钥且请求体中也不可能有时，返回拒绝响应；否则返回 None。" if cookiecutter.language == "zh" else "Return a refusal if the headers hold a wrong key, or none and the body cannot hold one; else None." }}"""
        if environ["REQUEST_METHOD"] == "OPTIONS":
            return None  # {{ "浏览器在发送密钥之前会先询问" if cookiecutter.language == "zh" else "browsers ask before they send a key" }}
        try:
            params = read_keys(environ)
        except (IndexError, ValueError):
            return common.refusal(401, "The X-LC-Key or X-LC-Sign header is malformed.")
        # {{ "浏览器可能把密钥放在请求体里，以纯文本发送。" if cookiecutter.language == "zh" else "Browsers may send the keys in the body, as plain text." }}
        in_body = not any(params.values()) and "text/plain" in environ.get("CONTENT_TYPE", "")
        return None if in_body or is_authorized(params) else common.refusal(401, "Unauthorized.")

    def check_length(self, body: Sized) -> None:
        """{{ "请求体过长时抛出 Refused。" if cookiecutter.language == "zh" else "Raise Refused if a body has become too long." }}"""
        if len(body) > MAX_BODY_MB * 2**20:
            raise Refused(common.too_long(MAX_BODY_MB))

    def respond(self, environ: dict[str, Any], body: bytes) -> common.Answer:
        """{{ "返回已通过检查的请求的响应：状态码、头与内容。" if cookiecutter.language == "zh" else "Return the status, the headers and the body of the answer to a request that was admitted." }}"""
        # {{ "SDK 把登录用户存放在线程里，之后不会清除：" if cookiecutter.language == "zh" else "The SDK keeps the logged-in user in the thread and leaves it there:" }}
        # {{ "        同一线程的下一个请求，不论来自谁，都会成为该用户。" if cookiecutter.language == "zh" else "the next request on this thread, anyone's, would be that user's." }}
        leancloud.User.set_current(None)
        environ = {**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        # {{ "多个斜杠合并为一个，否则 SDK 会重定向到请求所写的任意主机。" if cookiecutter.language == "zh" else "Several slashes are one, where the SDK would redirect to whatever host the request names." }}
        environ["PATH_INFO"] = re.sub("/{2,}", "/", environ["PATH_INFO"])
        try:
            return self.ask_sdk(environ)
        except StoreError as error:
            logger.error("%s: %s", environ["PATH_INFO"], error)
            refused = common.refusal(503, "The data store is not available.")
        except leancloud.LeanCloudError as error:
            refused = common.refusal(401, error.error)  # {{ "会话令牌已失效" if cookiecutter.language == "zh" else "an outdated session token" }}
        except (AttributeError, HTTPException, IndexError, RecursionError, TypeError, ValueError) as error:
            # {{ "云函数自身的错误由 SDK 响应，不会到这里。这里是 SDK 读不懂的请求。" if cookiecutter.language == "zh" else "The SDK answers errors of functions itself. This is a request that it cannot read." }}
            logger.warning("%r cannot be read: %s", environ["PATH_INFO"], type(error).__name__)
            refused = common.refusal(400, "The body is not a JSON object.")
        except Exception:
            logger.exception("%r cannot be answered", environ["PATH_INFO"])
            refused = common.refusal(500, "Internal Server Error")
        return Refused(refused).answer

    def ask_sdk(self, environ: dict[str, Any]) -> common.Answer:
        """{{ "返回 SDK 的响应：状态码、头与内容（OPTIONS 的内容是文本）。" if cookiecutter.language == "zh" else "Return the SDK's answer: status, headers and body, which for OPTIONS is text." }}"""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        body = self.engine(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
        try:
            chunks = [chunk.encode() if isinstance(chunk, str) else chunk for chunk in body]
        finally:
            if hasattr(body, "close"):
                body.close()
        status, headers = started[-1]
        whole = b"".join(chunks)
        if not any(name.lower() == "content-length" for name, value in headers):
            headers.append(("Content-Length", str(len(whole))))
        return int(status[:3]), headers, whole


def read_keys(environ: dict[str, Any]) -> dict[str, Any]:
    """{{ "按 SDK 的方式读取请求头，返回其中的密钥与会话令牌。" if cookiecutter.language == "zh" else "Return the keys and the session token that the headers of a request hold, as the SDK reads them." }}"""
    environ = {**environ, "leanengine.request": Request({**environ, "wsgi.input": BytesIO()})}
    authorization.AuthorizationMiddleware.parse_header(environ)
    return environ["_app_params"]


def is_authorized(params: dict[str, Any]) -> bool:
    """{{ "返回这些是否为本应用的 id 与密钥。" if cookiecutter.language == "zh" else "Return whether these are this app's id and one of its keys." }}"""
    keys = (authorization.MASTER_KEY, authorization.APP_KEY, authorization.ANDX_KEY)
    is_master = params["master_key"] == authorization.MASTER_KEY
    return params["id"] == authorization.APP_ID and (params["key"] in keys or is_master)
