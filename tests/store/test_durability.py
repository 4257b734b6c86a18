"""What was acknowledged is there after a kill."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
import pytest

from scaffold.store import objects, values
from scaffold.store.access import Caller
from scaffold.store.calls import Store
from scaffold.store.database import Database
from scaffold.store.settings import StoreSettings
from tests.postgresql import SAFE, cluster
from tests.store.conftest import KEYS, name, new_database
from tests.store.process import served, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scaffold.store.values import Document, Json
    from scaffold.store.work import Transaction
    from tests.store.conftest import Api

HEADERS = {"x-lc-id": KEYS.app_id, "x-lc-key": f"{KEYS.master_key},master"}
WRITERS = 16


@dataclass
class Writer:
    """One of many who write until the service is gone.

    Args:
        url: the service.
        number: which of the writers.
        tokens: names that all of them want.
    """

    url: str
    number: int
    tokens: list[str]
    made: list[str] = field(default_factory=list)
    increments: int = 0
    users: list[str] = field(default_factory=list)
    tried: int = 0

    def run(self) -> None:
        """Write until there is no answer."""
        client = httpx.Client(base_url=self.url, headers=HEADERS, timeout=30, trust_env=False)
        with client, contextlib.suppress(httpx.HTTPError):
            for turn, token in enumerate(self.tokens):
                self._write(client, turn, token)

    def _write(self, client: httpx.Client, turn: int, token: str) -> None:
        self.tried += 1
        body = {"writer": self.number, "turn": turn}
        made = client.post("/1.1/classes/Written", json=body).json()
        if "objectId" not in made:
            raise httpx.HTTPError("the database is gone")
        self.made.append(made["objectId"])
        bump = {"n": {"__op": "Increment"}}
        answer = client.post(
            "/1.1/batch", json={"requests": [_request("PUT", "/1.1/classes/Counter/all", bump)]}
        )
        self.increments += answer.is_success and "success" in answer.json()[0]
        claimed = client.post("/1.1/roles", json={"name": token, "ACL": {}}).json()
        if "objectId" in claimed:
            self.users.append(token)


def _request(method: str, path: str, body: Document) -> Document:
    return {"method": method, "path": path, "body": body}


def _prepare(store: Store) -> None:
    """Make what all writers count in."""

    def work(work: Transaction) -> None:
        objects.create(work, "Written", {})
        objects.create(work, "Counter", {"n": 0}, {"objectId": "all"})

    store.writing(Caller(master=True), work)


def _written(url: str, kill: Callable[[], None]) -> list[Writer]:
    """Let all write for a while, and kill what they write to meanwhile."""
    tokens = [name("r") for _ in range(400)]
    writers = [Writer(url, number, tokens) for number in range(WRITERS)]
    threads = [threading.Thread(target=writer.run) for writer in writers]
    for thread in threads:
        thread.start()
    time.sleep(2)
    kill()
    for thread in threads:
        thread.join()
    return writers


@pytest.mark.boot
def test_killed(api: Api, database_url: str, tmp_path: Path) -> None:
    """With 16 writers and both processes killed, no acknowledged write is missing."""
    _prepare(api.store)
    with served(database_url, tmp_path, "--workers", "2") as (url, process):
        writers = _written(url, lambda: os.killpg(process.pid, signal.SIGKILL))
    _check(api.as_master(), writers)


@pytest.mark.boot
def test_database_killed(tmp_path: Path) -> None:
    """With 16 writers and the database killed, what was acknowledged is there when it has
    started again, and the service goes on without a start of its own.
    """
    folder = tmp_path / "files"
    with cluster(SAFE) as found:
        database_url = new_database(found.url)
        database = Database(database_url)
        database.migrate()
        store = Store(StoreSettings(KEYS, folder), database)
        _prepare(store)
        store.tasks.stop()
        database.close()
        with served(database_url, folder, "--workers", "2") as (url, _):
            writers = _written(url, found.kill)
            found.start()
            wait_for(url)
            with httpx.Client(base_url=url, headers=HEADERS, trust_env=False) as client:
                _check(lambda *asked: _asked(client, *asked), writers)


def _asked(client: httpx.Client, method: str, path: str, body: Json = None) -> Json:
    return client.request(method, f"/1.1{path}", json=body).json()


def _check(ask: Callable[..., Json], writers: list[Writer]) -> None:
    made = [object_id for writer in writers for object_id in writer.made]
    assert len(made) > WRITERS
    found: set[str] = set()
    for start in range(0, len(made), 500):
        part = made[start : start + 500]
        query = {"where": values.dumps({"objectId": {"$in": part}}), "limit": 1000}
        answer = ask(
            "POST",
            "/batch",
            {"requests": [{"method": "GET", "path": "/1.1/classes/Written", "params": query}]},
        )
        found |= {each["objectId"] for each in answer[0]["success"]["results"]}
    assert found == set(made)
    counted = ask("GET", "/classes/Counter/all")["n"]
    acknowledged = sum(writer.increments for writer in writers)
    assert acknowledged <= counted <= acknowledged + WRITERS
    given = Counter(token for writer in writers for token in writer.users)
    assert given
    assert max(given.values()) == 1
