"""Calls of functions: who may is decided first, then what is too long; every answer can be read by browsers."""

import http.client
import json
import socket

import pytest
from harness import ASYNCHRONOUS, HELLO, ID, KEY

CORS = ("Origin", "Headers", "Methods")
MEGABYTE = 2**20
TOO_LONG = b"x" * (9 * MEGABYTE)


def check(response, status):
    """Check that a response is in the SDK's form, with its headers for browsers."""
    assert response.status == status, response.body
    assert json.loads(response.body)["code"] == status
    assert response.headers.get_all("Access-Control-Allow-Origin") == ["*"]
    assert "X-LC-Session" in response.headers["Access-Control-Allow-Headers"]
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert response.headers["Access-Control-Max-Age"] == "86400"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"{}", 401),
        (ID, b"{}", 401),
        ({**ID, "X-LC-Key": "a,b,master"}, b"{}", 401),
        ({**ID, "X-LC-Sign": "abc"}, b"{}", 401),
        (KEY, b"{", 400),
        (KEY, b"5", 400),
        (KEY, TOO_LONG, 413),
        (ID, TOO_LONG, 401),
        ({"Content-Type": "text/plain"}, TOO_LONG, 413),
    ],
)
def test_refusals(client, headers, body, status):
    """The key is looked at before the length, and the body has been sent whole when the answer is read."""
    check(client("POST", HELLO, {"Origin": "https://example.com", **headers}, body), status)


def test_unknown_function(client):
    check(client("POST", "/1.1/functions/none", KEY, {}), 404)


@pytest.mark.parametrize("path", [HELLO, "/1.1/call/hello", "/1.1/functions/none", "/__engine/1/functions/hello"])
def test_preflight(client, path):
    """Browsers ask before they call; no key is needed to ask."""
    response = client("OPTIONS", path, {"Origin": "https://example.com"})
    assert (response.status, response.body) == (200, b"")
    assert response.headers["Access-Control-Allow-Origin"] == "https://example.com"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_methods(client, method):
    response = client(method, HELLO, ID)
    assert response.status == 401
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("length", ["-1", "+2", "x", "2, 2", "99999999999999999999"])
def test_a_content_length_that_is_none(client, length):
    """Never an empty answer, whether the server or the app refuses it."""
    head = f"POST {HELLO} HTTP/1.1\nHost: localhost\nX-LC-Id: test-id\nX-LC-Key: test-key\nContent-Length: {length}\n\n"
    assert client.raw(head, b"{}").status in {400, 413}


def test_no_wait_for_a_body_that_is_refused(client):
    """The answer is there before the body is."""
    for headers, status in ((ID, 401), (KEY, 413)):
        connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=5)
        connection.putrequest("POST", HELLO)
        for name, value in {**headers, "Content-Length": str(90 * MEGABYTE)}.items():
            connection.putheader(name, value)
        connection.endheaders(b"{")
        assert connection.getresponse().status == status
        connection.close()


def chunked(client, headers, blocks, path=HELLO):
    """Send a body of unknown length; return the response."""
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=15)
    connection.request("POST", path, iter(blocks), headers, encode_chunked=True)
    response = connection.getresponse()
    response.body = response.read()
    connection.close()
    return response


@pytest.mark.skipif(not ASYNCHRONOUS, reason="the tests' WSGI server does not know chunks")
def test_bodies_of_unknown_length(client):
    blocks = [b"x" * MEGABYTE] * 9
    check(chunked(client, KEY, blocks), 413)
    check(chunked(client, ID, blocks), 401)
    assert chunked(client, KEY, [b"{", b"}"]).status == 200


def test_a_body_that_ends_too_soon(client):
    with socket.create_connection(("127.0.0.1", client.port), timeout=5) as connection:
        head = f"POST {HELLO} HTTP/1.1\r\nHost: a\r\nX-LC-Id: test-id\r\nX-LC-Key: test-key\r\nContent-Length: 9\r\n\r\n"
        connection.sendall(head.encode() + b"{}")
        connection.shutdown(socket.SHUT_WR)
        connection.recv(100)
    assert client("POST", HELLO, KEY, {}).status == 200
