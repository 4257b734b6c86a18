"""The container files of a project: what they say, and the image that they make."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from scaffold.catalog import combinations
from scaffold.engine import health, ports
from scaffold.engine.process import Process
from scaffold.hosts import HOSTS
from scaffold.questions import UserInput
from scaffold.render import render
from tests import base_image
from tests.conftest import CATALOG
from tests.some import some
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.engine.boot import BootReport
    from scaffold.questions import Answers

STARTERS = CATALOG.questions["starter"].choices
# tests/test_moved.py goes on with the images of these.
MOVED = ("flask", "fastapi")
# The others, each on a host of its own.
ON_HOSTS = list(zip([each for each in STARTERS if each not in MOVED], HOSTS, strict=False))
TOOLS = Path(sys.executable).parent
# It stands in for every server, and says what it was told.
ECHO = '#!/bin/sh\nfor each in "${0##*/}" "$@"; do printf "%s\\n" "$each"; done\n'
COMPOSE_SCHEMA = ("--builtin-schema", "vendor.compose-spec")
VARIABLES = {"LEANCLOUD_APP_PORT": "3000", "LEANCLOUD_AVAILABLE_CPUS": "2"}

posix = pytest.mark.skipif(os.name != "posix", reason="containers are Linux")


def _one_each() -> dict[str, Answers]:
    """Return one combination for each run line: starter, server and set of dependencies."""
    found: dict[str, Answers] = {}
    for starter in STARTERS:
        for answers in combinations(CATALOG, starter):
            names = (starter, answers["backend"], answers["server"], answers["dependencies"])
            found.setdefault("-".join(dict.fromkeys(map(str, names))), answers)
    return found


CASES = _one_each()
by_case = pytest.mark.parametrize("answers", CASES.values(), ids=CASES.keys())


def _files(answers: Answers) -> dict[str, bytes]:
    return render(CATALOG.starter(str(answers["starter"])), answers)


@pytest.fixture(scope="module")
def image() -> Any:
    """The module deploy/image.py of a project."""
    source = _files(CATALOG.resolve({}))["deploy/image.py"].decode()
    spec = importlib.util.spec_from_loader("image", loader=None)
    assert spec
    module = importlib.util.module_from_spec(spec)
    exec(compile(source, "image.py", "exec"), vars(module))  # noqa: S102 - it is ours
    return module


@pytest.fixture
def plan(image: Any, tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Write the scripts of a project that is described by its files."""

    def write(files: dict[str, str]) -> Path:
        source = build_file_tree(tmp_path / "source", {"deploy/health.py": "", **files})
        image.write(source, tmp_path / "plan")
        return tmp_path / "plan"

    return write


@by_case
def test_the_image_runs_the_run_line(answers: Answers, plan: Any) -> None:
    """The command of the image is `run` of leanengine.yaml, whatever the server."""
    manifest = _files(answers)["leanengine.yaml"].decode()
    script = (plan({"leanengine.yaml": manifest}) / "app" / ".run.sh").read_text()
    assert shlex.split(script)[-4:] == ["exec", "sh", "-c", yaml.safe_load(manifest)["run"].strip()]


@posix
@by_case
def test_the_procfile_runs_the_run_line(answers: Answers, tmp_path: Path) -> None:
    """The Procfile starts the server with the very arguments of the platform."""
    files = _files(answers)
    (tmp_path / "leanengine.yaml").write_bytes(files["leanengine.yaml"])
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("gunicorn", "uwsgi", "python"):
        (programs / name).write_text(ECHO)
        (programs / name).chmod(0o755)
    for name in ("sh", "sed", "tr"):
        (programs / name).symlink_to(str(shutil.which(name)))

    def run(line: str) -> str:
        environ = {**VARIABLES, "PATH": str(programs)}
        return subprocess.check_output(["sh", "-c", line], cwd=tmp_path, env=environ, text=True)

    name, _, web = files["Procfile"].decode().partition(": ")
    assert name == "web"
    assert run(web) == run(yaml.safe_load(files["leanengine.yaml"])["run"])


