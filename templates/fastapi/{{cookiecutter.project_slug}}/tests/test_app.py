"""{{ "app.py 中的页面、JSON 接口与 WebSocket，使用 FastAPI 文档推荐的测试客户端。" if cookiecutter.language == "zh" else "The pages, JSON routes and the websocket of app.py, asked through the clients that FastAPI's guide uses." }}"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient
from httpx2 import ASGITransport, AsyncClient

from app import app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def async_client() -> AsyncIterator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_page(async_client: AsyncClient) -> None:
    response = await async_client.get("/")
    assert response.status_code == 200
    assert "{{ cookiecutter.__title_html }}" in response.text


async def test_static_file(async_client: AsyncClient) -> None:
    response = await async_client.get("/static/style.css")
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({}, "127.0.0.1"),
        ({"X-Real-IP": "192.0.2.1"}, "192.0.2.1"),
        ({"X-Forwarded-For": "192.0.2.2, 192.0.2.3"}, "192.0.2.2"),
    ],
)
async def test_status_knows_the_visitors_address(
    async_client: AsyncClient, headers: dict[str, str], address: str
) -> None:
    response = await async_client.get("/api/status", headers=headers)
    assert response.json() == {"address": address, "environment": "production"}


async def test_an_address_is_text_and_not_html(async_client: AsyncClient) -> None:
    """{{ "任何人都能发送这个请求头。" if cookiecutter.language == "zh" else "Anyone can send this header." }}"""
    response = await async_client.get("/", headers={"X-Real-IP": "<b>"})
    assert "<b>" not in response.text


async def test_not_found(async_client: AsyncClient) -> None:
    page, answer = await async_client.get("/none"), await async_client.get("/api/none")
    assert "404" in page.text
    assert answer.json()["error"] == "Not Found"


async def test_head(async_client: AsyncClient) -> None:
    """{{ "监控与链接预览会这样请求。" if cookiecutter.language == "zh" else "What monitors and link previews ask." }}"""
    response = await async_client.head("/")
    assert (response.status_code, response.content) == (200, b"")


def test_websocket() -> None:
    with TestClient(app).websocket_connect("/echo") as socket:
        for text in ("a", "你好"):
            socket.send_text(text)
            assert socket.receive_text() == text
