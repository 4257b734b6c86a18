"""{{ "settings.py 如何使用环境变量。" if cookiecutter.language == "zh" else "What settings.py makes of the environment." }}"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from django.test import RequestFactory

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Client

SHOW = """
import json, settings
names = ("DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "CSRF_COOKIE_SECURE")
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """{{ "以测试的环境变量运行 Python，并按 `variables` 修改。" if cookiecutter.language == "zh" else "Run Python with the tests' environment, changed by `variables`." }}"""
    command = [sys.executable, *arguments]
    return subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, check=False)


def settings(**variables: str) -> Any:
    """{{ "返回取决于环境变量的配置。" if cookiecutter.language == "zh" else "Return the settings that depend on the environment." }}"""
    return json.loads(run("-c", SHOW, **variables).stdout)


def test_django_finds_nothing_to_warn_of() -> None:
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("environment", ["stage", "production"])
def test_on_the_platform(environment: str) -> None:
    """{{ "不开启调试；没有 SECRET_KEY 时无法启动。" if cookiecutter.language == "zh" else "No debugging, and no start without SECRET_KEY." }}"""
    assert settings(LEANCLOUD_APP_ENV=environment)["DEBUG"] is False
    done = run("-c", "import settings", LEANCLOUD_APP_ENV=environment, SECRET_KEY="")
    assert done.returncode == {{ 22 if cookiecutter.server == 'uwsgi' else 3 }}
    assert "SECRET_KEY is missing" in done.stderr


def test_in_development() -> None:
    """{{ "自动生成 SECRET_KEY，cookie 可通过普通 HTTP 发送。" if cookiecutter.language == "zh" else "SECRET_KEY is made up, and cookies go over plain HTTP." }}"""
    found = settings(LEANCLOUD_APP_ENV="development", SECRET_KEY="")
    assert (found["DEBUG"], found["CSRF_COOKIE_SECURE"]) == (True, False)


def test_domains() -> None:
    found = settings(DOMAINS="www.example.com, .example.org", LEANCLOUD_APP_DOMAIN="myapp")
    hosts, origins = set(found["ALLOWED_HOSTS"]), set(found["CSRF_TRUSTED_ORIGINS"])
    assert {"www.example.com", ".example.org", "myapp.leanapp.cn", "stg-myapp.avosapps.us"} <= hosts
    assert {"https://www.example.com", "https://*.example.org"} <= origins
    assert "*" not in hosts


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_visitors_scheme_is_known(scheme: str) -> None:
    """{{ "在负载均衡之后，所有请求都通过 HTTP 到达。" if cookiecutter.language == "zh" else "Behind the load balancer every request comes over HTTP." }}"""
    assert RequestFactory().get("/", HTTP_X_FORWARDED_PROTO=scheme).scheme == scheme


def test_an_unknown_domain_is_refused(client: Client) -> None:
    """{{ "页面会说明在哪里填写域名。健康检查不限域名。" if cookiecutter.language == "zh" else "The page says where to name it. The health check is answered whatever the domain." }}"""
    response = client("GET", "/", {"Host": "unknown.example.com"})
    assert response.status == 400
    assert b"DOMAINS" in response.body
    assert client("GET", "/__engine/1/ping", {"Host": "10.0.0.1:3000"}).status == 200


def test_a_form_of_another_site_is_refused(client: Client) -> None:
    assert client("POST", "/", {"Origin": "https://evil.example.com"}, b"").status == 403


def test_startapp(tmp_path: Path) -> None:
    """{{ "Django 自己的命令可以在此文件夹中使用。" if cookiecutter.language == "zh" else "Django's own commands work in this folder." }}"""
    (tmp_path / "blog").mkdir()
    assert run("manage.py", "startapp", "blog", str(tmp_path / "blog")).returncode == 0