@posix
def test_what_leanengine_yaml_says(plan: Any) -> None:
    """Packages of the system, install and build steps in their order, files that are required, a
    folder that is built, and keys without a value.
    """
    manifest = """
        buildRoot: web
        systemDependencies: [ffmpeg, python-talib, fonts-wqy]
        install:
          - echo before
          - require: [wheels, setup.cfg]
          - use: default
          - pip install --no-deps leancloud==3.0.2
        build: [cd assets, echo built > made.txt]
        run: |
          python wsgi.py --name "it's"
        startupTimeout:
    """
    made = plan(
        {
            "leanengine.yaml": manifest,
            "web/requirements.txt": "a\n",
            "web/wheels/a.whl": "",
            "web/setup.cfg": "",
            "web/assets/a.css": "",
            "web/wsgi.py": "",
        }
    )
    assert "set -- ffmpeg fonts-wqy-microhei fonts-wqy-zenhei " in (made / "system.sh").read_text()
    install = made / "install"
    installed = sorted(path.relative_to(install).as_posix() for path in install.rglob("*"))
    assert installed == [".install.sh", "requirements.txt", "setup.cfg", "wheels", "wheels/a.whl"]
    lines = [
        line[2:] for line in (made / "install/.install.sh").read_text().splitlines() if "( " in line
    ]
    default = "pip install -r requirements.txt"
    assert lines == ["echo before", default, "pip install --no-deps leancloud==3.0.2"]
    subprocess.run(["sh", ".build.sh"], cwd=made / "app", check=True)
    assert not (made / "app/assets/made.txt").exists()
    assert (made / "app/made.txt").read_text() == "built\n"
    assert shlex.split((made / "app/.run.sh").read_text())[-1] == 'python wsgi.py --name "it\'s"'
    assert (made / "app/deploy/health.py").exists()


