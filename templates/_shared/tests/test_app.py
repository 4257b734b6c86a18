{% set module = 'views' if cookiecutter.backend == 'django' else 'app' %}
{% set asynchronous = cookiecutter.__interface != 'wsgi' %}
{% if asynchronous %}
{% if cookiecutter.language == "zh" %}
"""{{ module }}.py 中的页面、JSON 接口与 WebSocket。"""
{% else %}
"""The pages, JSON routes and the websocket of {{ module }}.py."""
{% endif %}
{% else %}
{% if cookiecutter.language == "zh" %}
"""{{ module }}.py 中的页面与 JSON 接口。"""
{% else %}
"""The pages and JSON routes of {{ module }}.py."""
{% endif %}
{% endif %}

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
{% if asynchronous %}
from websockets.sync.client import connect
{% else %}

import {{ module }}
{% endif %}

if TYPE_CHECKING:
    from conftest import Client


def test_page(client: Client) -> None:
    response = client("GET", "/")
    assert response.status == 200
    assert "{{ cookiecutter.__title_html }}" in response.body.decode()
{% if cookiecutter.starter != 'wsgi' %}


def test_static_file(client: Client) -> None:
    assert client("GET", "/static/style.css").status == 200
{% endif %}


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({}, "127.0.0.1"),
        ({"X-Real-IP": "192.0.2.1"}, "192.0.2.1"),
        ({"X-Forwarded-For": "192.0.2.2, 192.0.2.3"}, "192.0.2.2"),
    ],
)
def test_status_knows_the_visitors_address(client: Client, headers: dict[str, str], address: str) -> None:
    response = client("GET", "/api/status", headers)
    assert json.loads(response.body) == {"address": address, "environment": "production"}


def test_an_address_is_text_and_not_html(client: Client) -> None:
    """{{ "任何人都能发送这个请求头。" if cookiecutter.language == "zh" else "Anyone can send this header." }}"""
    assert b"<b>" not in client("GET", "/", {"X-Real-IP": "<b>"}).body


def test_not_found(client: Client) -> None:
    assert b"404" in client("GET", "/none").body
    assert json.loads(client("GET", "/api/none").body)["error"] == "Not Found"


def test_head(client: Client) -> None:
    """{{ "监控与链接预览会这样请求。" if cookiecutter.language == "zh" else "What monitors and link previews ask." }}"""
    response = client("HEAD", "/")
    assert (response.status, response.body) == (200, b"")
{% if cookiecutter.starter == 'wsgi' %}
    # {{ "服务器会发送内容，而客户端会把它当作下一个响应的开头。" if cookiecutter.language == "zh" else "Servers would send a body, and take it for the beginning of the next answer." }}
    assert app.app({"REQUEST_METHOD": "HEAD", "REMOTE_ADDR": "127.0.0.1"}, lambda *_: bytearray().extend) == []
{% endif %}


{% if asynchronous %}
def test_websocket(client: Client) -> None:
    with connect(f"ws://127.0.0.1:{client.port}/echo", proxy=None) as socket:
        for text in ("a", "你好"):
            socket.send(text)
            assert socket.recv(timeout=5) == text
{% else %}
def test_a_crash_is_a_500(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr({{ module }}, "client_address", lambda *_: 1 / 0)
    response = client("GET", "/api/status")
    assert (response.status, json.loads(response.body)["error"]) == (500, "Internal Server Error")
{% endif %}
