# A project of its own, which listens on every interface.
"""An app that does not end when it is asked to."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING
from wsgiref.simple_server import make_server

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer `/`."""
    status = "200 OK" if environ["PATH_INFO"] == "/" else "404 Not Found"
    start_response(status, [("Content-Type", "text/plain")])
    return [b"hello\n"]


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    make_server("0.0.0.0", int(os.environ["LEANCLOUD_APP_PORT"]), application).serve_forever()
