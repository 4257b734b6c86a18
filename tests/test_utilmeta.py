"""What UtilMeta cannot do, and its starter goes round: each test fails on
the day that its reason is gone.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from uv import find_uv_bin

from scaffold.catalog import combinations
from scaffold.engine.boot import BootOptions, boot_project
from scaffold.render import render
from tests.conftest import CATALOG

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.boot

SERVICE = """
from utilmeta import UtilMeta
from utilmeta.core import api

class RootAPI(api.API):
    @api.get
    async def hello(self):
        return "world"

def make(backend, **settings):
    settings = {"name": "demo", "production": True, "api": RootAPI, **settings}
    return UtilMeta("__main__", backend=backend, **settings).application()
"""
# Code that tries it, and the last line of what comes of it.
FAULTS = {
    # tools/pins.yaml: starlette<1
    "todays-starlette": (
        "import starlette; make(starlette)",
        "AttributeError: 'Starlette' object has no attribute 'on_event'",
    ),
    # api.py: async def only on frameworks that are asynchronous
    "coroutines-on-flask": (
        "import flask; print(make(flask).test_client().get('/hello').status_code)",
        "500",
    ),
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
    # service.py: add_api with the route; UtilMeta refuses with an answer that has no
    # body, Flask's own 404 has one
    "paths-of-others": (
        "import flask; print(make(flask, route='api/v1').test_client().get('/none').data)",
        "b''",
    ),
    # service.py: asynchronous said
    "the-database-layer": (
        "import flask, sys; make(flask); print('sqlalchemy' in sys.modules)",
        "True",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_utilmeta_cannot(fault: str) -> None:
    """Its newest release, with today's frameworks."""
    code, outcome = FAULTS[fault]
    command = [find_uv_bin(), "run", "--quiet", "--isolated", "--no-project", "--python", "3.11"]
    packages = [f"--with={package}" for package in ("utilmeta", "flask", "starlette>=1", "tornado")]
    done = subprocess.run(
        [*command, *packages, "python", "-c", SERVICE + code],
        capture_output=True,
        check=False,
        text=True,
    )
    message = done.stdout if done.returncode == 0 else done.stderr
    assert message.splitlines()[-1] == outcome


# The lines of `configure` that are examples, without their mark of a comment.
EXAMPLE = re.compile(
    r"^    # ((?:import |from utilmeta|service\.use|@service|def st|    print).*)$", re.MULTILINE
)
# granian and uWSGI end Python in ways of their own.
SERVERS = {
    "django": "uwsgi",
    "flask": "granian",
    "fastapi": "granian",
    "starlette": "uvicorn",
    "sanic": "sanic",
    "tornado": "tornado",
}
BACKENDS = {
    answers["backend"]: answers
    for answers in combinations(CATALOG, "utilmeta")
    if answers["server"] == SERVERS[str(answers["backend"])]
    and (answers["dependencies"], answers["python"]) == ("current", "3.11")
}


@pytest.mark.usefixtures("byte_code")
@pytest.mark.parametrize("backend", BACKENDS)
def test_configuration(tmp_path: Path, backend: str) -> None:
    """With every example of service.py switched on, the service starts on each backend, and what
    on_startup and on_shutdown name is called once.
    """
    files = render(CATALOG.starter("utilmeta"), BACKENDS[backend])
    service = files["service.py"].decode("utf-8")
    assert len(EXAMPLE.findall(service)) >= 12
    files["service.py"] = EXAMPLE.sub(r"    \1", service).encode("utf-8")
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    report = boot_project(tmp_path, BootOptions(keep=True))
    assert report.folder
    log = (report.folder / "boot.log").read_text("utf-8").splitlines()
    shutil.rmtree(report.folder)
    assert report.error is None, f"{report.error}\n" + "\n".join(log[-20:])
    assert [line for line in log if line in {"started", "stopped"}] == ["started", "stopped"]
