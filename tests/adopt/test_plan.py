"""Each shape that projects have, with what is to become of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tests.adopt.conftest import (
    CONTAINER_FILES,
    DJANGO,
    FASTAPI,
    OLD_FLASK,
    TUTORIAL,
    VERSIONS,
    after,
    changed,
    names,
)
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.adopt.conftest import Planned
    from tests.trees import Tree

NEW = {
    ".copier-answers.yml": "+",
    ".env.example": "+",
    ".gitignore": "+",
    ".leanignore": "+",
    ".python-version": "+",
    "leanengine.yaml": "+",
    "leanengine/": "+",
    "requirements.in": "+",
    "requirements.txt": "~",
    **dict.fromkeys(CONTAINER_FILES, "+"),
}
# What leanengine/ and the server are in requirements.
OURS = {"python-dotenv", "waitress"}
GEVENT: Tree = {
    "wsgi.py": (
        "from gevent import monkey\nmonkey.patch_all()\nimport os\nimport leancloud\nfrom "
        "cloud import engine\n"
        "leancloud.init(os.environ['LEANCLOUD_APP_ID'], app_key=os.environ['LEANCLOUD_APP_KEY'])\n"
        "application = engine\nif __name__ == '__main__':\n    from gevent.pywsgi import "
        "WSGIServer\n"
        "    from geventwebsocket.handler import WebSocketHandler\n"
        "    WSGIServer(('localhost', 3000), application, "
        "handler_class=WebSocketHandler).serve_forever()\n"
    ),
    "requirements.txt": "Flask\nleancloud>=2.9.4,<3.0.0\ngevent-websocket>=0.9.5,<1.1\n",
}


def test_old_flask(planned: Planned) -> None:
    """Names, SDK, address and pins move; what is missing is added; no other file is touched."""
    found = planned(OLD_FLASK)
    assert changed(found) == {**NEW, "wsgi.py": "~"}
    assert "LC_APP" not in after(found, "wsgi.py").replace("LEANCLOUD_APP", "")
    assert "make_server('0.0.0.0', PORT" in after(found, "wsgi.py")
    assert names(after(found, "requirements.in")) == {
        "flask",
        "leancloud",
        "python-dotenv",
        "waitress",
    }
    assert "Flask>=0.10.1\n" in after(found, "requirements.in")
    assert "leancloud==2.9.12" in after(found, "requirements.txt")
    assert "exec python -u -m leanengine.server\n" in after(found, "leanengine.yaml")
    assert "functionsMode: strict" in after(found, "leanengine.yaml")
    assert "from wsgi import application as app\n" in after(found, "leanengine/app.py")
    assert "application = wrap(app, app)\n" in after(found, "leanengine/app.py")
    assert after(found, ".python-version") == "3.11"


def test_answers(planned: Planned) -> None:
    """The answers file is one that an update takes, and lists what an update may touch."""
    answers = yaml.safe_load(after(planned(OLD_FLASK), ".copier-answers.yml"))
    assert answers["_src_path"] == "scaffold://starters.git"
    assert set(answers["adopted"]) == {
        ".copier-answers.yml",
        ".env.example",
        ".gitignore",
        ".leanignore",
        "leanengine",
        "leanengine.yaml",
        *CONTAINER_FILES,
    }
    assert answers["adopted_app"] == "wsgi:application"
    picked = {
        key: answers[key]
        for key in ("starter", "server", "cloud_functions", "dependencies", "python")
    }
    assert picked == {
        "starter": "flask",
        "server": "waitress",
        "cloud_functions": True,
        "dependencies": "sdk",
        "python": "3.11",
    }


def test_tutorial(planned: Planned) -> None:
    """A Flask app that never saw LeanEngine gets a wsgi.py that takes its
    app, and answers the health check.
    """
    found = planned(TUTORIAL)
    assert changed(found) == {**NEW, "wsgi.py": "+", "app.py": "~"}
    assert "from app import app as application\n" in after(found, "wsgi.py")
    assert "application = wrap(app)\n" in after(found, "leanengine/app.py")
    assert "leanengine/sdk.py" not in [change.path for change in found.changes]
    assert "functionsMode: disabled" in after(found, "leanengine.yaml")
    assert "LEANCLOUD_APP_KEY" not in after(found, ".env.example")


def test_django(planned: Planned) -> None:
    """Django's wsgi.py in its package stays where it is; the root gets one
    that takes its application.
    """
    found = planned(DJANGO)
    assert changed(found) == {**NEW, "wsgi.py": "+"}
    assert "from shop.wsgi import application\n" in after(found, "wsgi.py")
    assert "\nSHOP_SECRET=\n" in after(found, ".env.example")
    assert "\nSECRET_KEY=" not in after(found, ".env.example")
    assert "SECRET_KEY" not in after(found, "leanengine/environment.py")
    assert "Django>=4.2,<4.3\n" in after(found, "requirements.in")


def test_django_with_two_wsgi(planned: Planned) -> None:
    """A root wsgi.py that only imports the other is kept, and the app is taken from where it is."""
    found = planned(DJANGO, {"wsgi.py": "#!/usr/bin/env python\nimport shop.wsgi\n"})
    assert "wsgi.py" not in changed(found)
    assert "from shop.wsgi import application as app" in after(found, "leanengine/app.py")


def test_fastapi(planned: Planned) -> None:
    """An ASGI app gets an ASGI server and the module by whose name the platform knows Python."""
    found = planned(FASTAPI)
    assert changed(found) == {**NEW, "wsgi.py": "+"}
    assert "run: exec python -u -m leanengine.server\n" in after(found, "leanengine.yaml")
    assert '"leanengine.app:application"' in after(found, "leanengine/server.py")
    assert "from leanengine.asgi import wrap\n" in after(found, "leanengine/app.py")
    assert "pydantic" not in after(found, "leanengine/environment.py")
    assert "uvicorn==0.54.0" in after(found, "requirements.txt")


def test_gevent_with_web_sockets(planned: Planned) -> None:
    """An app that gevent patches gets gevent's worker, with web sockets where it had
    them, and what gevent 22 needs.
    """
    found = planned(OLD_FLASK, GEVENT)
    run = after(found, "leanengine.yaml")
    assert "--worker-class geventwebsocket.gunicorn.workers.GeventWebSocketWorker" in run
    assert {"setuptools", "greenlet", "gunicorn"} <= names(after(found, "requirements.in")) | {
        "greenlet",
        "setuptools",
    }
    port = 'int(os.environ.get("LEANCLOUD_APP_PORT") or os.environ.get("PORT") or 3000)'
    assert port in after(found, "wsgi.py")


def test_own_manifest_is_kept(planned: Planned) -> None:
    """A leanengine.yaml of the user's keeps its server: `cmd` is renamed, its port
    corrected, nothing put beside it.
    """
    tree: Tree = {"leanengine.yaml": "# mine\ncmd: uwsgi --http :3000 --wsgi-file wsgi.py\n"}
    found = planned(OLD_FLASK, tree)
    port = "${LEANCLOUD_APP_PORT:-${PORT:-3000}}"
    run = f"run: uwsgi --die-on-term --http 0.0.0.0:{port} --wsgi-file wsgi.py"
    assert after(found, "leanengine.yaml") == f"# mine\n{run}\n"
    assert "leanengine/" not in changed(found)
    assert "pyuwsgi" in names(after(found, "requirements.in"))
    assert "leanengine.yaml" not in found.managed
    assert {"LE065"} <= {finding.rule.id for finding in found.findings}


@pytest.mark.parametrize(
    ("tree", "server"),
    [
        ({"Procfile": "web: gunicorn wsgi:application -b 0.0.0.0:$PORT\n"}, "gunicorn"),
        (
            {
                "Dockerfile": "FROM python:3.6\nCMD supervisord\n",
                "supervisor.conf": "command=gunicorn wsgi -w 2\n",
            },
            "gunicorn",
        ),
        ({"Procfile": "web: uwsgi --http :8000 --module wsgi\n"}, "uwsgi"),
    ],
)
def test_server_of_another_host(planned: Planned, tree: Tree, server: str) -> None:
    """The server that ran the app elsewhere runs it here; the other host's files stay."""
    found = planned(OLD_FLASK, tree)
    assert f"exec {server} " in after(found, "leanengine.yaml")
    assert not changed(found).keys() & tree.keys()


