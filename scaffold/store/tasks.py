"""Work that follows a commit: hooks after a write, mail, views.

A task is written in the transaction that causes it, so that a crash loses neither or both. The
process that wrote it does it at once. A process takes a task by moving the time at which it is due
into the future: where the process dies, another one finds the task due, so that each is done at
least once.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from scaffold.store.tables import tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from sqlalchemy import Connection

    from scaffold.store.database import Database
    from scaffold.store.values import Document

LEASE = 30  # seconds for which a task belongs to the process that took it
MARGIN = 10  # seconds that doing one may take
IDLE = 5.0  # seconds between looks for tasks of processes that died
THREADS = 4
TAKEN = 20  # tasks at a time
LONGEST_WAIT = 3600
GIVEN_UP_AFTER = 24 * 3600
logger = logging.getLogger("scaffold.store")


@dataclass(frozen=True)
class Task:
    """Something to do after a commit.

    Args:
        id: its row.
        kind: which handler does it.
        payload: what the handler is given.
        due_at: when it is due for other processes, in seconds.
        created_at: when it was written, in seconds.
        attempts: how often it was tried in vain.
        secret: what the handler is given besides, and no database keeps.
    """

    id: int
    kind: str
    payload: Document
    due_at: int
    created_at: int
    attempts: int = 0
    secret: str | None = None


def add(connection: Connection, kind: str, payload: Document, secret: str | None = None) -> Task:
    """Write down a task that this process does after the commit."""
    now = int(time.time())
    row = {"kind": kind, "payload": payload, "created_at": now, "due_at": now + LEASE}
    number = connection.execute(insert(tasks).values(**row).returning(tasks.c.id)).scalar_one()
    return Task(number, kind, payload, now + LEASE, now, 0, secret)


def take(database: Database) -> list[Task]:
    """Take tasks that are due, the oldest first."""
    query = (
        select(tasks).where(tasks.c.due_at <= int(time.time())).order_by(tasks.c.id).limit(TAKEN)
    )
    with database.reading() as connection:
        if connection.execute(query.limit(1)).first() is None:
            return []
    due_at = int(time.time()) + LEASE

    def work(connection: Connection) -> list[Task]:
        rows = connection.execute(query.with_for_update(skip_locked=True)).all()
        taken = [row.id for row in rows]
        connection.execute(update(tasks).where(tasks.c.id.in_(taken)).values(due_at=due_at))
        return [
            Task(row.id, row.kind, row.payload, due_at, row.created_at, row.attempts)
            for row in rows
        ]

    return database.writing(work)


class TaskRunner:
    """Does tasks in threads of its own.

    Args:
        database: where they are.
        handlers: what does those of each kind; one that raises is tried again later.
    """

    def __init__(
        self, database: Database, handlers: Mapping[str, Callable[[Document, str | None], None]]
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._threads: ThreadPoolExecutor | None = None
        self._ending = threading.Event()
        self._poller: threading.Thread | None = None
        self._lock = threading.Lock()
        self._settled = threading.Condition()
        self._left = 0

    def start(self) -> None:
        """Look for tasks that other processes left behind, from now on."""
        self._ending.clear()
        self._poller = threading.Thread(target=self._poll, name="tasks", daemon=True)
        self._poller.start()

    def stop(self) -> None:
        """Finish what has begun."""
        self._ending.set()
        if self._poller:
            self._poller.join()
        with self._lock:
            threads, self._threads = self._threads, None
        if threads:
            threads.shutdown(cancel_futures=True)

    def submit(self, task: Task) -> None:
        """Do a task soon."""
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(THREADS, "task")
            with self._settled:
                self._left += 1
            self._threads.submit(self._do, task).add_done_callback(self._is_done)

    def _is_done(self, _: Future[None]) -> None:
        with self._settled:
            self._left -= 1
            self._settled.notify_all()

    def settle(self, limit: float) -> bool:
        """Wait until all that was submitted was tried, so many seconds at most; say whether
        it was.
        """
        with self._settled:
            return self._settled.wait_for(lambda: not self._left, limit)

    def _poll(self) -> None:
        while not self._ending.wait(0.2):
            try:
                found = take(self._database)
            except Exception:
                logger.exception("tasks cannot be read")
                found = []
            for task in found:
                self.submit(task)
            if len(found) < TAKEN:
                self._ending.wait(IDLE)

    def _do(self, task: Task) -> None:
        if time.time() > task.due_at - MARGIN:
            return  # it waited too long here: whoever finds it due does it
        try:
            self._handlers[task.kind](task.payload, task.secret)
        except Exception as error:  # noqa: BLE001 - whatever it is, the task must not be lost
            self._postpone(task, error)
        else:
            self._database.writing(
                lambda connection: connection.execute(delete(tasks).where(tasks.c.id == task.id))
            )

    def _postpone(self, task: Task, error: Exception) -> None:
        """Try a task again later; after a day give it up."""
        now = int(time.time())
        is_over = now - task.created_at > GIVEN_UP_AFTER
        later = "given up" if is_over else "tried again later"
        logger.warning("task %s (%s) failed and is %s: %s", task.id, task.kind, later, error)
        own = tasks.c.id == task.id
        due_at = now + min(2 ** min(task.attempts, 20), LONGEST_WAIT)
        change = update(tasks).where(own).values(due_at=due_at, attempts=tasks.c.attempts + 1)
        statement = delete(tasks).where(own) if is_over else change
        self._database.writing(lambda connection: connection.execute(statement))
