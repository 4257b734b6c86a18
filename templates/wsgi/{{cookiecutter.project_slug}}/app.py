{% if cookiecutter.language == "zh" %}
"""网站：一个 WSGI 函数，接收请求、返回响应，不使用框架。

可以换成你自己的框架：wsgi.py 只需要一个 `app`。例如使用 Bottle 时，本文件只需在路由之后写上
`app = bottle.default_app()`。
"""
{% else %}
"""The website, a WSGI function: it takes a request and gives an answer, without a framework.

Bring your own: all that wsgi.py wants is an `app`. With Bottle, for example, this file becomes
`app = bottle.default_app()` below your routes.
"""
{% endif %}

from __future__ import annotations

import json
import logging
from functools import lru_cache
from html import escape
from http import HTTPStatus
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
{% if cookiecutter.sessions %}
from urllib.parse import parse_qs
{% endif %}

from env import env
{% if cookiecutter.sessions %}
from leanengine.sdk import leancloud
{% endif %}

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    # {{ "状态码、头与内容" if cookiecutter.language == "zh" else "Status, headers and body" }}
    Answer = tuple[int, list[tuple[str, str]], bytes]

TEMPLATES = Path(__file__).with_name("templates")
logger = logging.getLogger(__name__)


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """{{ "响应一个请求。" if cookiecutter.language == "zh" else "Answer one request." }}"""
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO") or "/"
    view = ROUTES.get(("GET" if method == "HEAD" else method, path), not_found)
    try:
        code, headers, body = view(environ)
    except Exception:
        logger.exception("%s %s crashed", method, path)
        code, headers, body = show_error(500, environ)
    start_response(f"{code} {HTTPStatus(code).phrase}", [*headers, ("Content-Length", str(len(body)))])
    return [] if method == "HEAD" else [body]


# {{ "视图接收请求，返回响应的状态码、头与内容。" if cookiecutter.language == "zh" else "Views take the request and return the status code, the headers and the body of the answer." }}


def index(environ: WSGIEnvironment) -> Answer:
{% if cookiecutter.sessions %}
    user = leancloud.User.get_current()
    account = fill("logout.html", user=escape(user.id)) if user else fill("login.html")
    content = fill(
        "index.html", environment=env.LEANCLOUD_APP_ENV, address=escape(client_address(environ)), account=account
    )
{% else %}
    content = fill("index.html", environment=env.LEANCLOUD_APP_ENV, address=escape(client_address(environ)))
{% endif %}
    return page(200, "{{ cookiecutter.__title_html }}", content)


def status(environ: WSGIEnvironment) -> Answer:
    return to_json(200, {"environment": env.LEANCLOUD_APP_ENV, "address": client_address(environ)})


def not_found(environ: WSGIEnvironment) -> Answer:
    return show_error(404, environ)
{% if cookiecutter.sessions %}


def login(environ: WSGIEnvironment) -> Answer:
    form = parse_qs(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode())
    user = leancloud.User()
    try:
        user.login(form.get("username", [""])[0], form.get("password", [""])[0])
    except leancloud.LeanCloudError as error:
        return show_error(401, environ, error.error)
    return 302, [("Location", "/")], b""


def logout(environ: WSGIEnvironment) -> Answer:
    user = leancloud.User.get_current()
    if user:
        user.logout()
    return 302, [("Location", "/")], b""
{% endif %}


ROUTES = {
    ("GET", "/"): index,
    ("GET", "/api/status"): status,
{% if cookiecutter.sessions %}
    ("POST", "/login"): login,
    ("POST", "/logout"): logout,
{% endif %}
}


def client_address(environ: WSGIEnvironment) -> str:
{% if cookiecutter.language == "zh" %}
    """返回平台或其前面的 CDN 所见的访客地址。

    可用于日志或问候，不可用于安全判断：直接访问应用的人可以发送任意请求头。
    """
{% else %}
    """Return the visitor's address as the platform saw it, or as the CDN in front of it did.

    Good for a log or a greeting, not for security: whoever reaches the app directly can send any such header.
    """
{% endif %}
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
    return environ.get("HTTP_X_REAL_IP") or forwarded.split(",")[0].strip() or environ["REMOTE_ADDR"]


def show_error(code: int, environ: WSGIEnvironment, description: str | None = None) -> Answer:
    """{{ "响应错误：/api/ 下返回 JSON，其他地方返回页面。" if cookiecutter.language == "zh" else "Answer an error as JSON under /api/ and as a page elsewhere." }}"""
    http = HTTPStatus(code)
    description = description or http.description
    if environ.get("PATH_INFO", "").startswith("/api/"):
        return to_json(code, {"error": http.phrase, "description": description})
    content = fill("error.html", code=code, name=http.phrase, description=escape(description))
    return page(code, f"{code} {http.phrase}", content)


def page(code: int, title: str, content: str) -> Answer:
    html = fill("base.html", title=title, style=template("style.css").template, content=content)
    return code, [("Content-Type", "text/html; charset=utf-8")], html.encode()


def to_json(code: int, value: object) -> Answer:
    return code, [("Content-Type", "application/json")], json.dumps(value).encode()


def fill(file: str, **values: object) -> str:
    """{{ "返回 templates/ 中的文件，并替换其中的 $名称；访客提交的内容须事先转义。" if cookiecutter.language == "zh" else "Return a file of templates/ with its $names replaced; what visitors sent has to be escaped before." }}"""
    return template(file).substitute(values)


@lru_cache
def template(file: str) -> Template:
    return Template((TEMPLATES / file).read_text(encoding="utf-8"))
