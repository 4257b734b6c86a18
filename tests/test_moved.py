"""The way out, end to end: the image of a project, two instances of it behind nginx with the
project's own configuration, and the vendor's SDKs that go on calling its functions.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.catalog import Catalog
from scaffold.engine import environment, health, images
from scaffold.engine.ports import any_free
from scaffold.engine.process import Process
from scaffold.questions import UserInput
from scaffold.render import render
from tests import base_image, nginx
from tests.adopt.conftest import STARTER
from tests.clients import ANSWER, NEEDS_JAVASCRIPT, PYTHON_CLIENT, node_client
from tests.conftest import ROOT, on_disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.engine.boot import BootReport
    from tests.conftest import Repository, Scaffold

CATALOG = Catalog(ROOT)
# The SDK's own pins are for these.
SDK_PYTHONS = ("3.8", "3.9", "3.10", "3.11")
CERTIFICATE = "/etc/gateway.pem"
# What is added to an app: a route that answers with what reached it.
FLASK_ROUTE = """

import time

import flask


@app.route("/seen", methods=["GET", "POST"])
def seen():
    time.sleep(int(flask.request.args.get("wait", 0)))
    headers = {name.lower(): value for name, value in flask.request.headers}
    length = len(flask.request.get_data())
    return flask.jsonify(headers=headers, length=length, padding="x" * 2000)


@app.route("/kept")
def kept():
    response = flask.Response(str(time.time()))
    response.last_modified = 0
    return response
"""
FASTAPI_ROUTE = """

import asyncio
import time

from fastapi import Response


@app.api_route("/seen", methods=["GET", "POST"])
async def seen(request: Request, wait: int = 0) -> dict[str, object]:
    await asyncio.sleep(wait)
    length = len(await request.body())
    return {"headers": dict(request.headers), "length": length, "padding": "x" * 2000}


@app.get("/kept")
async def kept() -> Response:
    headers = {"Last-Modified": "Thu, 01 Jan 1970 00:00:00 GMT"}
    return Response(str(time.time()), headers=headers)
"""
ROUTES = {"flask": FLASK_ROUTE, "fastapi": FASTAPI_ROUTE}

ANSWERS = {"flask": ANSWER, "fastapi": ANSWER, "adopted": "hello"}

pytestmark = [pytest.mark.boot, base_image.NEEDS_BUILDAH, nginx.NEEDS_NGINX, NEEDS_JAVASCRIPT]


def generated(starter: str) -> dict[str, bytes]:
    """Return the files of a new project with a route more."""
    given = {"starter": starter, "python": base_image.PYTHON, "server_files": True}
    answers = CATALOG.resolve({key: UserInput(value, "here") for key, value in given.items()})
    files = render(CATALOG.starter(starter), answers)
    files["app.py"] += ROUTES[starter].encode()
    return base_image.with_secrets(files)


def adopted(request: pytest.FixtureRequest) -> dict[str, bytes]:
    """Return the files of the vendor's starter after an adoption."""
    if base_image.PYTHON not in SDK_PYTHONS:
        pytest.skip(f"the SDK's own pins do not install on {base_image.PYTHON}")
    repository: Repository = request.getfixturevalue("repository")
    scaffold: Scaffold = request.getfixturevalue("scaffold")
    folder = repository(STARTER, {"app.py": str(STARTER["app.py"]) + FLASK_ROUTE})
    options = ["--yes", "--no-branch", "--python", base_image.PYTHON, "-d", "server_files=true"]
    result = scaffold("adopt", str(folder), *options)
    assert result.code == 0, result.err
    found = {path: content for path, content in on_disk(folder).items() if ".git/" not in path}
    return base_image.with_secrets(found)


@dataclass
class Moved:
    """An image, and two instances of it.

    Attributes:
        kind: which project it is of.
        shell: what runs a command in it.
        server: the command that starts an instance.
        root: its files.
        environ: its variables.
        ports: where the instances listen.
        instances: their processes.
    """

    kind: str
    shell: list[str]
    server: tuple[str, ...]
    root: Path
    environ: dict[str, str]
    ports: list[int]
    instances: list[Process]

    def start(self, port: int) -> Process:
        """Start an instance, and wait until it listens."""
        environ = {**self.environ, "PORT": str(port)}
        process = Process([*self.shell, *self.server], folder=Path("/"), environ=environ)
        until = process.started + nginx.PATIENCE
        assert health.wait_for(lambda: health.listens(port), until), process.lines()
        return process

    def restart(self, number: int) -> None:
        """End an instance as systemd and hosts do, and start another in its place."""
        assert self.instances[number].stop(number=signal.SIGTERM)
        self.instances[number] = self.start(self.ports[number])

    def kill(self) -> None:
        """End all instances at once."""
        for instance in self.instances:
            instance.kill()

    def python_client(self, server: str, key: str) -> Any:
        """Return what the vendor's Python SDK is answered, which is in the image."""
        command = [*self.shell, *PYTHON_CLIENT]
        settings = {"LEANCLOUD_API_SERVER": server, "REQUESTS_CA_BUNDLE": CERTIFICATE}
        environ = {**self.environ, **settings, "CLIENT_KEY": key}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@contextmanager
