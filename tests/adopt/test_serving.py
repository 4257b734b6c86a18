"""Address and port are corrected where that is certain, and nothing else is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.adopt.draft import Draft
from scaffold.adopt.serving import correct
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

PORT = 'int(os.environ.get("LEANCLOUD_APP_PORT", {}))'
MAIN = "if __name__ == '__main__':\n    "


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (MAIN + "make_server('localhost', PORT, app)\n", MAIN + "make_server('0.0.0.0', PORT, app)\n"),
        (MAIN + 'WSGIServer(("127.0.0.1", PORT), app)\n', MAIN + 'WSGIServer(("0.0.0.0", PORT), app)\n'),
        (
            "# 中文\r\nimport flask\r\n" + MAIN.replace("\n", "\r\n") + "app.run(port=8000)\r\n",
            "# 中文\r\nimport os\r\nimport flask\r\n"
            + MAIN.replace("\n", "\r\n")
            + f"app.run(port={PORT.format(8000)})\r\n",
        ),
        (
            "import os\nimport flask\n" + MAIN + "app.run()\n",
            "import os\nimport flask\n" + MAIN + f'app.run(host="0.0.0.0", port={PORT.format(5000)})\n',
        ),
        (
            "import os\nimport flask\n" + MAIN + "app.run(debug=True)\n",
            "import os\nimport flask\n" + MAIN + f"app.run(debug=True, port={PORT.format(5000)})\n",
        ),
        (
            '"""Doc."""\nfrom __future__ import print_function\nfrom gevent import monkey\n'
            + MAIN
            + "serve(app, port=80)\n",
            '"""Doc."""\nfrom __future__ import print_function\nimport os\nfrom gevent import monkey\n'
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
    "source",
    [
        MAIN + "make_server('0.0.0.0', PORT, app)\n",
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
            "uwsgi --die-on-term --http 0.0.0.0:${LEANCLOUD_APP_PORT} --wsgi-file x -p ${LEANCLOUD_AVAILABLE_CPUS:-1}",
        ),
        ("gunicorn -b 127.0.0.1:8000 wsgi", "gunicorn -b 0.0.0.0:${LEANCLOUD_APP_PORT} wsgi"),
        ("gunicorn --bind=localhost:8000 wsgi # :8000", "gunicorn --bind=0.0.0.0:${LEANCLOUD_APP_PORT} wsgi # :8000"),
        ("uvicorn app:app --host 127.0.0.1 --port 80", "uvicorn app:app --host 0.0.0.0 --port ${LEANCLOUD_APP_PORT}"),
        ("gunicorn -b 0.0.0.0:$LEANCLOUD_APP_PORT wsgi", "gunicorn -b 0.0.0.0:$LEANCLOUD_APP_PORT wsgi"),
    ],
)
def test_run_line(tmp_path: Path, run: str, corrected: str) -> None:
    """The user's own `run` keeps its server and options, but for port and address."""
    folder = build_file_tree(
        tmp_path / "project", {"leanengine.yaml": f"# mine\nrun: {run}\n", "wsgi.py": "application = 1\n"}
    )
    draft = Draft(folder, tmp_path / "copy")
    correct(draft)
    assert (draft.folder / "leanengine.yaml").read_text() == f"# mine\nrun: {corrected}\n"
