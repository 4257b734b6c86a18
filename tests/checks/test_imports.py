"""LE057: only what is imported at the start, for certain, and that nothing can bring."""

from __future__ import annotations

import pytest

from tests.checks.conftest import SOUND, Build, ids

FINE = {
    "optional": "try:\n    import yaml\nexcept ImportError:\n    yaml = None\n",
    "for type checkers": "import typing\nif typing.TYPE_CHECKING:\n    import yaml\n",
    "under a condition": "import os\nif os.environ.get('X'):\n    import yaml\n",
    "in a function": "def f():\n    import yaml\n",
    "Python's own": "import distutils, imp, tomllib, xml.etree.ElementTree\nimport __future__\n",
    "relative": "from . import x\n",
    "brought by flask": "import werkzeug, jinja2, click\n",
    "common": "import numpy\n",
    "named after a part": "import google.cloud.storage\n",
    "another spelling": "import flask_login\n",
    "own": "import helpers, lib_of_ours, native, data\n",
}
REQUIREMENTS = "flask==3.1.0\nsome-unknown==1.0\nFlask-Login==0.6.3\ngoogle-cloud-storage==2.0\n"
OWN = {
    "helpers.py": "",
    "vendor/lib_of_ours/__init__.py": "",
    "native.cpython-311-x86_64-linux-gnu.so": "x",
    "data/x.txt": "",
}


@pytest.mark.parametrize("code", FINE.values(), ids=FINE)
def test_fine(build: Build, code: str) -> None:
    """What may be there is no finding."""
    wsgi = {"wsgi.py": code + str(SOUND["wsgi.py"]), "requirements.txt": REQUIREMENTS}
    assert "LE057" not in ids(build(SOUND, {**OWN, **wsgi}))


def test_common_with_known_requirements(build: Build) -> None:
    """Where all that is asked for is known, what none of it brings is a finding."""
    wsgi = "import numpy\n" + str(SOUND["wsgi.py"])
    files = {"wsgi.py": wsgi, "requirements.txt": "flask==3.1.0\n"}
    assert "LE057" in ids(build(SOUND, files))


@pytest.mark.parametrize("path", ["tools/dump.py", "tests/test_app.py", "other.py"])
def test_what_is_not_started(build: Build, path: str) -> None:
    """A script that the app does not import may need what the app does not."""
    assert ids(build(SOUND, {path: "import yaml\n"})) == set()


def test_other_installers(build: Build) -> None:
    """Where something else than requirements.txt says what is installed, nothing is known."""
    files = {
        "wsgi.py": "import yaml\n" + str(SOUND["wsgi.py"]),
        "leanengine.yaml": "run: python wsgi.py\ninstall:\n  - poetry install\n",
        "setup.py": "",
    }
    assert "LE057" not in ids(build(SOUND, files))