def test_python_2_only(planned: Planned) -> None:
    """Code that only Python 2 reads stays on 2.7, with a set that starts
    there and the way to Python 3.
    """
    found = planned(
        OLD_FLASK,
        {
            "views.py": "def f():\n    print 'x'\n",
            "app.py": str(OLD_FLASK["app.py"]) + "import views\n",
        },
    )
    assert after(found, ".python-version") == "2.7.18"
    assert "leancloud==2.9.12" in after(found, "requirements.txt")
    assert [(place.file, place.line, place.kind) for place in found.old] == [
        ("views.py", 2, "print")
    ]
    assert "exec gunicorn leanserve:application" in after(found, "leanengine.yaml")
    assert "ANDX_KEY" in after(found, "leanserve.py")
    assert "leanengine/" not in changed(found)
    # There is no template for Python 2; it can be adopted again when it has moved.
    assert ".copier-answers.yml" not in changed(found)


@pytest.mark.parametrize("path", ["scrape.py", "plugins/a.py", "tests/test_x.py", "job.tpl.py"])
def test_stated_python_2(planned: Planned, path: str) -> None:
    """A project that says 2.7 stays there while any of its files can only be read by it."""
    old: Tree = {".python-version": "2.7.15\n"}
    assert planned(OLD_FLASK, old, {path: "print 'x'\n"}).python == "2.7.18"


