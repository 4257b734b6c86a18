# A project of its own, which listens on every interface.
"""An app that answers 500 to everything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from wsgiref.simple_server import make_server

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer 500."""
    del environ
    start_response("500 Internal Server Error", [])
    return []


if __name__ == "__main__":
    make_server("0.0.0.0", int(os.environ["LEANCLOUD_APP_PORT"]), application).serve_forever()