@posix
@pytest.mark.parametrize("manifest", [None, "", "# nothing\n", "run:\ninstall:\n"])
def test_a_project_that_says_nothing(plan: Any, manifest: str | None) -> None:
    """Without leanengine.yaml, or with an empty one, the platform's defaults count."""
    said = {} if manifest is None else {"leanengine.yaml": manifest}
    made = plan({"requirements.txt": "a\n", **said})
    assert "( pip install -r requirements.txt\n)" in (made / "install/.install.sh").read_text()
    assert shlex.split((made / "app/.run.sh").read_text())[-1] == "python wsgi.py"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_linters(tmp_path: Path, language: str) -> None:
    """Hadolint has nothing to say of the Dockerfile, compose's schema knows all keys, and Caddy
    takes the configuration of the proxy.
    """
    given = {"language": language, "timers": True, "data": "own"}
    answers = CATALOG.resolve({key: UserInput(value, "here") for key, value in given.items()})
    build_file_tree(tmp_path, _files(answers))
    commands = [
        ["hadolint", "Dockerfile"],
        ["check-jsonschema", *COMPOSE_SCHEMA, "compose.yaml"],
        ["caddy", "validate", "--adapter", "caddyfile", "--config", "Caddyfile"],
    ]
    compose = yaml.safe_load((tmp_path / "compose.yaml").read_text("utf-8"))
    content = compose["configs"]["caddyfile"]["content"]
    (tmp_path / "Caddyfile").write_text(content.replace("$$", "$"), "utf-8")
    for program, *arguments in some(commands):
        done = subprocess.run(
            [str(TOOLS / program), *arguments],
            cwd=tmp_path,
            env={**os.environ, "SITE": "http://", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_misspelt_key_is_found(tmp_path: Path) -> None:
    """The schema would say so: what it takes is right."""
    files = _files(CATALOG.resolve({}))
    misspelt = files["compose.yaml"].replace(b"read_only", b"readonly")
    (tmp_path / "compose.yaml").write_bytes(misspelt)
    command = [str(TOOLS / "check-jsonschema"), *COMPOSE_SCHEMA, "compose.yaml"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode


@pytest.mark.parametrize(("cloud_functions", "runs"), [(True, True), (False, False)])
def test_a_runner_only_where_it_has_work(*, cloud_functions: bool, runs: bool) -> None:
    """Without cloud functions timers.yaml is empty, and the runner would end at once."""
    given = {"timers": True, "cloud_functions": cloud_functions}
    answers = CATALOG.resolve({key: UserInput(value, "here") for key, value in given.items()})
    files = _files(answers)
    assert ("timers" in yaml.safe_load(files["compose.yaml"])["services"]) == runs
    assert (b"AS timers" in files["Dockerfile"]) == runs


def test_the_data_service() -> None:
    """The answer `own` brings it with its database and its tables; the app finds it, a client
    at one address finds both, and no password is written down.
    """
    for data in ("leancloud", "own"):
        files = _files(CATALOG.resolve({"data": UserInput(data, "here")}))
        services = yaml.safe_load(files["compose.yaml"])["services"]
        own = {"store", "store-tables", "database"} if data == "own" else set()
        assert set(services) == {"app", "proxy"} | own
        assert (b"AS store" in files["Dockerfile"]) == bool(own)
    served = [services["app"]["environment"]["LEANCLOUD_API_SERVER"]]
    served.append(services["store"]["environment"]["SCAFFOLD_STORE_ENGINE"])
    assert served == ["http://store:3600", "http://app:3000"]
    password = "${POSTGRES_PASSWORD:?write it into .env}"
    assert services["database"]["environment"]["POSTGRES_PASSWORD"] == password
    assert "ports" not in services["database"]
    assert "ports" not in services["store"]
    assert services["database"]["networks"] == ["database"]


class _Names(BaseHTTPRequestHandler):
    """Answers with the port that was asked, as who listens there is all that counts."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(self.connection.getsockname()[1]).encode())

    def log_message(self, *_: Any) -> None:
        """Be silent."""


@pytest.mark.boot
@pytest.mark.parametrize("file", ["compose.yaml", "deploy/Caddyfile"])
def test_one_address(file: str, tmp_path: Path) -> None:
    """Caddy gives functions and pages to the app, and the rest of the API to the data service."""
    given = {"data": "own", "server_files": True}
    files = _files(CATALOG.resolve({key: UserInput(value, "") for key, value in given.items()}))
    text = files[file].decode()
    if file == "compose.yaml":
        text = yaml.safe_load(text)["configs"]["caddyfile"]["content"].replace("$$", "$")
    servers = [ThreadingHTTPServer((health.LOOPBACK, 0), _Names) for _ in range(2)]
    app, store = (server.server_port for server in servers)
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    changes = {
        "store:3600|127.0.0.1:3600": f"127.0.0.1:{store}",
        "app:3000|127.0.0.1:3000": f"127.0.0.1:{app}",
        "127.0.0.1:3001": "",
        "^{$": "{\nadmin off",
    }
    for old, new in changes.items():
        text = re.sub(old, new, text, flags=re.MULTILINE)
    (tmp_path / "Caddyfile").write_text(text)
    port = ports.any_free()
    environ = {**os.environ, "SITE": f"http://127.0.0.1:{port}", "HOME": str(tmp_path)}
    command = [str(TOOLS / "caddy"), "run", "--adapter", "caddyfile", "--config", "Caddyfile"]
    caddy = Process(command, folder=tmp_path, environ=environ)
    try:
        assert health.wait_for(lambda: health.listens(port), caddy.started + 30), caddy.lines()
        for path, expected in {
            "/": app,
            "/1.1": app,
            "/1.1/functions/hello": app,
            "/1.1/functions/Review/beforeSave": app,
            "/1.1/call/hello": app,
            "/1.1/classes/Review": store,
            "/1.1/functionsX": store,
            "/1.1/download/a.png": store,
            "/__engine/1/ping": app,
        }.items():
            assert health.ask(port, health.Request(path)).body == str(expected).encode(), path
    finally:
        caddy.kill()
        for server in servers:
            server.shutdown()
            server.server_close()


@pytest.mark.boot
@base_image.NEEDS_BUILDAH
@pytest.mark.parametrize(("starter", "host"), ON_HOSTS)
def test_the_image_of_a_starter(starter: str, host: str, boot: Callable[..., BootReport]) -> None:
    """The image is built, runs without root and with read-only files, is healthy as the host asks
    for it, answers as on the platform and ends at the host's signal; secrets stay out.
    """
    given = {"starter": starter, "host": host, "python": base_image.PYTHON}
    files = _files(CATALOG.resolve({k: UserInput(v, "here") for k, v in given.items()}))
    report = boot(base_image.with_secrets(files), host=HOSTS[host])
    base_image.check_report(report)
    details = {step.name: step.detail for step in report.steps}
    assert details["host"].startswith(HOSTS[host].title)
    assert f"of {HOSTS[host].memory} MB" in details["memory"]
    assert not [remark for remark in report.remarks if "read-only" in remark.text]


@pytest.mark.boot
@base_image.NEEDS_BUILDAH
@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (b"USER 10001:10001\n", b"", "boot.error.image-user"),
        (b"COPY . /source\n", b"COPY nothing /source\n", "boot.error.image-failed"),
    ],
)
def test_an_image_that_is_wrong(
    old: bytes, new: bytes, key: str, boot: Callable[..., BootReport]
) -> None:
    """A Dockerfile that cannot be built, or makes an image that runs as root, fails with an error
    that says so.
    """
    answers = {"starter": "wsgi", "python": base_image.PYTHON, "cloud_functions": False}
    files = _files(CATALOG.resolve({k: UserInput(v, "here") for k, v in answers.items()}))
    assert old in files["Dockerfile"]
    files["Dockerfile"] = files["Dockerfile"].replace(old, new)
    report = boot(files)
    assert report.error is not None
    assert report.error.key == key
