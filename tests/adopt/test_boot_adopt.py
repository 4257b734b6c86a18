"""Adopted projects are built and started as the platform would, with versions from the
real index.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import yaml

from scaffold.adopt import resolve
from scaffold.engine import ports
from scaffold.engine.boot import BootOptions, boot_project
from tests.adopt.conftest import DJANGO, FASTAPI, OLD_FLASK, STARTER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.conftest import Repository, Scaffold
    from tests.trees import Tree

pytestmark = [pytest.mark.boot, pytest.mark.usefixtures("byte_code")]

GEVENT: Tree = {
    "wsgi.py": "from gevent import monkey\nmonkey.patch_all()\n" + str(STARTER["wsgi.py"])
}
KEYS = {
    "LEANCLOUD_APP_ID": "id",
    "LEANCLOUD_APP_KEY": "key",
    "LEANCLOUD_APP_MASTER_KEY": "master",
    "LEANCLOUD_APP_HOOK_KEY": "hook",
}


@pytest.mark.parametrize("tree", [OLD_FLASK, DJANGO, FASTAPI], ids=["flask", "django", "fastapi"])
def test_starts(scaffold: Scaffold, repository: Repository, tree: Tree) -> None:
    """What could not start passes every step afterwards: health, page, functions,
    refusal, SIGTERM.
    """
    folder = repository(tree)
    result = scaffold("adopt", str(folder), "--yes", "--json")
    assert result.code == 0, result.err
    assert json.loads(result.out)["requirements"]["pinned"]
    booted = scaffold("boot", str(folder), "--json")
    assert booted.code == 0, booted.err
    report = json.loads(booted.out)
    assert report["healthy"]
    states = {step["name"]: step["status"] for step in report["steps"]}
    assert {
        states["health"],
        states["page"],
        states["ping"],
        states["interfaces"],
        states["stop"],
    } == {"passed"}
    assert states["refusal"] == ("passed" if tree is OLD_FLASK else "skipped")


class Answer(NamedTuple):
    """An answer of the app: status, body and the cookie that it sets."""

    status: int
    body: str
    cookie: str = ""


def ask(port: int, path: str, headers: Mapping[str, str], body: object = None) -> Answer:
    """Send a request; with a body it is a POST."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"http://127.0.0.1:{port}{path}", data=data)
    for name, value in {"Content-Type": "application/json", **headers}.items():
        request.add_header(name, value)
    try:
        with urlopen(request, timeout=20) as response:
            cookie = (response.headers["Set-Cookie"] or "").partition(";")[0]
            return Answer(response.status, response.read().decode(), cookie)
    except HTTPError as error:
        return Answer(error.code, error.read().decode())


@contextmanager
def served(built: Path) -> Iterator[int]:
    """Run a project that was built, by its `run`; yield the port."""
    port = ports.any_free()
    run = yaml.safe_load((built / "app" / "leanengine.yaml").read_text())["run"]
    path = f"{built / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        ["sh", "-c", run],
        cwd=built / "app",
        env={**KEYS, "PATH": path, "LEANCLOUD_APP_ENV": "stage", "LEANCLOUD_APP_PORT": str(port)},
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not is_listening(port):
            assert process.poll() is None
            time.sleep(0.1)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def is_listening(port: int) -> bool:
    """Return whether something accepts connections on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("tree", [{}, GEVENT], ids=["threads", "gevent"])
def test_starter(
    scaffold: Scaffold,
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    tree: Tree,
) -> None:
    """Functions, hooks and logins of the vendor's starter work as before; what was open is not."""
    folder = repository(STARTER, tree)
    result = scaffold("adopt", str(folder), "--yes", "--json")
    assert result.code == 0, result.err
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    report = boot_project(folder, BootOptions(keep=True))
    assert report.error is None, report.error
    assert report.folder is not None
    right, hook = {"X-LC-Id": "id", "X-LC-Key": "key"}, {"X-LC-Hook-Key": "hook"}
    call, save = "/1.1/functions/hello", "/1.1/functions/Todo/beforeSave"
    todo = {"object": {"content": "abcdef"}}
    with served(report.folder) as port:
        assert json.loads(ask(port, call, right, {}).body) == {"result": "hello"}
        for wrong in ({"X-LC-Id": "id"}, {"X-LC-Id": "id", "X-LC-Key": "bad"}):
            assert ask(port, call, wrong, {}).status == 401
        assert json.loads(ask(port, save, {**right, **hook}, todo).body)["content"] == "abc"
        assert ask(port, save, {**right, "X-LC-Hook-Key": "bad"}, todo).status == 401
        cookie = {"Cookie": ask(port, "/login", {}).cookie}
        assert [ask(port, "/", {}).body for _ in range(20)] == ["nobody"] * 20
        assert ask(port, "/", cookie).body == "ann"
        who = ask(port, "/1.1/functions/whoami", right, {})
        assert json.loads(who.body) == {"result": "nobody"}


def test_real_reasons(tmp_path: Path) -> None:
    """The uv of today still says things in the words that we know."""
    for source, reason in (
        ("python>=2.7\n", "unknown"),
        ("flask==0.0.1\n", "gone"),
        ("leancloud>=2.9.12\ngevent<2\n", "clash"),
        ("gevent<2\n", "wheel"),
    ):
        found = resolve.resolve(tmp_path, source, "3.11")
        assert isinstance(found, resolve.Unresolved), source
        assert found.reason == reason, found.message
