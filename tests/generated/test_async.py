"""Cloud functions beside an asynchronous app, on the app's own server."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor

from harness import KEY

JSON = {**KEY, "Content-Type": "application/json"}


def test_large_body(client):
    """All of it reaches the function."""
    response = client("POST", "/1.1/functions/length", KEY, {"text": "x" * 7_000_000})
    assert json.loads(response.body) == {"result": 7_000_000}


def test_body_of_unknown_length(client):
    """In chunks: the SDK alone takes such a body for an empty one."""
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=10)
    chunks = (b'{"text": "', b"x" * 100_000, b"y" * 100_000, b'"}')
    connection.request("POST", "/1.1/functions/length", iter(chunks), JSON, encode_chunked=True)
    assert json.loads(connection.getresponse().read()) == {"result": 200_000}
    connection.close()


def test_text_beyond_ascii(client):
    """In the path, the query and the body."""
    response = client("POST", "/1.1/functions/hello?%E4%BD%A0=%E5%A5%BD", KEY, {"name": "你"})
    assert json.loads(response.body) == {"result": "Hello, 你!"}
    assert client("POST", "/1.1/functions/%E9%95%BF%E5%BA%A6", KEY, {"text": "你"}).status == 200


def test_headers_of_the_request(client):
    """One that is sent twice arrives whole; one with _ does not pass for another, such as one of the load balancer's."""
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=10)
    connection.putrequest("POST", "/1.1/functions/remote_address")
    sent = ("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-For", "192.0.2.2"), ("X_Real_IP", "192.0.2.3")
    for name, value in (*sent, *JSON.items(), ("Content-Length", "2")):
        connection.putheader(name, value)
    connection.endheaders(b"{}")
    answer = json.loads(connection.getresponse().read())
    assert answer["result"].replace(", ", ",") == "192.0.2.1,192.0.2.2"
    connection.close()


def test_unknown_paths_of_the_sdk(client):
    for path in ("/__engine/none", "/1.1/functionsX", "/1.1/call/a/b/c"):
        assert client("POST", path, KEY, {}).status in (400, 404)


def test_slow_functions_hold_nothing_up(client):
    """More than run at once: the health check and the pages are answered meanwhile."""
    with ThreadPoolExecutor(9) as pool:
        begun = time.monotonic()
        calls = [pool.submit(client, "POST", "/1.1/functions/sleep", KEY, {"seconds": 2}) for _ in range(9)]
        time.sleep(0.3)
        assert client("GET", "/__engine/1/ping").status == 200
        assert client("GET", "/").status == 200
        assert time.monotonic() - begun < 2
        assert {call.result().status for call in calls} == {200}
        assert time.monotonic() - begun < 10  # side by side, not one after the other


def test_an_upload_that_stalls_holds_nothing_up(client):
    """A function's thread is taken when its request is complete, not before."""
    stalled = [http.client.HTTPConnection("127.0.0.1", client.port, timeout=10) for _ in range(20)]
    for connection in stalled:
        connection.putrequest("POST", "/1.1/functions/hello")
        connection.putheader("Content-Length", "100")
        connection.endheaders(b"{")
    assert client("POST", "/1.1/functions/hello", KEY, {}).status == 200
    for connection in stalled:
        connection.close()
