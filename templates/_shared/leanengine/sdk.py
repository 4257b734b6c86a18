"""{{ "修复后可安全使用的 LeanCloud SDK：`from leanengine.sdk import leancloud`。" if cookiecutter.language == "zh" else "The LeanCloud SDK, made safe and ready for use: `from leanengine.sdk import leancloud`." }}"""

from __future__ import annotations

{% if cookiecutter.dependencies == 'current' %}
import hmac
{% endif %}
import json
import queue
import secrets
import threading
from io import BytesIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar
{% if cookiecutter.dependencies == 'current' %}
from urllib.parse import quote_plus, unquote_plus, urlsplit

import requests
import werkzeug.security
import werkzeug.urls
import werkzeug.utils
{% else %}
from urllib.parse import urlsplit

import requests
{% endif %}
from werkzeug.wrappers import Request

from {{ 'leanengine.environment' if cookiecutter._app_module else 'env' }} import env  # {{ "须在最前：SDK 在导入时就从环境变量读取密钥" if cookiecutter.language == "zh" else "first: the SDK reads keys from the environment when it is imported" }}
{% if cookiecutter.dependencies == 'current' %}

# {{ "SDK 的 cookie 依赖 secure_cookie 0.2，它导入的四个名称在 Werkzeug 2.1–3.0 中已移除。" if cookiecutter.language == "zh" else "The SDK's cookies come from secure_cookie 0.2, which imports four names that left Werkzeug in 2.1–3.0." }}
# {{ "除此之外没有别处使用它们。" if cookiecutter.language == "zh" else "Nothing else uses them." }}
werkzeug.security.safe_str_cmp = hmac.compare_digest
werkzeug.urls.url_quote_plus = quote_plus
werkzeug.urls.url_unquote_plus = unquote_plus
werkzeug.utils.detect_utf_encoding = json.detect_encoding

{% else %}

# isort: split
{% endif %}
import leancloud
import leancloud.engine.authorization
{% if cookiecutter.dependencies == 'current' or cookiecutter.sessions %}
from secure_cookie.cookie import SecureCookie
{% endif %}
{% if cookiecutter.sessions %}

unserialize = SecureCookie.unserialize


def unserialize_any(text: bytes, secret: str) -> SecureCookie:
    """{{ "读取登录 cookie；伪造的 cookie 视为空，而 secure_cookie 可能因此崩溃。" if cookiecutter.language == "zh" else "Read a login cookie; one that somebody made up is empty, where secure_cookie may crash." }}"""
    try:
        return unserialize(text, secret)
    except (LookupError, TypeError, ValueError):
        return SecureCookie(secret_key=secret)


SecureCookie.unserialize = unserialize_any
{% endif %}
{% if cookiecutter.dependencies == 'current' %}

# {{ "它的 cookie 是 bytes，而 Werkzeug 从 3.0 起只接受文本。" if cookiecutter.language == "zh" else "Its cookies are bytes; Werkzeug takes text since 3.0." }}
serialize_to_bytes = SecureCookie.serialize
SecureCookie.serialize = lambda self, expires=None: serialize_to_bytes(self, expires).decode("ascii")
{% endif %}

# {{ "没有 ANDX key 时，SDK 会把不带密钥的请求当作密钥正确：" if cookiecutter.language == "zh" else "Where the SDK finds no ANDX key, it takes a request without any key for one with the right key:" }}
# {{ "任何人只要知道公开的 App ID，就能调用所有云函数。设置一个无人知道的密钥可以避免。" if cookiecutter.language == "zh" else "whoever knows the app id, which is public, could call every function. A key that nobody knows shuts that door." }}
if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

authorization = leancloud.engine.authorization
authorization.ANDX_KEY = authorization.ANDX_KEY or secrets.token_hex(32)
{% if not cookiecutter._app_module %}

leancloud.init(
    env.LEANCLOUD_APP_ID,
    app_key=env.LEANCLOUD_APP_KEY,
    master_key=env.LEANCLOUD_APP_MASTER_KEY,
    hook_key=env.LEANCLOUD_APP_HOOK_KEY,
)
# {{ "master key 不受任何权限限制，而 SDK 会用它为所有数据请求签名。" if cookiecutter.language == "zh" else "The master key passes every access rule, and the SDK would sign all requests to the data store with it." }}
# {{ "需要时使用 leancloud.use_master_key(True)，对整个进程的所有线程生效。" if cookiecutter.language == "zh" else "Where you need it: leancloud.use_master_key(True). That holds for the whole process, all threads." }}
leancloud.use_master_key(False)
{% endif %}

{% if cookiecutter._app_module and cookiecutter.__interface != 'wsgi' %}
engines: list[Any] = []
make_engine = leancloud.Engine.__init__


def make_and_note(engine: Any, *args: Any, **kwargs: Any) -> None:
    """{{ "创建引擎，并记录下来供 `served_engine` 使用。" if cookiecutter.language == "zh" else "Make an engine, and remember it for `served_engine`." }}"""
    engines.append(engine)
    make_engine(engine, *args, **kwargs)


leancloud.Engine.__init__ = make_and_note


