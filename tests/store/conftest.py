"""Databases to test with: SQLite in a folder, and PostgreSQL where it is installed."""

from __future__ import annotations

import json
import secrets
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest
import uvicorn

from scaffold.store.app import make
from scaffold.store.calls import Store
from scaffold.store.database import Database
from scaffold.store.settings import Keys, StoreSettings
from tests.postgresql import postgresql

__all__ = ["postgresql"]  # a fixture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.store.values import Json


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of an empty database; tests that use it run on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('store') / 'data.sqlite3'}"
    return new_database(request.getfixturevalue("postgresql"))


def new_database(server: str) -> str:
    """Return the URL of an empty database on a PostgreSQL."""
    name = f"test{time.monotonic_ns()}"
    admin = Database(server)
    with admin.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
            f"CREATE DATABASE {name}"
        )
    admin.close()
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def database(database_url: str) -> Iterator[Database]:
    """Return a database with tables and nothing in them."""
    database = Database(database_url)
    database.migrate()
    yield database
    database.close()


KEYS = Keys("test-app", "test-key", "test-master", "test-hook")


@dataclass
class Api:
    """A client of a service in this process.

    Args:
        client: what sends requests.
        headers: with each of them.
        store: the service.
    """

    client: httpx.Client
    headers: dict[str, str]
    store: Store

    def __call__(self, method: str, path: str, body: Json = None, /, **parameters: Json) -> Json:
        """Return what is answered; parameters that are no text go as JSON."""
        return self.response(method, path, body, **parameters).json()

    def response(
        self, method: str, path: str, body: Json = None, /, **parameters: Json
    ) -> httpx.Response:
        """Return the whole answer."""
        texts = {
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in parameters.items()
        }
        content = None if body is None else json.dumps(body)
        return self.client.request(
            method, f"/1.1{path}", params=texts, content=content, headers=self.headers
        )

    def as_master(self) -> Api:
        """Return a client with the master key."""
        return self.sending("x-lc-key", f"{KEYS.master_key},master")

    def as_user(self, token: str) -> Api:
        """Return a client with a session."""
        return self.sending("x-lc-session", token)

    def sending(self, name: str, value: str) -> Api:
        """Return a client that sends another header."""
        return Api(self.client, {**self.headers, name: value}, self.store)

    def sign_up(self) -> tuple[Api, str]:
        """Return a client with the session of a new user, and the user's id."""
        user = self("POST", "/users", {"username": name(), "password": "secret"})
        return self.as_user(user["sessionToken"]), user["objectId"]

    def save(self, class_name: str, **columns: Json) -> str:
        """Return the id of a new object."""
        saved = self("POST", f"/classes/{class_name}", columns)
        object_id: str = saved["objectId"]
        return object_id

    def ids(self, class_name: str, where: Json = None, **parameters: Json) -> list[str]:
        """Return the ids of what a query finds."""
        found = self("GET", f"/classes/{class_name}", where=where or {}, **parameters)
        return [each["objectId"] for each in found["results"]]


def name(prefix: str = "T") -> str:
    """Return a name that nothing else has."""
    return f"{prefix}{secrets.token_hex(6)}"


@contextmanager
def serving(store: Store) -> Iterator[str]:
    """Serve a store on a port of loopback; return its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    # Inherited by all connections, which asyncio does not see to where it did not open them: each
    # answer on a kept one would wait 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = uvicorn.Server(uvicorn.Config(make(store), log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture(scope="session")
def api(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Return a client of a service on each kind of database."""
    store = Store(StoreSettings(KEYS, tmp_path_factory.mktemp("files")), database)
    headers = {"x-lc-id": KEYS.app_id, "x-lc-key": KEYS.app_key}
    with serving(store) as url, httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        yield Api(client, headers, store)
