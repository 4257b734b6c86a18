"""What copier.yml refuses cannot be done: each reason is tried, and its test
fails on the day it is one no more.
"""

from __future__ import annotations

import os
import re
import subprocess
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.catalog import combinations
from scaffold.engine import environment, health, interpreter, ports
from scaffold.engine.process import Process
from scaffold.errors import UsageError
from scaffold.frameworks import FRAMEWORKS
from scaffold.questions import Answers, UserInput
from tests.conftest import CATALOG
from tools import pins
from tools.matrix.cases import DEFAULT_PYTHON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import SharedFolder

pytestmark = pytest.mark.boot

TABLE = pins.load()
OLD = ("3.8", "3.9")
# Seconds in which a server listens, or has given up.
PATIENCE = 20

# The smallest app of each framework, as `app`; it answers 200 to a GET,
# under a server that suits it.
APPS = {
    "flask": """
        from flask import Flask
        app = Flask(__name__)
        app.get("/")(lambda: "hello")
    """,
    "django": """
        from django.conf import settings
        from django.core.wsgi import get_wsgi_application
        from django.http import HttpResponse
        from django.urls import path
        settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x")
        urlpatterns = [path("", lambda request: HttpResponse("hello"))]
        app = get_wsgi_application()
    """,
    "wsgi": """
        def app(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"hello"]
    """,
    "fastapi": """
        from fastapi import FastAPI
        app = FastAPI()
        app.get("/")(lambda: "hello")
    """,
    "litestar": """
        from litestar import Litestar, get
        @get("/")
        async def index() -> str:
            return "hello"
        app = Litestar([index])
    """,
    "starlette": """
        from starlette.applications import Starlette
        from starlette.responses import PlainTextResponse
        from starlette.routing import Route
        app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("hello"))])
    """,
    "sanic": """
        from sanic import Sanic, text
        app = Sanic("app")
        app.config.REQUEST_MAX_SIZE = 1000
        app.get("/")(lambda request: text("hello"))
        app.post("/", name="post")(lambda request: text("much"))
    """,
    "tornado": """
        import asyncio, sys
        import tornado.web
        class Index(tornado.web.RequestHandler):
            def get(self):
                self.write("hello")
        app = tornado.web.Application([("/", Index)])
    """,
}
TORNADO = """
import asyncio, sys
from tornado.httpserver import HTTPServer
from app import app
async def main():
    HTTPServer(app).listen(int(sys.argv[1]), "127.0.0.1")
    await asyncio.Event().wait()
asyncio.run(main())
"""
COMMANDS = {
    "waitress": "waitress-serve --listen 127.0.0.1:{port} app:app",
    "gunicorn": "gunicorn app:app --bind 127.0.0.1:{port} --no-control-socket",
    "uwsgi": (
        "uwsgi --module app:app --http-socket 127.0.0.1:{port} --master --die-on-term --need-app"
    ),
    "gevent": "gunicorn app:app --bind 127.0.0.1:{port} --no-control-socket --worker-class gevent",
    "granian": "granian app:app --host 127.0.0.1 --port {port} --interface {interface}",
    "uvicorn": "uvicorn app:app --host 127.0.0.1 --port {port}",
    "sanic": "sanic app:app --host 127.0.0.1 --port {port} --single-process",
    "tornado": "python serve.py {port}",
}
WSGI = tuple(name for name, framework in FRAMEWORKS.items() if framework.interface == "wsgi")


def _verdicts() -> dict[tuple[str, str], str]:
    """Return what copier.yml says to each server with each framework: a
    code, or nothing if it is allowed.
    """
    found = {}
    for backend, server in product(APPS, COMMANDS):
        context = CATALOG.context({**CATALOG.resolve({}), "starter": backend, "backend": backend})
        try:
            CATALOG.questions["server"].accept(UserInput(server, "test"), context)
            found[backend, server] = ""
        except UsageError as error:
            found[backend, server] = error.key.rpartition(".")[2]
    return found


VERDICTS = _verdicts()
# Sanic is an ASGI app too, and starts under other servers; but what it does as
# a server does not hold there.
STARTS_ELSEWHERE = {("sanic", "granian"), ("sanic", "uvicorn")}


@pytest.fixture(scope="module")
def programs(shared_folder: SharedFolder) -> Path:
    """A virtualenv's programs, with all frameworks and servers in the versions of the table."""
    return shared_folder("refusals", _install_everything) / "bin"


def _install_everything(folder: Path) -> None:
    python = _interpreter(DEFAULT_PYTHON)
    wanted: set[str] = set()
    for starter in APPS:
        for answers in combinations(CATALOG, starter):
            if answers["python"] == DEFAULT_PYTHON and not answers["cloud_functions"]:
                wanted |= pins.rows(TABLE["packages"], CATALOG.context(answers))
    subprocess.run([pins.UV, "venv", "--quiet", "--python", python, folder], check=True)
    install = [pins.UV, "pip", "install", "--quiet", "--python", str(folder / "bin" / "python")]
    subprocess.run([*install, *(row.partition("  #")[0] for row in wanted)], check=True)


def _interpreter(version: str) -> Path:
    parts = tuple(map(int, version.split(".")))
    try:
        return interpreter.find(parts, os.environ).path
    except Exception:  # noqa: BLE001 - whatever the reason
        pytest.skip(f"Python {version} is not on this machine")


def _dedented(code: str) -> str:
    return "\n".join(line.removeprefix(" " * 8) for line in code.strip("\n").splitlines()) + "\n"


