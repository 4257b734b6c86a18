# A project of its own, which listens on every interface.
"""An app that accepts connections and says nothing."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING
from wsgiref.simple_server import make_server

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer too late."""
    time.sleep(300)
    start_response("200 OK", [])
    return [f"{environ}".encode()]


if __name__ == "__main__":
    make_server("0.0.0.0", int(os.environ["LEANCLOUD_APP_PORT"]), application).serve_forever()
