"""A project with the answer `data=own`: its data service as two processes on PostgreSQL behind
nginx, as its files have it, and the Python SDK as a client.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from scaffold.catalog import Catalog
from scaffold.engine import environment, health, manifest
from scaffold.engine.ports import any_free
from scaffold.engine.process import Process
from scaffold.questions import UserInput
from scaffold.render import render
from scaffold.store import settings
from scaffold.store.database import Database
from tests.conftest import ROOT
from tests.nginx import NEEDS_NGINX, NGINX, SETTINGS
from tests.store.conftest import new_database
from tests.store.process import VARIABLES, served
from tests.trees import build_file_tree
from tools import pins

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import SharedFolder

pytestmark = [pytest.mark.boot, NEEDS_NGINX]
CATALOG = Catalog(ROOT)
STARTERS = ("flask", "fastapi")
PATIENCE = 60
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
CLIENT = """
import io, os, requests
from leanengine.sdk import leancloud


def review(stars):
    made = leancloud.Object.create("Review", movie="Hero", stars=stars, comment=" good ")
    made.save()
    made.fetch()
    return made


try:
    review(6)
except leancloud.LeanCloudError as error:
    assert error.error.endswith("stars must be a whole number from 1 to 5"), error
else:
    raise AssertionError("no hook refused it")
assert [review(stars).get("comment") for stars in (4, 5)] == ["good", "good"]
assert leancloud.Query("Review").count() == 2
assert leancloud.cloud.run("averageStars", movie="Hero") == 4.5
user = leancloud.User()
user.set_username("mei")
user.set_password("secret")
user.sign_up()
leancloud.cloud.run("add_review", movie="Infernal Affairs", stars=5)
assert leancloud.cloud.run("my_films") == ["Infernal Affairs"]
file = leancloud.File("note.txt", io.BytesIO(b"bytes"))
file.save()
assert requests.get(file.url).content == b"bytes"
assert "myapp" in requests.get(os.environ["LEANCLOUD_API_SERVER"]).text
"""


def _files(starter: str) -> dict[str, bytes]:
    given = {"starter": starter, "python": PYTHON, "data": "own", "server_files": True}
    answers = CATALOG.resolve({key: UserInput(value, "here") for key, value in given.items()})
    return render(CATALOG.starter(starter), answers)


@pytest.fixture
def virtualenv(shared_folder: SharedFolder) -> Path:
    """A virtualenv with the packages of all these projects."""

    def install(folder: Path) -> None:
        subprocess.run([pins.UV, "venv", "--quiet", "--python", sys.executable, folder], check=True)
        pip = [pins.UV, "pip", "install", "--quiet", "--python", str(folder / "bin/python")]
        for starter in STARTERS:
            lists = folder / f"{starter}.txt"
            lists.write_bytes(_files(starter)["requirements.txt"])
            subprocess.run([*pip, "-r", lists], check=True)
        subprocess.run([*pip, "--no-deps", "leancloud==3.0.2"], check=True)

    return shared_folder("own-data", install)


@contextmanager
def _running(
    command: str | list[str], port: int, folder: Path, environ: dict[str, str]
) -> Iterator[None]:
    process = Process(command, folder=folder, environ=environ)
    try:
        until = process.started + PATIENCE
        assert health.wait_for(lambda: health.listens(port), until), process.lines()
        yield
    finally:
        process.kill()


def _nginx(folder: Path, site: bytes, ports: dict[str, int]) -> list[str]:
    """Return the command of nginx, with a project's site but for ports and certificates."""
    text = site.decode()
    changes = {
        "listen 80;": f"listen 127.0.0.1:{any_free()};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{ports['site']};",
        "127.0.0.1:3000 ": f"127.0.0.1:{ports['app']} ",
        "    server 127.0.0.1:3001 max_fails=0;\n": "",
        "127.0.0.1:3600 ": f"127.0.0.1:{ports['store']} ",
        "    ssl_": "    # ssl_",
    }
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    build_file_tree(folder, {"site/site.conf": text, "nginx.conf": SETTINGS.format(folder=folder)})
    return [str(NGINX), "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", "stderr"]


@pytest.mark.parametrize("starter", STARTERS)
def test_behind_nginx(
    starter: str,
    virtualenv: Path,
    postgresql: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A client of the one address stores, reads, logs in, uploads and calls functions; hooks
    fire, and pages are the app's.
    """
    files = _files(starter)
    project = build_file_tree(tmp_path / "project", files)
    app, site = any_free(), any_free()
    address = f"http://127.0.0.1:{site}"
    monkeypatch.setenv(settings.PUBLIC_URL, address)
    url = new_database(postgresql)
    database = Database(url)
    database.migrate()
    database.close()
    path = os.pathsep.join([str(virtualenv / "bin"), os.environ["PATH"]])
    environ = {**environment.inherited(os.environ), **VARIABLES, "PATH": path}
    environ |= {"LEANCLOUD_APP_ENV": "production", "LEANCLOUD_APP_PORT": str(app)}
    options = ("--engine", f"http://127.0.0.1:{app}", "--workers", "2")
    with served(url, tmp_path / "files", *options) as (store, _):
        ports = {"app": app, "site": site, "store": int(store.rpartition(":")[2])}
        nginx = _nginx(tmp_path, files["deploy/nginx.conf"], ports)
        run = manifest.load(project).run
        with (
            _running(run, app, project, {**environ, "LEANCLOUD_API_SERVER": store}),
            _running(nginx, site, tmp_path, environ),
        ):
            done = subprocess.run(
                ["python", "-c", CLIENT],
                cwd=project,
                env={**environ, "LEANCLOUD_API_SERVER": address},
                capture_output=True,
                text=True,
                check=False,
            )
    assert done.returncode == 0, done.stdout + done.stderr
