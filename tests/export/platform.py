"""A platform to export from: the data service, with what it lacks, behind what can go wrong."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import httpx
import uvicorn

from scaffold.store.app import make
from scaffold.store.calls import Store
from scaffold.store.database import Database
from scaffold.store.settings import Keys, StoreSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEYS = Keys("test-app", "test-key-8vN2", "test-master-Qz71", "test-hook-55Lk")
HTML = b"<html><body>502 Bad Gateway</body></html>"
Row = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """What is answered instead.

    Attributes:
        status: of HTTP; 0: the connection breaks within the answer.
        body: of the answer.
        headers: of the answer.
    """

    status: int = 0
    body: bytes = HTML
    headers: tuple[tuple[str, str], ...] = ()


BROKEN = Fault()
BAD_GATEWAY = Fault(502, HTML, (("content-type", "text/html"),))
PAGE_OF_A_PROXY = Fault(200, HTML, (("content-type", "text/html"),))
EXPIRED = Fault(400, b'{"code": 1, "error": "Invalid cursor."}')
TOO_MANY = Fault(429, b'{"code": 429, "error": "Too many requests."}')
TOO_MANY_FOR_NOW = Fault(429, b"{}", (("retry-after", "7"),))


@dataclass
class Platform:
    """The platform as an ASGI app.

    Args:
        service: the data service.
        page: the most rows of a page, so that few rows are many pages.
        fault: decides what goes wrong with a request, by its number, path and parameters.
        messages: the history of all conversations.
        inboxes: the statuses in the inbox of each user, by id and kind.
        archive: what the platform packs, and how often it is not ready before.
        orders: how many archives were ordered.
    """

    service: ASGIApp
    page: int = 20
    fault: Callable[[int, str, dict[str, str]], Fault | None] = lambda *_: None
    messages: list[Row] = field(default_factory=list)
    inboxes: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    archive: tuple[bytes, int] = (b"", 0)
    orders: int = 0
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headers: list[dict[bytes, bytes]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of an export; others go to the service."""
        is_order = scope["type"] == "http" and scope["path"] == "/1.1/exportData"
        if scope["type"] != "http" or (scope["method"] != "GET" and not is_order):
            await self.service(scope, receive, send)
            return
        parameters = dict(parse_qsl(scope["query_string"].decode()))
        self.requests.append((scope["path"], parameters))
        self.headers.append(dict(scope["headers"]))
        fault = self.fault(len(self.requests), scope["path"], parameters)
        if fault:
            await _send(fault, send)
        elif scope["path"] == "/1.2/rtm/messages":
            await _send(Fault(200, json.dumps(self._history(parameters)).encode()), send)
        elif scope["path"] == "/1.1/subscribe/statuses":
            await _send(Fault(200, json.dumps(self._inbox(parameters)).encode()), send)
        elif is_order or scope["path"].startswith("/1.1/exportData/"):
            await _send(
                Fault(200, json.dumps(self._packed(scope, is_order=is_order)).encode()), send
            )
        elif scope["path"] == "/packed":
            await _send(Fault(200, self.archive[0]), send)
        elif scope["path"].endswith("_ops/metadatas"):
            await _send(Fault(200, b'{"result": ["hello", "__before_save_for_Todo"]}'), send)
        else:
            if "limit" in parameters and "$relatedTo" not in parameters.get("where", ""):
                parameters["limit"] = str(min(self.page, int(parameters["limit"])))
            changed = {**scope, "query_string": urlencode(parameters).encode()}
            await self.service(changed, receive, send)

    def _history(self, parameters: dict[str, str]) -> list[Row]:
        """Return messages as the platform does, oldest first."""
        start = int(parameters.get("timestamp", 0)), parameters.get("msgid", "\uffff")
        assert parameters["reversed"] == "true"
        later = [each for each in self.messages if (each["timestamp"], each["msg-id"]) > start]
        return sorted(later, key=lambda each: (each["timestamp"], each["msg-id"]))[: self.page]

    def _packed(self, scope: Scope, *, is_order: bool) -> Row:
        """Return the state of an archive as the platform does."""
        content, waits = self.archive
        self.orders += is_order
        job = {"id": f"job-{self.orders}", "app_id": KEYS.app_id}
        if is_order or waits:
            self.archive = content, waits - (not is_order)
            return {"status": "running", **job}
        host = dict(scope["headers"])[b"host"].decode()
        return {"status": "done", "download_url": f"http://{host}/packed", **job}

    def _inbox(self, parameters: dict[str, str]) -> Row:
        """Return statuses as the platform does, newest first."""
        owner = json.loads(parameters["owner"])["objectId"]
        since, most = int(parameters["sinceId"]), int(parameters.get("maxId", 0))
        found = [
            each
            for each in self.inboxes.get((owner, parameters["inboxType"]), [])
            if since < each["messageId"] <= (most or each["messageId"])
        ]
        newest = sorted(found, key=lambda each: -int(each["messageId"]))
        return {"results": newest[: self.page]}


