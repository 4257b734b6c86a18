"""Projects as people have them, and a package index that answers at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.adopt import pins, plan
from scaffold.adopt.resolve import Resolved, Unresolved
from scaffold.checks.requirements import parse
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.adopt.plan import Plan
    from scaffold.starters import Catalog
    from tests.trees import Tree

Planned = Callable[..., "Plan"]

OLD_FLASK: Tree = {
    "app.py": 'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.route("/")\ndef index():\n    return "hi"\n',
    "cloud.py": (
        "# coding: utf-8\nfrom leancloud import Engine\nfrom app import app\n\nengine = Engine(app)\n\n\n"
        "@engine.define\ndef hello(**params):\n    return 'world'\n"
    ),
    "wsgi.py": (
        "import os\n\nimport leancloud\nfrom wsgiref import simple_server\n\nfrom app import app\n"
        "from cloud import engine\n\n"
        "APP_ID = os.environ['LC_APP_ID']\nMASTER_KEY = os.environ['LC_APP_MASTER_KEY']\n"
        "PORT = int(os.environ['LC_APP_PORT'])\n\nleancloud.init(APP_ID, master_key=MASTER_KEY)\n\n"
        "application = engine\n\nif __name__ == '__main__':\n"
        "    server = simple_server.make_server('localhost', PORT, application)\n    server.serve_forever()\n"
    ),
    "requirements.txt": "Flask>=0.10.1\nleancloud-sdk>=1.0.9\n",
}
TUTORIAL: Tree = {
    "app.py": (
        'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.route("/")\ndef index():\n    return "hi"\n\n\n'
        'if __name__ == "__main__":\n    app.run()\n'
    ),
    "requirements.txt": "flask\n",
}
DJANGO: Tree = {
    "manage.py": (
        "import os\nimport sys\n\nfrom django.core.management import execute_from_command_line\n\n"
        'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\nexecute_from_command_line(sys.argv)\n'
    ),
    "shop/__init__.py": "",
    "shop/settings.py": (
        "import os\n\nSECRET_KEY = os.environ['SHOP_SECRET']\nROOT_URLCONF = 'shop.urls'\nALLOWED_HOSTS = ['*']\n"
    ),
    "shop/urls.py": (
        "from django.http import HttpResponse\nfrom django.urls import path\n\n"
        "urlpatterns = [path('', lambda request: HttpResponse('hi'))]\n"
    ),
    "shop/wsgi.py": (
        "import os\n\nfrom django.core.wsgi import get_wsgi_application\n\n"
        'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\napplication = get_wsgi_application()\n'
    ),
    "requirements.txt": "Django>=4.2,<4.3\n",
}
FASTAPI: Tree = {
    "main.py": 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\ndef index():\n    return {}\n',
    "requirements.txt": "fastapi\n",
}
# Versions that the made-up index has; everything else is at 1.0.
VERSIONS = {
    "django": "4.2.30",
    "fastapi": "0.165.0",
    "flask": "1.1.4",
    "gevent": "22.10.2",
    "greenlet": "3.1.1",
    "gunicorn": "23.0.0",
    "leancloud": "2.9.12",
    "setuptools": "80.8.0",
    "uvicorn": "0.54.0",
}


def resolved(folder: Path, source: str, python: str) -> Resolved | Unresolved:
    """Stand in for uv: every package is there in one version; ranges that leave it out clash."""
    del folder, python
    pins = {}
    for line in parse("", source)[0]:
        version = VERSIONS.get(line.name) or ".".join(map(str, line.lowest)) or "1.0"
        if line.name == "nowhere":
            return Unresolved("unknown", line.name, "not found", (line.name,))
        if line.is_below(tuple(int(part) for part in version.split("."))):
            return Unresolved("clash", line.name, "cannot", (line.name,))
        pins[line.name] = f"{line.name}=={version}"
    return Resolved(pins, ())


@pytest.fixture(autouse=True)
def _index(request: pytest.FixtureRequest, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the made-up index, but for tests that start projects."""
    monkeypatch.setattr(plan, "Catalog", lambda: catalog)
    if "boot" not in request.keywords:
        monkeypatch.setattr(pins, "resolve", resolved)


@pytest.fixture
def planned(workspace: Path) -> Planned:
    """Return the plan for a project of these files."""

    def run(*trees: Tree, **options: Any) -> Plan:
        folder = build_file_tree(workspace / "project", *trees)
        with plan.made(folder, plan.Options(**options)) as found:
            return found

    return run


def after(found: Plan, path: str) -> str:
    """Return what becomes of a file."""
    return next(change.after for change in found.changes if change.path == path).decode()


def changed(found: Plan) -> dict[str, str]:
    """Return the files that change: `+` new, `~` changed."""
    return {change.path: "+" if change.before is None else "~" for change in found.changes}


def names(requirements: str) -> set[str]:
    """Return the packages that a requirements file asks for."""
    return {line.name for line in parse("", requirements)[0]}
