"""What a project is, is read off its files, with the place that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.adopt.detect import detect
from scaffold.checks.project import Project
from tests.adopt.conftest import DJANGO, FASTAPI, OLD_FLASK, TUTORIAL
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.adopt.detect import Detected
    from tests.trees import Tree


def detected(folder: Path, *trees: Tree) -> Detected:
    """Return what a project of these files is."""
    return detect(Project(build_file_tree(folder, *trees)))


@pytest.mark.parametrize(
    ("tree", "starter", "entry"),
    [
        (OLD_FLASK, "flask", "wsgi:application"),
        (TUTORIAL, "flask", "app:app"),
        (DJANGO, "django", "shop.wsgi:application"),
        (
            {**DJANGO, "wsgi.py": "from shop.wsgi import application\n"},
            "django",
            "wsgi:application",
        ),
        ({**DJANGO, "wsgi.py": "import shop.wsgi\n"}, "django", "shop.wsgi:application"),
        (FASTAPI, "fastapi", "main:app"),
        (
            {"web/__init__.py": "", "web/api.py": "from flask import Flask\napi = Flask('x')\n"},
            "flask",
            "web.api:api",
        ),
        (
            {
                "shop.py": (
                    "from flask import Flask\ndef create_app(test=False):\n    return Flask('x')\n"
                )
            },
            "flask",
            "shop:create_app()",
        ),
        (
            {
                "shop.py": (
                    "from flask import Flask\ndef create_app(config):\n    return Flask('x')\n"
                )
            },
            "flask",
            "",
        ),
        (
            {
                "a.py": "from flask import Flask\na = Flask('a')\n",
                "b.py": "from flask import Flask\nb = Flask('b')\n",
            },
            "flask",
            "",
        ),
        ({"app.py": "from sanic import Sanic\napp = Sanic('x')\n"}, "sanic", "app:app"),
        (
            {"app.py": "import tornado.web\napp = tornado.web.Application([])\n"},
            "tornado",
            "app:app",
        ),
        ({"app.py": "from litestar import Litestar\napp = Litestar([])\n"}, "litestar", "app:app"),
        (
            {"app.py": "from starlette.applications import Starlette\napp = Starlette()\n"},
            "starlette",
            "app:app",
        ),
        (
            {"wsgi.py": "def application(environ, start_response):\n    pass\n"},
            "wsgi",
            "wsgi:application",
        ),
        ({"wsgi.py": "import bottle\napp = bottle.default_app()\n"}, "wsgi", "wsgi:app"),
        (
            {"api.py": "from utilmeta import UtilMeta\nservice = UtilMeta(__name__)\n"},
            "utilmeta",
            "api:service",
        ),
    ],
)
def test_framework_and_app(tmp_path: Path, tree: Tree, starter: str, entry: str) -> None:
    """The app is only named where it is certain: two of them, or a factory
    that asks for something, are not.
    """
    found = detected(tmp_path, tree)
    named = f"{found.entry.module}:{found.entry.name}" if found.entry else ""
    assert (found.starter.value, named) == (starter, entry)


@pytest.mark.parametrize(
    ("tree", "server", "place"),
    [
        ({}, "development", "wsgi.py:18"),
        (
            {"leanengine.yaml": "cmd: uwsgi --http :3000 --wsgi-file wsgi.py\n"},
            "uwsgi",
            "leanengine.yaml:1",
        ),
        ({"leanengine.yaml": "build: []\nrun: gunicorn wsgi\n"}, "gunicorn", "leanengine.yaml:2"),
        ({"Procfile": "worker: x\nweb: gunicorn wsgi:application\n"}, "gunicorn", "Procfile:2"),
        ({"Dockerfile": 'FROM python:3.6\nCMD ["gunicorn", "wsgi"]\n'}, "gunicorn", "Dockerfile:2"),
        (
            {"deploy/supervisord.conf": "[program:x]\ncommand=gunicorn wsgi:application -w 2\n"},
            "gunicorn",
            "deploy/supervisord.conf:2",
        ),
        ({"serve.py": "from gevent.pywsgi import WSGIServer\n"}, "gevent", "serve.py:1"),
        (
            {"serve.py": "from geventwebsocket.handler import WebSocketHandler\n"},
            "gevent",
            "serve.py:1",
        ),
    ],
)
def test_server(tmp_path: Path, tree: Tree, server: str, place: str) -> None:
    """The line that starts it says which server; else the code does."""
    found = detected(tmp_path, OLD_FLASK, tree)
    assert (found.server.value, found.server.place) == (server, place)


@pytest.mark.parametrize(
    ("tree", "python", "place"),
    [
        ({}, "", ""),
        ({".python-version": "2.7.11\n"}, "2.7.11", ".python-version:1"),
        ({"runtime.txt": "python-2.7\n"}, "2.7", "runtime.txt:1"),
        ({"runtime.txt": "python-3.6.3\n", ".python-version": "3.8\n"}, "3.8", ".python-version:1"),
        ({"Pipfile": '[requires]\npython_version = "3.7"\n'}, "3.7", "Pipfile:2"),
        (
            {"Dockerfile": "# x\nFROM registry.example/library/python:3.9-slim\n"},
            "3.9",
            "Dockerfile:2",
        ),
        ({"pyproject.toml": '[project]\nrequires-python = ">=3.10"\n'}, "3.10", "pyproject.toml:2"),
        ({".python-version": "pypy3.6-7.3\n"}, "", ""),
    ],
)
def test_python(tmp_path: Path, tree: Tree, python: str, place: str) -> None:
    """The file that the platform reads counts before files of other hosts."""
    found = detected(tmp_path, TUTORIAL, tree)
    assert (found.python.value, found.python.place) == (python, place)


def test_sdk(tmp_path: Path) -> None:
    """An engine means cloud functions, an import means data."""
    assert detected(tmp_path / "a", OLD_FLASK).sdk.value == "functions"
    assert detected(tmp_path / "b", TUTORIAL, {"data.py": "import leancloud\n"}).sdk.value == "data"
    assert detected(tmp_path / "c", TUTORIAL).sdk.value == "none"