class Serving:
    """A framework's app under a server, right or wrong."""

    def __init__(self, folder: Path, programs: Path, backend: str, server: str) -> None:
        (folder / "app.py").write_text(_dedented(APPS[backend]), "utf-8")
        (folder / "serve.py").write_text(TORNADO, "utf-8")
        self.port = ports.any_free()
        interface = "wsgi" if backend in WSGI else "asgi"
        program, _, arguments = COMMANDS[server].partition(" ")
        command = (
            f"exec {programs / program} {arguments.format(port=self.port, interface=interface)}"
        )
        environ = {**environment.inherited(os.environ), "PYTHONPATH": str(folder)}
        self.process = Process(command, folder=folder, environ=environ)

    def ask(self, body: bytes | None = None) -> health.HttpResponse:
        """Ask for `/` as soon as something listens; a server that gave up answers nothing."""
        health.wait_for(
            lambda: health.listens(self.port) or self.process.poll() is not None, self.deadline
        )
        return health.ask(self.port, health.Request("/", {}, body))

    @property
    def deadline(self) -> float:
        """Until when it has to listen."""
        return self.process.started + PATIENCE


@pytest.fixture
def serving(tmp_path: Path, programs: Path) -> Iterator[Any]:
    """Start an app under a server: `serving(backend, server)`."""
    started: list[Serving] = []

    def start(backend: str, server: str) -> Serving:
        started.append(Serving(tmp_path, programs, backend, server))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()


@pytest.mark.parametrize(
    ("backend", "server"), [pair for pair, code in VERDICTS.items() if not code]
)
def test_what_is_allowed_answers(serving: Any, backend: str, server: str) -> None:
    """The apps and commands of these tests are right: under a server that
    suits it, each app answers.
    """
    app = serving(backend, server)
    assert app.ask().status == 200, app.process.lines()


@pytest.mark.parametrize(
    ("backend", "server"),
    [pair for pair, code in VERDICTS.items() if code and pair not in STARTS_ELSEWHERE],
)
def test_a_server_that_does_not_suit(serving: Any, backend: str, server: str) -> None:
    """A server refused for a framework cannot run its apps: 500, a dropped connection, or
    no start.
    """
    app = serving(backend, server)
    assert app.ask().status in {0, 500}, app.process.lines()


@pytest.mark.parametrize(("server", "status"), [("sanic", 413), ("granian", 200), ("uvicorn", 200)])
def test_sanic_is_its_own_server(serving: Any, server: str, status: int) -> None:
    """Under another server Sanic's limits do not hold: it takes a body that
    is longer than REQUEST_MAX_SIZE.
    """
    assert VERDICTS["sanic", server] == ("" if server == "sanic" else "server-is-its-own")
    app = serving("sanic", server)
    assert app.ask(b"x" * 2000).status == status, app.process.lines()


@pytest.mark.parametrize("python", ["3.12", "3.13"])
def test_python_too_new_for_sdk(python: str, tmp_path: Path) -> None:
    """What the SDK pins does not install: gevent 22 has no wheel for these
    Pythons, and does not compile.
    """
    (sdk,) = (row["get"] for row in TABLE["packages"] if row["get"].startswith("leancloud=="))
    subprocess.run(
        [pins.UV, "venv", "--quiet", "--python", _interpreter(python), tmp_path / "venv"],
        check=True,
    )
    install = [pins.UV, "pip", "install", "--python", tmp_path / "venv" / "bin" / "python", sdk]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Failed to build `gevent==22." in done.stderr, done.stderr


def _resolves(answers: Answers) -> bool:
    """Return whether there are versions for an app and its tests."""
    place = pins.Place(
        str(answers["starter"]), str(answers["dependencies"]), str(answers["python"])
    )
    try:
        rows = pins.rows((*TABLE["packages"], *TABLE["tests"]), CATALOG.context(answers))
        pins.compile_pins(place, rows)
    except pins.UnresolvableError as error:
        # uv says that some package needs a newer Python, in a sentence or in a hint.
        message = " ".join(str(error).split())
        if not re.search(
            r"requested Python version \(.*?\) does not satisfy|`--python-version` value", message
        ):
            raise
        return False
    return True


def _with_python(starter: str, python: str, **wanted: object) -> list[Answers]:
    """Return one combination a framework of a starter that fits, made for a
    Python that is refused for it.
    """
    found: dict[object, Answers] = {}
    for answers in combinations(CATALOG, starter):
        if wanted.items() <= answers.items():
            found.setdefault(answers["backend"], {**answers, "python": python})
    return list(found.values())


@pytest.mark.parametrize("python", OLD)
@pytest.mark.parametrize("starter", WSGI)
def test_python_too_old(starter: str, python: str) -> None:
    """Today's libraries have left the old Pythons: the set `current` does not resolve."""
    made = _with_python(starter, python, dependencies="current", server="gunicorn")
    assert [answers for answers in made if _resolves(answers)] == []


@pytest.mark.parametrize("python", OLD)
@pytest.mark.parametrize("starter", ["fastapi", "starlette", "sanic", "tornado", "utilmeta"])
def test_python_too_old_for_starter(starter: str, python: str) -> None:
    """Asynchronous frameworks, or the libraries beside them, have left the
    old Pythons, whatever the set.
    """
    made = _with_python(starter, python, dependencies="sdk", cloud_functions=True)
    still = {answers["backend"] for answers in made if _resolves(answers)}
    # UtilMeta would go on these two, which do without the rest; it is one starter with one rule.
    assert still == ({"django", "flask"} if starter == "utilmeta" else set())
