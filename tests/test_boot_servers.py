"""The lines that run waitress, the default server, and uWSGI: what each setting is there for."""

from __future__ import annotations

import http.client
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing, suppress
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

import pytest
import yaml

from scaffold.engine import environment, health, ports
from scaffold.engine.process import Process
from scaffold.questions import UserInput
from scaffold.render import render
from tests.some import some
from tools import pins

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scaffold.catalog import Catalog
    from tests.conftest import SharedFolder

pytestmark = pytest.mark.boot

PATIENCE = 20
# Less than any server waits for a client, more than a busy machine needs.
SOON = 6
SERVERS = ("waitress", "uwsgi")
# Every server of the starters that is a program of its own; `granian-asgi` is granian with FastAPI.
ALL_SERVERS = (*SERVERS, "gunicorn", "gevent", "granian", "uvicorn", "granian-asgi")
# With the SDK's own pins there is only an old granian, for Pythons up to 3.11.
OLD_GRANIAN = pytest.param(
    "granian-sdk",
    marks=pytest.mark.skipif(sys.version_info >= (3, 12), reason="it is for older Pythons"),
)
SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT] if os.name == "posix" else []
CLIENTS = 20
ENV = """
from leanengine import address


class env:
    LEANCLOUD_APP_PORT = int(address.port())
"""
COMMON = """
MAX_BODY_MB = 100


def is_ping(path):
    return path == "/__engine/1/ping"
"""
APP = """
import time

try:
    import uwsgi
except ImportError:
    uwsgi = None


def application(environ, start_response):
    path, body = environ["PATH_INFO"], b"hello"
    if path == "/slow":
        print("asked", flush=True)
        time.sleep(1)
    elif path == "/blocked":
        time.sleep(30)
    elif path == "/length":
        chunked = uwsgi and "HTTP_TRANSFER_ENCODING" in environ
        body = str(len(uwsgi.chunked_read() if chunked else environ["wsgi.input"].read())).encode()
    elif path == "/scheme":
        body = environ.get("HTTP_X_FORWARDED_PROTO", "").encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""
ASGI_APP = """
import asyncio


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["path"] == "/slow":
        print("asked", flush=True)
        await asyncio.sleep(1)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})
"""
SLOW_IMPORT = "import time\nprint('importing', flush=True)\ntime.sleep(30)\n"
WRONG_ENVIRONMENT = "raise SystemExit(22)\n"
HALF_REQUESTS = {
    "nothing": b"",
    "half a head": b"GET / HTTP/1.1\r\nHost: a\r\nX-",
    "half a body": b"POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\n{",
    "half a chunk": b"POST /length HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n{",
}
AMBIGUOUS = {
    "two lengths": b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
    "a length below zero": b"Content-Length: -2\r\n\r\n{}",
    "a length with a sign": b"Content-Length: +2\r\n\r\n{}",
    "a chunk's length with a sign": b"Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n",
}

# A network in which there is only IPv6.
ONLY_IPV6 = (
    "ip link set lo up && ip -6 addr add fd00::1/64 dev lo nodad && ip -6 route add default dev lo"
)

Serve = Callable[..., tuple[Process, int]]
Connect = Callable[[int], http.client.HTTPConnection]


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> str:
    """Each of the servers in turn, unless the test names one."""
    return str(request.param)


@pytest.fixture
def serve(
    server: str, tmp_path: Path, shared_folder: SharedFolder, catalog: Catalog
) -> Iterator[Serve]:
    """Run a `wsgi.py` as leanengine.yaml says."""
    programs = shared_folder(server, lambda folder: _install(folder, server)) / "bin"
    given = {"server": server.partition("-")[0], "starter": _starter(server)}
    given["dependencies"] = _dependencies(server)
    answers = catalog.resolve({key: UserInput(value, "here") for key, value in given.items()})
    files = render(catalog.starter(str(answers["starter"])), answers)
    command = yaml.safe_load(files["leanengine.yaml"])["run"]
    started: list[Process] = []

    def run(
        code: str,
        port_variable: str = "LEANCLOUD_APP_PORT",
        network: str = "",
        more: Mapping[str, str] | None = None,
    ) -> tuple[Process, int]:
        (tmp_path / "wsgi.py").write_text(code, "utf-8")
        (tmp_path / "env.py").write_text(ENV, "utf-8")
        (tmp_path / "leanengine").mkdir(exist_ok=True)
        (tmp_path / "leanengine" / "common.py").write_text(COMMON, "utf-8")
        for name in {
            f"leanengine/{module}.py" for module in ("address", "logs", "server")
        } & files.keys():
            (tmp_path / name).write_bytes(files[name])
        port = ports.any_free()
        environ = {
            **environment.inherited(os.environ),
            port_variable: str(port),
            **(more or {}),
            "PATH": f"{programs}{os.pathsep}{os.defpath}",
        }
        line = command
        if network:
            # A shell of its own, as `exec` ends that of `unshare` otherwise.
            inside = f"{network} && {command}"
            line = f"exec unshare --net sh -c {shlex.quote(inside)}"
        started.append(Process(line, folder=tmp_path, environ=environ))
        return started[-1], port

    yield run
    for process in started:
        process.kill()


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connect to a port."""
    with ExitStack() as stack:

        def to(port: int) -> http.client.HTTPConnection:
            connection = http.client.HTTPConnection(health.LOOPBACK, port, timeout=PATIENCE)
            return stack.enter_context(closing(connection))

        yield to


