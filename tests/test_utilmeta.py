"""What UtilMeta cannot do, and its starter goes round: each test fails on the day that its reason is gone."""

from __future__ import annotations

import subprocess

import pytest
from uv import find_uv_bin

pytestmark = pytest.mark.boot

SERVICE = """
from utilmeta import UtilMeta
from utilmeta.core import api

class RootAPI(api.API):
    @api.get
    async def hello(self):
        return "world"

def make(backend, **settings):
    return UtilMeta("__main__", name="demo", backend=backend, production=True, api=RootAPI, **settings).application()
"""
# Code that tries it, and the last line of what comes of it.
FAULTS = {
    # tools/pins.yaml: starlette<1
    "todays-starlette": (
        "import starlette; make(starlette)",
        "AttributeError: 'Starlette' object has no attribute 'on_event'",
    ),
    # api.py: async def only on frameworks that are asynchronous
    "coroutines-on-flask": ("import flask; print(make(flask).test_client().get('/hello').status_code)", "500"),
    # api.py: the answers have a class
    "plain-values-on-tornado": (
        """
from tornado.testing import AsyncHTTPTestCase
from tornado.web import Application

class Ask(AsyncHTTPTestCase):
    def get_app(self):
        return make(Application())
    def runTest(self):
        print(self.fetch("/hello").code)

Ask().debug()
""",
        "500",
    ),
    # service.py: add_api with the route; UtilMeta refuses with an answer that has no body, Flask's own 404 has one
    "paths-of-others": (
        "import flask; print(make(flask, route='api/v1').test_client().get('/none').data)",
        "b''",
    ),
    # service.py: asynchronous said
    "the-database-layer": ("import flask, sys; make(flask); print('sqlalchemy' in sys.modules)", "True"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_utilmeta_cannot(fault: str) -> None:
    """Its newest release, with today's frameworks."""
    code, outcome = FAULTS[fault]
    command = [find_uv_bin(), "run", "--quiet", "--isolated", "--no-project", "--python", "3.11"]
    packages = [f"--with={package}" for package in ("utilmeta", "flask", "starlette>=1", "tornado")]
    done = subprocess.run(
        [*command, *packages, "python", "-c", SERVICE + code], capture_output=True, check=False, text=True
    )
    said = done.stdout if done.returncode == 0 else done.stderr
    assert said.splitlines()[-1] == outcome