def started(kind: str, folder: Path, tag: str) -> Iterator[Moved]:
    """Run the image of a project, which the rehearsal has left, twice."""
    builder = images.find_builder(environment.inherited(os.environ))
    assert isinstance(builder, images.Buildah)
    with contextlib.ExitStack() as stack:
        stack.callback(builder.remove, tag)
        image = builder.inspect(tag)
        port = any_free()
        variables = environment.instance(folder, port, {}, moved=True)
        command, environ = builder.run_command(tag, image, variables, port, None)
        shell = list(command[: -len(image.command)])
        ports = [any_free(), any_free()]
        # After the shell's script and its name come root, user and folder.
        moved = Moved(kind, shell, image.command, Path(shell[-3]), dict(environ), ports, [])
        stack.callback(moved.kill)
        for each in ports:
            moved.instances.append(moved.start(each))
        yield moved


def folder_in(parent: Path, name: str) -> Path:
    """Return a new folder."""
    (parent / name).mkdir()
    return parent / name


def caching(gateway: nginx.Gateway) -> None:
    """A response with Last-Modified is kept, one without is not."""
    assert gateway.ask("/kept").body == gateway.ask("/kept").body
    assert gateway.ask("/kept?other").body != gateway.ask("/kept").body
    for _ in range(2):
        assert json.loads(gateway.ask("/seen", {"X-Mark": "1"}).body)["headers"]["x-mark"] == "1"
        assert "x-mark" not in json.loads(gateway.ask("/seen").body)["headers"]


def sdks(moved: Moved, gateway: nginx.Gateway) -> None:
    """Call functions as clients that are installed call them: with the same keys."""
    (moved.root / CERTIFICATE.lstrip("/")).write_bytes(gateway.certificate.read_bytes())
    server = f"https://127.0.0.1:{gateway.secure}"
    right, answer = moved.environ["LEANCLOUD_APP_KEY"], ANSWERS[moved.kind]
    for key, expected in ((right, [answer, answer]), ("wrong", [401, 401])):
        assert moved.python_client(server, key) == expected
        settings = {"id": moved.environ["LEANCLOUD_APP_ID"], "key": key, "server": server}
        trusted = {"NODE_EXTRA_CA_CERTS": str(gateway.certificate)}
        assert node_client(settings, **trusted) == expected


def headers(gateway: nginx.Gateway) -> None:
    """See what reaches the app: nothing that is forged, and a body that is whole."""
    answer = gateway.ask("/seen", {**nginx.FORGED, "Host": "www.example.com"}, b"x" * 1_000_000)
    seen = json.loads(answer.body)
    assert seen["length"] == 1_000_000
    found = seen["headers"]
    assert found["x-real-ip"] == found["x-forwarded-for"] == "127.0.0.1"
    assert found["x-forwarded-proto"] == "https"
    assert "forwarded" not in found
    assert found["host"] == "www.example.com"
    compressed = gateway.ask("/seen", {"Accept-Encoding": "gzip"})
    assert compressed.headers["Content-Encoding"] == "gzip"


def rolling_update(moved: Moved, gateway: nginx.Gateway) -> None:
    """Restart the instances one after the other under load: no call of a function fails."""
    keys = {
        "X-LC-Id": moved.environ["LEANCLOUD_APP_ID"],
        "X-LC-Key": moved.environ["LEANCLOUD_APP_KEY"],
    }
    headers = {**keys, "Content-Type": "application/json"}
    with nginx.load(lambda: gateway.ask("/1.1/functions/hello", headers, b"{}").status) as wait:
        for number in range(len(moved.instances)):
            wait()
            moved.restart(number)
        wait()


@pytest.mark.parametrize("kind", ["flask", "fastapi", "adopted"])
def test_from_the_generated_files(
    kind: str, boot: Callable[..., BootReport], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Two new projects and the vendor's own starter after `scaffold adopt`."""
    files = adopted(request) if kind == "adopted" else generated(kind)
    tag = f"moved-{kind}"
    base_image.check_report(boot(files, kept=tag))
    with started(kind, tmp_path / "shop", tag) as moved:
        upstream = {f":{3000 + number} ": f":{port} " for number, port in enumerate(moved.ports)}
        with nginx.running(folder_in(tmp_path, "nginx"), files, upstream, cache=True) as gateway:
            nginx.check(gateway)
            headers(gateway)
            sdks(moved, gateway)
            caching(gateway)
            rolling_update(moved, gateway)
        short = {**upstream, "read_timeout 60s;": "read_timeout 1s;"}
        with nginx.running(folder_in(tmp_path, "impatient"), files, short) as gateway:
            assert gateway.ask("/seen?wait=15").status == 504
