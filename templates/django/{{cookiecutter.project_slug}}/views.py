"""{{ "网站：页面与 JSON 接口。" if cookiecutter.language == "zh" else "The website: pages and JSON views." }}"""

from __future__ import annotations

from http import HTTPStatus

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
{% if cookiecutter.sessions %}
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
{% else %}
from django.shortcuts import render
{% endif %}

from env import env
{% if cookiecutter.sessions %}
from leanengine.sdk import leancloud
{% endif %}


def index(request: HttpRequest) -> HttpResponse:
{% if cookiecutter.sessions %}
    user = leancloud.User.get_current()
    context = {"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request), "user": user}
{% else %}
    context = {"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request)}
{% endif %}
    return render(request, "index.html", context)


def status(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request)})


def client_address(request: HttpRequest) -> str:
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
    return request.headers.get("X-Real-IP") or forwarded.split(",")[0].strip() or request.META["REMOTE_ADDR"]
{% if cookiecutter.sessions %}


@require_POST
def login(request: HttpRequest) -> HttpResponse:
    user = leancloud.User()
    try:
        user.login(request.POST.get("username"), request.POST.get("password"))
    except leancloud.LeanCloudError as error:
        return show_error(401, request, description=error.error)
    return redirect("index")


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    user = leancloud.User.get_current()
    if user:
        user.logout()
    return redirect("index")
{% endif %}


def show_error(
    code: int, request: HttpRequest, exception: Exception | None = None, description: str | None = None
) -> HttpResponse:
    """{{ "响应错误（包括崩溃，即 500）：/api/ 下返回 JSON，其他地方返回页面。" if cookiecutter.language == "zh" else "Answer an error, also a crash (500), as JSON under /api/ and as a page elsewhere." }}"""
    http = HTTPStatus(code)
    if isinstance(exception, DisallowedHost):
        description = "If this domain is yours, name it in the environment variable DOMAINS."
    error = {"code": code, "name": http.phrase, "description": description or http.description}
    if request.path.startswith("/api/"):
        return JsonResponse({"error": error["name"], "description": error["description"]}, status=code)
    return render(request, "error.html", {"error": error}, status=code)
