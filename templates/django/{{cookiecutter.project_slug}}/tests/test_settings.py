"""What settings.py makes of the environment."""

import json
import os
import subprocess
import sys

import pytest
from django.test import RequestFactory

SHOW = """
import json, settings
names = ("DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "CSRF_COOKIE_SECURE")
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def run(*arguments, **variables):
    """Run Python with the tests' environment, changed by `variables`."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, check=False)


def settings(**variables):
    """Return the settings that depend on the environment."""
    return json.loads(run("-c", SHOW, **variables).stdout)


def test_django_finds_nothing_to_warn_of():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("environment", ["stage", "production"])
def test_on_the_platform(environment):
    """No debugging, and no start without SECRET_KEY."""
    assert settings(LEANCLOUD_APP_ENV=environment)["DEBUG"] is False
    done = run("-c", "import settings", LEANCLOUD_APP_ENV=environment, SECRET_KEY="")
    assert done.returncode == {{ 22 if cookiecutter.server == 'uwsgi' else 3 }}
    assert "SECRET_KEY is missing" in done.stderr


def test_in_development():
    """SECRET_KEY is made up, and cookies go over plain HTTP."""
    found = settings(LEANCLOUD_APP_ENV="development", SECRET_KEY="")
    assert (found["DEBUG"], found["CSRF_COOKIE_SECURE"]) == (True, False)


def test_domains():
    found = settings(DOMAINS="www.example.com, .example.org", LEANCLOUD_APP_DOMAIN="myapp")
    hosts, origins = set(found["ALLOWED_HOSTS"]), set(found["CSRF_TRUSTED_ORIGINS"])
    assert {"www.example.com", ".example.org", "myapp.leanapp.cn", "stg-myapp.avosapps.us"} <= hosts
    assert {"https://www.example.com", "https://*.example.org"} <= origins
    assert "*" not in hosts


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_visitors_scheme_is_known(scheme):
    """Behind the load balancer every request comes over HTTP."""
    assert RequestFactory().get("/", HTTP_X_FORWARDED_PROTO=scheme).scheme == scheme


def test_an_unknown_domain_is_refused(client):
    """The page says where to name it. The health check is answered whatever the domain."""
    response = client("GET", "/", {"Host": "unknown.example.com"})
    assert response.status == 400
    assert b"DOMAINS" in response.body
    assert client("GET", "/__engine/1/ping", {"Host": "10.0.0.1:3000"}).status == 200


def test_a_form_of_another_site_is_refused(client):
    assert client("POST", "/", {"Origin": "https://evil.example.com"}, b"").status == 403


def test_startapp(tmp_path):
    """Django's own commands work in this folder."""
    (tmp_path / "blog").mkdir()
    assert run("manage.py", "startapp", "blog", str(tmp_path / "blog")).returncode == 0
