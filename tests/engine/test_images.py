"""What builds and runs images: which of several is taken, and with which arguments."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from scaffold.engine import images
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="programs are shell scripts")
INSPECTED = {
    "Size": 123_400_000,
    "Config": {"User": "10001:10001", "WorkingDir": "/app", "Cmd": ["sh", "x"], "Env": ["A=1=2"]},
}


def _program(folder: Path, name: str, script: str) -> Path:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def test_a_daemon_that_runs_is_taken(tmp_path: Path) -> None:
    """Docker that cannot reach its daemon is passed over for Podman."""
    _program(tmp_path, "docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    podman = _program(tmp_path, "podman", "exit 0")
    builder = images.find_builder({"PATH": str(tmp_path)})
    assert isinstance(builder, images.DockerLike)
    assert builder.program == str(podman)


def test_nothing_builds(tmp_path: Path) -> None:
    """The error says what was tried, and why it does not do."""
    _program(tmp_path, "docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    with pytest.raises(FailedError) as caught:
        images.find_builder({"PATH": str(tmp_path)})
    assert "docker: Cannot connect to the Docker daemon" in caught.value.parts()["seen"]


def test_docker_is_told(tmp_path: Path) -> None:
    """The container may write to /tmp alone and has no rights; values are in the environment, not
    among the arguments.
    """
    docker = _program(tmp_path, "docker", f"echo '[{json.dumps(INSPECTED)}]'")
    builder = images.DockerLike(str(docker), {})
    image = builder.inspect("tag")
    assert (image.is_unprivileged, image.megabytes, image.environ) == (True, 123.4, {"A": "1=2"})
    variables = {"LEANCLOUD_APP_MASTER_KEY": "secret"}
    command, environ = builder.run_command("tag", image, variables, 3000, 256)
    for options in ("--read-only", "--tmpfs /tmp", "--cap-drop ALL", "--memory 256m"):
        assert options in " ".join(command)
    assert "secret" not in " ".join(command)
    assert environ == variables
    build = builder.build_command(tmp_path, "tag", ["BASE=x", "A=b"])
    assert build[1:] == [
        *("build", "--tag", "tag", "--build-arg", "BASE=x", "--build-arg", "A=b", str(tmp_path))
    ]


@pytest.mark.parametrize("user", ["", "root", "app", "0", "0:0"])
def test_root(user: str) -> None:
    """A host knows only from a number that an image does not run as root."""
    assert not images.Image(user, "", (), {}, 0).is_unprivileged
