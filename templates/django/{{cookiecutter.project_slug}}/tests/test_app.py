"""{{ "views.py 中的页面与 JSON 接口，使用 Django 自带的测试客户端。" if cookiecutter.language == "zh" else "The pages and JSON views of views.py, asked through Django's own test client." }}"""

from __future__ import annotations

import pytest
from django.test import Client

import views

# {{ "如同负载均衡转发 https:// 访客的请求" if cookiecutter.language == "zh" else "As the load balancer passes on the requests of https:// visitors" }}
django_client = Client(raise_request_exception=False, HTTP_X_FORWARDED_PROTO="https", HTTP_HOST="localhost")


def test_page() -> None:
    response = django_client.get("/")
    assert response.status_code == 200
    assert "{{ cookiecutter.__title_html }}" in response.content.decode()


def test_static_file() -> None:
    assert django_client.get("/static/style.css").status_code == 200


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({}, "127.0.0.1"),
        ({"HTTP_X_REAL_IP": "192.0.2.1"}, "192.0.2.1"),
        ({"HTTP_X_FORWARDED_FOR": "192.0.2.2, 192.0.2.3"}, "192.0.2.2"),
    ],
)
def test_status_knows_the_visitors_address(headers: dict[str, str], address: str) -> None:
    response = django_client.get("/api/status", **headers)
    assert response.json() == {"address": address, "environment": "production"}


def test_an_address_is_text_and_not_html() -> None:
    """{{ "任何人都能发送这个请求头。" if cookiecutter.language == "zh" else "Anyone can send this header." }}"""
    assert b"<b>" not in django_client.get("/", HTTP_X_REAL_IP="<b>").content


def test_not_found() -> None:
    assert b"404" in django_client.get("/none").content
    assert django_client.get("/api/none").json()["error"] == "Not Found"


def test_head() -> None:
    """{{ "监控与链接预览会这样请求。" if cookiecutter.language == "zh" else "What monitors and link previews ask." }}"""
    response = django_client.head("/")
    assert (response.status_code, response.content) == (200, b"")


def test_a_crash_is_a_500(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "client_address", lambda request: 1 / 0)
    response = django_client.get("/api/status")
    assert (response.status_code, response.json()["error"]) == (500, "Internal Server Error")
