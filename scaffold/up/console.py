"""The function console: a page in the browser, and what it asks for.

Starlette and uvicorn, because they are small, typed, maintained and used by thousands; bottle has no types and serves
one request at a time. The page polls: with one reader on the same machine that costs nothing, and there is no stream to
keep alive.

The console signs calls with the app's keys, so nobody else may reach it: it listens on the loopback address, its
address holds a token, and requests that another site makes a browser send are refused by their Host, Origin and
Sec-Fetch-Site (DNS rebinding: the attacker's name leads here, but is still the attacker's in Host). No key is ever sent
to the page.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from scaffold import messages
from scaffold.engine import health
from scaffold.up import functions
from scaffold.up.functions import SIGNERS, Call

if TYPE_CHECKING:
    import socket

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from scaffold.up.logs import Line
    from scaffold.up.supervisor import Supervisor

PAGE = Path(__file__).parent / "page"
FILES = ("index.html", "page.css", "page.js")
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
# What an app prints may reach us a moment after its answer.
LOG_GRACE = 0.1
BODY_LIMIT = 1 << 20
FORBIDDEN = 403
_JSON = "application/json"


class Console:
    """The console of one app.

    Args:
        supervisor: keeps the app running.
        name: the project's.
        listener: a socket that listens on the loopback address.
    """

    def __init__(self, supervisor: Supervisor, name: str, listener: socket.socket) -> None:
        self._supervisor = supervisor
        self._name = name
        self._listener = listener
        self._port = int(listener.getsockname()[1])
        self._token = secrets.token_urlsafe(24)
        self._server: uvicorn.Server | None = None

    @property
    def url(self) -> str:
        """The address of the page, token included."""
        return f"http://{health.LOOPBACK}:{self._port}/{self._token}/"

    def app(self) -> ASGIApp:
        """Return the console as an ASGI app."""
        root = f"/{self._token}"
        routes = [
            Route(f"{root}/", self._file),
            Route(f"{root}/{{name}}", self._file),
            Route(f"{root}/api/texts", self._texts),
            Route(f"{root}/api/state", self._state),
            Route(f"{root}/api/functions", self._functions),
            Route(f"{root}/api/curl", self._curl, methods=["POST"]),
            Route(f"{root}/api/call", self._call, methods=["POST"]),
        ]
        return Guard(Starlette(routes=routes, exception_handlers={BadCallError: _refuse}), root, self._port)

    def start(self) -> None:
        """Serve from a thread of its own."""
        config = uvicorn.Config(
            self.app(),
            access_log=False,
            log_level="error",
            lifespan="off",
            loop="asyncio",
            http="h11",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        sockets = [self._listener]
        self._thread = threading.Thread(target=self._server.run, args=(sockets,), name="console", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Serve no longer."""
        if self._server:
            self._server.should_exit = True
            self._thread.join(timeout=3)
        self._listener.close()

    def _file(self, request: Request) -> Response:
        name = request.path_params.get("name", FILES[0])
        if name not in FILES:
            raise HTTPException(404)
        return FileResponse(PAGE / name)

    def _texts(self, _request: Request) -> Response:
        prefix = "up.page."
        texts = {
            code: {
                key.removeprefix(prefix): message
                for key, message in messages.area("up", code).items()
                if key.startswith(prefix)
            }
            for code in messages.LANGUAGES
        }
        return JSONResponse({"language": messages.language(), "texts": texts})

    def _state(self, request: Request) -> Response:
        after = request.query_params.get("after", "0")
        lines = self._supervisor.log.after(int(after) if after.isdecimal() else 0)
        return JSONResponse(
            {
                "name": self._name,
                "url": f"http://{health.LOOPBACK}:{self._supervisor.port}/",
                **asdict(self._supervisor.state),
                "lines": _shown(lines),
            }
        )

    def _functions(self, _request: Request) -> Response:
        found, answer = functions.metadatas(self._supervisor.port, self._supervisor.variables)
        if found is None:
            return JSONResponse({"functions": [], "problem": str(answer)})
        return JSONResponse({"functions": [asdict(function) for function in found], "problem": ""})

    async def _curl(self, request: Request) -> Response:
        call = await _asked(request)
        return JSONResponse({"curl": call.curl(self._supervisor.port)})

    async def _call(self, request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool  # noqa: PLC0415 - only calls wait for the app

        call = await _asked(request)
        return JSONResponse(await run_in_threadpool(self._make, call))

    def _make(self, call: Call) -> dict[str, Any]:
        """Make a call; return what came of it."""
        log = self._supervisor.log
        before, begun = log.last, time.monotonic()
        answer = health.ask(self._supervisor.port, call.request(self._supervisor.variables))
        seconds = time.monotonic() - begun
        time.sleep(LOG_GRACE)
        lines = [line for line in log.after(before) if line.kind != "note"]
        return {
            "status": answer.status,
            "problem": answer.problem,
            "seconds": round(seconds, 4),
            "body": functions.pretty(answer.body),
            "lines": _shown(lines),
        }


class Guard:
    """Lets in only who has the token, from this machine, by this page.

    Args:
        app: what is guarded.
        root: the path that the token makes up.
        port: where the console listens.
    """

    def __init__(self, app: ASGIApp, root: str, port: int) -> None:
        self._app = app
        self._root = root.encode()
        self._hosts = {f"{name}:{port}".encode() for name in (health.LOOPBACK, "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
                message["headers"] = [*message.get("headers", []), *headers]
            await send(message)

        refusal = self._refusal(scope)
        if refusal:
            await PlainTextResponse(messages.text(refusal), FORBIDDEN)(scope, receive, secured)
            return
        await self._app(scope, receive, secured)

    def _refusal(self, scope: Scope) -> str:
        """Return the message that says why a request is refused, empty if it is not."""
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name, []).append(value)
        hosts = headers.get(b"host", [])
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return "up.refused.host"
        origins = headers.get(b"origin", [])
        sites = headers.get(b"sec-fetch-site", [])
        if any(origin != b"http://" + hosts[0] for origin in origins) or set(sites) - {b"same-origin", b"none"}:
            return "up.refused.origin"
        sent = scope["path"].encode().partition(b"/")[2].partition(b"/")[0]
        if not secrets.compare_digest(b"/" + sent, self._root):
            return "up.refused.token"
        if scope["method"] == "POST" and headers.get(b"content-type") != [_JSON.encode()]:
            # Forms cannot send this type, and scripts of other sites have to ask first.
            return "up.refused.type"
        return ""


class BadCallError(Exception):
    """The page asks for something that cannot be called.

    Args:
        problem: the message `up.page.<problem>` says why.
        detail: more, as Python says it.
    """

    def __init__(self, problem: str, detail: object = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.detail = str(detail)


def _refuse(_request: Request, error: Exception) -> Response:
    assert isinstance(error, BadCallError)  # noqa: S101 - it handles no others
    return JSONResponse({"problem": error.problem, "detail": error.detail}, 400)


async def _asked(request: Request) -> Call:
    """Return the call that the page asks for.

    Raises:
        BadCallError: it cannot be read.
    """
    received = b""
    async for part in request.stream():
        received += part
        if len(received) > BODY_LIMIT:
            raise BadCallError("too-large")
    asked = _json_object(received)
    name, body, user, signer, session = (asked.get(key, "") for key in ("name", "body", "user", "signer", "session"))
    if not all(isinstance(value, str) for value in (name, body, user, session)) or signer not in SIGNERS:
        raise BadCallError("bad-call")
    if any(not 32 < ord(character) < 127 for character in session):  # noqa: PLR2004 - printable ASCII
        raise BadCallError("bad-session")
    sent = _json_object(body)
    if user:
        body = json.dumps({**sent, "user": _json_object(user)}, ensure_ascii=False)
    return Call(functions.describe(name), body, signer, session)


def _json_object(source: str | bytes) -> dict[str, Any]:
    try:
        found = json.loads(source)
    except ValueError as error:
        raise BadCallError("bad-json", error) from error
    if not isinstance(found, dict):
        raise BadCallError("not-an-object")
    return found


def _shown(lines: list[Line]) -> list[dict[str, Any]]:
    return [asdict(line) for line in lines]
