"""The server set-up of the official Django starter in production, which generated
projects are measured against.

gevent.pywsgi, given nothing but where to listen, in front of the SDK's engine and a Django app.
"""
# mypy: ignore-errors

from gevent import monkey

monkey.patch_all()

import os

import leancloud
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from gevent.pywsgi import WSGIServer

leancloud.init(
    os.environ["LEANCLOUD_APP_ID"],
    app_key=os.environ["LEANCLOUD_APP_KEY"],
    master_key=os.environ["LEANCLOUD_APP_MASTER_KEY"],
)
leancloud.use_master_key(False)
engine = leancloud.Engine()


def index(_request: HttpRequest) -> HttpResponse:
    """Answer with a small page."""
    return HttpResponse("<!doctype html><title>Hello</title><h1>Hello, LeanEngine!</h1>")


@engine.define
def hello(**params: str) -> str:
    """Answer a call as the generated projects' function does."""
    return f"Hello, {params.get('name', 'LeanEngine')}!"


urlpatterns = [path("", index)]
# Of what `startproject` switches on, the middleware that needs no database.
settings.configure(
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.environ["LEANCLOUD_APP_MASTER_KEY"],
)
application = engine.wrap(get_wsgi_application())

if __name__ == "__main__":
    address = ("0.0.0.0", int(os.environ["LEANCLOUD_APP_PORT"]))
    WSGIServer(address, application, log=None).serve_forever()
