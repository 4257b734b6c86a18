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
from tests.store.conftest import KEYS, name
from tests.store.process import served

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.store.values import Document
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
        self.made.append(client.post("/1.1/classes/Written", json=body).json()["objectId"])
        bump = {"n": {"__op": "Increment"}}
        answer = client.post(
            "/1.1/batch", json={"requests": [_request("PUT", "/1.1/classes/Counter/all", bump)]}
        )
        self.increments += "success" in answer.json()[0]
        claimed = client.post("/1.1/roles", json={"name": token, "ACL": {}}).json()
        if "objectId" in claimed:
            self.users.append(token)


def _request(method: str, path: str, body: Document) -> Document:
    return {"method": method, "path": path, "body": body}


@pytest.mark.boot
def test_killed(api: Api, database_url: str, tmp_path: Path) -> None:
    """With 16 writers and both processes killed, no acknowledged write is missing."""
    for class_name in ("Written", "Counter"):
        api.save(class_name)
    api.store.writing(
        Caller(master=True),
        lambda work: objects.create(work, "Counter", {"n": 0}, {"objectId": "all"}),
    )
    tokens = [name("r") for _ in range(400)]
    with served(database_url, tmp_path, "--workers", "2") as (url, process):
        writers = [Writer(url, number, tokens) for number in range(WRITERS)]
        threads = [threading.Thread(target=writer.run) for writer in writers]
        for thread in threads:
            thread.start()
        time.sleep(2)
        os.killpg(process.pid, signal.SIGKILL)
        for thread in threads:
            thread.join()
    _check(api, writers)


def _check(api: Api, writers: list[Writer]) -> None:
    made = [object_id for writer in writers for object_id in writer.made]
    assert len(made) > WRITERS
    master = api.as_master()
    found: set[str] = set()
    for start in range(0, len(made), 500):
        part = made[start : start + 500]
        query = {"where": values.dumps({"objectId": {"$in": part}}), "limit": 1000}
        answer = master(
            "POST",
            "/batch",
            {"requests": [{"method": "GET", "path": "/1.1/classes/Written", "params": query}]},
        )
        found |= {each["objectId"] for each in answer[0]["success"]["results"]}
    assert found == set(made)
    counted = master("GET", "/classes/Counter/all")["n"]
    acknowledged = sum(writer.increments for writer in writers)
    assert acknowledged <= counted <= acknowledged + WRITERS
    given = Counter(token for writer in writers for token in writer.users)
    assert given
    assert max(given.values()) == 1