def served_engine() -> Any:
    """{{ "返回包在应用外面的引擎；没有则返回应用最后创建的引擎。" if cookiecutter.language == "zh" else "Return the engine that an app is wrapped with, or else the last that the app has made." }}"""
    return leancloud.engine.leanengine.root_engine or engines[-1]


{% endif %}
# {{ "查询会话令牌所属用户，以及应用的其他数据请求，分别最多等待这么久。" if cookiecutter.language == "zh" else "How long to wait for the data store: for the user of a session token, and for each other request of the app." }}
# {{ "SDK 对响应的每一部分分别计时，而平台的访客总共只等 60 秒。" if cookiecutter.language == "zh" else "The SDK waits for each part of an answer; a visitor of the platform waits for 60 seconds in all." }}
SESSION_SECONDS = 8
STORE_SECONDS = 30
# {{ "数据存储认为用户有误时的错误码，例如 211：会话不存在。" if cookiecutter.language == "zh" else "The codes of errors that the store finds with a user, such as 211: there is no such session." }}
USER_CODES = range(200, 220)


def within(seconds: float, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """{{ "返回函数的结果；超时则抛出 requests.Timeout，函数留在其线程中继续运行。" if cookiecutter.language == "zh" else "Return what a function returns; raise requests.Timeout, and leave it to its thread, when it takes longer." }}"""
    outcome: queue.SimpleQueue[tuple[Any, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcome.put((function(*args, **kwargs), None))
        except Exception as error:
            outcome.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = outcome.get(timeout=seconds)
    except queue.Empty:
        result, error = None, requests.Timeout(f"no answer within {seconds} seconds")
    if error:
        raise error
    return result


send = leancloud.client.session.send


def send_to_store(request: requests.PreparedRequest, **options: Any) -> requests.Response:
    """{{ "发送 SDK 的请求；抛出的异常不含地址，因为地址里可能有会话令牌。" if cookiecutter.language == "zh" else "Send a request of the SDK; what is raised does not hold its address, as session tokens stand there." }}"""
    try:
        return within(STORE_SECONDS, send, request, **options)
    except requests.RequestException as error:
        kind = type(error)
    raise kind(f"{request.method} {urlsplit(request.url).path}: {kind.__name__}")


leancloud.client.session.send = send_to_store


class StoreError(Exception):
    """{{ "数据存储无法说明会话令牌属于谁。" if cookiecutter.language == "zh" else "The data store does not answer which user a session token belongs to." }}"""


def user_of(token: str) -> leancloud.User:
{% if cookiecutter.language == "zh" %}
    """返回会话令牌对应的用户。

    数据存储认为令牌无效时抛出 leancloud.LeanCloudError，没有给出结论时抛出 StoreError。
    """
{% else %}
    """Return the user whose session token this is.

    Raises leancloud.LeanCloudError if the store says that it is nobody's, and StoreError if it does not say.
    """
{% endif %}
    try:
        user = within(SESSION_SECONDS, leancloud.User.become, token)
    except leancloud.LeanCloudError as error:
        if error.code in USER_CODES:
            raise
        reason = f"error {error.code}" if isinstance(error.code, int) else "an error"
    except Exception as error:  # {{ "没有连接、不是 JSON，或 JSON 的内容不对" if cookiecutter.language == "zh" else "no connection, no JSON, JSON of another kind" }}
        reason = type(error).__name__
    else:
        if user.id:
            return user
        reason = "an answer without a user"
    raise StoreError(f"the data store does not say whose the session token is: {reason}")


# {{ "没有会话令牌时，SDK 从请求体读取用户。在 Hook 中这由平台填写；" if cookiecutter.language == "zh" else "Without a session token the SDK reads from the body who the user is. In a hook the platform says so;" }}
# {{ "而对云函数来说，任何人都可以冒充任何用户。" if cookiecutter.language == "zh" else "to a function anyone could be any user." }}
Application = leancloud.engine.leanengine.LeanEngineApplication
read_user = Application.process_session


def read_user_of_platform(application: Any, environ: dict[str, Any]) -> None:
    """{{ "让 SDK 识别用户；除非请求来自平台，否则不使用请求体。" if cookiecutter.language == "zh" else "Let the SDK find out who the user is, without the body unless it is the platform's." }}"""
    params = environ["_app_params"]
    body = environ["leanengine.request"].get_data(as_text=True)
    if body and not isinstance(json.loads(body), dict):
        raise TypeError("not a JSON object")
    if params["session_token"]:
        read_user(SimpleNamespace(fetch_user=False), environ)
        if application.fetch_user:
            log_in(user_of(params["session_token"]))
        return
    if params["hook_key"] != env.LEANCLOUD_APP_HOOK_KEY:
        bodyless = {**environ, "wsgi.input": BytesIO(), "CONTENT_LENGTH": "0"}
        environ = {**environ, "leanengine.request": Request(bodyless)}
    read_user(application, environ)


def log_in(user: leancloud.User) -> None:
    """{{ "把用户设为本线程所响应请求的当前用户。" if cookiecutter.language == "zh" else "Make a user the one of the request that this thread answers." }}"""
    local = leancloud.engine.leanengine.context.local
    local.current.user = local.user = user
    leancloud.User.set_current(user)


Application.process_session = read_user_of_platform
