"""A console with our data service beside it, and an app that has hooks, in this process."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from scaffold.engine import environment, ports
from scaffold.store import engine
from scaffold.up import console_store
from scaffold.up.console import Console, ConsoleParts
from scaffold.up.data import Data
from scaffold.up.logs import Log
from scaffold.up.project import API_SERVER
from scaffold.up.supervisor import AppState
from tests.store.fake_app import App, server

from .test_console import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["server"]  # a fixture

SECRETS = ("LEANCLOUD_APP_KEY", "LEANCLOUD_APP_MASTER_KEY", "LEANCLOUD_APP_HOOK_KEY")


@dataclass
class Supervisor:
    """As much of a supervisor as the console needs.

    Args:
        port: where the app listens.
        variables: what it finds in its environment.
    """

    port: int
    variables: dict[str, str]
    state: AppState = field(default_factory=lambda: AppState("healthy", "", 1))
    log: Log = field(default_factory=lambda: Log(lambda _: None))


@dataclass
class Stored:
    """A console with data.

    Args:
        client: its page.
        supervisor: what the console believes of the app.
        app: what answers hooks.
        data: the service.
    """

    client: Client
    supervisor: Supervisor
    app: App
    data: Data

    def api(self, name: str, body: object = None, status: int = 200) -> Any:
        """Ask as the page does."""
        return self.client.api(name, body, status)

    def save(self, class_name: str, object_id: str = "", seen: str = "", **values: Any) -> Any:
        """Save a row, of which values are given, not their JSON."""
        texts = {name: json.dumps(value) for name, value in values.items()}
        return self.api(
            "data/save", {"class": class_name, "id": object_id, "seen": seen, "values": texts}
        )

    def rows(self, class_name: str, **asked: Any) -> Any:
        """Return a page of rows."""
        return self.api("data/rows", {"class": class_name, **asked})

    def ids(self, class_name: str, **asked: Any) -> list[str]:
        """Return the ids of a page of rows."""
        return [row["objectId"] for row in self.rows(class_name, **asked)["rows"]]

    def import_(self, class_name: str, content: bytes) -> Any:
        """Import a file."""
        return self.api(f"data/import?class={class_name}", content)

    def print(self, line: str) -> None:
        """Print a line, as the app does."""
        self.supervisor.log.add_app_line(line, cut=False)


@pytest.fixture(scope="module")
def service(server: tuple[str, list[App]]) -> Iterator[tuple[Data, Supervisor, Console]]:
    """The data service of an app and its console, for all tests of a module."""
    variables = environment.platform_variables(0)
    data = Data(None, print)
    port = int(server[0].rpartition(":")[2])
    data.start(variables, port)
    supervisor: Any = Supervisor(port, {**variables, API_SERVER: data.url})
    listener = ports.listen_on_loopback(port + 1)
    console = Console(supervisor, "shop", listener, ConsoleParts(data=data))
    console.start()
    yield data, supervisor, console
    console.stop()
    data.stop()


@pytest.fixture
def stored(
    service: tuple[Data, Supervisor, Console],
    server: tuple[str, list[App]],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stored]:
    """A console that shows the service. No key of the app ever comes to its page."""
    monkeypatch.setattr(engine, "FRESH", 0)
    monkeypatch.setattr(console_store, "LOG_GRACE", 0)  # this app prints before it answers
    data, supervisor, console = service
    monkeypatch.setattr(supervisor, "variables", dict(supervisor.variables))
    keys = [supervisor.variables[name].encode() for name in SECRETS]
    app = App()
    server[1].append(app)
    client = Client(console)
    yield Stored(client, supervisor, app, data)
    assert not any(key in client.seen for key in keys)
