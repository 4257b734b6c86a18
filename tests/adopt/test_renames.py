"""Modules that packages no longer have are imported by their names of today; nothing
else changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.adopt.draft import Draft
from scaffold.adopt.renames import rename
from tests.adopt.conftest import OLD_FLASK, after, names
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.adopt.conftest import Planned


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("from gevent.wsgi import WSGIServer", "from gevent.pywsgi import WSGIServer"),
        ("from gevent import wsgi, monkey", "from gevent import pywsgi as wsgi, monkey"),
        ("from gevent import wsgi as w", "from gevent import pywsgi as w"),
        (
            "import gevent.wsgi\ngevent.wsgi.WSGIServer(1)",
            "import gevent.pywsgi\ngevent.pywsgi.WSGIServer(1)",
        ),
        (
            "from leancloud import Engine, cloudfunc",
            "from leancloud import Engine, cloud as cloudfunc",
        ),
        ("from leancloud.cloudfunc import run", "from leancloud.cloud import run"),
        (
            "import leancloud as lc\nlc.cloudfunc.run('x')",
            "import leancloud as lc\nlc.cloud.run('x')",
        ),
        ("from flask.ext.login import LoginManager, a", "from flask_login import LoginManager, a"),
        ("from flask.ext.sqlalchemy.model import M", "from flask_sqlalchemy.model import M"),
        ("from flask.ext import wtf, mail as m", "import flask_wtf as wtf, flask_mail as m"),
        (
            "import flask.ext.script\nflask.ext.script.M()",
            "import flask, flask_script\nflask_script.M()",
        ),
        ("import flask.ext.script as s", "import flask_script as s"),
        ("# gevent.wsgi\nx = 'flask.ext.login'", "# gevent.wsgi\nx = 'flask.ext.login'"),
        (
            "from mine import cloudfunc\ncloudfunc.run()",
            "from mine import cloudfunc\ncloudfunc.run()",
        ),
    ],
)
def test_renamed(tmp_path: Path, before: str, now: str) -> None:
    """Every way to import it is found; line ends and bytes that are not UTF-8 stay."""
    head, end = "# 中".encode("gbk") + b"\r\n", b"\r\nprint 'x'"
    folder = build_file_tree(
        tmp_path / "project", {"requirements.txt": "flask\ngevent\nleancloud\n"}
    )
    (folder / "app.py").write_bytes(head + before.replace("\n", "\r\n").encode() + end)
    draft = Draft(folder, tmp_path / "copy")
    rename(draft)
    assert (draft.folder / "app.py").read_bytes() == head + now.replace("\n", "\r\n").encode() + end


@pytest.mark.parametrize(
    ("requirement", "source"),
    [
        ("gevent<1.3", "from gevent.wsgi import WSGIServer\n"),
        ("Flask==0.12", "from flask.ext.login import X\n"),
        ("leancloud>=2.0.0,<2.2", "from leancloud import cloudfunc\n"),
    ],
)
def test_kept_versions(tmp_path: Path, requirement: str, source: str) -> None:
    """Where the requirements hold a version that still has it, nothing changes."""
    folder = build_file_tree(
        tmp_path / "project", {"requirements.txt": f"{requirement}\n", "app.py": source}
    )
    draft = Draft(folder, tmp_path / "copy")
    assert rename(draft) == set()
    assert draft.changes() == ()


def test_package_of_an_extension(planned: Planned) -> None:
    """An extension of Flask that is known brings its package; the plan names what was renamed."""
    imported = "from flask.ext.login import X\nfrom flask.ext.odd import Y\n"
    found = planned(OLD_FLASK, {"cloud.py": imported + str(OLD_FLASK["cloud.py"])})
    assert "flask-login" in names(after(found, "requirements.in"))
    assert "flask-odd" not in names(after(found, "requirements.in"))
    assert "flask<1" not in after(found, "requirements.in")
    [change] = [change for change in found.changes if change.path == "cloud.py"]
    assert change.reasons == (("renamed", (("new", "flask_…"), ("old", "flask.ext"))),)
