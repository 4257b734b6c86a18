"""What a host would start of a project, and its rehearsal on one."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.engine import confinement
from scaffold.engine.boot import BootOptions, boot_project
from scaffold.engine.hosting import read_start, reads_port
from scaffold.errors import UsageError
from scaffold.hosts import HOSTS, Host
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from .conftest import ProjectFactory

RUN = "exec gunicorn wsgi:application --bind 0.0.0.0:$PORT"
STAGES = "FROM python:3.11 AS build\nCMD make\nFROM python:3.11-slim\n"
OWN = 'CMD ["python", "-m", "leanengine.server"]\n'
NEEDS_CONFINEMENT = pytest.mark.skipif(
    bool(confinement.problem()), reason=f"no namespaces on this machine: {confinement.problem()}"
)
# It says who it is, and tries to write where a container could not.
NOSY = """\
import os
from wsgiref.simple_server import make_server

print("user", os.getuid(), "app port", os.environ.get("LEANCLOUD_APP_PORT"))
for place in ("here", "/etc/here", os.path.join(os.environ["TMPDIR"], "here")):
    try:
        open(place, "w").close()
        print("wrote", place)
        os.remove(place)
    except OSError:
        print("kept from", place)


def application(environ, start_response):
    print("asked as", environ["HTTP_HOST"], flush=True)
    start_response("200 OK", [])
    return [b"hello"]


make_server("0.0.0.0", int(os.environ["PORT"]), application).serve_forever()
"""


@pytest.mark.parametrize(
    ("host", "files", "command", "own"),
    [
        ("zeabur", {}, "gunicorn --bind :8080 app:app", False),
        ("fly", {}, "gunicorn --bind 0.0.0.0:8080 app:app", False),
        ("railway", {"app.py": ""}, "python app.py", False),
        ("railway", {"main.py": "", "app.py": ""}, "gunicorn main:app", False),
        ("heroku", {}, "", False),
        ("railway", {"Dockerfile": STAGES + OWN}, "python -m leanengine.server", True),
        ("railway", {"Dockerfile": STAGES}, "", False),
        # It is written from `run`.
        ("railway", {"Dockerfile": STAGES + 'CMD ["sh", "/app/.run.sh"]'}, None, True),
        ("railway", {"Dockerfile": "FROM x\ncmd gunicorn \\\n  app:app"}, None, False),
        (
            "railway",
            {"Dockerfile": "FROM x\nENTRYPOINT gunicorn\nCMD wsgi:application"},
            None,
            True,
        ),
        ("railway", {"Dockerfile": "FROM x\nCMD granian --interface wsgi app:app"}, None, False),
        ("railway", {"Dockerfile": "FROM x\nCMD gunicorn site.wsgi:application"}, None, False),
        ("fly", {"Procfile": "worker: x\nweb: uwsgi -w wsgi\n"}, "uwsgi -w wsgi", True),
        ("fly", {"Procfile": "web: gunicorn app:app\n"}, "gunicorn app:app", False),
        ("fly", {"Procfile": "web: sh run.sh\n", "run.sh": "exec python wsgi.py\n"}, None, True),
        ("zeabur", {"Procfile": "web: python wsgi.py\n"}, "gunicorn --bind :8080 app:app", False),
        # These two build a Dockerfile only when their own file tells them to.
        ("render", {"Dockerfile": "FROM x\n" + OWN}, "gunicorn app:app", False),
        ("render", {"Dockerfile": "FROM x\n" + OWN, "render.yaml": ""}, None, True),
        ("heroku", {"Dockerfile": "FROM x\n" + OWN, "heroku.yml": ""}, None, True),
    ],
)
def test_start(
    tmp_path: Path, host: str, files: dict[str, str], command: str | None, *, own: bool
) -> None:
    """What a host starts is read from its Dockerfile or Procfile, or is its guess, and is only
    right when it goes through what the platform starts.
    """
    build_file_tree(tmp_path, files)
    start = read_start(tmp_path, HOSTS[host], RUN)
    assert start.own is own
    assert command is None or start.command == command


def test_start_of_another_entry(tmp_path: Path) -> None:
    """A project that the platform starts elsewhere may be started there by a host too."""
    build_file_tree(tmp_path, {"Procfile": "web: gunicorn app:engine"})
    assert read_start(tmp_path, HOSTS["fly"], "gunicorn app:engine -w 2").own
    assert not read_start(tmp_path, HOSTS["fly"], RUN).own


@pytest.mark.parametrize(
    ("run", "reads"),
    [
        ("gunicorn -b 0.0.0.0:$LEANCLOUD_APP_PORT wsgi", False),
        ("gunicorn -b 0.0.0.0:${LEANCLOUD_APP_PORT:-${PORT:-3000}} wsgi", True),
        ("python -m leanengine.server", True),
    ],
)
def test_port(run: str, *, reads: bool) -> None:
    """A run line that names the platform's port must name the hosts' too."""
    assert reads_port(run) is reads


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_table(host: Host) -> None:
    """Every host gives at least as long as a request of the starters has at the end, and starts
    something or nothing in any project.
    """
    assert host.grace > 8
    assert host.starts[-1].file == ""


@pytest.fixture
def place(
    request: pytest.FixtureRequest,
    temporary: Path,
    quick_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """The system's temporary folder: on the disk, or below /dev."""
    if request.param == "disk":
        return temporary
    folder = Path(tempfile.mkdtemp(prefix="rehearsal-", dir=quick_folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.mark.boot
@NEEDS_CONFINEMENT
@pytest.mark.parametrize("place", ["disk", "memory"], indirect=True)
def test_rehearsal(project: ProjectFactory, place: Path) -> None:
    """On another host the app has PORT alone, is not root, can write to the temporary folder
    only, and is asked by the host's own name.
    """
    folder = project("healthy")
    (folder / "wsgi.py").write_text(NOSY, "utf-8")
    (folder / "Dockerfile").write_text("FROM python:3.11-slim\nCMD python wsgi.py\n", "utf-8")
    report = boot_project(folder, BootOptions(keep=True, host=HOSTS["railway"]))
    assert report.folder
    log = (report.folder / "boot.log").read_text("utf-8")
    for path in sorted(report.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    report.folder.rmdir()
    assert report.error is None
    assert f"user {confinement.USER} app port None" in log
    assert log.count("kept from") == 2
    assert f"wrote {place}" in log
    assert "asked as healthcheck.railway.app" in log
    assert [step.name for step in report.steps][:2] == ["manifest", "host"]


def test_rehearsal_of_a_guess(project: ProjectFactory, temporary: Path) -> None:
    """A host that would start something else is refused before anything is installed."""
    assert temporary.is_dir()
    report = boot_project(project("cloud-functions"), BootOptions(host=HOSTS["zeabur"]))
    assert report.error
    assert report.error.key == "boot.error.host-start"
    assert [step.status for step in report.steps[:3]] == ["passed", "failed", "skipped"]


def test_rehearsal_on_a_wrong_port(project: ProjectFactory) -> None:
    """A PORT that is none is refused."""
    with pytest.raises(UsageError) as caught:
        boot_project(project("healthy"), BootOptions(env={"PORT": "x"}, host=HOSTS["fly"]))
    assert caught.value.key == "boot.error.bad-port"
