"""{{ "app.py 中的页面、JSON 接口与 WebSocket，使用 Starlette 自带的测试客户端。" if cookiecutter.language == "zh" else "The pages, JSON routes and the websocket of app.py, asked through Starlette's own test client." }}"""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app import app

starlette_client = TestClient(app, client=("127.0.0.1", 50000))


def test_page() -> None:
    response = starlette_client.get("/")
    assert response.status_code == 200
    assert "{{ cookiecutter.__title_html }}" in response.text


def test_static_file() -> None:
    assert starlette_client.get("/static/style.css").status_code == 200


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({}, "127.0.0.1"),
        ({"X-Real-IP": "192.0.2.1"}, "192.0.2.1"),
        ({"X-Forwarded-For": "192.0.2.2, 192.0.2.3"}, "192.0.2.2"),
    ],
)
def test_status_knows_the_visitors_address(headers: dict[str, str], address: str) -> None:
    response = starlette_client.get("/api/status", headers=headers)
    assert response.json() == {"address": address, "environment": "production"}


def test_an_address_is_text_and_not_html() -> None:
    """{{ "任何人都能发送这个请求头。" if cookiecutter.language == "zh" else "Anyone can send this header." }}"""
    assert "<b>" not in starlette_client.get("/", headers={"X-Real-IP": "<b>"}).text


def test_not_found() -> None:
    assert "404" in starlette_client.get("/none").text
    assert starlette_client.get("/api/none").json()["error"] == "Not Found"


def test_head() -> None:
    """{{ "监控与链接预览会这样请求。" if cookiecutter.language == "zh" else "What monitors and link previews ask." }}"""
    response = starlette_client.head("/")
    assert (response.status_code, response.content) == (200, b"")


def test_websocket() -> None:
    with starlette_client.websocket_connect("/echo") as socket:
        for text in ("a", "你好"):
            socket.send_text(text)
            assert socket.receive_text() == text
