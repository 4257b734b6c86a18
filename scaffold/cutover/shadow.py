"""Asking the data service what the old platform was asked, after the client has its answer.

Nothing of it reaches the client: neither its time nor its failures. Of the requests that come
faster than they can be compared some are left out.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from scaffold.cutover import differences
from scaffold.cutover.differences import Comparison, SeenAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.cutover.asked import Asked

    Headers = list[tuple[bytes, bytes]]

# An answer that is larger is not compared; so many wait, so many are asked at a time.
MAX_COMPARED = 1 << 20
WAITING = 64
_AT_A_TIME = 4
_TIME_LIMIT = 30.0  # seconds
_LAST_SECONDS = 5.0  # for what waits at the end
# Lines about the same class, address and kind of difference; more are only counted.
_ALIKE = 20
_MOST_KINDS = 10_000
# What a data service reads; neither the visitor's address nor a cookie is its business.
_SENT = (b"x-lc-", b"x-avoscloud-", b"x-uluru-", b"x-parse-", b"content-type")
logger = logging.getLogger("scaffold.cutover")


@dataclass(frozen=True)
class Pair:
    """A request that was answered, to be asked again.

    Attributes:
        asked: what it means.
        method: as it was sent.
        target: path and query, as they were sent.
        headers: as they were sent.
        body: as it was sent.
        answer: the old platform's.
    """

    asked: Asked
    method: str
    target: bytes
    headers: Headers
    body: bytes
    answer: SeenAnswer


@dataclass
class Shadow:
    """Compares a data service with the old platform.

    Args:
        server: the address of the data service.
        transport: how it is asked.
        report: is called with each difference.
    """

    server: httpx.URL
    transport: httpx.AsyncBaseTransport
    report: Callable[[dict[str, Any]], None]
    _counts: Counter[str] = field(default_factory=Counter, init=False)
    _waiting: asyncio.Queue[Pair] = field(init=False)
    _workers: list[asyncio.Task[None]] = field(default_factory=list, init=False)
    _alike: Counter[str] = field(default_factory=Counter, init=False)

    async def start(self) -> None:
        """Begin to compare."""
        self._waiting = asyncio.Queue(WAITING)
        self._workers = [asyncio.create_task(self._work()) for _ in range(_AT_A_TIME)]

    async def stop(self) -> None:
        """Compare what waits, for some seconds, and end."""
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._waiting.join(), _LAST_SECONDS)
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def offer(self, pair: Pair) -> None:
        """Compare an answer, some time."""
        try:
            self._waiting.put_nowait(pair)
        except asyncio.QueueFull:
            self.skip()

    def skip(self) -> None:
        """Count an answer that cannot be compared."""
        self._counts["skipped"] += 1

    def figures(self) -> dict[str, int]:
        """Return how many answers were compared, and with what result; and how many rows were
        changed at the old place since.
        """
        names = ("compared", "same", "different", "skipped", "stale")
        return {name: self._counts[name] for name in names}

    async def _work(self) -> None:
        while True:
            pair = await self._waiting.get()
            try:
                await self._compare(pair)
            except Exception as error:  # noqa: BLE001 - one odd answer must not end the others
                # Its text may hold what stands in a row.
                logger.warning("not compared: %s", type(error).__name__)
                self.skip()
            finally:
                self._waiting.task_done()

    async def _compare(self, pair: Pair) -> None:
        try:
            answer = await asyncio.wait_for(self._ask(pair), _TIME_LIMIT)
        except (httpx.HTTPError, asyncio.TimeoutError) as error:
            found = Comparison()
            found.add("unreachable", problem=type(error).__name__)
        else:
            if answer is None:
                self.skip()
                return
            found = await asyncio.to_thread(
                differences.between,
                pair.answer,
                answer,
                pair.asked.class_name,
                is_ordered=pair.asked.is_ordered,
            )
        self._count(pair.asked, found)

    async def _ask(self, pair: Pair) -> SeenAnswer | None:
        """Return the answer of the data service, None where it is too large."""
        headers = [
            *(each for each in pair.headers if each[0].startswith(_SENT)),
            (b"accept-encoding", b"identity"),
        ]
        timeout = httpx.Timeout(_TIME_LIMIT).as_dict()
        request = httpx.Request(
            pair.method,
            address(self.server, pair.target),
            headers=headers,
            content=pair.body or None,
            extensions={"timeout": timeout},
        )
        response = await self.transport.handle_async_request(request)
        try:
            pieces, size = [], 0
            async for piece in response.aiter_raw():
                pieces.append(piece)
                size += len(piece)
                if size > 2 * MAX_COMPARED:
                    return None
        finally:
            await response.aclose()
        return SeenAnswer(response.status_code, b"".join(pieces))

    def _count(self, asked: Asked, found: Comparison) -> None:
        """Count what was compared, and report what differs."""
        self._counts["compared"] += 1
        self._counts["stale"] += found.stale
        self._counts["different" if found.differences else "same"] += 1
        where = {
            "path": asked.form(),
            "class": asked.class_name,
            "id": asked.object_id,
            "parameters": differences.shown(asked.names()),
        }
        known = {name: value for name, value in where.items() if value}
        for each in found.differences:
            kind = f"{where['path']} {where['class']} {each['difference']}"
            if len(self._alike) >= _MOST_KINDS:  # a client may ask for any class
                kind = ""
            self._alike[kind] += 1
            if self._alike[kind] <= _ALIKE:
                self.report({**known, **each})


def address(server: httpx.URL, target: bytes) -> httpx.URL:
    """Return where a request goes: to that server, whatever its target is."""
    return server.copy_with(raw_path=server.raw_path.rstrip(b"/") + target)
