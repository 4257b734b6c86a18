"""Small projects, written where they are needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.checks import check
from scaffold.checks.settings import CheckSettings
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from scaffold.checks.rule import Finding
    from tests.trees import Tree

Build = Callable[..., Path]

# A project without a fault.
SOUND: Tree = {
    "wsgi.py": """\
import os
from wsgiref.simple_server import make_server


def application(environ, start_response):
    start_response("200 OK", [])
    return [b"hello"]


if __name__ == "__main__":
    make_server("0.0.0.0", int(os.environ["LEANCLOUD_APP_PORT"]), application).serve_forever()
""",
    "requirements.txt": "idna==3.20\n",
    ".python-version": "3.11.7\n",
    ".leanignore": ".env\n.venv/\n.git/\n",
    "leanengine.yaml": "run: python wsgi.py\n",
}
# The same with the SDK.
WITH_SDK: Tree = {
    **SOUND,
    "requirements.txt": "leancloud==3.0.2\n",
    "cloud.py": """\
from leancloud import Engine

engine = Engine()


@engine.define
def hello(**params):
    return "hello"
""",
    "app.py": """\
def app(environ, start_response):
    start_response("200 OK", [])
    return [b"hello"]
""",
    "wsgi.py": """\
import os
import secrets

os.environ.setdefault("LEANCLOUD_APP_ANDX_KEY", secrets.token_hex(32))

import leancloud

from app import app
from cloud import engine

leancloud.init(os.environ["LEANCLOUD_APP_ID"], app_key=os.environ["LEANCLOUD_APP_KEY"])
application = engine.wrap(app)

if __name__ == "__main__":
    from server import serve

    serve(application)
""",
}


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Write a project into a folder of its own."""

    def make(*trees: Tree) -> Path:
        return build_file_tree(tmp_path / "project", *trees)

    return make


def findings(folder: Path) -> list[Finding]:
    """Return what all rules find."""
    return list(check(folder, CheckSettings()).findings)


def ids(folder: Path) -> set[str]:
    """Return the ids of the rules that are broken."""
    return {finding.rule.id for finding in findings(folder)}
