# A project of its own, which listens on every interface.
"""An app that answers the ping as the SDK does, and lists no functions."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING
from wsgiref.simple_server import make_server

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment


def answer(environ: WSGIEnvironment) -> tuple[str, object]:
    """Return status and result."""
    path = environ["PATH_INFO"]
    if path in {"/", "/__engine/1/ping"}:
        return "200 OK", {"runtime": "cpython", "version": "2.1.9"}
    return "404 Not Found", {"code": 1}


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with JSON."""
    status, result = answer(environ)
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(result).encode()]


if __name__ == "__main__":
    make_server("0.0.0.0", int(os.environ["LEANCLOUD_APP_PORT"]), application).serve_forever()