def test_stated_python_2_that_3_can_read(planned: Planned) -> None:
    """A project that says 2.7 and that 3 can read moves on."""
    assert planned(OLD_FLASK, {".python-version": "2.7.15\n"}).python == "3.11"


def test_stray_python_2_script(planned: Planned) -> None:
    """A script that the app does not import does not hold it back."""
    assert planned(OLD_FLASK, {"scrape.py": "print 'x'\n"}).python == "3.11"


def test_user_files_win(planned: Planned) -> None:
    """No file that is there is written over, also one that git ignores."""
    own: Tree = {
        ".env.example": "MINE=\n",
        ".gitignore": ".env\n.venv\n*.md\n",
        ".leanignore": ".env\n.venv/\n.git/\n",
    }
    found = planned(TUTORIAL, own)
    assert not own.keys() & changed(found).keys()
    assert set(yaml.safe_load(after(found, ".copier-answers.yml"))["adopted"]) == {
        ".copier-answers.yml",
        "leanengine",
        "leanengine.yaml",
        *CONTAINER_FILES,
    }


def test_compiled_requirements(planned: Planned) -> None:
    """A requirements.in of the user's is where additions go; comments and lines stay."""
    found = planned(
        TUTORIAL,
        {"requirements.in": "# mine\nflask>=1,<2  # old\n", "requirements.txt": "flask==1.0\n"},
    )
    text = after(found, "requirements.in")
    assert text.startswith("# mine\nflask>=1,<2  # old\n\n# Added by `scaffold adopt`:\nwaitress")


