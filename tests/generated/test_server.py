"""The app's own server: what it lets through, and how it ends."""

import http.client
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import FUNCTIONS, KEY, instance
from websockets.sync.client import connect


def test_long_headers(client):
    """The platform lets 64 KB through, 8 KB a line, and the request line."""
    assert client("GET", "/", {f"X-Long-{number}": "x" * 8180 for number in range(8)}).status == 200


@pytest.mark.skipif(not FUNCTIONS, reason="there are none")
def test_headers_of_the_sdk_arrive(client):
    """Once each, with nothing of the framework's beside them."""
    response = client("POST", "/1.1/functions/hello", KEY, {})
    for name in ("Content-Type", "Content-Length", "Access-Control-Allow-Origin"):
        assert len(response.headers.get_all(name)) == 1


def test_open_connections_do_not_hold_up_the_end(tmp_path):
    """Neither one that is idle, here after a crash, nor a websocket."""
    with (tmp_path / "log").open("wb") as log, instance(log) as (client, process):
        idle = http.client.HTTPConnection("127.0.0.1", client.port)
        idle.request("GET", "/", headers={"X-Forwarded-Proto": "https", "X-Real-IP": "crash"})
        assert idle.getresponse().read()
        with connect(f"ws://127.0.0.1:{client.port}/echo", proxy=None):
            process.terminate()
            assert process.wait(5) == 0


@pytest.mark.skipif(not FUNCTIONS, reason="there are none")
def test_requests_are_finished_before_the_end(tmp_path):
    """SIGTERM is how the platform ends an instance; after 10 seconds it kills it."""
    with (tmp_path / "log").open("wb") as log, instance(log) as (client, process), ThreadPoolExecutor() as pool:
        short = pool.submit(client, "POST", "/1.1/functions/sleep", KEY, {"seconds": 3})
        pool.submit(client, "POST", "/1.1/functions/sleep", KEY, {"seconds": 60})
        time.sleep(1)
        process.terminate()
        assert short.result().status == 200
        process.wait(8)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
@pytest.mark.skipif(not FUNCTIONS, reason="there are none")
def test_signals_of_other_hosts(tmp_path, number):
    """Some send SIGINT or SIGQUIT first; a request that is running is answered then as well."""
    with (tmp_path / "log").open("wb") as log, instance(log) as (client, process), ThreadPoolExecutor() as pool:
        short = pool.submit(client, "POST", "/1.1/functions/sleep", KEY, {"seconds": 1})
        time.sleep(0.5)
        process.send_signal(number)
        assert short.result().status == 200
        assert process.wait(8) == 0
