"""The files for a server without containers: what the platform's gateway does, in front of apps
that run.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from scaffold.engine import environment, health
from scaffold.engine.ports import any_free
from scaffold.engine.process import Process
from scaffold.questions import UserInput
from scaffold.render import render
from tests import nginx
from tests.conftest import CATALOG
from tests.some import some
from tools import pins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import SharedFolder

TOOLS = Path(sys.executable).parent
PATIENCE = nginx.PATIENCE
# It answers with what reaches it.
APP = """
import json

OPEN = set()


async def application(scope, receive, send):
    OPEN.add(id(scope))
    try:
        await answer(scope, receive, send)
    finally:
        OPEN.discard(id(scope))


async def answer(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        message = await receive()
        await send({"type": "websocket.send", "text": message["text"]})
        return
    if scope["type"] != "http":
        return
    length, more = 0, True
    while more:
        message = await receive()
        length, more = length + len(message.get("body", b"")), message.get("more_body", False)
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    seen = {"path": scope["path"], "open": len(OPEN), "length": length}
    body = json.dumps({**seen, "headers": headers, "padding": "x" * 2000}).encode()
    given = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": given})
    await send({"type": "http.response.body", "body": body})
"""


ENV = """
import os


class env:
    LEANCLOUD_APP_PORT = int(os.environ["LEANCLOUD_APP_PORT"])
"""


def _files(**answers: object) -> dict[str, bytes]:
    given = {"server_files": True, **answers}
    resolved = CATALOG.resolve({key: UserInput(value, "here") for key, value in given.items()})
    return render(CATALOG.starter(str(resolved["starter"])), resolved)


@dataclass
class Served:
    """nginx in front of two instances of the app above.

    Attributes:
        gateway: nginx.
        folder: the project of both.
        ports: where the instances listen.
        instances: their processes.
    """

    gateway: nginx.Gateway
    folder: Path
    ports: list[int]
    instances: list[Process]


def _project(
    folder: Path, files: dict[str, bytes], app: str, changes: dict[str, str] | None = None
) -> None:
    """Write what the server is told, and a small app in place of the project's."""
    wanted = ("deploy/", "leanengine/server.py", "leanengine/address.py", "leanengine/__init__.py")
    for path, content in files.items():
        if path.startswith(wanted):
            text = content.decode()
            for old, new in (changes or {}).items():
                text = text.replace(old, new)
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text)
    (folder / "env.py").write_text(ENV)
    (folder / "wsgi.py").write_text(app)


def _start_app(folder: Path, port: int) -> Process:
    """Start an instance of the app as a project starts its own, and wait until it listens."""
    environ = {**environment.inherited(os.environ), "LEANCLOUD_APP_PORT": str(port)}
    command = [sys.executable, "-m", "leanengine.server"]
    process = Process(command, folder=folder, environ=environ)
    until = process.started + nginx.PATIENCE
    assert health.wait_for(lambda: health.listens(port), until), process.lines()
    return process


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Start two instances of the app, and nginx in front of them."""
    folder = tmp_path_factory.mktemp("app")
    _project(folder, _files(starter="fastapi"), APP)
    ports = [any_free(), any_free()]
    instances = [_start_app(folder, port) for port in ports]
    upstream = {f":{3000 + number} ": f":{port} " for number, port in enumerate(ports)}
    try:
        with nginx.running(tmp_path_factory.mktemp("nginx"), _files(), upstream) as gateway:
            yield Served(gateway, folder, ports, instances)
    finally:
        for instance in instances:
            instance.kill()


pytestmark = pytest.mark.boot


@nginx.NEEDS_NGINX
def test_site(served: Served) -> None:
    """Limits, the redirect to HTTPS and the proofs for certificates are the platform's."""
    nginx.check(served.gateway)


