"""The website, a WSGI function: it takes a request and gives an answer, without a framework.

Bring your own: all that wsgi.py wants is an `app`. With Bottle, for example, this file becomes
`app = bottle.default_app()` below your routes.
"""

import json
import logging
from functools import lru_cache
from html import escape
from http import HTTPStatus
from pathlib import Path
from string import Template
{% if cookiecutter.sessions %}
from urllib.parse import parse_qs
{% endif %}

from env import env
{% if cookiecutter.sessions %}
from leansdk import leancloud
{% endif %}

TEMPLATES = Path(__file__).with_name("templates")
logger = logging.getLogger(__name__)


def app(environ, start_response):
    """Answer one request."""
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO") or "/"
    view = ROUTES.get(("GET" if method == "HEAD" else method, path), not_found)
    try:
        code, headers, body = view(environ)
    except Exception:
        logger.exception("%s %s crashed", method, path)
        code, headers, body = show_error(500, environ)
    start_response(f"{code} {HTTPStatus(code).phrase}", [*headers, ("Content-Length", str(len(body)))])
    return [] if method == "HEAD" else [body]


# Views take the request and return the status code, the headers and the body of the answer.


def index(environ):
{% if cookiecutter.sessions %}
    user = leancloud.User.get_current()
    account = fill("logout.html", user=escape(user.id)) if user else fill("login.html")
    content = fill(
        "index.html", environment=env.LEANCLOUD_APP_ENV, address=escape(client_address(environ)), account=account
    )
{% else %}
    content = fill("index.html", environment=env.LEANCLOUD_APP_ENV, address=escape(client_address(environ)))
{% endif %}
    return page(200, "{{ cookiecutter.project_name }}", content)


def status(environ):
    return to_json(200, {"environment": env.LEANCLOUD_APP_ENV, "address": client_address(environ)})


def not_found(environ):
    return show_error(404, environ)
{% if cookiecutter.sessions %}


def login(environ):
    form = parse_qs(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode())
    user = leancloud.User()
    try:
        user.login(form.get("username", [""])[0], form.get("password", [""])[0])
    except leancloud.LeanCloudError as error:
        return show_error(401, environ, error.error)
    return 302, [("Location", "/")], b""


def logout(environ):
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


def client_address(environ):
    """Return the visitor's address as the platform saw it, or as the CDN in front of it did.

    Good for a log or a greeting, not for security: whoever reaches the app directly can send any such header.
    """
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
    return environ.get("HTTP_X_REAL_IP") or forwarded.split(",")[0].strip() or environ["REMOTE_ADDR"]


def show_error(code, environ, description=None):
    """Answer an error as JSON under /api/ and as a page elsewhere."""
    http = HTTPStatus(code)
    description = description or http.description
    if environ.get("PATH_INFO", "").startswith("/api/"):
        return to_json(code, {"error": http.phrase, "description": description})
    content = fill("error.html", code=code, name=http.phrase, description=escape(description))
    return page(code, f"{code} {http.phrase}", content)


def page(code, title, content):
    html = fill("base.html", title=title, style=template("style.css").template, content=content)
    return code, [("Content-Type", "text/html; charset=utf-8")], html.encode()


def to_json(code, value):
    return code, [("Content-Type", "application/json")], json.dumps(value).encode()


def fill(file, **values):
    """Return a file of templates/ with its $names replaced; what visitors sent has to be escaped before."""
    return template(file).substitute(values)


@lru_cache(maxsize=None)
def template(file):
    return Template((TEMPLATES / file).read_text(encoding="utf-8"))
