"""What the app says of an environment that does not fit."""

import os
import subprocess
import sys
from pathlib import Path
{% if cookiecutter.starter == 'fastapi' %}
from unittest.mock import patch
{% endif %}

import pytest

import env

NOWHERE = Path("no-such-file")
{% if cookiecutter.starter == 'fastapi' %}


def load(environ, dotenv):
    """Return what env.py makes of an environment and a file."""
    with patch.dict(os.environ, environ, clear=True):
        return env.load(dotenv)
{% else %}
load = env.load
{% endif %}


def test_everything_wrong_is_said_at_once():
    """A newcomer should not find the variables one by one."""
    with pytest.raises(env.EnvError) as caught:
        load({"LEANCLOUD_APP_ENV": "production", "LEANCLOUD_APP_PORT": "80.5"}, NOWHERE)
    message = str(caught.value)
    assert "LEANCLOUD_APP_PORT is '80.5', which is not a whole number" in message
{% if cookiecutter.cloud_functions %}
    for name in ("ID", "KEY", "MASTER_KEY", "HOOK_KEY"):
        assert f"LEANCLOUD_APP_{name} is missing" in message
{% endif %}
{% if cookiecutter.sessions or cookiecutter.backend == 'django' %}
    assert "SECRET_KEY is missing" in message
{% endif %}
    assert ".env.example" in message


def test_the_app_ends_with_the_message_and_no_traceback():
    """Its exit code keeps the server from starting the worker again and again."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith("LEANCLOUD_")}
    environ.update(LEANCLOUD_APP_ENV="production", LEANCLOUD_APP_PORT="http")
    ended = subprocess.run([sys.executable, "wsgi.py"], env=environ, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == {{ 22 if cookiecutter.server == 'uwsgi' else 3 }}
    assert b"LEANCLOUD_APP_PORT" in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_what_the_app_prints_is_in_the_log_at_once():
    """Not only in a terminal, and not only when the app ends in peace."""
    environ = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    code = "import env, os; print('printed'); os._exit(0)"
    ended = subprocess.run([sys.executable, "-c", code], env=environ, stdout=subprocess.PIPE, check=False)
    assert ended.stdout.strip() == b"printed"


def test_dotenv_fills_what_development_lacks(tmp_path):
    """The real environment wins over the file."""
    dotenv = tmp_path / ".env"
    dotenv.write_text("# a comment\nLEANCLOUD_APP_PORT=4000\nQUOTED = 'a b'\n", encoding="utf-8")
    assert env.read_dotenv(dotenv) == {"LEANCLOUD_APP_PORT": "4000", "QUOTED": "a b"}
{% if cookiecutter.cloud_functions %}
    keys = {f"LEANCLOUD_APP_{name}": "given" for name in ("ID", "KEY", "MASTER_KEY", "HOOK_KEY")}
{% else %}
    keys = {}
{% endif %}
    assert load(dict(keys), dotenv).LEANCLOUD_APP_PORT == 4000
    assert load({**keys, "LEANCLOUD_APP_PORT": "5000"}, dotenv).LEANCLOUD_APP_PORT == 5000


def test_dotenv_is_for_development_only(tmp_path):
    """A file that was uploaded by mistake must not reach production."""
    dotenv = tmp_path / ".env"
    dotenv.write_text("LEANCLOUD_APP_PORT=4000\n", encoding="utf-8")
    assert load(dict(os.environ, LEANCLOUD_APP_PORT=""), dotenv).LEANCLOUD_APP_PORT == 3000


def test_no_keys_in_logs():
    assert os.environ["LEANCLOUD_APP_ENV"] not in f"{env.env!r} {env.env}"
