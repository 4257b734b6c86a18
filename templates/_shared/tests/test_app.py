{% set module = 'views' if cookiecutter.backend == 'django' else 'app' %}
{% set asynchronous = cookiecutter.backend not in ['flask', 'django', 'wsgi'] %}
{% if asynchronous %}
"""The pages, JSON routes and the websocket of {{ module }}.py."""
{% else %}
"""The pages and JSON routes of {{ module }}.py."""
{% endif %}

import json

import pytest
{% if asynchronous %}
from websockets.sync.client import connect
{% else %}

import {{ module }}
{% endif %}


def test_page(client):
    response = client("GET", "/")
    assert response.status == 200
    assert "{{ cookiecutter.project_name }}" in response.body.decode()
{% if cookiecutter.starter != 'wsgi' %}


def test_static_file(client):
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
def test_status_knows_the_visitors_address(client, headers, address):
    response = client("GET", "/api/status", headers)
    assert json.loads(response.body) == {"address": address, "environment": "production"}


def test_an_address_is_text_and_not_html(client):
    """Anyone can send this header."""
    assert b"<b>" not in client("GET", "/", {"X-Real-IP": "<b>"}).body


def test_not_found(client):
    assert b"404" in client("GET", "/none").body
    assert json.loads(client("GET", "/api/none").body)["error"] == "Not Found"


def test_head(client):
    """What monitors and link previews ask."""
    response = client("HEAD", "/")
    assert (response.status, response.body) == (200, b"")
{% if cookiecutter.starter == 'wsgi' %}
    # Servers would send a body, and take it for the beginning of the next answer.
    assert app.app({"REQUEST_METHOD": "HEAD", "REMOTE_ADDR": "127.0.0.1"}, lambda *_: None) == []
{% endif %}


{% if asynchronous %}
def test_a_crash_is_a_500(client):
    """served.py makes it crash."""
    response = client("GET", "/api/status", {"X-Real-IP": "crash"})
    assert (response.status, json.loads(response.body)["error"]) == (500, "Internal Server Error")
    assert client("GET", "/", {"X-Real-IP": "crash"}).status == 500


def test_websocket(client):
    with connect(f"ws://127.0.0.1:{client.port}/echo", proxy=None) as socket:
        for text in ("a", "你好"):
            socket.send(text)
            assert socket.recv(timeout=5) == text
{% else %}
def test_a_crash_is_a_500(client, monkeypatch):
    monkeypatch.setattr({{ module }}, "client_address", lambda *_: 1 / 0)
    response = client("GET", "/api/status")
    assert (response.status, json.loads(response.body)["error"]) == (500, "Internal Server Error")
{% endif %}