@nginx.NEEDS_NGINX
def test_websocket(served: Served) -> None:
    """A websocket gets through, both ways."""
    request = (
        b"GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    # A frame of text with a mask of zeros, and what the server sends back: without one.
    frame, answer = b"\x81\x85\0\0\0\0hello", b"\x81\x05hello"
    with served.gateway.connected() as client:
        client.sendall(request)
        assert client.recv(1000).startswith(b"HTTP/1.1 101")
        client.sendall(frame)
        assert client.recv(1000).startswith(answer)


@nginx.NEEDS_NGINX
def test_slow_uploads_do_not_reach_the_app(served: Served) -> None:
    """Twenty uploads that stall hold up nobody: the app never sees them."""
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            client = stack.enter_context(served.gateway.connected())
            client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{")
        # Several, for both instances to be asked.
        found = [json.loads(served.gateway.ask().body)["open"] for _ in range(8)]
    assert found == [1] * 8


@nginx.NEEDS_NGINX
def test_rolling_update(served: Served) -> None:
    """Under load, each of two instances is restarted, and no request fails."""
    with nginx.load(lambda: int(served.gateway.ask(body=b"x").status)) as wait_for_more:
        for number, port in enumerate(some(served.ports)):
            wait_for_more()
            assert served.instances[number].stop(number=signal.SIGTERM)
            served.instances[number] = _start_app(served.folder, port)
        wait_for_more()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd")
@pytest.mark.parametrize(
    "answers",
    [{"server": "waitress"}, {"server": "gunicorn"}, {"server": "uwsgi"}, {"starter": "tornado"}],
    ids=["waitress", "gunicorn", "uwsgi", "tornado"],
)
def test_systemd(answers: dict[str, object], tmp_path: Path) -> None:
    """Systemd takes the unit, and a misspelt setting is found."""
    text = _files(**answers)["deploy/myapp@.service"].decode()
    text = re.sub(r"/srv/myapp/\.venv/bin/\w+", sys.executable, text)
    _check_unit(text, tmp_path / "myapp@3000.service")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd")
def test_systemd_of_the_data_service(tmp_path: Path) -> None:
    """Systemd takes the unit of the data service."""
    text = _files(data="own")["deploy/myapp-store.service"].decode()
    text = text.replace("/opt/scaffold/bin/scaffold", sys.executable)
    _check_unit(text, tmp_path / "myapp-store.service")


def _check_unit(text: str, unit: Path) -> None:
    for source, sound in ((text, True), (text.replace("Restart=", "Restrat="), False)):
        unit.write_text(source)
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(unit)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ("myapp" not in done.stderr and not done.returncode) is sound, done.stderr


@pytest.fixture(params=["deploy", "compose"])
def caddyfile(request: pytest.FixtureRequest, served: Served) -> str:
    """Caddy's configuration for a server, and that in compose.yaml, in front of the app above."""
    files = _files(language={"deploy": "en", "compose": "zh"}[request.param])
    if request.param == "deploy":
        text = files["deploy/Caddyfile"].decode()
        places = {f":{3000 + number}": f":{port}" for number, port in enumerate(served.ports)}
    else:
        compose = yaml.safe_load(files["compose.yaml"])
        text = compose["configs"]["caddyfile"]["content"].replace("$$", "$")
        places = {"app:3000": f"127.0.0.1:{served.ports[0]}"}
    return nginx.changed(text, places)


@nginx.NEEDS_NGINX
def test_caddy(caddyfile: str, tmp_path: Path) -> None:
    """Caddy runs with it: limits, headers that cannot be forged, gzip, and the app behind it."""
    port, admin = any_free(), any_free()
    (tmp_path / "Caddyfile").write_text(caddyfile)
    command = [str(TOOLS / "caddy"), "run", "--adapter", "caddyfile", "--config", "Caddyfile"]
    variables = {"SITE": f"http://:{port}", "CADDY_ADMIN": f"127.0.0.1:{admin}"}
    environ = {**os.environ, **variables, "HOME": str(tmp_path)}
    caddy = Process(command, folder=tmp_path, environ=environ)

    def ask(**headers: str) -> health.HttpResponse:
        return health.ask(port, health.Request("/__engine/1/ping", headers, None))

    try:
        until = caddy.started + PATIENCE
        assert health.wait_for(lambda: ask().ok, until), caddy.lines()
        seen = json.loads(ask(**nginx.FORGED, Host="www.example.com").body)
        assert seen["path"] == "/__engine/1/ping"
        headers = seen["headers"]
        assert headers["x-real-ip"] == headers["x-forwarded-for"] == "127.0.0.1"
        assert headers["x-forwarded-proto"] == "http"
        assert headers["host"] == "www.example.com"
        assert "forwarded" not in headers
        assert ask(**{"X-Long": "x" * 60_000}).ok
        assert ask(**{"X-Long": "x" * 80_000}).status == 431
        assert ask(**{"Accept-Encoding": "gzip"}).body[:2] == b"\x1f\x8b"
        with socket.create_connection((health.LOOPBACK, port), PATIENCE) as client:
            client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{")
            assert [json.loads(ask().body)["open"] for _ in range(8)] == [1] * 8
    finally:
        caddy.kill()


WSGI_APP = """
import json
import os


def application(environ, start_response):
    names = ("HTTP_X_REAL_IP", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED")
    found = {name: environ.get(name, "") for name in names}
    body = json.dumps({"PORT": os.environ["LEANCLOUD_APP_PORT"], **found}).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


@pytest.fixture
def programs(server: str, shared_folder: SharedFolder) -> Path:
    """The programs of a virtualenv with the server."""

    def install(folder: Path) -> None:
        wanted = [
            row["get"]
            for row in pins.load()["packages"]
            if row.get("server") == server and row.get("dependencies", "current") == "current"
        ]
        subprocess.run([pins.UV, "venv", "--quiet", folder], check=True)
        python = ["--python", str(folder / "bin" / "python")]
        subprocess.run([pins.UV, "pip", "install", "--quiet", *python, *wanted], check=True)

    return shared_folder(f"server-files-{server}", install) / "bin"


@pytest.mark.parametrize("server", ["gunicorn", "gevent"])
def test_gunicorn(server: str, programs: Path, tmp_path: Path) -> None:
    """Gunicorn takes its settings from the file, and writes an access log."""
    _project(tmp_path, _files(server=server), WSGI_APP)
    port = any_free()
    environ = {**environment.inherited(os.environ), "LEANCLOUD_APP_PORT": str(port)}
    command = [str(programs / "gunicorn"), "--config", "deploy/gunicorn.conf.py"]
    process = Process(command, folder=tmp_path, environ=environ)
    try:
        until = process.started + PATIENCE
        assert health.wait_for(lambda: health.ask(port, health.PAGE).ok, until), process.lines()
        assert health.wait_for(lambda: any('"GET / ' in line for line in process.lines()), until)
        assert process.stop(number=signal.SIGINT)
    finally:
        process.kill()


@nginx.NEEDS_NGINX
@pytest.mark.parametrize("server", ["uwsgi"])
@pytest.mark.parametrize("by_tcp", [False, True], ids=["socket", "tcp"])
def test_uwsgi(server: str, programs: Path, tmp_path: Path, *, by_tcp: bool) -> None:
    """Nginx and uWSGI speak uWSGI's own protocol, over a Unix socket or TCP; headers cannot be
    forged there either.
    """
    ports = [any_free(), any_free()]
    files = _files(server=server)
    port = "$(LEANCLOUD_APP_PORT)"
    place = "127.0.0.1:{}" if by_tcp else f"{tmp_path}/{{}}.sock"
    prefix = "" if by_tcp else "unix:"
    sockets = {f"/run/myapp/{port}.sock": place.format(port)}
    _project(tmp_path, files, WSGI_APP, sockets)
    upstream = {
        f"unix:/run/myapp/{3000 + number}.sock": prefix + place.format(each)
        for number, each in enumerate(ports)
    }
    (tmp_path / "nginx").mkdir()
    command = [str(programs / "uwsgi"), "--ini", "deploy/uwsgi.ini"]

    def start(number: int) -> Process:
        variable = {"LEANCLOUD_APP_PORT": str(ports[number])}
        environ = {**environment.inherited(os.environ), **variable}
        return Process(command, folder=tmp_path, environ=environ)

    with contextlib.ExitStack() as stack:
        first, second = start(0), start(1)
        stack.callback(first.kill)
        stack.callback(second.kill)
        gateway = stack.enter_context(nginx.running(tmp_path / "nginx", files, upstream))

        def answer() -> dict[str, str]:
            with contextlib.suppress(OSError, ValueError):
                return dict(json.loads(gateway.ask(headers=nginx.FORGED).body))
            return {}

        seen: set[str] = set()

        def both() -> bool:
            seen.add(answer().get("PORT", ""))
            return seen >= set(map(str, ports))

        assert health.wait_for(both, first.started + PATIENCE), first.lines() + second.lines()
        # One ends, and the other answers.
        assert first.stop(number=signal.SIGTERM)
        assert answer() == {
            "PORT": str(ports[1]),
            "HTTP_X_REAL_IP": "127.0.0.1",
            "HTTP_X_FORWARDED_FOR": "127.0.0.1",
            "HTTP_X_FORWARDED_PROTO": "https",
            "HTTP_FORWARDED": "",
        }
