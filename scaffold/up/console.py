"""The function console: a page in the browser, and what it asks for.

Starlette and uvicorn, because they are small, typed, maintained and used by thousands; bottle has
no types and serves one request at a time. The page polls: with one reader on the same machine that
costs nothing, and there is no stream to keep alive.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from scaffold import messages
from scaffold.engine import health
from scaffold.up import functions
from scaffold.up.asked import BadCallError, call_asked, timer_asked
from scaffold.up.console_store import ConsoleStore, lines_since
from scaffold.up.data_pages import DataPages
from scaffold.up.guard import ConsoleGuard
from scaffold.up.signatures import signatures
from scaffold.up.transfer import Transfer
from scaffold.up.user_pages import UserPages

if TYPE_CHECKING:
    import socket

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from scaffold.up.data import Data
    from scaffold.up.functions import FunctionCall
    from scaffold.up.logs import LogLine
    from scaffold.up.supervisor import Supervisor
    from scaffold.up.timers import Timers

PAGE = Path(__file__).parent / "page"
FILES = frozenset(path.name for path in PAGE.iterdir())
_LONGEST_NUMBER = 18
# What the SDK raises where its data service does not answer.
_NO_DATA = re.compile(
    r"ConnectionError|Connection refused|Max retries exceeded|NameResolutionError|ConnectTimeout"
)


class ConsoleParts(NamedTuple):
    """What a console shows besides the functions of an app.

    Args:
        timers: the app's, if they run.
        folder: where its source says what functions take; None shows nothing of it.
        data: our data service, if it runs.
    """

    timers: Timers | None = None
    folder: Path | None = None
    data: Data | None = None


class Console:
    """The console of one app.

    Args:
        supervisor: keeps the app running.
        name: the project's.
        listener: a socket that listens on the loopback address.
        parts: what else is shown.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        name: str,
        listener: socket.socket,
        parts: ConsoleParts | None = None,
    ) -> None:
        shown = parts or ConsoleParts()
        store = ConsoleStore(supervisor, shown.data)
        self._pages = (DataPages(store), Transfer(store), UserPages(store))
        self._timers = shown.timers
        self._folder = shown.folder
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
            Route(f"{root}/api/timers", self._list_timers),
            Route(f"{root}/api/timers/run", self._run_timer, methods=["POST"]),
            Route(f"{root}/api/timers/pause", self._pause_timer, methods=["POST"]),
            *[route for page in self._pages for route in page.routes(f"{root}/api")],
        ]
        return ConsoleGuard(
            Starlette(routes=routes, exception_handlers={BadCallError: _refuse}), root, self._port
        )

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
        self._thread = threading.Thread(
            target=self._server.run, args=(sockets,), name="console", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Serve no longer."""
        if self._server:
            self._server.should_exit = True
            self._thread.join(timeout=3)
        self._listener.close()

    def _file(self, request: Request) -> Response:
        name = request.path_params.get("name", "index.html")
        if name not in FILES:
            raise HTTPException(404)
        return FileResponse(PAGE / name)

    def _texts(self, _request: Request) -> Response:
        texts = {code: _page_texts(code) for code in messages.LANGUAGES}
        return JSONResponse({"language": messages.language(), "texts": texts})

    def _state(self, request: Request) -> Response:
        after = request.query_params.get("after", "0")
        number = int(after) if after.isdecimal() and len(after) <= _LONGEST_NUMBER else 0
        lines = self._supervisor.log.after(number)
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
        known = signatures(self._folder) if self._folder else {}
        shown = [asdict(function) | {"doc": ""} for function in found]
        for one in shown:
            if one["kind"] == "function" and (signature := known.get(one["name"])):
                one |= {"body": signature.arguments, "doc": signature.doc}
        return JSONResponse({"functions": shown, "problem": ""})

    def _list_timers(self, request: Request) -> Response:
        language = request.query_params.get("language", "")
        known = language if language in messages.LANGUAGES else messages.language()
        return JSONResponse({"timers": self._timers.shown(known) if self._timers else []})

    async def _run_timer(self, request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        name, _ = await timer_asked(request)
        outcome = await run_in_threadpool(self._timers.run_now, name) if self._timers else None
        if outcome is None:
            raise BadCallError("no-timer")
        return JSONResponse(asdict(outcome))

    async def _pause_timer(self, request: Request) -> Response:
        name, paused = await timer_asked(request)
        if self._timers:
            self._timers.pause(name, paused=paused)
        return JSONResponse({})

    async def _curl(self, request: Request) -> Response:
        call = await call_asked(request)
        return JSONResponse({"curl": call.curl(self._supervisor.port)})

    async def _call(self, request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        call = await call_asked(request)
        return JSONResponse(await run_in_threadpool(self._make, call))

    def _make(self, call: FunctionCall) -> dict[str, Any]:
        """Make a call; return what came of it."""
        log = self._supervisor.log
        before, begun = log.last, time.monotonic()
        answer = health.ask(self._supervisor.port, call.request(self._supervisor.variables))
        seconds = time.monotonic() - begun
        lines = lines_since(log, before)
        body = answer.body.decode("utf-8", "replace")
        printed = "\n".join([body, *(line["text"] for line in lines)])
        return {
            "hint": "" if answer.ok or not _NO_DATA.search(printed) else "no-data",
            "status": answer.status,
            "problem": answer.problem,
            "seconds": round(seconds, 4),
            "body": functions.pretty(answer.body),
            "lines": lines,
        }


def _refuse(_request: Request, error: Exception) -> Response:
    assert isinstance(error, BadCallError)
    found = {"problem": error.problem, "detail": error.detail, "column": error.column}
    return JSONResponse(found, 400)


def _page_texts(language: str) -> dict[str, str]:
    prefix = "up.page."
    return {
        key.removeprefix(prefix): message
        for key, message in messages.area("up", language).items()
        if key.startswith(prefix)
    }


def _shown(lines: list[LogLine]) -> list[dict[str, Any]]:
    return [asdict(line) for line in lines]
