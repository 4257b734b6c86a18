"""{{ "app.py 中的页面、JSON 接口与 WebSocket，使用 Litestar 自带的测试客户端。" if cookiecutter.language == "zh" else "The pages, JSON routes and the websocket of app.py, asked through Litestar's own test client." }}"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from litestar.testing import TestClient

from app import app

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def litestar_client() -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def test_page(litestar_client: TestClient) -> None:
    response = litestar_client.get("/")
    assert response.status_code == 200
    assert "{{ cookiecutter.__title_html }}" in response.text


def test_static_file(litestar_client: TestClient) -> None:
    assert litestar_client.get("/static/style.css").status_code == 200


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({"X-Real-IP": "192.0.2.1"}, "192.0.2.1"),
        ({"X-Forwarded-For": "192.0.2.2, 192.0.2.3"}, "192.0.2.2"),
    ],
)
def test_status_knows_the_visitors_address(litestar_client: TestClient, headers: dict[str, str], address: str) -> None:
    response = litestar_client.get("/api/status", headers=headers)
    assert response.json() == {"address": address, "environment": "production"}


def test_an_address_is_text_and_not_html(litestar_client: TestClient) -> None:
    """{{ "任何人都能发送这个请求头。" if cookiecutter.language == "zh" else "Anyone can send this header." }}"""
    assert "<b>" not in litestar_client.get("/", headers={"X-Real-IP": "<b>"}).text


def test_not_found(litestar_client: TestClient) -> None:
    assert "404" in litestar_client.get("/none").text
    assert litestar_client.get("/api/none").json()["error"] == "Not Found"


def test_head(litestar_client: TestClient) -> None:
    """{{ "监控与链接预览会这样请求。" if cookiecutter.language == "zh" else "What monitors and link previews ask." }}"""
    response = litestar_client.head("/")
    assert (response.status_code, response.content) == (200, b"")


def test_websocket(litestar_client: TestClient) -> None:
    with litestar_client.websocket_connect("/echo") as socket:
        for text in ("a", "你好"):
            socket.send_text(text)
            assert socket.receive_text() == text
