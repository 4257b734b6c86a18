"""What the app says of an environment that does not fit, and what env.py may declare."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Optional
from unittest.mock import patch

import pytest
from harness import BACKEND, FUNCTIONS, PAGES, PROJECT, SERVER, SESSIONS, STARTER

import env
from leanengine.startup import EnvError

NOWHERE = Path("no-such-file")
KEYS = {f"LEANCLOUD_APP_{name}": "given" for name in ("ID", "KEY", "MASTER_KEY", "HOOK_KEY")}


def read(environ, dotenv=NOWHERE, kind=env.Env):
    """Return what env.py makes of an environment and a file."""
    with patch.dict(os.environ, environ, clear=True):
        return kind.read(os.environ, dotenv)


def test_everything_wrong_is_reported_at_once():
    """A newcomer should not find the variables one by one."""
    with pytest.raises(EnvError) as caught:
        read({"LEANCLOUD_APP_ENV": "production", "LEANCLOUD_APP_PORT": "80.5"})
    message = str(caught.value)
    assert "LEANCLOUD_APP_PORT is '80.5', which is not a whole number" in message
    for name in ("ID", "KEY", "MASTER_KEY", "HOOK_KEY"):
        assert (f"LEANCLOUD_APP_{name} is missing" in message) == FUNCTIONS
    assert ("SECRET_KEY is missing" in message) == (SESSIONS or BACKEND == "django")
    assert ".env.example" in message


def test_development_needs_no_keys(caplog):
    """They are made up, with one line that names what would make them real; given ones stay."""
    with patch.dict(os.environ, {"LEANCLOUD_APP_ID": "given"}, clear=True):
        env.Env.read(os.environ, NOWHERE)
        keys = {name: os.environ.get(name) for name in KEYS}
    assert keys["LEANCLOUD_APP_ID"] == "given"
    assert len({*keys.values()}) == (4 if FUNCTIONS else 2)
    assert len(caplog.records) == FUNCTIONS
    if FUNCTIONS:
        assert ".env" in caplog.text
        assert "LEANCLOUD_APP_MASTER_KEY" in caplog.text
        assert "LEANCLOUD_APP_ID" not in caplog.text
        assert keys["LEANCLOUD_APP_MASTER_KEY"] not in caplog.text


@pytest.mark.parametrize("environment", ["stage", "production"])
def test_the_platform_needs_keys(environment):
    """There nothing is made up."""
    if FUNCTIONS:
        with pytest.raises(EnvError, match="LEANCLOUD_APP_KEY is missing"):
            read({"LEANCLOUD_APP_ENV": environment})


@pytest.mark.parametrize("arguments", [["-c", "import wsgi"], ["-c", f"import {PAGES}"]])
def test_a_fresh_project_runs(arguments):
    """Nobody has to fill in a file first."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith(("LEANCLOUD_", "SECRET"))}
    ended = subprocess.run(
        [sys.executable, *arguments], cwd=PROJECT, env=environ, stderr=subprocess.PIPE, check=False
    )
    assert ended.returncode == 0, ended.stderr.decode()
    assert ended.stderr.decode().count("Throw-away") == FUNCTIONS


def test_variables_of_the_project():
    """Of each type, with and without a default; one of the platform's may be said anew."""

    class Env(env.Env):
        SMTP_HOST: str
        SMTP_PORT: int = 25
        SMTP_TLS: bool = False
        MAX_BODY_MB: int = 7

    with pytest.raises(EnvError, match="SMTP_HOST is missing"):
        read({**KEYS, "SMTP_PORT": "26"}, kind=Env)
    with pytest.raises(EnvError, match="SMTP_TLS is 'maybe', which is not true or false"):
        read({**KEYS, "SMTP_HOST": "h", "SMTP_TLS": "maybe"}, kind=Env)
    found = read({**KEYS, "SMTP_HOST": "h", "SMTP_TLS": "true", "LEANCLOUD_APP_PORT": "4000"}, kind=Env)
    assert (found.SMTP_HOST, found.SMTP_PORT, found.SMTP_TLS, found.MAX_BODY_MB) == ("h", 25, True, 7)
    assert (found.LEANCLOUD_APP_PORT, found.production) == (4000, False)
    with pytest.raises(Exception, match="SMTP_PORT|frozen|immutable"):
        found.SMTP_PORT = 1


def test_port():
    """The platform's variable, else that of other hosts, else 3000."""
    given = {"LEANCLOUD_APP_PORT": "4000", "PORT": "5000"}
    assert read({**KEYS, **given}).LEANCLOUD_APP_PORT == 4000
    assert read({**KEYS, "LEANCLOUD_APP_PORT": "", "PORT": "5000"}).LEANCLOUD_APP_PORT == 5000
    assert read(KEYS).LEANCLOUD_APP_PORT == 3000


@pytest.mark.skipif(STARTER not in {"fastapi", "utilmeta"}, reason="str, int and bool only")
def test_other_types():
    class Env(env.Env):
        SMTP_PORT: Optional[int] = None

    assert read({**KEYS, "SMTP_PORT": "5"}, kind=Env).SMTP_PORT == 5
    assert read(KEYS, kind=Env).SMTP_PORT is None


def test_the_app_ends_with_the_message_and_no_traceback():
    """Its exit code keeps the server from starting the worker again and again."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith("LEANCLOUD_")}
    environ.update(LEANCLOUD_APP_ENV="production", LEANCLOUD_APP_PORT="http")
    ended = subprocess.run([sys.executable, "wsgi.py"], cwd=PROJECT, env=environ, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == (22 if SERVER == "uwsgi" else 3)
    assert b"LEANCLOUD_APP_PORT" in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_what_the_app_prints_is_in_the_log_at_once():
    """Not only in a terminal, and not only when the app ends in peace."""
    environ = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    code = "import env, os; print('printed'); os._exit(0)"
    ended = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=environ, stdout=subprocess.PIPE, check=False)
    assert ended.stdout.strip() == b"printed"


def test_dotenv_fills_what_development_lacks(tmp_path):
    """The real environment wins over the file."""
    dotenv = tmp_path / ".env"
    dotenv.write_text("# a comment\nLEANCLOUD_APP_PORT=4000\nexport QUOTED='a b' # 注释\nEMPTY=\n", encoding="utf-8")
    with patch.dict(os.environ, KEYS, clear=True):
        assert env.Env.read(os.environ, dotenv).LEANCLOUD_APP_PORT == 4000
        assert os.environ["QUOTED"] == "a b"
        assert "EMPTY" not in os.environ
    assert read({**KEYS, "LEANCLOUD_APP_PORT": "5000"}, dotenv).LEANCLOUD_APP_PORT == 5000


def test_dotenv_is_for_development_only(tmp_path):
    """A file that was uploaded by mistake must not reach production."""
    dotenv = tmp_path / ".env"
    dotenv.write_text("LEANCLOUD_APP_PORT=4000\n", encoding="utf-8")
    assert read(dict(os.environ, LEANCLOUD_APP_PORT=""), dotenv).LEANCLOUD_APP_PORT == 3000


def test_no_keys_in_logs():
    assert os.environ["LEANCLOUD_APP_ENV"] not in f"{env.env!r} {env.env}"
