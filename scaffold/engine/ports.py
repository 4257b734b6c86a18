"""Find a port that is free."""

from __future__ import annotations

import errno
import os
import secrets
import socket
import sys
from collections import deque

from scaffold.engine import health
from scaffold.errors import FailedError

FIRST = 3000  # LeanEngine docs, "LEANCLOUD_APP_PORT": 3000 unless set otherwise
_TRIED = 100
_LAST = 65535
# Below those that a system gives to connections, and to whoever takes any port (on Linux from 32768
# on): a port of those would often be another's before an app has installed its packages.
_QUIET = range(10_240, 32_768)
# Open files, each of which holds the name of a port that this process has chosen.
_chosen: deque[int] = deque()
_KEPT = 64


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


def any_free() -> int:
    """Return a port that is free, and that no other `scaffold` on this Linux is given meanwhile.

    Raises:
        FailedError: a hundred by chance are taken.
    """
    for _ in range(_TRIED):
        port = secrets.choice(_QUIET)  # not of `random`, which tests begin anew with the same seed
        if is_free(port) and _choose(port):
            return port
    raise _none_free(_QUIET)


def _choose(port: int) -> bool:
    """Choose a port, unless another process has; say whether that was done.

    It is this process's until it ends or has chosen many more: Linux has names for sockets that
    are no files, and go with the process that has bound them.
    """
    if sys.platform != "linux":
        return True
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as name:
        try:
            name.bind(f"\0scaffold-port-{port}")
        except OSError as error:
            return error.errno != errno.EADDRINUSE
        _chosen.append(name.detach())
    if len(_chosen) > _KEPT:
        os.close(_chosen.popleft())
    return True


def first_free(start: int) -> int:
    """Return the first free port from `start` on.

    Raises:
        FailedError: a hundred in a row are taken.
    """
    for port in _tried(start):
        if is_free(port):
            return port
    raise _none_free(_tried(start))


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
    raise _none_free(_tried(start))


def _tried(start: int) -> range:
    return range(start, min(start + _TRIED, _LAST + 1))


def _none_free(tried: range) -> FailedError:
    last = max(tried.start, tried.stop - 1)
    return FailedError("up.error.no-port", first=tried.start, last=last)