async def _send(fault: Fault, send: Send) -> None:
    length = len(fault.body) + (0 if fault.status else 100)
    headers = [(b"content-length", str(length).encode())]
    headers += [(name.encode(), value.encode()) for name, value in fault.headers]
    start: Message = {"type": "http.response.start", "status": fault.status or 200}
    await send({**start, "headers": headers})
    # Shorter than it says: uvicorn closes the connection.
    await send({"type": "http.response.body", "body": fault.body})


class Transport(httpx.BaseTransport):
    """Sends requests to a platform in this process; an answer that is shorter than it says is a
    broken connection.
    """

    def __init__(self, platform: Platform) -> None:
        self._inner = httpx.ASGITransport(platform, raise_app_exceptions=False)
        self._loop = asyncio.new_event_loop()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        return self._loop.run_until_complete(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        sent = httpx.Request(
            request.method, request.url, headers=request.headers, content=request.read()
        )
        response = await self._inner.handle_async_request(sent)
        content = await response.aread()
        if len(content) < int(response.headers.get("content-length") or 0):
            raise httpx.RemoteProtocolError("peer closed connection")
        return httpx.Response(response.status_code, headers=response.headers, content=content)

    def close(self) -> None:
        """Close the loop."""
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


@dataclass
class Source:
    """A platform.

    Args:
        url: its address.
        platform: what can be made to go wrong.
        client: asks the service with the master key; nothing goes wrong with it.
        transport: leads to it, where it is in this process.
    """

    url: str
    platform: Platform
    client: httpx.Client
    transport: Transport | None = None

    def call(self, method: str, path: str, body: object = None, **parameters: str) -> Any:
        """Return what the service answers."""
        fault, self.platform.fault = self.platform.fault, lambda *_: None
        page, self.platform.page = self.platform.page, 1000
        try:
            response = self.client.request(method, f"/1.1{path}", json=body, params=parameters)
            assert response.is_success, response.text
            return response.json()
        finally:
            self.platform.fault, self.platform.page = fault, page

    def save(self, class_name: str, **columns: object) -> str:
        """Return the id of a new row."""
        saved = self.call("POST", f"/classes/{class_name}", columns)
        return str(saved["objectId"])

    def save_all(self, class_name: str, rows: list[Row]) -> list[str]:
        """Return the ids of new rows."""
        requests = [
            {"method": "POST", "path": f"/1.1/classes/{class_name}", "body": row} for row in rows
        ]
        answers = self.call("POST", "/batch", {"requests": requests})
        return [answer["success"]["objectId"] for answer in answers]

    def upload(self, name: str, content: bytes, **meta: object) -> str:
        """Return the id of a new file."""
        meta = {"size": len(content), **meta}
        token = self.call("POST", "/fileTokens", {"name": name, "metaData": meta})
        sent = self.client.put(token["upload_url"], content=content)
        assert sent.is_success
        return str(token["objectId"])

    def rows(self, class_name: str) -> dict[str, Row]:
        """Return all rows of a class, by id."""
        found = self.call("GET", f"/classes/{class_name}", limit="1000", returnACL="true")
        return {row["objectId"]: row for row in found["results"]}


HEADERS = {"x-lc-id": KEYS.app_id, "x-lc-key": f"{KEYS.master_key},master"}


@contextmanager
def running(folder: Path) -> Iterator[Source]:
    """Run a platform with nothing in it, in this process."""
    database = Database(f"sqlite:///{folder / 'data.sqlite3'}")
    database.migrate()
    logger = logging.getLogger("scaffold.store")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    platform = Platform(make(Store(StoreSettings(KEYS, folder / "files"), database)))
    transport = Transport(platform)
    url = "http://127.0.0.1:80"
    with httpx.Client(base_url=url, headers=HEADERS, transport=transport) as client:
        try:
            yield Source(url, platform, client, transport)
        finally:
            logger.setLevel(level)
            database.close()


@contextmanager
def served(source: Source) -> Iterator[str]:
    """Serve a platform on a port of loopback, for other processes; return its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(source.platform, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
