"""What a failed rehearsal leads with: the cause, as the log of the program shows it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path, PurePath

import pytest

from scaffold import messages
from scaffold.engine import cause
from scaffold.engine.listeners import listeners
from scaffold.errors import FailedError
from scaffold.explain import section

COPY = PurePath("/tmp/scaffold-boot-1")
APP, VENV = COPY / "app", COPY / "venv"
CRASH = {"code": 1, "run": "python wsgi.py", "file": "leanengine.yaml"}
INSTALL = {"code": 1, "command": "pip install -r requirements.txt"}


def _traceback(exception: str, *, source: str = "f()") -> str:
    return f"""\
starting
Traceback (most recent call last):
  File "{VENV}/lib/python3.11/site-packages/gunicorn/util.py", line 424, in import_app
    __import__(module)
  File "{APP}/wsgi.py", line 3, in <module>
    from shop.app import app
  File "{APP}/shop/app.py", line 37, in <module>
    {source}
  File "<frozen importlib._bootstrap>", line 1, in _load
{exception}
[ERROR] Worker (pid:7) exited with code 3
"""


SYNTAX = f"""\
Traceback (most recent call last):
  File "{APP}/wsgi.py", line 1, in <module>
    import app
  File "{APP}/app.py", line 4
    def f(:
          ^
SyntaxError: invalid syntax
"""
CRASHES = {
    "exception": (
        _traceback("RuntimeError: boom"),
        1,
        "crashed",
        "shop/app.py:37 RuntimeError: boom",
    ),
    "no message": (_traceback("ValueError"), 1, "crashed", "shop/app.py:37 ValueError"),
    "of a library": (
        _traceback("django.core.exceptions.ImproperlyConfigured: The SECRET_KEY is empty"),
        1,
        "crashed",
        "shop/app.py:37 django.core.exceptions.ImproperlyConfigured: The SECRET_KEY is empty",
    ),
    "syntax": (SYNTAX, 1, "crashed", "app.py:4 SyntaxError: invalid syntax"),
    "module": (
        _traceback("ModuleNotFoundError: No module named 'yaml'"),
        1,
        "no-module",
        "The package `pyyaml` is missing: shop/app.py:37 ModuleNotFoundError: No module",
    ),
    "module of a package": (
        _traceback("ModuleNotFoundError: No module named 'google_auth.x'"),
        1,
        "no-module",
        "The package `google-auth` is missing",
    ),
    "python -m": (
        "/venv/bin/python: No module named gunicorn",
        1,
        "no-module",
        "The package `gunicorn` is missing: No module named gunicorn",
    ),
    "variable": (
        _traceback("KeyError: 'SECRET'", source="key = os.environ['SECRET']"),
        1,
        "no-variable",
        "The variable SECRET is not set: shop/app.py:37",
    ),
    "another key": (
        _traceback("KeyError: 'SECRET'", source="key = table['SECRET']"),
        1,
        "crashed",
        "shop/app.py:37 KeyError: 'SECRET'",
    ),
    "program": (
        "/bin/sh: 1: gunicorn: not found",
        127,
        "no-program",
        "The program `gunicorn` is not installed",
    ),
    "program by exec": (
        "/bin/sh: 1: exec: uwsgi: not found",
        127,
        "no-program",
        "The program `uwsgi` is not installed",
    ),
    "killed": ("loading\nKilled", 137, "killed", "The app was killed"),
    "port": (
        "a\nOSError: [Errno 98] Address already in use\nb",
        1,
        "crashed",
        "OSError: [Errno 98] Address already in use",
    ),
    "a message": ("no database configured", 1, "crashed", "no database configured"),
    "nothing": ("one\ntwo", 1, "crashed", "The app crashed"),
}
UV = "  × No solution found when resolving dependencies:\n  ╰─▶ "
INSTALLS = {
    "no such package": (
        UV
        + "Because no-such-thing was not found in the package\n      registry and you require it",
        "no-package",
        "There is no `no-such-thing`",
    ),
    "no such version": (
        UV + "Because there is no version of six==99.0 and you require six==99.0",
        "no-package",
        "There is no `six==99.0`",
    ),
    "pip": (
        "ERROR: No matching distribution found for six==99.0",
        "no-package",
        "There is no `six==99.0`",
    ),
    "old Python": (
        UV + "Because the current Python version (3.7.17) does not satisfy\n      Python>=3.8 and "
        "flask==3.0.0 depends on Python>=3.8, we can conclude",
        "python-too-old",
        "Python 3.7 is too old for these pins",
    ),
    "old Python, pip": (
        "ERROR: Package 'flask' requires a different Python: 3.7.17 not in '>=3.8'",
        "python-too-old",
        "Python 3.7 is too old",
    ),
    "new Python": (
        UV + "Because the current Python version (3.13.1) does not satisfy Python<3.12 and x==1 "
        "depends on Python<3.12, we can conclude",
        "python-too-new",
        "Python 3.13 is too new",
    ),
    "compiler": (
        (
            "  × Failed to build `uwsgi==2.0.30`\n  ├─▶ The build backend returned an error\n"
            "      error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory"
        ),
        "not-built",
        "`uwsgi` cannot be built: x86_64-linux-gnu-gcc is missing",
    ),
    "header": (
        (
            "fatal error: mysql.h: No such file or directory\n"
            "ERROR: Failed building wheel for mysqlclient"
        ),
        "not-built",
        "`mysqlclient` cannot be built: mysql.h is missing",
    ),
    "unknown": ("one\ntwo", "install-failed", "The dependencies could not be installed"),
}


def _lines(log: str) -> list[str]:
    return cause.project_paths(log.splitlines(), APP, VENV)


@pytest.mark.parametrize(("log", "code", "key", "title"), CRASHES.values(), ids=CRASHES)
def test_crashes(log: str, code: int, key: str, title: str) -> None:
    """The title of a crash is what went wrong, and where in the project."""
    error = FailedError("boot.error.crashed", **{**CRASH, "code": code})
    found = cause.explained(error, _lines(log))
    assert found.code == f"boot-{key}"
    assert found.parts()["title"].startswith(title)
    assert str(APP.parent) not in str(found)
    assert found.parts()["seen"].count("python wsgi.py") == 1


@pytest.mark.parametrize(("log", "key", "title"), INSTALLS.values(), ids=INSTALLS)
def test_installations(log: str, key: str, title: str) -> None:
    """The title of an installation that failed names the package, or the Python."""
    error = FailedError("boot.error.install-failed", **INSTALL)
    found = cause.explained(error, _lines(log))
    assert found.code == f"boot-{key}"
    assert found.parts()["title"].startswith(title)
    with messages.speaking("zh"):
        assert found.parts()["title"]


def test_other_errors() -> None:
    """An error that says all by itself stays as it is, whatever is in the log."""
    error = FailedError("boot.error.memory", used=1, size=2, file="leanengine.yaml")
    assert cause.explained(error, _lines(_traceback("RuntimeError: boom"))) is error
    assert error.cause == ""


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="the system does not tell")
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1", "::"])  # noqa: S104
def test_listeners(host: str) -> None:
    """Where a process listens is seen from outside of it, and no other process counts."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as server:
        try:
            server.bind((host, 0))
        except OSError:
            pytest.skip("no such address here")
        server.listen()
        port = server.getsockname()[1]
        found = [one for one in listeners([os.getpid()]) if one.port == port]
        assert [(one.host, one.is_loopback) for one in found] == [(host, "1" in host)]
        assert str(found[0]) == (f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
            assert listeners([other.pid]) == []
            other.communicate(b"\n")


def test_every_cause_is_explained() -> None:
    """`scaffold explain` has a page for each kind of cause."""
    for key in ("no-module", "no-variable", "no-program", "killed", "listens-elsewhere"):
        assert section(f"boot.error.{key}")
