"""What a host is that runs containers: the one table that `check --host`, `boot --host` and the
tests read. copier.yml offers them as `host`.

Sources: each host's own documentation of November 2026, named on its page in docs/recipes. None
of them could be asked from where this was written.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import NamedTuple


class Start(NamedTuple):
    """A command that a host starts by itself when it finds a file.

    Attributes:
        file: the file that it looks for; empty for any Python project.
        command: what it then starts; empty where it starts nothing.
    """

    file: str
    command: str


@dataclass(frozen=True)
class Host:
    """A place that runs containers.

    Attributes:
        name: the answer of `host`.
        title: its own name.
        file: the file of ours that it reads.
        port: what it sets `PORT` to, or what our file has it set.
        health_host: the Host header of its health checks; empty where it is the address.
        stop_signal: what it ends an instance with, as our file sets it.
        grace: seconds from then until it kills the instance.
        start_timeout: seconds in which a new instance has to be healthy.
        memory: the MB of the instance that our file asks for.
        starts: what it starts where there is no Dockerfile, the first that fits.
        reads_procfile: whether the line `web:` of a Procfile goes before `starts`.
        takes_dockerfile: whether it builds a Dockerfile that it finds. One that does not is
            made to by our file.
    """

    name: str
    title: str
    file: str
    port: int
    grace: float
    start_timeout: int
    memory: int
    starts: tuple[Start, ...]
    health_host: str = ""
    stop_signal: int = signal.SIGTERM
    reads_procfile: bool = False
    takes_dockerfile: bool = True


# Of a domain of the user's own, which Render sends with its health checks.
_DOMAIN = "www.example.com"
_TABLE = (
    Host(
        "cloud-run",
        "Cloud Run",
        "service.yaml",
        port=3000,
        grace=10,
        start_timeout=30,
        memory=512,
        starts=(
            Start("main.py", "gunicorn -b :8080 main:app"),
            Start("app.py", "gunicorn -b :8080 app:app"),
            Start("", ""),
        ),
        reads_procfile=True,
    ),
    Host(
        "fly",
        "Fly.io",
        "fly.toml",
        port=3000,
        grace=40,
        start_timeout=60,
        memory=512,
        starts=(Start("", "gunicorn --bind 0.0.0.0:8080 app:app"),),
        reads_procfile=True,
    ),
    Host(
        "railway",
        "Railway",
        "railway.json",
        port=8080,
        grace=10,
        start_timeout=60,
        memory=512,
        starts=(
            Start("manage.py", "python manage.py migrate && gunicorn"),
            Start("main.py", "gunicorn main:app"),
            Start("app.py", "python app.py"),
            Start("", ""),
        ),
        health_host="healthcheck.railway.app",
        reads_procfile=True,
    ),
    Host(
        "render",
        "Render",
        "render.yaml",
        port=10000,
        grace=30,
        start_timeout=900,
        memory=512,
        starts=(Start("", "gunicorn app:app"),),
        health_host=_DOMAIN,
        takes_dockerfile=False,
    ),
    Host(
        "heroku",
        "Heroku",
        "heroku.yml",
        port=5000,
        grace=30,
        start_timeout=60,
        memory=512,
        starts=(Start("manage.py", "python manage.py runserver 0.0.0.0:$PORT"), Start("", "")),
        reads_procfile=True,
        takes_dockerfile=False,
    ),
    Host(
        "zeabur",
        "Zeabur",
        "zbpack.json",
        port=8080,
        grace=30,
        start_timeout=300,
        memory=512,
        starts=(
            Start("manage.py", "gunicorn --bind :8080 wsgi:application"),
            Start("", "gunicorn --bind :8080 app:app"),
        ),
    ),
    Host(
        "sealos",
        "Sealos",
        "sealos.yaml",
        port=3000,
        grace=40,
        start_timeout=30,
        memory=512,
        starts=(Start("", ""),),
        takes_dockerfile=False,
    ),
    Host(
        "cloudbase",
        "CloudBase 云托管",
        "container.config.json",
        port=3000,
        grace=30,
        start_timeout=60,
        memory=1024,
        starts=(Start("", ""),),
    ),
)
HOSTS = {host.name: host for host in _TABLE}
