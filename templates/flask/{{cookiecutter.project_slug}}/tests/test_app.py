"""{{ "app.py 中的页面与 JSON 接口，使用 Flask 自带的测试客户端。" if cookiecutter.language == "zh" else "The pages and JSON routes of app.py, asked through Flask's own test client." }}"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import app

if TYPE_CHECKING:
    from flask.testing import FlaskClient


@pytest.fixture
def flask_client() -> FlaskClient:
    return app.create_app().test_client()


def test_page(flask_client: FlaskClient) -> None:
    response = flask_client.get("/")
    assert response.status_code == 200
    assert "{{ cookiecutter.__title_html }}" in response.get_data(as_text=True)


def test_static_file(flask_client: FlaskClient) -> None:
    assert flask_client.get("/static/style.css").status_code == 200


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({}, "127.0.0.1"),
        ({"X-Real-IP": "192.0.2.1"}, "192.0.2.1"),
        ({"X-Forwarded-For": "192.0.2.2, 192.0.2.3"}, "192.0.2.2"),
    ],
)
def test_status_knows_the_visitors_address(flask_client: FlaskClient, headers: dict[str, str], address: str) -> None:
    response = flask_client.get("/api/status", headers=headers)
    assert response.get_json() == {"address": address, "environment": "production"}


def test_an_address_is_text_and_not_html(flask_client: FlaskClient) -> None:
    """{{ "任何人都能发送这个请求头。" if cookiecutter.language == "zh" else "Anyone can send this header." }}"""
    assert b"<b>" not in flask_client.get("/", headers={"X-Real-IP": "<b>"}).data


def test_not_found(flask_client: FlaskClient) -> None:
    assert b"404" in flask_client.get("/none").data
    assert flask_client.get("/api/none").get_json()["error"] == "Not Found"


def test_head(flask_client: FlaskClient) -> None:
    """{{ "监控与链接预览会这样请求。" if cookiecutter.language == "zh" else "What monitors and link previews ask." }}"""
    response = flask_client.head("/")
    assert (response.status_code, response.data) == (200, b"")


def test_a_crash_is_a_500(flask_client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "client_address", lambda: 1 / 0)
    response = flask_client.get("/api/status")
    assert (response.status_code, response.get_json()["error"]) == (500, "Internal Server Error")
