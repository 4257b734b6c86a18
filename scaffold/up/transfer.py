"""Export and import of a class, as JSON lines; neither is ever whole in memory."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from scaffold.up.asked import BadCallError
from scaffold.up.data_pages import class_asked
from scaffold.up.jsonlines import LineReader
from scaffold.up.rows import without_secrets
from scaffold.up.store_client import StoreRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from scaffold.up.console_store import ConsoleStore
    from scaffold.up.jsonlines import Line
    from scaffold.up.store_client import StoreClient

FILE_LIMIT = 1 << 30
# Rows that go to the service together, and their bytes.
BATCH, BATCH_BYTES = 200, 2 * 1024 * 1024
EXPORTED_PAGE = 200
SHOWN_PROBLEMS = 100


class Transfer:
    """Export and import.

    Args:
        store: the data.
    """

    def __init__(self, store: ConsoleStore) -> None:
        self._store = store

    def routes(self, root: str) -> list[Route]:
        """Return what is asked for, below an address."""
        return [
            Route(f"{root}/data/export", self._export),
            Route(f"{root}/data/import", self._import, methods=["POST"]),
        ]

    def _export(self, request: Request) -> Response:
        class_name = class_asked(dict(request.query_params))
        lines = _exported(self._store.client(), class_name)
        # Asked for before the answer begins: it may be an error.
        first = list(itertools.islice(lines, 1))
        headers = {"Content-Disposition": f'attachment; filename="{class_name}.jsonl"'}
        return StreamingResponse(
            itertools.chain(first, lines), media_type="application/x-ndjson", headers=headers
        )

    async def _import(self, request: Request) -> Response:
        class_name = class_asked(dict(request.query_params))
        client = self._store.client()
        if not client.is_writable:
            raise BadCallError("read-only")
        if int(request.headers.get("content-length") or 0) > FILE_LIMIT:
            raise BadCallError("large-file")
        arriving = _RowImport(client, class_name)
        try:
            await _read(request, arriving)
        except BadCallError as error:  # what came before it is there
            return JSONResponse({**arriving.outcome(), "stopped": error.problem})
        except ClientDisconnect:  # nobody reads the answer
            return JSONResponse({})
        return JSONResponse({**arriving.outcome(), "stopped": ""})


async def _read(request: Request, arriving: _RowImport) -> None:
    """Read a file to its end.

    Raises:
        BadCallError: it is too large, or the service does not answer any more.
    """
    reader, size = LineReader(), 0
    async for piece in request.stream():
        size += len(piece)
        if size > FILE_LIMIT:
            raise BadCallError("large-file")
        await run_in_threadpool(arriving.take, reader.feed(piece))
    await run_in_threadpool(arriving.take, reader.close())
    await run_in_threadpool(arriving.send)


def _exported(client: StoreClient, class_name: str) -> Iterator[bytes]:
    """Yield the rows of a class in the order of their ids, each as a line."""
    parameters: dict[str, Any] = {"limit": EXPORTED_PAGE, "returnACL": "true"}
    while True:
        try:
            found = client.ask("GET", f"/scan/classes/{quote(class_name, safe='')}", parameters)
        except BadCallError as error:
            if error.problem != "store-too-much" or parameters["limit"] == 1:
                raise
            parameters["limit"] = max(parameters["limit"] // 10, 1)
            continue
        for row in found["results"]:
            yield json.dumps(without_secrets(row), ensure_ascii=False).encode() + b"\n"
        if not found.get("cursor"):
            return
        parameters["cursor"] = found["cursor"]


@dataclass
class _RowImport:
    """What came of an import so far.

    Args:
        client: asks the service.
        class_name: the class that rows are added to.
        added: how many rows were added.
        failed: how many lines were not.
        problems: why, of the first of these.
    """

    client: StoreClient
    class_name: str
    added: int = 0
    failed: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)
    _waiting: list[Line] = field(default_factory=list)

    def take(self, lines: Iterator[Line]) -> None:
        """Add the rows of lines, many at a time."""
        for line in lines:
            if line.row is None:
                self._fail(line.number, line.problem, line.detail)
                continue
            self._waiting.append(line)
            size = sum(waiting.size for waiting in self._waiting)
            if len(self._waiting) >= BATCH or size > BATCH_BYTES:
                self.send()

    def send(self) -> None:
        """Add the rows that wait."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._send(waiting)

    def _send(self, lines: list[Line]) -> None:
        path = f"/import/classes/{quote(self.class_name, safe='')}"
        try:
            answers = self.client.ask("POST", path, None, {"results": [line.row for line in lines]})
        except StoreRefusedError as error:
            self._refused(lines, error)
            return
        for line, answer in zip(lines, answers["results"], strict=True):
            if answer:
                self._fail(line.number, "store-refused", f"[{answer['code']}] {answer['error']}")
            else:
                self.added += 1

    def _refused(self, lines: list[Line], error: StoreRefusedError) -> None:
        """Find the lines because of which all were refused, such as one that is nested too deep."""
        if len(lines) == 1:
            self._fail(lines[0].number, error.problem, error.detail)
            return
        for line in lines:
            self._send([line])

    def _fail(self, number: int, problem: str, detail: str) -> None:
        self.failed += 1
        if len(self.problems) < SHOWN_PROBLEMS:
            self.problems.append({"line": number, "problem": problem, "detail": detail})

    def outcome(self) -> dict[str, Any]:
        """Return what the page shows."""
        problems = sorted(self.problems, key=lambda problem: problem["line"])
        return {"added": self.added, "failed": self.failed, "problems": problems}
