"""{{ "网站：页面与 JSON 接口。" if cookiecutter.language == "zh" else "The website: pages and JSON routes." }}"""

from __future__ import annotations

{% if cookiecutter.sessions %}
from flask import Blueprint, Flask, abort, jsonify, redirect, render_template, request, url_for
{% else %}
from flask import Blueprint, Flask, jsonify, render_template, request
{% endif %}
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from env import env
{% if cookiecutter.sessions %}
from leanengine.sdk import leancloud
{% endif %}

pages = Blueprint("pages", __name__)


@pages.route("/")
def index() -> str:
{% if cookiecutter.sessions %}
    user = leancloud.User.get_current()
    return render_template("index.html", environment=env.LEANCLOUD_APP_ENV, address=client_address(), user=user)
{% else %}
    return render_template("index.html", environment=env.LEANCLOUD_APP_ENV, address=client_address())
{% endif %}


@pages.route("/api/status")
def status() -> Response:
    return jsonify(environment=env.LEANCLOUD_APP_ENV, address=client_address())


def client_address() -> str:
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
    return request.headers.get("X-Real-IP") or forwarded.split(",")[0].strip() or request.remote_addr or ""
{% if cookiecutter.sessions %}


@pages.route("/login", methods=["POST"])
def login() -> Response:
    user = leancloud.User()
    try:
        user.login(request.form["username"], request.form["password"])
    except leancloud.LeanCloudError as error:
        abort(401, description=error.error)
    return redirect(url_for("pages.index"))


@pages.route("/logout", methods=["POST"])
def logout() -> Response:
    user = leancloud.User.get_current()
    if user:
        user.logout()
    return redirect(url_for("pages.index"))
{% endif %}


def show_error(error: HTTPException) -> tuple[Response | str, int | None]:
    """{{ "响应错误（包括崩溃，即 500）：/api/ 下返回 JSON，其他地方返回页面。" if cookiecutter.language == "zh" else "Answer an error, also a crash (500), as JSON under /api/ and as a page elsewhere." }}"""
    if request.path.startswith("/api/"):
        return jsonify(error=error.name, description=error.description), error.code
    return render_template("error.html", error=error), error.code


def create_app() -> Flask:
    """{{ "创建应用，供本文件与测试使用。" if cookiecutter.language == "zh" else "Make the app, here and in tests." }}"""
    app = Flask(__name__)
    app.config["TEMPLATES_AUTO_RELOAD"] = env.LEANCLOUD_APP_ENV == "development"
{% if cookiecutter.sessions %}
    # {{ "供 Flask 自己的 `session` 使用；SDK 登录 cookie 的属性由 leanengine/wsgi.py 设置。" if cookiecutter.language == "zh" else "For Flask's own `session`; the SDK's login cookie has its flags from leanengine/wsgi.py." }}
    app.config["SECRET_KEY"] = env.SECRET_KEY
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["SESSION_COOKIE_SECURE"] = env.production
{% endif %}
    app.register_blueprint(pages)
    app.register_error_handler(HTTPException, show_error)
    return app


app = create_app()
