"""The pages and JSON routes of app.py."""

import json

import pytest

from app import app


def test_page(client):
    response = client("GET", "/")
    assert response.status == 200
    assert "{{ cookiecutter.project_name }}" in response.body.decode()


def test_static_file(client):
    assert client("GET", "/static/style.css").status == 200


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


def test_not_found(client):
    assert b"404" in client("GET", "/none").body
    assert json.loads(client("GET", "/api/none").body)["error"] == "Not Found"


def test_a_crash_is_a_500(client, monkeypatch):
    monkeypatch.setitem(app.view_functions, "status", lambda: 1 / 0)
    response = client("GET", "/api/status")
    assert (response.status, json.loads(response.body)["error"]) == (500, "Internal Server Error")
