"""What a server is: the one table that `check`, `adopt` and the tools read.
copier.yml offers some as `server`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.frameworks import FRAMEWORKS

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Server:
    """A program that serves, or a way to run one.

    Attributes:
        program: what a run line calls.
        interfaces: how it calls an app: `wsgi`, `asgi`.
        packages: the distributions that it is, itself first. One of `brought_by` will do as well.
        needs: what is installed beside them in our projects.
        answer: the answer of `server` that runs it, where that is not the program. copier.yml says
            which are offered.
        brought_by: other distributions that bring the program.
        addresses: its options that take an address, a port or both.
        listens_by: without one of these options it listens on this machine only;
            empty where it listens everywhere.
        imports: what code that starts it imports.
        takes_module: whether it is given the app as `module:name`.
        daemon_options: what sends it to the background.
        ends_by: without one of these words in its options it takes SIGTERM
            for something else than the end.
        strict: whether it refuses an answer that is started twice, as the SDK's ping is.
    """

    program: str
    interfaces: tuple[str, ...]
    packages: tuple[str, ...]
    answer: str = ""
    needs: tuple[str, ...] = ()
    brought_by: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    listens_by: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    takes_module: bool = False
    daemon_options: tuple[str, ...] = ()
    ends_by: tuple[str, ...] = ()
    strict: bool = False


_WSGI, _ASGI = ("wsgi",), ("asgi",)
# Code is searched for what they import in this order. Of two with one program, the
# last is what a run line means.
_TABLE = (
    Server(
        "gunicorn",
        _WSGI,
        ("gunicorn", "gevent"),
        "gevent",
        imports=("geventwebsocket", "gevent.pywsgi", "gevent.wsgi"),
    ),
    Server(
        "uwsgi",
        _WSGI,
        ("pyuwsgi",),
        brought_by=("uwsgi",),
        addresses=("--http", "--http-socket", "--http11-socket"),
        imports=("uwsgi",),
        daemon_options=("--daemonize", "--daemonize2"),
        ends_by=("die-on-term", "gracefully_kill"),
    ),
    Server(
        "granian",
        (*_WSGI, *_ASGI),
        ("granian",),
        addresses=("--host", "--port"),
        listens_by=("--host",),
        imports=("granian",),
        takes_module=True,
    ),
    Server(
        "uvicorn",
        _ASGI,
        ("uvicorn",),
        needs=("httptools", "uvloop", "websockets"),
        brought_by=("fastapi",),
        addresses=("--host", "--port"),
        listens_by=("--host", "--uds", "--fd"),
        imports=("uvicorn",),
        takes_module=True,
    ),
    Server(
        "gunicorn",
        _WSGI,
        ("gunicorn",),
        needs=("packaging",),
        addresses=("-b", "--bind"),
        imports=("gunicorn",),
        takes_module=True,
        daemon_options=("-D", "--daemon"),
        strict=True,
    ),
    Server(
        "waitress-serve",
        _WSGI,
        ("waitress",),
        "waitress",
        addresses=("--host", "--port", "--listen"),
        strict=True,
    ),
    Server("bjoern", _WSGI, ("bjoern",), strict=True),
    Server("cheroot", _WSGI, ("cheroot",), addresses=("--bind",), strict=True),
    Server("daphne", _ASGI, ("daphne",), addresses=("-b", "--bind", "-p", "--port")),
    Server(
        "flask",
        _WSGI,
        ("flask",),
        addresses=("-h", "--host", "-p", "--port"),
        listens_by=("-h", "--host"),
    ),
    Server("hypercorn", (*_ASGI, *_WSGI), ("hypercorn",), addresses=("-b", "--bind")),
)
PROGRAMS = {server.program: server for server in _TABLE}
ANSWERS = {server.answer or server.program: server for server in _TABLE}


def packages_of(answers: Mapping[str, object]) -> tuple[str, ...]:
    """Return the distributions that a project's answers name: its frameworks and its server."""
    frameworks = [str(answers[key]) for key in ("starter", "backend")]
    packaged = [name for name in frameworks if FRAMEWORKS[name].packaged]
    server = ANSWERS.get(str(answers["server"]))
    return tuple(dict.fromkeys([*packaged, *(server.packages if server else ())]))
