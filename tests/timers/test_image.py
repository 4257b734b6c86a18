"""The runner in its image, which the Dockerfile of a project builds."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.engine import health, ports
from scaffold.engine.images import Buildah
from scaffold.questions import UserInput
from scaffold.render import render
from tests import base_image
from tests.conftest import CATALOG
from tests.trees import build_file_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tools import dist

KEYS = {
    "LEANCLOUD_APP_ID": "app-id",
    "LEANCLOUD_APP_KEY": "app-key",
    "LEANCLOUD_APP_MASTER_KEY": "master-key",
    "LEANCLOUD_APP_HOOK_KEY": "hook-key",
}
OFTEN = b"timers: [{name: often, function: daily_report, every: 1}]\n"
ARGUMENTS = (f"BASE={base_image.TAG}", f"SCAFFOLD_BASE={base_image.TAG}")
TIMERS = ("--target", "timers")


@pytest.fixture
def builder(base: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Buildah:
    """Buildah, with the base image."""
    base_image.use(base, monkeypatch)
    return Buildah(str(shutil.which("buildah")), os.environ)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a timer that is due each second."""
    given = {"python": base_image.PYTHON, "timers": True, "data": "own"}
    answers = CATALOG.resolve({key: UserInput(value, "here") for key, value in given.items()})
    files = render(CATALOG.starter(str(answers["starter"])), answers)
    return build_file_tree(tmp_path / "shop", {**files, "timers.yaml": OFTEN})


def build(builder: Buildah, project: Path, tag: str, *options: str, scaffold: str) -> None:
    """Build an image of a project."""
    command = builder.build_command(project, tag, (*ARGUMENTS, f"SCAFFOLD={scaffold}"))
    command[2:2] = options
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def started(
    builder: Buildah, tag: str, variables: Mapping[str, str], log: Path, *words: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run an image, with more words after its own command."""
    image = builder.inspect(tag)
    assert image.is_unprivileged
    run, environ = builder.run_command(tag, image, variables, 0, None)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*run, *words], env=environ, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)
        builder.remove(tag)


@pytest.mark.boot
@base_image.NEEDS_BUILDAH
def test_the_runner_calls_the_app(
    builder: Buildah, project: Path, tmp_path: Path, built: dist.Built
) -> None:
    """The runner, installed from a wheel in the project, calls the functions of the app when
    they are due; both run without root and with read-only files, and SIGTERM ends them.
    """
    wheel = Path(shutil.copy(built.wheel, project))
    for tag, options in (("localhost/shop", ()), ("localhost/shop-timers", TIMERS)):
        build(builder, project, tag, *options, scaffold=f"./{wheel.name}")
    port = ports.any_free()
    app = {**KEYS, "LEANCLOUD_APP_PORT": str(port)}
    state = {**KEYS, "SCAFFOLD_TIMERS_DATABASE": "sqlite:////tmp/timers.sqlite3"}
    logs = tmp_path / "app.log", tmp_path / "timers.log"
    url = f"http://127.0.0.1:{port}"
    with (
        started(builder, "localhost/shop", app, logs[0]) as server,
        started(builder, "localhost/shop-timers", state, logs[1], "--url", url) as runner,
    ):
        fired = health.wait_for(
            lambda: logs[1].read_text("utf-8").count("often: done") >= 3, time.monotonic() + 120
        )
        assert fired, (server.poll(), [log.read_text("utf-8") for log in logs])
    assert runner.returncode in {0, 143}


@pytest.mark.skipif(os.name != "posix", reason="images are built by sh")
@pytest.mark.parametrize("scaffold", ["", "git+https://example.com/scaffold@1"])
def test_where_scaffold_comes_from(project: Path, tmp_path: Path, scaffold: str) -> None:
    """Without SCAFFOLD, or with one that takes git, the runner's image is not built, and the
    error says what to set.
    """
    source = (project / "Dockerfile").read_text("utf-8").partition(" AS scaffold\n")[2]
    found = re.search(r"^RUN --mount=\S+ (.*?[^\\])$", source, re.DOTALL | re.MULTILINE)
    assert found
    environ = {"SCAFFOLD": scaffold, "PATH": str(tmp_path)}
    shell = [str(shutil.which("sh")), "-c", found[1]]
    done = subprocess.run(shell, env=environ, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Set SCAFFOLD: ")
