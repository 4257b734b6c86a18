"""The website: pages and JSON views."""

from http import HTTPStatus

from django.core.exceptions import DisallowedHost
from django.http import JsonResponse
{% if cookiecutter.sessions %}
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
{% else %}
from django.shortcuts import render
{% endif %}

from env import env
{% if cookiecutter.sessions %}
from leansdk import leancloud
{% endif %}


def index(request):
{% if cookiecutter.sessions %}
    user = leancloud.User.get_current()
    context = {"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request), "user": user}
{% else %}
    context = {"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request)}
{% endif %}
    return render(request, "index.html", context)


def status(request):
    return JsonResponse({"environment": env.LEANCLOUD_APP_ENV, "address": client_address(request)})


def client_address(request):
    """Return the visitor's address as the platform saw it, or as the CDN in front of it did.

    Good for a log or a greeting, not for security: whoever reaches the app directly can send any such header.
    """
    forwarded = request.headers.get("X-Forwarded-For", "")
    return request.headers.get("X-Real-IP") or forwarded.split(",")[0].strip() or request.META["REMOTE_ADDR"]
{% if cookiecutter.sessions %}


@require_POST
def login(request):
    user = leancloud.User()
    try:
        user.login(request.POST.get("username"), request.POST.get("password"))
    except leancloud.LeanCloudError as error:
        return show_error(401, request, description=error.error)
    return redirect("index")


@require_POST
def logout(request):
    user = leancloud.User.get_current()
    if user:
        user.logout()
    return redirect("index")
{% endif %}


def show_error(code, request, exception=None, description=None):
    """Answer an error, also a crash (500), as JSON under /api/ and as a page elsewhere."""
    http = HTTPStatus(code)
    if isinstance(exception, DisallowedHost):
        description = "If this domain is yours, name it in the environment variable DOMAINS."
    error = {"code": code, "name": http.phrase, "description": description or http.description}
    if request.path.startswith("/api/"):
        return JsonResponse({"error": error["name"], "description": error["description"]}, status=code)
    return render(request, "error.html", {"error": error}, status=code)
