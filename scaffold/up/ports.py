"""Find a port that is free."""

from __future__ import annotations

import socket

from scaffold.engine import health
from scaffold.errors import FailedError

FIRST = 3000  # LeanEngine docs, "LEANCLOUD_APP_PORT": 3000 unless set otherwise
_TRIED = 100
_LAST = 65535


def is_free(port: int) -> bool:
    """Tell whether an app could listen on every interface at `port`, and nobody is there by now."""
    with socket.socket() as probe:
        # As servers do: connections of the one before, which are closing down, are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    # Some systems allow to bind every interface while somebody else has this one.
    return not health.listens(port)


def first_free(start: int) -> int:
    """Return the first free port from `start` on.

    Raises:
        FailedError: a hundred in a row are taken.
    """
    for port in _tried(start):
        if is_free(port):
            return port
    raise _none_free(start)


def listen_on_loopback(start: int) -> socket.socket:
    """Return a socket that listens on the first free port from `start` on,
    on the loopback address only.

    Raises:
        FailedError: as `first_free`.
    """
    for port in _tried(start):
        if not is_free(port):
            continue
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((health.LOOPBACK, port))
            listener.listen()
        except OSError:
            listener.close()  # somebody was faster
        else:
            return listener
    raise _none_free(start)


def _tried(start: int) -> range:
    return range(start, min(start + _TRIED, _LAST + 1))


def _none_free(start: int) -> FailedError:
    return FailedError("up.error.no-port", first=start, last=max([start, *_tried(start)]))
