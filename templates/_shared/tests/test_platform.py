"""{{ "平台所依赖的行为。" if cookiecutter.language == "zh" else "What the platform relies on." }}"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Client
{% if cookiecutter.cloud_functions %}

KEY = {"X-LC-Id": "test-id", "X-LC-Key": "test-key"}
MASTER = {"X-LC-Id": "test-id", "X-LC-Key": "test-master-key,master"}
{% endif %}


@pytest.mark.parametrize("path", ["/__engine/1/ping", "/__engine/1.1/ping/"])
def test_ping(client: Client, path: str) -> None:
    """{{ "健康检查：没有响应的实例会被平台重启。" if cookiecutter.language == "zh" else "The health check: the platform restarts an instance that does not answer it." }}"""
    response = client("GET", path, scheme="http")
    assert response.status == 200
    assert json.loads(response.body)["runtime"].startswith("cpython-3.")
{% if cookiecutter.cloud_functions %}


def test_functions_are_listed(client: Client) -> None:
    """{{ "平台每次部署都会读取此列表（functionsMode: strict）。" if cookiecutter.language == "zh" else "The platform reads this list at every deployment (functionsMode: strict)." }}"""
    response = client("POST", "/1.1/functions/_ops/metadatas", MASTER, {})
    assert response.status == 200
    assert isinstance(json.loads(response.body)["result"], list)


@pytest.mark.parametrize("headers", [{}, {"X-LC-Id": "test-id"}, {**KEY, "X-LC-Key": "wrong"}])
def test_no_call_without_the_right_key(client: Client, headers: dict[str, str]) -> None:
    """{{ "app id 是公开的：不能仅凭它调用云函数。" if cookiecutter.language == "zh" else "The app id is public: alone it must not open the functions." }}"""
    assert client("POST", "/1.1/functions/any", headers, {}).status == 401


def test_a_hook_needs_the_hook_key(client: Client) -> None:
    for headers in (KEY, {**KEY, "X-LC-Hook-Key": "wrong"}):
        assert client("POST", "/1.1/functions/Any/beforeSave", headers, {"object": {}}).status == 401
{% endif %}
{% if cookiecutter.https_redirect %}


def test_redirect_to_https(client: Client) -> None:
    """{{ "读取用 301；需要保留请求方法与请求体时用 308。" if cookiecutter.language == "zh" else "301 for reading; 308 where the method and the body have to be kept." }}"""
    host = {"Host": "www.example.com"}
    response = client("GET", "/a%20b?c=d", host, scheme="http")
    assert (response.status, response.headers["Location"]) == (301, "https://www.example.com/a%20b?c=d")
    assert client("POST", "/", host, {}, scheme="http").status == 308
{% endif %}
