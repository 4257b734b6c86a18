"""One CPU for a process that serves.

Python runs one thread of a process at a time. Where the threads are on several CPUs, each call of
the system lets another one take the turn, and to wake it takes as long as the work: with many
clients a process answers half as many requests. So its threads share a CPU, as those of nginx and
uWSGI do where they are told to. Which one is left to the system, anew every few seconds: it knows
what else runs.
"""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PERIOD = 5.0  # seconds on one CPU
CHOICE = 0.05  # seconds in which the system may choose another one
_TASKS = Path("/proc/self/task")
_PROCESSOR = 36  # its place in a thread's `stat`, behind the name; proc_pid_stat(5) counts from 3


@dataclass
class _Processors:
    """Those of this process.

    Attributes:
        allowed: the CPUs that it may use.
        chosen: the one that it uses; any if None.
    """

    allowed: set[int] = field(default_factory=set)
    chosen: int | None = None


_ours = _Processors()


async def share_one() -> None:
    """Keep all threads of this process on one CPU until cancelled; on Linux only."""
    if not _can_choose():
        return
    _ours.allowed = os.sched_getaffinity(0)
    if len(_ours.allowed) == 1:
        return
    try:
        while True:
            await asyncio.sleep(CHOICE)
            _keep_to(_current())
            await asyncio.sleep(PERIOD)
            _use(0, _ours.allowed)
    finally:
        _ours.chosen = None
        _use_all(_ours.allowed)


def _can_choose() -> bool:
    return hasattr(os, "sched_getaffinity") and _TASKS.is_dir()


def _current() -> int:
    """Return the CPU on which this thread runs."""
    stat = (_TASKS / str(threading.get_native_id()) / "stat").read_text("utf-8", "replace")
    return int(stat.rpartition(")")[2].split()[_PROCESSOR])


def _keep_to(chosen: int) -> None:
    _ours.chosen = chosen
    _use_all({chosen})


def _use_all(processors: set[int]) -> None:
    for task in _TASKS.iterdir():
        _use(int(task.name), processors)


def _use(thread: int, processors: set[int]) -> None:
    # The thread may have ended, or the system have taken a CPU away: it knows another then.
    with suppress(OSError):
        os.sched_setaffinity(thread, processors)


@contextmanager
def any_of_them() -> Iterator[None]:
    """Let this thread use any CPU, for what is long and is not done by Python."""
    if _ours.chosen is None:
        yield
        return
    _use(0, _ours.allowed)
    try:
        yield
    finally:
        if _ours.chosen is not None:
            _use(0, {_ours.chosen})
