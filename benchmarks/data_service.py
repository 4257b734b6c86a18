"""The data service beside Parse Server 8 on the same PostgreSQL: requests a second, p99, memory.

`make bench-store` installs Parse Server into build/parse and runs this; each has one process.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
KEYS = ("bench-app", "bench-key", "bench-master")
CLASS = "Bench"
FOUND = 100
BATCH = 50
PARSE = """
const { ParseServer } = require('parse-server');
const express = require('express');
const [uri, port, appId, restAPIKey, masterKey] = process.argv.slice(2);
(async () => {
  const server = new ParseServer({
    databaseURI: uri, appId, restAPIKey, masterKey, serverURL: `http://127.0.0.1:${port}/1`,
    allowClientClassCreation: true, silent: true, logsFolder: null,
  });
  await server.start();
  express().use('/1', server.app).listen(Number(port), '127.0.0.1');
})();
"""


@dataclass(frozen=True)
class Server:
    """A server that is measured.

    Args:
        name: what it is called in the table.
        port: where it listens.
        prefix: what its addresses begin with.
        headers: those with its keys.
        process: its only process.
    """

    name: str
    port: int
    prefix: str
    headers: dict[str, str]
    process: subprocess.Popen[bytes]

    @property
    def memory(self) -> float:
        """Its memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0


@dataclass
class Client:
    """One connection to a server."""

    server: Server

    def __post_init__(self) -> None:
        """Connect with the first request."""
        self._connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)

    def send(self, method: str, path: str, body: object = None) -> object:
        """Return what a request is answered with.

        Raises:
            RuntimeError: it is refused.
        """
        content = None if body is None else json.dumps(body)
        headers = {**self.server.headers, "Content-Type": "application/json"}
        self._connection.request(method, f"{self.server.prefix}{path}", content, headers)
        response = self._connection.getresponse()
        text = response.read()
        if response.status >= http.HTTPStatus.BAD_REQUEST:
            raise RuntimeError(text.decode())
        return json.loads(text)


def _document(number: int) -> dict[str, object]:
    return {"n": number, "text": f"text {number}", "tags": ["a", "b"], "more": {"x": number}}


def _batch(client: Client, number: int) -> None:
    path = f"{client.server.prefix}/classes/{CLASS}"
    one = {"method": "POST", "path": path, "body": _document(number)}
    client.send("POST", "/batch", {"requests": [one] * BATCH})


def _operations(ids: list[str]) -> dict[str, Callable[[Client, int], object]]:
    where = quote(json.dumps({"n": {"$gte": 10}}))
    find = f"/classes/{CLASS}?where={where}&limit={FOUND}"
    count = f"/classes/{CLASS}?where={where}&count=1&limit=0"
    return {
        "save": lambda client, number: client.send("POST", f"/classes/{CLASS}", _document(number)),
        "get": lambda client, number: client.send(
            "GET", f"/classes/{CLASS}/{ids[number % len(ids)]}"
        ),
        f"find {FOUND}": lambda client, _: client.send("GET", find),
        "count": lambda client, _: client.send("GET", count),
        f"batch {BATCH}": _batch,
    }


def _measure(
    server: Server, operation: Callable[[Client, int], object], clients: int, seconds: float
) -> tuple[float, float]:
    """Return requests a second, and the time in ms within which 99 of 100 were answered."""
    ending = time.perf_counter() + seconds
    times: list[float] = []

    def run(first: int) -> None:
        client, number = Client(server), first
        while (started := time.perf_counter()) < ending:
            operation(client, number)
            times.append(time.perf_counter() - started)
            number += clients

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worst = statistics.quantiles(times, n=100)[98] if len(times) > 1 else times[0]
    return len(times) / seconds, worst * 1000


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextlib.contextmanager
def _process(command: list[str], **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    environ = {**os.environ, **variables}
    with subprocess.Popen(
        command, env=environ, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=ROOT
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


def _wait(port: int) -> float:
    started = time.perf_counter()
    while time.perf_counter() - started < 60:  # noqa: PLR2004 - seconds
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return time.perf_counter() - started
        time.sleep(0.02)
    raise TimeoutError(port)


@contextlib.contextmanager
def _ours(database: str) -> Iterator[Server]:
    port, (app_id, key, master) = _free_port(), KEYS
    variables = {
        "LEANCLOUD_APP_ID": app_id,
        "LEANCLOUD_APP_KEY": key,
        "LEANCLOUD_APP_MASTER_KEY": master,
        "SCAFFOLD_STORE_DATABASE": database,
    }
    scaffold = [sys.executable, "-m", "scaffold", "store"]
    subprocess.run([*scaffold, "migrate"], env={**os.environ, **variables}, check=True, cwd=ROOT)
    headers = {"X-LC-Id": app_id, "X-LC-Key": key}
    with _process([*scaffold, "serve", "--port", str(port)], **variables) as process:
        print(f"scaffold store: open after {_wait(port):.1f} s")
        yield Server("scaffold store", port, "/1.1", headers, process)


@contextlib.contextmanager
def _parse(database: str) -> Iterator[Server]:
    port, (app_id, key, master) = _free_port(), KEYS
    script = ROOT / "build" / "parse" / "index.js"
    script.write_text(PARSE, "utf-8")
    headers = {"X-Parse-Application-Id": app_id, "X-Parse-REST-API-Key": key}
    with _process(["node", str(script), database, str(port), app_id, key, master]) as process:
        print(f"Parse Server: open after {_wait(port):.1f} s")
        yield Server("Parse Server", port, "/1", headers, process)


def main() -> None:
    """Measure both, one after the other for each operation, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ours", help="an empty database: postgresql://…")
    parser.add_argument("parse", help="another one for Parse Server")
    parser.add_argument("--seconds", type=float, default=2.0)
    options = parser.parse_args()
    with _ours(options.ours) as ours, _parse(options.parse) as parse:
        print(f"Load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.\n")
        print("| operation | clients | ours/s | Parse/s | ratio | ours p99 ms | Parse p99 ms |")
        print("|---|---|---|---|---|---|---|")
        _table((ours, parse), options.seconds)
        print(f"\nmemory: {ours.memory:.0f} MB, Parse Server {parse.memory:.0f} MB")


def _table(servers: tuple[Server, Server], seconds: float) -> None:
    ids = {}
    for server in servers:
        client = Client(server)
        made = [client.send("POST", f"/classes/{CLASS}", _document(n)) for n in range(200)]
        ids[server.name] = [str(each["objectId"]) for each in made]  # type: ignore[index]
    for name in _operations([]):
        for clients in (1, 16):
            (one, slow), (other, slower) = (
                _measure(server, _operations(ids[server.name])[name], clients, seconds)
                for server in servers
            )
            ratio = one / other
            print(
                f"| {name} | {clients} | {one:.0f} | {other:.0f} | {ratio:.2f} | {slow:.1f}"
                f" | {slower:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
