"""What a host would start of a project: by its Dockerfile, its Procfile, or by guessing.

Cloud functions, hooks, the answer to health checks and the limits are put round the app in
wsgi.py. A host that guesses starts `app:app`: the pages work, and nobody notices that the functions
are gone until a client calls one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.hosts import Host

DOCKERFILE = "Dockerfile"
# What our Dockerfile starts: it is written from `run` of leanengine.yaml.
RUN_SCRIPT = "/app/.run.sh"
PROCFILE = "Procfile"
_INSTRUCTION = re.compile(r"(?im)^[ \t]*(FROM|CMD|ENTRYPOINT)[ \t]+(.+)$")
_CONTINUED = re.compile(r"\\[ \t]*\r?\n")
_WEB = re.compile(r"(?m)^web:[ \t]*(.+)$")
# `--interface wsgi` of granian names no module.
_INTERFACE = re.compile(r"--interface[ =]\w+")
_OWN_ENTRY = re.compile(r"(?<![\w.])wsgi(?:\.py\b|:|\s|$)|\bleanengine[./]")
_TARGET = re.compile(r"[\w.]+:\w+|[\w./-]+\.(?:py|sh)\b")
_SCRIPT = re.compile(r"[\w./-]+\.sh\b")


@dataclass(frozen=True)
class HostStart:
    """What a host would start.

    Attributes:
        command: the command; empty where it would start nothing.
        source: the file that says so; empty where the host guesses.
        own: whether it is the project's own start, functions included.
    """

    command: str
    source: str
    own: bool


def read_start(directory: Path, host: Host, run: str) -> HostStart:
    """Return what a host would start of the project in a folder.

    Args:
        directory: the project.
        host: the host.
        run: the line that starts the project on the platform.

    Raises:
        OSError: a file of the project cannot be read.
    """
    command, source = _command(directory, host)
    if source == DOCKERFILE and command.endswith(RUN_SCRIPT):
        command = run
    # What a script of the project's runs is what matters.
    commands = " ".join([command, *_scripts(directory, command)])
    return HostStart(command, source, bool(command) and _is_own(commands, run))


def reads_port(run: str) -> bool:
    """Return whether a run line that names the platform's port also takes `PORT`."""
    return "LEANCLOUD_APP_PORT" not in run or re.search(r"(?<![A-Z_])PORT\b", run) is not None


def _command(directory: Path, host: Host) -> tuple[str, str]:
    """Return the command that a host starts, and the file that says so."""
    dockerfile = _text(directory, DOCKERFILE)
    if dockerfile and (host.takes_dockerfile or files.is_file(directory / host.file)):
        return _dockerfile_command(dockerfile), DOCKERFILE
    web = _WEB.search(_text(directory, PROCFILE)) if host.reads_procfile else None
    if web:
        return web[1].strip(), PROCFILE
    there = (start for start in host.starts if not start.file or _is_there(directory, start.file))
    return next(there).command, ""


def _dockerfile_command(text: str) -> str:
    """Return what the last stage of a Dockerfile runs, as one line."""
    found: dict[str, str] = {}
    for match in _INSTRUCTION.finditer(_CONTINUED.sub(" ", text)):
        name = match[1].upper()
        if name == "FROM":
            found = {}
        else:
            found[name] = _as_line(match[2].strip())
    return " ".join(found[name] for name in ("ENTRYPOINT", "CMD") if name in found)


def _as_line(given: str) -> str:
    """Return a command as one line, also one in the form `["program", "argument"]`."""
    try:
        words = json.loads(given)
    except ValueError:
        return given
    return " ".join(map(str, words)) if isinstance(words, list) else given


def _is_own(command: str, run: str) -> bool:
    """Return whether a command starts what the platform starts."""
    command = _INTERFACE.sub("", command)
    if _OWN_ENTRY.search(command):
        return True
    targets = set(_TARGET.findall(command))
    return bool(targets) and targets <= set(_TARGET.findall(run))


def _scripts(directory: Path, command: str) -> Iterator[str]:
    """Yield the text of the project's scripts that a command runs."""
    for name in _SCRIPT.findall(command):
        yield _text(directory, name.rpartition("/")[2])


def _is_there(directory: Path, name: str) -> bool:
    return files.is_file(directory / name)


def _text(directory: Path, name: str) -> str:
    """Return a file's text; nothing where there is no such file."""
    try:
        return files.decode(files.read(directory / name, root=directory))
    except FileNotFoundError:
        return ""
