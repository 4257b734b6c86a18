"""Why some answers are refused: each test fails on the day that its reason is gone."""

from __future__ import annotations

import subprocess

import pytest
from packaging.version import Version
from uv import find_uv_bin

UV = find_uv_bin()
# The starters that need Python 3.10; UtilMeta runs on these.
NEEDING_310 = ("fastapi", "starlette", "sanic", "tornado")
# An app of each framework that a WSGI server is refused for.
APPS = {
    "fastapi": "from fastapi import FastAPI; app = FastAPI()",
    "starlette": "from starlette.applications import Starlette; app = Starlette()",
    "sanic": "from sanic import Sanic; app = Sanic('app')",
    "tornado": "from tornado.web import Application; app = Application()",
}
CALL_AS_WSGI = """
try:
    app({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, lambda status, headers: None)
except TypeError as error:
    print("refused:", error)
"""


def _newest(package: str, python: str) -> Version:
    """Return the newest release of a package that installs on a version of Python."""
    command = [UV, "pip", "compile", "--quiet", "--no-header", "--no-deps", "--python-version", python, "-"]
    done = subprocess.run(command, input=package, capture_output=True, check=True, text=True)
    return Version(done.stdout.split("#")[0].strip().removeprefix(f"{package}=="))


@pytest.mark.parametrize("framework", NEEDING_310)
def test_todays_release_left_the_old_pythons(framework: str) -> None:
    """python-too-old-for-starter: on Python 3.9 only older releases install."""
    assert _newest(framework, "3.9") < _newest(framework, "3.13")


@pytest.mark.parametrize("framework", APPS)
def test_a_wsgi_server_cannot_call_it(framework: str) -> None:
    """server-not-wsgi: the app does not take the two arguments that every WSGI server calls it with."""
    command = [UV, "run", "--quiet", "--isolated", "--no-project", "--python", "3.11", "--with", framework]
    code = APPS[framework] + CALL_AS_WSGI
    done = subprocess.run([*command, "python", "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.startswith("refused:")