@pytest.mark.parametrize(
    ("tree", "packages"),
    [
        ({"Pipfile": '[packages]\nflask = "*"\nredis = ">=3"\n'}, {"flask", "redis"}),
        (
            {"pyproject.toml": '[project]\nname = "x"\ndependencies = ["flask", "redis>=3"]\n'},
            {"flask", "redis"},
        ),
        (
            {"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.8"\nflask = "^2.0"\n'},
            {"flask"},
        ),
    ],
)
def test_requirements_from_elsewhere(planned: Planned, tree: Tree, packages: set[str]) -> None:
    """Without requirements.txt another list is taken."""
    found = planned({"app.py": TUTORIAL["app.py"]}, tree)
    assert names(after(found, "requirements.in")) == {*packages, *OURS}
    assert not found.guesses


@pytest.mark.parametrize("accepted", [False, True])
def test_guesses(planned: Planned, *, accepted: bool) -> None:
    """Without any list, what is imported is proposed; it is required if the
    user says so, and not else.
    """
    tree: Tree = {
        "app.py": TUTORIAL["app.py"],
        "data.py": "import yaml\nimport os\nfrom PIL import Image\nimport app\n",
    }
    found = planned(tree, accept_guesses=lambda _guesses: accepted)
    assert [guess.package for guess in found.guesses] == ["pillow", "pyyaml"]
    guessed = {"pillow", "pyyaml"} if accepted else set()
    assert names(after(found, "requirements.in")) == {"flask", *OURS, *guessed}
    assert names(after(found, "requirements.txt")) == {"flask", *OURS, *guessed}
    assert "# pyyaml  # data.py:1\n" in after(found, "requirements.in") or accepted


@pytest.mark.parametrize(
    "tree",
    [
        {"svc/mylib/__init__.py": "", "svc/mylib/t.py": "class T(object):\n    pass\n"},
        {"deep/er/mylib.py": ""},
        {"wheels/mylib-1.0-py3-none-any.whl": "PK"},
        {"ext/mylib.cpython-311-x86_64-linux-gnu.so": "x"},
        {"lib/MyLib/x.txt": ""},
        {".gitmodules": '[submodule "x"]\n\tpath = vendor/mylib\n'},
    ],
)
def test_own_names_are_not_guessed(planned: Planned, tree: Tree) -> None:
    """A name that is anywhere in the project is not looked for in an index,
    where it may be a stranger's.
    """
    app = "from flask import Flask\nfrom mylib.t import T\napp = Flask(__name__)\n"
    found = planned({"app.py": app}, tree, accept_guesses=lambda _guesses: True)
    assert not found.guesses
    assert "mylib" not in after(found, "requirements.in") + after(found, "requirements.txt")


@pytest.mark.parametrize(
    ("source", "starter"),
    [
        (
            (
                "import tornado.wsgi\napp = tornado.wsgi.WSGIApplication([])\napplication = "
                "leancloud.Engine(app)\n"
            ),
            "wsgi",
        ),
        (
            (
                "from tornado.wsgi import WSGIApplication\napp = WSGIApplication([])\n"
                "application = app\n"
            ),
            "wsgi",
        ),
        ("import tornado.web\napplication = tornado.web.Application([])\n", "tornado"),
    ],
)
def test_wsgi_object_of_a_framework_with_its_own_server(
    planned: Planned, monkeypatch: pytest.MonkeyPatch, source: str, starter: str
) -> None:
    """What is a WSGI object gets a WSGI server, and what stands between them;
    Tornado is held where it has such.
    """
    monkeypatch.setitem(VERSIONS, "tornado", "5.1.1")
    found = planned({"wsgi.py": f"import leancloud\n{source}", "requirements.txt": "tornado\n"})
    assert found.found.starter.value == starter
    run = after(found, "leanengine.yaml")
    assert ("gunicorn leanengine.app:application" in run) == (starter == "wsgi")
    assert ("--worker-class sync" in run) == (starter == "wsgi")
    assert ("tornado<6" in after(found, "requirements.in")) == (starter == "wsgi")
    assert "leanengine/" in changed(found)


def test_own_server_that_nothing_starts(planned: Planned) -> None:
    """A Tornado app whose wsgi.py only makes it is started by a module that does."""
    found = planned({"wsgi.py": "import tornado.web\napplication = tornado.web.Application([])\n"})
    assert "    serve(application)\n" in after(found, "leanengine/app.py")
    assert "python -u -m leanengine.app\n" in after(found, "leanengine.yaml")


def test_platform_variables_that_the_code_needs(planned: Planned) -> None:
    """A variable of the platform without which the import fails stands in .env.example."""
    source = (
        "import os\nDOMAIN = os.environ['LEANCLOUD_APP_DOMAIN']\nAREA = "
        "os.environ.get('LEANCLOUD_REGION')\n"
    )
    text = after(planned(TUTORIAL, {"settings.py": source}), ".env.example")
    assert "\nLEANCLOUD_APP_DOMAIN=\n" in text
    assert "LEANCLOUD_REGION" not in text


def test_unclear_app(planned: Planned) -> None:
    """Where the app is not certain, nothing starts it, and it is said; the rest is done."""
    source = "from flask import Flask\n{0} = Flask('{0}')\n"
    found = planned(
        {"a.py": source.format("a"), "b.py": source.format("b"), "requirements.txt": "flask\n"}
    )
    assert found.found.entry is None
    assert (
        not {"leanengine.yaml", "wsgi.py", "leanengine/", ".copier-answers.yml"}
        & changed(found).keys()
    )
    assert ".leanignore" in changed(found)


def test_next_steps_name_places(planned: Planned) -> None:
    """Keys in the source are reported with file and line, and never shown whole."""
    key = "a1B2c3D4e5F6g7H8i9J0k1L2"
    found = planned(
        OLD_FLASK, {"settings.py": f"import leancloud\nleancloud.init('id', app_key='{key}')\n"}
    )
    keys = [finding for finding in found.findings if finding.rule.id == "LE080"]
    assert [(finding.file, finding.line) for finding in keys] == [("settings.py", 2)]
    assert key not in str(keys[0].parts())


def test_only_reads(planned: Planned, workspace: Path) -> None:
    """Making a plan changes nothing in the user's folder."""
    planned(OLD_FLASK)
    expected = build_file_tree(workspace / "expected", OLD_FLASK)
    here = {path.name: path.read_bytes() for path in (workspace / "project").iterdir()}
    assert here == {path.name: path.read_bytes() for path in expected.iterdir()}


def test_absent_modules(planned: Planned) -> None:
    """A part of the app's own package that is imported and not there is reported with its place."""
    tree: Tree = {
        "libs/__init__.py": "",
        "libs/there.py": "def f():\n    pass\n",
        "cloud.py": "import libs.there\nfrom libs.keys import KEY\n" + str(OLD_FLASK["cloud.py"]),
    }
    missing = [(item.kind, item.place, item.module) for item in planned(OLD_FLASK, tree).missing]
    assert missing == [("absent", "cloud.py:2", "libs.keys")]


def test_python_on_the_command_line(planned: Planned) -> None:
    """A Python that the user names is taken, and what the code lacks for it is reported."""
    tree: Tree = {"app.py": str(OLD_FLASK["app.py"]) + "print 'x'\n"}
    found = planned(OLD_FLASK, tree, python="3.10")
    assert after(found, ".python-version") == "3.10"
    assert [place.kind for place in found.old] == ["print"]
    assert planned(OLD_FLASK, {"app.py": str(OLD_FLASK["app.py"])}, python="2.7").python == "2.7.18"


def test_data_only(planned: Planned) -> None:
    """An app that keeps its data with the SDK lives with the SDK's gevent, and has no functions."""
    tree: Tree = {
        "app.py": "from gevent import monkey\nmonkey.patch_all()\nimport leancloud\n"
        + str(TUTORIAL["app.py"]),
    }
    found = planned(TUTORIAL, tree)
    assert "gunicorn>=23,<24" in after(found, "requirements.in")
    assert "leancloud>=2.9.12" in after(found, "requirements.in")
    assert "functionsMode: disabled" in after(found, "leanengine.yaml")
    assert "--no-control-socket" not in after(found, "leanengine.yaml")


@pytest.mark.parametrize(
    ("tree", "limit"),
    [
        (
            {"shop/urls.py": "from django.conf.urls import include, url\n"},
            "django<4  # shop/urls.py:1",
        ),
        (
            {"shop/urls.py": "\nurl(r'^admin/', include(admin.site.urls))\n"},
            "django<2  # shop/urls.py:2",
        ),
        (
            {"shop/models.py": "x = models.ForeignKey(User, null=True)\n"},
            "django<2  # shop/models.py:1",
        ),
        (
            {
                "shop/models.py": (
                    "x = models.ForeignKey(\n    User,\n    on_delete=models.CASCADE)\n"
                )
            },
            "",
        ),
        (
            {"shop/templates/a.html": "{% load staticfiles %}\n"},
            "django<3  # shop/templates/a.html:1",
        ),
        (
            {
                "requirements.txt": "Django>=1.8,<2\n",
                "shop/urls.py": "from django.conf.urls import url\n",
            },
            "",
        ),
    ],
)
def test_era_of_the_code(
    planned: Planned, monkeypatch: pytest.MonkeyPatch, tree: Tree, limit: str
) -> None:
    """A range without an end gets none that the code cannot live with; one
    that has an end is the user's.
    """
    monkeypatch.setitem(VERSIONS, "django", "1.9")
    found = planned(DJANGO, {"requirements.txt": "Django>=1.8\n"}, tree)
    limits = [
        line for line in after(found, "requirements.in").splitlines() if line.startswith("django<")
    ]
    assert limits == ([limit] if limit else [])


def test_names_of_another_framework(planned: Planned) -> None:
    """Flask-Babel has a `ugettext` too; Django is not brought in for it."""
    found = planned(
        TUTORIAL, {"pages.py": "from flask_babel import ugettext\nfrom jinja2 import Markup\n"}
    )
    assert names(after(found, "requirements.in")) == {"flask", "jinja2", *OURS}


def test_packages_that_nothing_asks_for(planned: Planned) -> None:
    """An import without a requirement is reported with its place; what is
    guarded or brought along is not.
    """
    source = (
        "import redis\nimport werkzeug\nfrom PIL import Image\ntry:\n    import ujson\nexcept "
        "ImportError:\n    pass\n"
    )
    found = planned(
        OLD_FLASK,
        {"cloud.py": source + str(OLD_FLASK["cloud.py"]), "requirements.txt": "flask\nwerkzeug\n"},
    )
    missing = [(item.kind, item.place, item.module) for item in found.missing]
    assert missing == [("unrequired", "cloud.py:1", "redis"), ("unrequired", "cloud.py:3", "PIL")]
