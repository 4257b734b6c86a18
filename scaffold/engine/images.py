"""Build the image of a project with what the machine has, and run it as a host does. POSIX only."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_LIKE_DOCKER = ("docker", "podman")
_MEGABYTE = 10**6
# A private mount of the image that cannot be written to but for /tmp; then its user, its folder.
_IN_CHROOT = """set -eu
root=$1 user=$2 folder=$3
shift 3
mount --make-rprivate /
mount --bind "$root" "$root"
mkdir -p "$root/proc" "$root/dev" "$root/tmp"
cat /etc/resolv.conf > "$root/etc/resolv.conf" || :
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -o remount,bind,ro "$root"
exec chroot --userspec="$user" "$root" sh -c 'cd "$0" && exec "$@"' "$folder" "$@"
"""


@dataclass(frozen=True)
class Image:
    """What an image says of itself.

    Attributes:
        user: who runs it, `10001:10001`; empty is root.
        folder: where its command runs.
        command: the command with its arguments.
        environ: its variables.
        megabytes: the size of all layers.
    """

    user: str
    folder: str
    command: tuple[str, ...]
    environ: Mapping[str, str]
    megabytes: float

    @property
    def is_unprivileged(self) -> bool:
        """Whether a host can see from the number that it is not root's."""
        number = self.user.partition(":")[0]
        return number.isdecimal() and int(number) != 0


class DockerLike:
    """Docker or Podman.

    Args:
        program: its path.
        environ: what it is started with.
    """

    def __init__(self, program: str, environ: Mapping[str, str]) -> None:
        self.program = program
        self._environ = environ

    def build_command(self, folder: Path, tag: str, arguments: Iterable[str]) -> list[str]:
        """Return the command that builds the image."""
        return [self.program, "build", "--tag", tag, *_build_arguments(arguments), str(folder)]

    def inspect(self, tag: str) -> Image:
        """Return what the image says of itself."""
        printed = _output([self.program, "image", "inspect", tag], self._environ)
        (found,) = json.loads(printed)
        return _image(found["Config"], found["Size"])

    def run_command(
        self, tag: str, image: Image, variables: Mapping[str, str], port: int, instance: int | None
    ) -> tuple[list[str], Mapping[str, str]]:
        """Return the command that runs the image, and its environment."""
        del image
        # Elsewhere containers run in a virtual machine, which has a network of its own.
        network = (
            ["--network", "host"] if sys.platform == "linux" else ["--publish", f"{port}:{port}"]
        )
        command = [self.program, "run", "--rm", "--name", tag, *network]
        command += ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"]  # noqa: S108
        command += ["--security-opt", "no-new-privileges"]
        command += ["--memory", f"{instance}m"] if instance else []
        # Without values, which are taken from here: other users may see arguments.
        command += [word for name in variables for word in ("--env", name)]
        return [*command, tag], {**self._environ, **variables}

    def remove(self, tag: str) -> None:
        """Remove the container, if it is still there, and the image."""
        _try([self.program, "rm", "--force", tag], self._environ)
        _try([self.program, "image", "rm", "--force", tag], self._environ)


class Buildah:
    """Buildah, which builds images without a daemon; what it built is run by `chroot`.

    Args:
        program: its path.
        environ: what it is started with.
    """

    def __init__(self, program: str, environ: Mapping[str, str]) -> None:
        self.program = program
        self._environ = environ

    def build_command(self, folder: Path, tag: str, arguments: Iterable[str]) -> list[str]:
        """Return the command that builds the image."""
        # Its own format has no health check.
        options = ["--isolation", "chroot", "--layers", "--format", "docker", "--tag", tag]
        return [self.program, "bud", *options, *_build_arguments(arguments), str(folder)]

    def inspect(self, tag: str) -> Image:
        """Return what the image says of itself."""
        found = json.loads(
            _output([self.program, "inspect", "--type", "image", tag], self._environ)
        )
        layers = json.loads(found["Manifest"])["layers"]
        return _image(found["OCIv1"]["config"], sum(layer["size"] for layer in layers))

    def run_command(
        self, tag: str, image: Image, variables: Mapping[str, str], port: int, instance: int | None
    ) -> tuple[list[str], Mapping[str, str]]:
        """Return the command that runs the image, and its environment."""
        del port, instance
        _output([self.program, "from", "--pull-never", "--name", tag, tag], self._environ)
        root = _output([self.program, "mount", tag], self._environ).strip()
        arguments = [root, image.user or "0:0", image.folder or "/", *image.command]
        command = ["unshare", "--mount", "sh", "-c", _IN_CHROOT, "sh", *arguments]
        return command, {**image.environ, **variables}

    def remove(self, tag: str) -> None:
        """Remove the container and the image; stages stay, for the next build."""
        _try([self.program, "rm", tag], self._environ)
        _try([self.program, "rmi", "--force", tag], self._environ)


Builder = DockerLike | Buildah


def find_builder(environ: Mapping[str, str]) -> Builder:
    """Return what builds and runs images on this machine.

    Raises:
        FailedError: there is nothing that does.
    """
    seen = []
    for name in _LIKE_DOCKER:
        program = shutil.which(name, path=environ.get("PATH"))
        if program:
            problem = _try([program, "info"], environ)
            if not problem:
                return DockerLike(program, environ)
            seen.append(f"{name}: {problem}")
    program = shutil.which("buildah", path=environ.get("PATH"))
    if program and os.geteuid() == 0:
        return Buildah(program, environ)
    if program:
        seen.append("buildah: it has to be root's")
    raise FailedError("boot.error.no-builder", seen="; ".join(seen) or "PATH")


def _build_arguments(given: Iterable[str]) -> list[str]:
    return [word for argument in given for word in ("--build-arg", argument)]


def _image(config: Mapping[str, Any], size: int) -> Image:
    pairs = (variable.partition("=") for variable in config.get("Env") or ())
    return Image(
        user=config.get("User", ""),
        folder=config.get("WorkingDir", ""),
        command=(*(config.get("Entrypoint") or ()), *(config.get("Cmd") or ())),
        environ={name: value for name, _, value in pairs},
        megabytes=size / _MEGABYTE,
    )


def _output(command: Sequence[str], environ: Mapping[str, str]) -> str:
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        line = " ".join(command)
        raise FailedError("boot.error.image-failed", command=line, code=done.returncode)
    return done.stdout


def _try(command: Sequence[str], environ: Mapping[str, str]) -> str:
    """Run a command; return the last line of what it complained of, if it did."""
    done = subprocess.run(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.returncode:
        return ""
    return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
