"""`scaffold boot` on a project for Python 2.7: rehearsed where there is one, else not verified."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from scaffold.engine import interpreter
from scaffold.errors import FailedError
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Scaffold
    from tests.trees import Tree

# Only Python 2 can compile it, and it needs no package.
OLD: Tree = {
    ".python-version": "2.7.15\n",
    "requirements.txt": "",
    "leanengine.yaml": "run: exec python -u wsgi.py\n",
    "wsgi.py": (
        "import os\nfrom wsgiref.simple_server import make_server\n\nprint 'starting'\n\n\n"
        "def application(environ, start_response):\n    start_response('200 OK', [])\n"
        "    return ['{}']\n\n\n"
        "port = int(os.environ['LEANCLOUD_APP_PORT'])\n"
        "make_server('0.0.0.0', port, application).serve_forever()\n"
    ),
}


def _find_python_2() -> bool:
    try:
        interpreter.find(interpreter.PYTHON_2, os.environ)
    except FailedError:
        return False
    return True


def test_not_verified(
    scaffold: Scaffold, workspace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a Python 2.7 it is said that nothing is known, and the exit code is not 0."""
    build_file_tree(workspace, OLD)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setattr(interpreter, "uv_binary", lambda: None)
    result = scaffold("boot", "--json")
    document = json.loads(result.out)
    assert result.code == 1
    assert (document["healthy"], document["error"]["key"]) == (False, "boot.error.not-verified")
    assert "Error: Not verified: Python 2.7.15 is not on this machine" in result.err


@pytest.mark.boot
def test_rehearsed(scaffold: Scaffold, workspace: Path) -> None:
    """With one, the project is installed by the last pip for it and started."""
    if not _find_python_2():
        pytest.skip("there is no Python 2.7 on this machine")
    build_file_tree(workspace, OLD)
    result = scaffold("boot", "--json")
    document = json.loads(result.out)
    assert (result.code, document["healthy"]) == (0, True), result.err
    assert document["python"].startswith("2.7.")
    assert document["installer"] == "pip"
