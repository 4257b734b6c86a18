"""The data that the console shows: whose it is, and what happens while it is changed."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from scaffold.engine import environment
from scaffold.up import functions
from scaffold.up.asked import BadCallError
from scaffold.up.project import API_SERVER
from scaffold.up.store_client import StoreClient, StoreRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scaffold.store.engine import HookCall
    from scaffold.up.data import Data
    from scaffold.up.logs import Log
    from scaffold.up.supervisor import Supervisor

# What an app prints may reach us a moment after its answer.
LOG_GRACE = 0.1
# Hooks after a write are called when it has been answered, and have 3 s.
SETTLING = 5.0


@dataclass(frozen=True)
class ConsoleStore:
    """The data of the app that runs.

    Args:
        supervisor: keeps the app running.
        data: our data service, if it runs.
    """

    supervisor: Supervisor
    data: Data | None = None

    @property
    def kind(self) -> Literal["own", "real", "none"]:
        """`own`: our service; `real`: another server, of which the app's keys are real; or none.

        What the app was started with decides: `.env` may have got real keys meanwhile.
        """
        server = self.supervisor.variables.get(API_SERVER)
        if self.data and server == self.data.url:
            return "own"
        return "none" if server == environment.CLOSED_SERVER else "real"

    def client(self) -> StoreClient:
        """Return who asks the service.

        Real data is only read here. One wrong key in a tool for development must not change what
        users see; and a write there calls the hooks of the app that is deployed, not those of
        the one that runs here, so that what this console shows of a call would be wrong.

        Raises:
            BadCallError: there is no service, or nobody knows where it is.
        """
        kind, variables = self.kind, self.supervisor.variables
        if kind == "none":
            raise BadCallError("store-none")
        server = variables.get(API_SERVER)
        if not server:
            raise BadCallError("no-address")
        app_id, key = (
            variables.get(name, "") for name in ("LEANCLOUD_APP_ID", "LEANCLOUD_APP_MASTER_KEY")
        )
        return StoreClient(server, app_id, key, is_writable=kind == "own")

    def described(self) -> dict[str, Any]:
        """Return what the page says about whose data it is."""
        kind = self.kind
        server = self.supervisor.variables.get(API_SERVER, "") if kind == "real" else ""
        return {"kind": kind, "server": server}

    def watched(self, work: Callable[[StoreClient], dict[str, Any]]) -> dict[str, Any]:
        """Change something; return what came of it, with the hooks that were called meanwhile
        and what the app printed.

        Raises:
            BadCallError: the data is only to be read, or the service does not answer.
        """
        client = self.client()
        if not (client.is_writable and self.data):
            raise BadCallError("read-only")
        before, begun = self.supervisor.log.last, time.monotonic()
        with self.data.watching() as calls:
            try:
                outcome = {"code": 0, "error": "", **work(client)}
            except StoreRefusedError as error:
                outcome = {"code": error.code, "error": error.error}
            seconds = time.monotonic() - begun
            self.data.settle(SETTLING)
        return {
            **outcome,
            "seconds": round(seconds, 4),
            "hooks": [_shown(call) for call in calls],
            "lines": lines_since(self.supervisor.log, before),
        }


def _shown(call: HookCall) -> dict[str, Any]:
    answer = call.answer if isinstance(call.answer, str) else functions.pretty_json(call.answer)
    return {
        "path": call.path,
        "status": call.status,
        "seconds": round(call.seconds, 4),
        "answer": answer,
    }


def lines_since(log: Log, number: int) -> list[dict[str, Any]]:
    """Return what the app printed since a line of the log, and warnings about it."""
    time.sleep(LOG_GRACE)
    return [asdict(line) for line in log.after(number) if line.kind != "note"]
