"""The threads of a process share one CPU, for as long as it serves."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from scaffold.store import processors
from tests.some import some

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) == 1,
    reason="this system has one CPU, or does not say which it uses",
)


def _used() -> list[set[int]]:
    """Return the CPUs that each thread may use."""
    tasks = some(list(Path("/proc/self/task").iterdir()))
    return [os.sched_getaffinity(int(task.name)) for task in tasks]


def test_one_for_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """All threads are on one CPU, also those that begin later; after it all are free again."""
    monkeypatch.setattr(processors, "CHOICE", 0.001)
    ending, before = threading.Event(), _used()
    threads = [threading.Thread(target=ending.wait) for _ in range(3)]
    seen: list[list[set[int]]] = []

    async def serve() -> None:
        sharing = asyncio.create_task(processors.share_one())
        threads[0].start()
        await asyncio.sleep(0.1)
        threads[1].start()
        seen.append(_used())
        with processors.any_of_them():
            threads[2].start()
            seen.append([os.sched_getaffinity(0), os.sched_getaffinity(threads[2].native_id or 0)])
        seen.append(_used()[:1])
        sharing.cancel()
        with suppress(asyncio.CancelledError):
            await sharing

    asyncio.run(serve())
    after = _used()
    ending.set()
    for thread in threads:
        thread.join()
    shared, free, again = seen
    assert len(shared[0]) == 1
    assert shared == [shared[0]] * len(shared)
    assert free == [before[0]] * 2
    assert again == shared[:1]
    assert after == [before[0]] * len(after)


def test_chosen_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while the system may choose again."""
    monkeypatch.setattr(processors, "CHOICE", 0.001)
    monkeypatch.setattr(processors, "PERIOD", 0.001)
    freed: list[set[int]] = []
    use = processors._use

    def watch(thread: int, allowed: set[int]) -> None:
        if thread == 0:
            freed.append(allowed)
        use(thread, allowed)

    monkeypatch.setattr(processors, "_use", watch)

    async def serve() -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(processors.share_one(), 0.5)

    before = os.sched_getaffinity(0)
    asyncio.run(serve())
    assert freed[:2] == [before, before]
    assert os.sched_getaffinity(0) == before
