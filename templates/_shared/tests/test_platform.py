"""What the platform relies on."""

import json
{% if cookiecutter.server == 'uwsgi' %}
from types import SimpleNamespace
{% endif %}

import pytest
{% if cookiecutter.server == 'uwsgi' %}

import leanengine
{% endif %}


@pytest.mark.parametrize("path", ["/__engine/1/ping", "/__engine/1.1/ping/"])
def test_ping(client, path):
    """The health check: the platform restarts an instance that does not answer it."""
    response = client("GET", path, scheme="http")
    assert response.status == 200
    assert json.loads(response.body)["runtime"].startswith("cpython-3.")
{% if cookiecutter.server == 'uwsgi' %}


def test_a_body_in_chunks_is_read(monkeypatch):
    """Without the repair uWSGI gives the app an empty body."""
    chunks = iter([b"a", b"bc", b""])
    monkeypatch.setattr(leanengine, "uwsgi", SimpleNamespace(chunked_read=lambda: next(chunks)))
    app = leanengine.ChunkedBody(lambda environ, _: environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    assert app({"HTTP_TRANSFER_ENCODING": "chunked"}, None) == b"abc"
{% endif %}
{% if cookiecutter.https_redirect %}


def test_redirect_to_https(client):
    """301 for reading; 308 where the method and the body have to be kept."""
    response = client("GET", "/a%20b?c=d", scheme="http", headers={"Host": "example.com"})
    assert (response.status, response.headers["Location"]) == (301, "https://example.com/a%20b?c=d")
    assert client("HEAD", "/", scheme="http").status == 301
    assert client("POST", "/", scheme="http", body={}).status == 308
    assert client("GET", "/", scheme="https").status == 200
    assert client("GET", "/.well-known/none", scheme="http").status == 404
{% if cookiecutter.cloud_functions %}


def test_redirect_spares_functions(client):
    """The platform calls them over plain HTTP and does not follow a redirect."""
    for path in ("/1.1/functions/hello", "/1/call/hello", "/1.1/functions/_ops/metadatas"):
        assert client("POST", path, scheme="http", body={}).status == 401
{% endif %}
{% endif %}
