"""A bucket of S3 as far as the data service needs one."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_FOUND = b"<Error><Code>NoSuchKey</Code><Message>no</Message></Error>"


class _Handler(BaseHTTPRequestHandler):
    kept: dict[str, bytes]

    def do_PUT(self) -> None:
        """Keep an object."""
        self.kept[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, b"")

    def do_GET(self) -> None:
        """Return an object, or the range of it that is asked for."""
        content = self.kept.get(self.path)
        asked = self.headers.get("Range")
        if content is None:
            self._answer(404, NOT_FOUND)
        elif asked is None:
            self._answer(200, content)
        else:
            first, last = map(int, asked.removeprefix("bytes=").split("-"))
            whole = f"bytes {first}-{last}/{len(content)}"
            self._answer(206, content[first : last + 1], {"Content-Range": whole})

    def do_HEAD(self) -> None:
        """Return the size of an object."""
        content = self.kept.get(self.path)
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()

    def do_DELETE(self) -> None:
        """Forget an object."""
        self.kept.pop(self.path, None)
        self._answer(204, b"")

    def _answer(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Be silent."""


@contextmanager
def bucket() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Serve buckets; yield the address and what is kept, by path."""
    kept: dict[str, bytes] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"kept": kept}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
