"""An app as the service sees it: hooks and functions over HTTP."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.store import engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scaffold.store.values import Document, Json


@dataclass
class App:
    """What an app with the platform's SDK does, as far as hooks and functions go."""

    listed: list[str] = field(default_factory=list)
    answers: dict[str, Callable[[Document], tuple[int, Json]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], Document]] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)

    def hook(
        self, class_name: str, hook: str, answer: Callable[[Document], Json] = lambda sent: sent
    ) -> None:
        """Have a hook."""
        self.listed.append(engine.LISTED[hook] + class_name)
        self.answers[f"/1.1/functions/{class_name}/{hook}"] = lambda body: (
            200,
            answer(body["object"]),
        )

    def answer(self, path: str, headers: dict[str, str], body: Document) -> tuple[int, Json]:
        """Answer a request."""
        if path == "/1.1/functions/_ops/metadatas":
            return 200, {"result": self.listed}
        with self.came:
            self.asked.append((path, headers, body))
            self.came.notify_all()
        if path not in self.answers:
            return 404, {"code": 404, "error": "not found"}
        return self.answers[path](body)

    def wait(self, path: str) -> tuple[dict[str, str], Document]:
        """Return the headers and the body of a request that has come or comes soon."""
        with self.came:
            assert self.came.wait_for(
                lambda: any(asked[0] == path for asked in self.asked), timeout=20
            )
            return next(asked[1:] for asked in self.asked if asked[0] == path)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[App]]]:
    """Return the address of an app, and a list with the one that answers there."""
    apps: list[App] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Let the app answer."""
            body = json.loads(
                self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}"
            )
            headers = {key.lower(): value for key, value in self.headers.items()}
            status, answer = apps[-1].answer(self.path, headers, body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST  # noqa: N815 - the name that the server looks for

        def log_message(self, *_: Any) -> None:
            """Be silent."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}", apps
    listening.shutdown()
    thread.join()
    listening.server_close()