def _install(folder: Path, server: str) -> None:
    answers = {
        "server": server.partition("-")[0],
        "starter": _starter(server),
        "dependencies": _dependencies(server),
        "interface": "wsgi" if _starter(server) == "flask" else "asgi",
    }
    wanted = [
        row["get"]
        for row in pins.load()["packages"]
        if row.get("server") == answers["server"]
        and all(answers.get(key, value) == value for key, value in row.items())
    ]
    subprocess.run([pins.UV, "venv", "--quiet", folder], check=True)
    subprocess.run(
        [pins.UV, "pip", "install", "--quiet", "--python", folder / "bin" / "python", *wanted],
        check=True,
    )


def _starter(server: str) -> str:
    return "fastapi" if server in {"uvicorn", "granian-asgi"} else "flask"


def _dependencies(server: str) -> str:
    return "sdk" if server.endswith("-sdk") else "current"


def _app(server: str) -> str:
    return APP if _starter(server) == "flask" else ASGI_APP


def _serving(serve: Serve, code: str = APP) -> tuple[Process, int]:
    process, port = serve(code)
    _wait(process, lambda: health.listens(port))
    return process, port


def _wait(process: Process, happened: Callable[[], bool]) -> None:
    assert health.wait_for(happened, process.started + PATIENCE, interval=0.05), process.lines()


def _printed(process: Process, words: str) -> bool:
    return any(words in line for line in process.lines())


def _sent(stack: ExitStack, port: int, data: bytes) -> socket.socket:
    client = stack.enter_context(
        socket.create_connection((health.LOOPBACK, port), timeout=PATIENCE)
    )
    client.sendall(data)
    return client


def test_the_default_server_is_waitress(catalog: Catalog) -> None:
    """These tests are of what most projects run."""
    assert catalog.resolve({})["server"] == "waitress"


@pytest.mark.parametrize("sent", HALF_REQUESTS.values(), ids=HALF_REQUESTS.keys())
@pytest.mark.parametrize("server", ["waitress"])
def test_slow_visitors_do_not_hold_up_others(serve: Serve, sent: bytes) -> None:
    """Twenty that stop in the middle of a request take no thread."""
    _, port = _serving(serve)
    with ExitStack() as stack:
        for _ in range(CLIENTS):
            _sent(stack, port, sent)
        begun = time.monotonic()
        assert health.ask(port, health.PAGE, timeout=PATIENCE).body == b"hello"
        assert time.monotonic() - begun < SOON


@pytest.mark.parametrize("server", ["waitress"])
def test_idle_connections_make_way(serve: Serve) -> None:
    """However many visitors stay connected, there is room for the health check."""
    _, port = _serving(serve)
    with ExitStack() as stack:
        for _ in range(600):
            _sent(stack, port, b"")
        assert health.ask(port, health.PING, timeout=PATIENCE).ok


@pytest.mark.parametrize("server", ["waitress"])
def test_the_health_check_has_a_thread_of_its_own(serve: Serve) -> None:
    """Requests that take all threads do not let the platform restart the instance."""
    _, port = _serving(serve)
    with ExitStack() as stack:
        for _ in range(CLIENTS):
            _sent(stack, port, b"GET /blocked HTTP/1.1\r\nHost: a\r\n\r\n")
        begun = time.monotonic()
        assert health.ask(port, health.PING, timeout=PATIENCE).ok
        assert time.monotonic() - begun < SOON


