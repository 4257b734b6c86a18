"""Address and port are corrected where that is certain, and nothing else is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.adopt.draft import Draft
from scaffold.adopt.serving import correct
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = '(os.environ.get("LEANCLOUD_APP_PORT") or os.environ.get("PORT") or {})'
PORT = f"int{VARIABLE}"
TEXT = '"8080"'
MAIN = "if __name__ == '__main__':\n    "


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            MAIN + "make_server('localhost', PORT, app)\n",
            MAIN + "make_server('0.0.0.0', PORT, app)\n",
        ),
        (
            MAIN + 'WSGIServer(("127.0.0.1", PORT), app)\n',
            MAIN + 'WSGIServer(("0.0.0.0", PORT), app)\n',
        ),
        (
            "# 中文\r\nimport flask\r\n" + MAIN.replace("\n", "\r\n") + "app.run(port=8000)\r\n",
            "# 中文\r\nimport os\r\nimport flask\r\n"
            + MAIN.replace("\n", "\r\n")
            + f'app.run(port={PORT.format(8000)}, host="0.0.0.0")\r\n',
        ),
        (
            "import os\nimport flask\n" + MAIN + "app.run()\n",
            "import os\nimport flask\n"
            + MAIN
            + f'app.run(host="0.0.0.0", port={PORT.format(5000)})\n',
        ),
        (
            "import os\nimport flask\n" + MAIN + "app.run(debug=True)\n",
            "import os\nimport flask\n" + MAIN + f"app.run(debug=True, port={PORT.format(5000)})\n",
        ),
        (
            '"""Doc."""\nfrom __future__ import print_function\nfrom gevent import monkey\n'
            + MAIN
            + "serve(app, port=80)\n",
            (
                '"""Doc."""\nfrom __future__ import print_function\nimport os\nfrom gevent '
                "import monkey\n"
            )
            + MAIN
            + f"serve(app, port={PORT.format(80)})\n",
        ),
    ],
)
def test_corrected(tmp_path: Path, before: str, after: str) -> None:
    """Quotes, line ends and comments stay; os is imported after what has to be first."""
    folder = build_file_tree(tmp_path / "project", {"wsgi.py": before})
    draft = Draft(folder, tmp_path / "copy")
    correct(draft)
    assert (draft.folder / "wsgi.py").read_bytes().decode() == after
    assert (folder / "wsgi.py").read_bytes().decode() == before


@pytest.mark.parametrize(
    ("imported", "call", "corrected"),
    [
        (
            "import wsgiref.simple_server",
            "wsgiref.simple_server.make_server('', 3000, application)",
            f"wsgiref.simple_server.make_server('', {PORT.format(3000)}, application)",
        ),
        (
            "import wsgiref.simple_server as s",
            "s.make_server('', 3000, a)",
            f"s.make_server('', {PORT.format(3000)}, a)",
        ),
        (
            "from gevent import pywsgi as g",
            "g.WSGIServer(('127.0.0.1', 80), a)",
            f"g.WSGIServer(('0.0.0.0', {PORT.format(80)}), a)",
        ),
        (
            "from werkzeug import serving",
            "serving.run_simple('localhost', 5000, a)",
            f"serving.run_simple('0.0.0.0', {PORT.format(5000)}, a)",
        ),
        (
            "import cheroot.wsgi",
            "cheroot.wsgi.Server(('', 80), a)",
            f"cheroot.wsgi.Server(('', {PORT.format(80)}), a)",
        ),
        ("import waitress as w", "w.serve(a)", f"w.serve(a, port={PORT.format(8080)})"),
        (
            "import waitress",
            "waitress.serve(a, listen='*:8080',)",
            f'waitress.serve(a, listen="0.0.0.0:" + {VARIABLE.format(TEXT)},)',
        ),
        ("from bottle import run", "run(a)", f'run(a, host="0.0.0.0", port={PORT.format(8080)})'),
        (
            "from tornado.httpserver import HTTPServer",
            "HTTPServer(a).bind(8888, 'localhost')",
            f"HTTPServer(a).bind({PORT.format(8888)}, '0.0.0.0')",
        ),
        ("import tornado.web", "app.listen(8888)", f"app.listen({PORT.format(8888)})"),
        (
            "from tornado.options import define, options\ndefine('port', default=8888)",
            "app.listen(options.port)",
            f"app.listen({PORT.format('options.port')})",
        ),
        (
            "from x import make_server\nPORT = 3000\nHOST = 'localhost'",
            "make_server(HOST, PORT, a)",
            f'make_server("0.0.0.0", {PORT.format("PORT")}, a)',
        ),
        (
            "from x import make_server\nPORT = '3000'",
            "make_server('', int(PORT), a)",
            f"make_server('', {PORT.format('int(PORT)')}, a)",
        ),
        (
            "from x import make_server\nfrom config import PORT as P",
            "make_server('', P, a)",
            f"make_server('', {PORT.format('P')}, a)",
        ),
        (
            "from x import make_server\nimport config",
            "make_server('', config.PORT, a)",
            f"make_server('', {PORT.format('config.PORT')}, a)",
        ),
        (
            "import flask\napp = flask.Flask('x')\napp.debug = True",
            "app.run(port=80)",
            f"app.run(port={PORT.format(80)})",
        ),
    ],
)
def test_however_it_is_imported(tmp_path: Path, imported: str, call: str, corrected: str) -> None:
    """The server's module, an alias, a name for the port: the call is found
    and corrected all the same.
    """
    before = f"import os\n{imported}\n{MAIN}{call}\n"
    folder = build_file_tree(
        tmp_path / "project", {"wsgi.py": before, "config.py": "PORT = 3000\n"}
    )
    draft = Draft(folder, tmp_path / "copy")
    correct(draft)
    assert (draft.folder / "wsgi.py").read_text() == before.replace(call, corrected)
    assert not (draft.folder / "wsgi.py").read_text().endswith(before)


@pytest.mark.parametrize(
    ("source", "reasons"),
    [
        ("import flask\n" + MAIN + "app.run(port=8080)\n", {"listens-host", "listens-port"}),
        (MAIN + "make_server('localhost', PORT, app)\n", {"listens-host"}),
        (MAIN + "make_server('', 3000, app)\n", {"listens-port"}),
    ],
)
def test_plan_names_what_is_done(tmp_path: Path, source: str, reasons: set[str]) -> None:
    """Host and port are reasons of their own, so that the plan says neither without doing it."""
    draft = Draft(build_file_tree(tmp_path / "project", {"wsgi.py": source}), tmp_path / "copy")
    correct(draft)
    assert {reason for change in draft.changes() for reason, _ in change.reasons} == reasons


@pytest.mark.parametrize(
    "source",
    [
        MAIN + "make_server('0.0.0.0', PORT, app)\n",
        "PORT = 3000\nif x:\n    PORT = 4000\n" + MAIN + "make_server('', PORT, app)\n",
        (
            "import socket\nimport tornado\ns = socket.socket()\ns.bind(('localhost', 1))\n"
            "s.listen(5)\n"
        ),
        "import waitress\nwaitress.serve(app, unix_socket='/tmp/s')\n",
        "import bottle\nbottle.run(**options)\n",
        MAIN + "make_server('localhost' if dev else '0.0.0.0', PORT, app)\n",
        "if env == 'development':\n    make_server('localhost', 3000, app)\n",
        "redis.connect('localhost', 6379)\n",
        "from x import DebuggedApplication\napp = DebuggedApplication(app, evalex=True)\n"
        + MAIN
        + "make_server('localhost', PORT, app)\n",
        "HOST = 'localhost'\n",
    ],
)
def test_left(tmp_path: Path, source: str) -> None:
    """A condition, a debugger or something that does not serve: it stays."""
    folder = build_file_tree(tmp_path / "project", {"wsgi.py": source})
    draft = Draft(folder, tmp_path / "copy")
    correct(draft)
    assert draft.changes() == ()


@pytest.mark.parametrize(
    ("run", "corrected"),
    [
        (
            "uwsgi --http :3000 --wsgi-file x -p $LEANCLOUD_AVAILABLE_CPUS",
            (
                "uwsgi --die-on-term --http 0.0.0.0:${LEANCLOUD_APP_PORT:-${PORT:-3000}} "
                "--wsgi-file x -p ${LEANCLOUD_AVAILABLE_CPUS:-1}"
            ),
        ),
        (
            "gunicorn -b 127.0.0.1:8000 wsgi",
            "gunicorn -b 0.0.0.0:${LEANCLOUD_APP_PORT:-${PORT:-8000}} wsgi",
        ),
        (
            "gunicorn --bind=localhost:8000 wsgi # :8000",
            "gunicorn --bind=0.0.0.0:${LEANCLOUD_APP_PORT:-${PORT:-8000}} wsgi # :8000",
        ),
        (
            "uvicorn app:app --host 127.0.0.1 --port 80",
            "uvicorn app:app --host 0.0.0.0 --port ${LEANCLOUD_APP_PORT:-${PORT:-80}}",
        ),
        (
            "gunicorn -b 0.0.0.0:$LEANCLOUD_APP_PORT wsgi",
            "gunicorn -b 0.0.0.0:$LEANCLOUD_APP_PORT wsgi",
        ),
    ],
)
def test_run_line(tmp_path: Path, run: str, corrected: str) -> None:
    """The user's own `run` keeps its server and options, but for port and address."""
    folder = build_file_tree(
        tmp_path / "project",
        {"leanengine.yaml": f"# mine\nrun: {run}\n", "wsgi.py": "application = 1\n"},
    )
    draft = Draft(folder, tmp_path / "copy")
    correct(draft)
    assert (draft.folder / "leanengine.yaml").read_text() == f"# mine\nrun: {corrected}\n"
