"""The app's own server: what it lets through, and how it ends."""

import http.client
{% if cookiecutter.cloud_functions %}
import time
from concurrent.futures import ThreadPoolExecutor
{% endif %}

{% if cookiecutter.cloud_functions %}
import pytest
{% endif %}
from conftest import instance
from websockets.sync.client import connect
{% if cookiecutter.cloud_functions %}

KEY = {"X-LC-Id": "test-id", "X-LC-Key": "test-key"}
{% endif %}


def test_long_headers(client):
    """The platform lets 64 KB through, 8 KB a line, and the request line."""
    assert client("GET", "/", {f"X-Long-{number}": "x" * 8180 for number in range(8)}).status == 200
{% if cookiecutter.cloud_functions %}


def test_long_bodies(client):
    """The platform lets 100 MB through: the server waits for them. It refuses what is longer without reading it."""
    for size, refused in ((100 * 2**20, False), (100 * 2**20 + 1, True)):
        connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=1)
        connection.putrequest("POST", "/1.1/functions/hello")
        connection.putheader("Content-Length", str(size))
        connection.endheaders(b"{")
        if refused:
            assert connection.getresponse().status in (400, 413)
        else:
            with pytest.raises(TimeoutError):
                connection.getresponse()
        connection.close()


def test_headers_of_the_sdk_arrive(client):
    """Once each, with nothing of the framework's beside them."""
    response = client("POST", "/1.1/functions/hello", KEY, {})
    assert response.headers.get_all("Content-Type") == ["application/json"]
    assert response.headers.get_all("Access-Control-Allow-Origin") == ["*"]


def test_a_fault_of_the_sdk_is_answered(client):
    """It asks the data store for the user of a session, and the tests have none."""
    assert client("POST", "/1.1/functions/hello", {**KEY, "X-LC-Session": "token"}, {}).status == 500
{% endif %}


def test_open_connections_do_not_hold_up_the_end():
    """Neither one that is idle, here after a crash, nor a websocket."""
    with instance() as (client, process):
        idle = http.client.HTTPConnection("127.0.0.1", client.port)
        idle.request("GET", "/", headers={"X-Forwarded-Proto": "https", "X-Real-IP": "crash"})
        assert idle.getresponse().read()
        with connect(f"ws://127.0.0.1:{client.port}/echo", proxy=None):
            process.terminate()
            assert process.wait(5) == 0
{% if cookiecutter.cloud_functions %}


def test_requests_are_finished_before_the_end():
    """SIGTERM is how the platform ends an instance; after 10 seconds it kills it."""
    with instance() as (client, process), ThreadPoolExecutor() as pool:
        short = pool.submit(client, "POST", "/1.1/functions/sleep", KEY, {"seconds": 3})
        pool.submit(client, "POST", "/1.1/functions/sleep", KEY, {"seconds": 60})
        time.sleep(1)
        process.terminate()
        assert short.result().status == 200
        process.wait(8)
{% endif %}