@pytest.mark.parametrize("sent", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
@pytest.mark.parametrize("server", ["waitress"])
def test_ambiguous_requests_are_refused(serve: Serve, sent: bytes) -> None:
    """What a proxy may read in another way never reaches the app."""
    _, port = _serving(serve)
    with ExitStack() as stack:
        client = _sent(stack, port, b"POST /length HTTP/1.1\r\nHost: a\r\n" + sent)
        assert client.recv(100).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("server", [*ALL_SERVERS, OLD_GRANIAN])
def test_running_requests_finish(server: str, serve: Serve, connect: Connect, number: int) -> None:
    """A signal lets an answer that is under way arrive, whichever of those that hosts send."""
    process, port = _serving(serve, _app(server))
    connection = connect(port)
    connection.request("GET", "/slow")
    _wait(process, lambda: _printed(process, "asked"))
    ended = process.stop(number=number)
    assert (connection.getresponse().read(), ended) == (b"hello", True)


@pytest.mark.parametrize("server", [*ALL_SERVERS, OLD_GRANIAN])
def test_instances_with_two_cpus(server: str, serve: Serve, connect: Connect) -> None:
    """Two processes serve: no answer waits for a client's acknowledgement, about 40 ms, and a
    running request finishes at SIGTERM.
    """
    process, port = serve(_app(server), more={"LEANCLOUD_AVAILABLE_CPUS": "2"})
    _wait(process, lambda: health.ask(port, health.PAGE).body == b"hello")
    connection = connect(port)
    seconds = []
    for _ in range(10):
        begun = time.monotonic()
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"hello"
        seconds.append(time.monotonic() - begun)
    assert min(seconds) < 0.03
    connection.request("GET", "/slow")
    _wait(process, lambda: _printed(process, "asked"))
    ended = process.stop(number=signal.SIGTERM)
    assert (connection.getresponse().read(), ended) == (b"hello", True)


@pytest.mark.parametrize("server", ["uvicorn"])
def test_whoever_has_connected_is_answered(server: str, serve: Serve) -> None:
    """A signal resets the connections of nobody: those that are there are answered, later ones are
    refused, so that a proxy may ask the next instance whatever the request.
    """
    lost = 0
    for _ in range(2):
        process, port = serve(_app(server), more={"LEANCLOUD_AVAILABLE_CPUS": "2"})
        _wait(process, partial(health.listens, port))
        assert health.ask(port, health.PAGE, timeout=PATIENCE).body == b"hello"
        outcomes: list[bytes] = []
        clients = [Thread(target=_ask_until_refused, args=(port, outcomes)) for _ in range(6)]
        for client in clients:
            client.start()
        time.sleep(0.3)
        assert process.stop(number=signal.SIGTERM)
        for client in clients:
            client.join()
        lost += len([one for one in some(outcomes) if one != b"HTTP/1.1 200 OK"])
    # The moment between the last look and the end is the system's; without the repair it is ten.
    assert lost <= 2


def _ask_until_refused(port: int, outcomes: list[bytes]) -> None:
    """Ask on a new connection each time, and add what comes back."""
    request = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    while True:
        try:
            connection = socket.create_connection((health.LOOPBACK, port), PATIENCE)
        except ConnectionError:
            return
        received = b""
        with connection, suppress(ConnectionError):
            connection.sendall(request)
            while part := connection.recv(4096):
                received += part
        outcomes.append(received.partition(b"\r\n")[0])


@pytest.mark.parametrize("server", ALL_SERVERS)
def test_port_of_other_hosts(server: str, serve: Serve) -> None:
    """Where LEANCLOUD_APP_PORT is not set, the port is that of PORT."""
    process, port = serve(_app(server), "PORT")
    _wait(process, lambda: health.ask(port, health.PAGE).body == b"hello")


@pytest.mark.skipif(
    not (shutil.which("ip") and shutil.which("unshare") and os.geteuid() == 0),
    reason="a network of its own takes root, ip and unshare",
)
@pytest.mark.parametrize("server", ALL_SERVERS)
def test_host_with_ipv6_only(server: str, serve: Serve) -> None:
    """Where the host has no IPv4, the app listens on IPv6."""
    process, port = serve(_app(server), network=ONLY_IPV6)
    code = f"import urllib.request as u; print(u.urlopen('http://[fd00::1]:{port}/').read())"

    def answers() -> bool:
        # The last one: the first may still be outside of the network.
        newest = max(process.members())
        inside = ["nsenter", f"--target={newest}", "--net", "python3", "-c", code]
        done = subprocess.run(inside, capture_output=True, text=True, check=False)
        return "hello" in done.stdout

    _wait(process, answers)


@pytest.mark.parametrize("server", ["waitress"])
def test_waiting_requests_finish(serve: Serve, connect: Connect) -> None:
    """SIGTERM lets requests be answered for which there was no thread yet."""
    process, port = _serving(serve)
    connections = [connect(port) for _ in range(CLIENTS)]
    for connection in connections:
        connection.request("GET", "/slow")
    _wait(process, lambda: _printed(process, "asked"))
    ended = process.stop()
    assert {connection.getresponse().read() for connection in connections} == {b"hello"}
    assert (ended, process.poll()) == (True, 0)


@pytest.mark.parametrize("server", ["waitress"])
def test_idle_connections_do_not_delay_the_end(serve: Serve, connect: Connect) -> None:
    """SIGTERM closes connections that a proxy keeps open."""
    process, port = _serving(serve)
    connection = connect(port)
    connection.request("GET", "/")
    connection.getresponse().read()
    begun = time.monotonic()
    assert process.stop()
    assert time.monotonic() - begun < SOON


@pytest.mark.parametrize("server", ["waitress"])
def test_a_second_signal_ends_it_at_once(serve: Serve) -> None:
    """Ctrl-C twice does not wait for what hangs."""
    process, port = _serving(serve)
    with ExitStack() as stack:
        _sent(stack, port, b"GET /blocked HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.3)
        process.stop(0.5, signal.SIGINT)
        assert process.poll() is not None


def test_sigterm_ends_it_while_the_app_is_imported(serve: Serve) -> None:
    """A deployment that is called off need not wait for a slow start, or for SIGKILL."""
    process, _ = serve(SLOW_IMPORT)
    _wait(process, lambda: _printed(process, "importing"))
    assert process.stop(timeout=5), process.lines()


def test_it_ends_when_the_environment_is_wrong(serve: Serve) -> None:
    """What env.py says then is not said again and again by new workers: the
    platform sees that the app is gone.
    """
    process, _ = serve(WRONG_ENVIRONMENT)
    _wait(process, lambda: process.poll() is not None)
    assert not _printed(process, "respawn")


def test_an_unread_body_is_answered(serve: Serve, connect: Connect) -> None:
    """A form sent to a page that does not read it gets that page, not a reset connection."""
    _, port = _serving(serve)
    connection = connect(port)
    connection.request("POST", "/", body=b"x" * 3_000_000)
    assert connection.getresponse().read() == b"hello"


def test_a_chunk_may_be_large(serve: Serve, connect: Connect) -> None:
    """One chunk over 1 MiB arrives whole."""
    _, port = _serving(serve)
    connection = connect(port)
    connection.request("POST", "/length", body=iter([b"x" * 3_000_000]), encode_chunked=True)
    assert connection.getresponse().read() == b"3000000"


def test_headers_may_be_as_large_as_the_platform_lets_through(
    serve: Serve, connect: Connect
) -> None:
    """Eight lines of 8 KB."""
    _, port = _serving(serve)
    connection = connect(port)
    connection.request("GET", "/", headers={f"X-Line-{number}": "x" * 8000 for number in range(8)})
    assert connection.getresponse().read() == b"hello"


def test_the_app_gets_what_the_load_balancer_adds(serve: Serve) -> None:
    """X-Forwarded-Proto decides about the redirect to HTTPS."""
    _, port = _serving(serve)
    assert health.ask(port, health.Request("/scheme")).body == b"https"


@pytest.mark.parametrize("server", ["uwsgi"])
def test_uwsgi_says_that_it_closes_the_connection(serve: Serve, connect: Connect) -> None:
    """Else a proxy that keeps connections sends the next request into a closed one."""
    _, port = _serving(serve)
    connection = connect(port)
    connection.request("GET", "/")
    assert connection.getresponse().headers.get_all("Connection") == ["close"]
