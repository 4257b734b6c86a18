# A project of its own, which listens on every interface and logs by printing.
"""An app that answers as the SDK does, and can be made to fail."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

GREETING = "Hello"
NAMES = ["hello", "fail", "whoami", "__before_save_for_Review", "__on_login__User"]
# Hooks of a class that tests of data write to.
NAMES += ["__before_save_for_Post", "__after_save_for_Post", "__before_update_for_Post"]


class Quiet(WSGIRequestHandler):
    """Writes no access log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def call(path: str, body: dict[str, object], environ: WSGIEnvironment) -> tuple[str, object]:
    """Call a function."""
    if path == "_ops/metadatas":
        return "200 OK", {"result": NAMES}
    if path == "hello":
        print("hello was called")
        return "200 OK", {"result": f"{GREETING}, {body.get('name', 'you')}!"}
    if path == "whoami":
        who = "master" if environ["HTTP_X_LC_KEY"].endswith(",master") else "app"
        return "200 OK", {
            "result": [who, environ.get("HTTP_X_LC_SESSION"), os.environ.get("FROM_DOTENV")]
        }
    if "/" in path:
        if environ.get("HTTP_X_LC_HOOK_KEY") != os.environ["LEANCLOUD_APP_HOOK_KEY"]:
            return "401 Unauthorized", {"code": 401, "error": "Unauthorized."}
        return hook(path, body)
    print("Traceback of a failure")
    return "500 Internal Server Error", {"code": 141, "error": "Cloud Code script had an error."}


def hook(path: str, body: dict[str, Any]) -> tuple[str, object]:
    """Let everybody log in, and a post be saved that has a title."""
    if path == "Review/beforeSave":
        return "200 OK", {"checked": body["object"], "by": body.get("user")}
    print(path, "was called")
    if path.startswith("Post/") and not body["object"].get("title"):
        return "400 Bad Request", {"code": 1, "error": "a post needs a title"}
    return "200 OK", {**body["object"], "checked": True}


def answer(environ: WSGIEnvironment) -> tuple[str, object]:
    """Return status and result, as the SDK would."""
    path = environ["PATH_INFO"]
    if path == "/crash":
        os._exit(3)
    if path == "/print":
        print("x" * 5000)
        print("\n".join(map(str, range(700))))
    if path in {"/", "/print", "/__engine/1/ping"}:
        facts = {"greeting": GREETING, "dotenv": os.environ.get("FROM_DOTENV")}
        return "200 OK", {"runtime": "cpython", "version": "2.1.9", **facts}
    keys = {os.environ["LEANCLOUD_APP_KEY"], os.environ["LEANCLOUD_APP_MASTER_KEY"] + ",master"}
    if (
        environ.get("HTTP_X_LC_ID") != os.environ["LEANCLOUD_APP_ID"]
        or environ.get("HTTP_X_LC_KEY") not in keys
    ):
        return "401 Unauthorized", {"code": 401}
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return call(path.removeprefix("/1.1/functions/"), json.loads(body or b"{}"), environ)


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer as the SDK does."""
    status, result = answer(environ)
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(result).encode()]


if __name__ == "__main__":
    make_server(
        "0.0.0.0", int(os.environ["LEANCLOUD_APP_PORT"]), application, handler_class=Quiet
    ).serve_forever()
