"""{{ "app.py 中的页面、JSON 接口与 WebSocket，使用 Tornado 自带的测试类。" if cookiecutter.language == "zh" else "The pages, JSON routes and the websocket of app.py, asked through Tornado's own test case." }}"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tornado.testing import AsyncHTTPTestCase, gen_test
from tornado.websocket import websocket_connect

from app import app

if TYPE_CHECKING:
    from tornado.web import Application


class TestApp(AsyncHTTPTestCase):
    def get_app(self) -> Application:
        return app

    def test_page(self) -> None:
        response = self.fetch("/")
        assert response.code == 200
        assert "{{ cookiecutter.__title_html }}" in response.body.decode()

    def test_static_file(self) -> None:
        assert self.fetch("/static/style.css").code == 200

    def test_status_knows_the_visitors_address(self) -> None:
        for headers, address in (
            ({}, "127.0.0.1"),
            ({"X-Real-IP": "192.0.2.1"}, "192.0.2.1"),
            ({"X-Forwarded-For": "192.0.2.2, 192.0.2.3"}, "192.0.2.2"),
        ):
            response = self.fetch("/api/status", headers=headers)
            assert json.loads(response.body) == {"address": address, "environment": "production"}

    def test_an_address_is_text_and_not_html(self) -> None:
        """{{ "任何人都能发送这个请求头。" if cookiecutter.language == "zh" else "Anyone can send this header." }}"""
        assert b"<b>" not in self.fetch("/", headers={"X-Real-IP": "<b>"}).body

    def test_not_found(self) -> None:
        assert b"404" in self.fetch("/none").body
        assert json.loads(self.fetch("/api/none").body)["error"] == "Not Found"

    def test_head(self) -> None:
        """{{ "监控与链接预览会这样请求。" if cookiecutter.language == "zh" else "What monitors and link previews ask." }}"""
        response = self.fetch("/", method="HEAD")
        assert (response.code, response.body) == (200, b"")

    @gen_test
    async def test_websocket(self) -> None:
        socket = await websocket_connect(f"ws://127.0.0.1:{self.get_http_port()}/echo")
        for text in ("a", "你好"):
            await socket.write_message(text)
            assert await socket.read_message() == text
        socket.close()
