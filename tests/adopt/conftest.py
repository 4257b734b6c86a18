"""Projects as people have them, and a package index that answers at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.adopt import pins, planning
from scaffold.adopt.resolve import Resolved, Unresolved
from scaffold.requirements import parse
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.adopt.plan import AdoptionPlan
    from scaffold.catalog import Catalog
    from tests.trees import Tree

Planned = Callable[..., "AdoptionPlan"]

# What the template has for a container; the user may have some of it already.
CONTAINER_FILES = (
    ".dockerignore",
    "Dockerfile",
    "Procfile",
    "compose.yaml",
    "deploy/health.py",
    "deploy/image.py",
)
OLD_FLASK: Tree = {
    "app.py": (
        'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.route("/")\ndef index():\n  '
        '  return "hi"\n'
    ),
    "cloud.py": (
        "# coding: utf-8\nfrom leancloud import Engine\nfrom app import app\n\nengine = "
        "Engine(app)\n\n\n"
        "@engine.define\ndef hello(**params):\n    return 'world'\n"
    ),
    "wsgi.py": (
        "import os\n\nimport leancloud\nfrom wsgiref import simple_server\n\nfrom app import app\n"
        "from cloud import engine\n\n"
        "APP_ID = os.environ['LC_APP_ID']\nMASTER_KEY = os.environ['LC_APP_MASTER_KEY']\n"
        "PORT = int(os.environ['LC_APP_PORT'])\n\nleancloud.init(APP_ID, master_key=MASTER_KEY)\n\n"
        "application = engine\n\nif __name__ == '__main__':\n"
        "    server = simple_server.make_server('localhost', PORT, application)\n    "
        "server.serve_forever()\n"
    ),
    "requirements.txt": "Flask>=0.10.1\nleancloud-sdk>=1.0.9\n",
}
# As the vendor's starter has it, with its functions, a hook, and logins by cookie.
STARTER: Tree = {
    "leanengine.yaml": "run: python wsgi.py\n",
    "app.py": (
        "import leancloud\nfrom flask import Flask\n\napp = Flask(__name__)\n\n\n"
        "@app.route('/')\ndef me():\n"
        "    user = leancloud.User.get_current()\n    return user.id if user else 'nobody'\n\n\n"
        "@app.route('/login')\ndef login():\n"
        "    user = leancloud.User.create_without_data('ann')\n    user._session_token = 'token'\n"
        "    leancloud.User.set_current(user)\n    return 'hello'\n"
    ),
    "cloud.py": (
        "import leancloud\nfrom leancloud import Engine, LeanEngineError\n\nengine = Engine()\n\n\n"
        "@engine.define\ndef hello(**params):\n    return 'hello'\n\n\n"
        "@engine.define\ndef whoami(**params):\n"
        "    user = leancloud.User.get_current()\n    return user.id if user else 'nobody'\n\n\n"
        "@engine.before_save('Todo')\ndef before_todo_save(todo):\n"
        "    todo.set('content', todo.get('content')[:3])\n"
    ),
    "wsgi.py": (
        "import os\n\nimport leancloud\n\nfrom app import app\nfrom cloud import engine\n\n"
        "leancloud.init(\n    os.environ['LC_APP_ID'],\n    app_key=os.environ['LC_APP_KEY'],\n"
        "    master_key=os.environ['LC_APP_MASTER_KEY'],\n)\nleancloud.use_master_key(False)\n"
        "engine = engine.wrap(app)\n"
        "application = leancloud.engine.CookieSessionMiddleware(engine, secret='x' * 32)\n\n"
        "if __name__ == '__main__':\n    from wsgiref import simple_server\n\n"
        "    server = simple_server.make_server(\n"
        "        'localhost', int(os.environ['LC_APP_PORT']), application\n    )\n"
        "    server.serve_forever()\n"
    ),
    "requirements.txt": "leancloud>=2.9.4,<3.0.0\nmarkupsafe<=2.0.1\nFlask>=1.0.0\n",
}
TUTORIAL: Tree = {
    "app.py": (
        'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.route("/")\ndef '
        'index():\n    return "hi"\n\n\n'
        'if __name__ == "__main__":\n    app.run()\n'
    ),
    "requirements.txt": "flask\n",
}
DJANGO: Tree = {
    "manage.py": (
        "import os\nimport sys\n\nfrom django.core.management import execute_from_command_line\n\n"
        'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
        "execute_from_command_line(sys.argv)\n"
    ),
    "shop/__init__.py": "",
    "shop/settings.py": (
        "import os\n\nSECRET_KEY = os.environ['SHOP_SECRET']\nROOT_URLCONF = 'shop.urls'\n"
        "ALLOWED_HOSTS = ['*']\n"
    ),
    "shop/urls.py": (
        "from django.http import HttpResponse\nfrom django.urls import path\n\n"
        "urlpatterns = [path('', lambda request: HttpResponse('hi'))]\n"
    ),
    "shop/wsgi.py": (
        "import os\n\nfrom django.core.wsgi import get_wsgi_application\n\n"
        'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\napplication = '
        "get_wsgi_application()\n"
    ),
    "requirements.txt": "Django>=4.2,<4.3\n",
}
FASTAPI: Tree = {
    "main.py": (
        'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\ndef index():\n    '
        "return {}\n"
    ),
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
    for line in parse("", source).requirements:
        version = VERSIONS.get(line.name) or ".".join(map(str, line.lowest)) or "1.0"
        if line.name == "nowhere":
            return Unresolved("unknown", line.name, "not found", (line.name,))
        if line.is_below(tuple(int(part) for part in version.split("."))):
            return Unresolved("clash", line.name, "cannot", (line.name,))
        pins[line.name] = f"{line.name}=={version}"
    return Resolved(pins)


@pytest.fixture(autouse=True)
def _index(
    request: pytest.FixtureRequest, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Use the made-up index, but for tests that start projects."""
    monkeypatch.setattr(planning, "Catalog", lambda: catalog)
    if "boot" not in request.keywords:
        monkeypatch.setattr(pins, "resolve", resolved)


@pytest.fixture
def planned(workspace: Path) -> Planned:
    """Return the plan for a project of these files."""

    def run(*trees: Tree, **options: Any) -> AdoptionPlan:
        folder = build_file_tree(workspace / "project", *trees)
        with planning.plan_adoption(folder, planning.PlanOptions(**options)) as found:
            return found

    return run


def after(found: AdoptionPlan, path: str) -> str:
    """Return what becomes of a file."""
    return next(change.after for change in found.changes if change.path == path).decode()


def changed(found: AdoptionPlan) -> dict[str, str]:
    """Return the files that change: `+` new, `~` changed; the package leanengine/ as one."""
    return {
        "leanengine/" if change.path.startswith("leanengine/") else change.path: (
            "+" if change.before is None else "~"
        )
        for change in found.changes
    }


def names(requirements: str) -> set[str]:
    """Return the packages that a requirements file asks for."""
    return {line.name for line in parse("", requirements).requirements}
