"""The data service beside Parse Server 8 on the same PostgreSQL: requests a second, p99, memory.

`make bench-store` installs Parse Server into build/parse and runs this; each has one process. The
page with the results is printed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import psycopg
from report import ROOT, machine, table
from store_client import Api, Load, load
from store_growth import grow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEYS = ("bench-app", "bench-key", "bench-master")
KEPT, WRITTEN = "Kept", "Written"  # what is read stays as it is, so that both have as many rows
ROWS = 1000
FOUND = 100
BATCH = 50
VALUES = 50  # queries with another value each
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
        api: where it listens.
        process: its only process, or the first.
        opened: seconds until it answered.
    """

    api: Api
    process: subprocess.Popen[bytes]
    opened: float

    @property
    def memory(self) -> float:
        """Its memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0


def _document(number: int) -> dict[str, object]:
    return {"n": number, "text": f"text {number}", "tags": ["a", "b"], "more": {"x": number}}


def _operations(api: Api, ids: list[str]) -> dict[str, list[bytes]]:
    """Return the requests of each operation, which are sent in turn."""
    kept, written = f"/classes/{KEPT}", f"/classes/{WRITTEN}"
    numbers = range(VALUES)
    wheres = [{"n": {"$gte": number}} for number in numbers]
    one = {"method": "POST", "path": f"{api.prefix}{written}"}
    batches = [
        [{**one, "body": _document(number * BATCH + each)} for each in range(BATCH)]
        for number in numbers
    ]
    return {
        "save": [api.request("POST", written, _document(number)) for number in numbers],
        "get": [api.request("GET", f"{kept}/{each}") for each in ids],
        f"find {FOUND}": [
            api.request("GET", kept, where=where, limit=str(FOUND)) for where in wheres
        ],
        "count": [api.request("GET", kept, where=where, count="1", limit="0") for where in wheres],
        f"batch {BATCH}": [
            api.request("POST", "/batch", {"requests": requests}) for requests in batches
        ],
    }


def _fill(api: Api) -> list[str]:
    """Make what is read; return the ids of it."""
    connection = api.connected()
    one = {"method": "POST", "path": f"{api.prefix}/classes/{KEPT}"}
    ids = []
    for first in range(0, ROWS, BATCH):
        requests = [{**one, "body": _document(first + number)} for number in range(BATCH)]
        answers = connection.ask(api.request("POST", "/batch", {"requests": requests}))
        listed = cast("list[dict[str, dict[str, str]]]", answers)
        ids += [answer["success"]["objectId"] for answer in listed]
    return ids


def _settle(databases: tuple[str, str]) -> None:
    """Do what PostgreSQL does by itself within a minute: know how many rows there are."""
    for database in databases:
        with psycopg.connect(database, autocommit=True) as direct:
            direct.execute("VACUUM ANALYZE")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextlib.contextmanager
def _started(
    command: list[str], api: Api, variables: Mapping[str, str], folder: Path = ROOT
) -> Iterator[Server]:
    environ, begun = {**os.environ, **variables}, time.perf_counter()
    with subprocess.Popen(
        command, env=environ, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=folder
    ) as process:
        try:
            yield Server(api, process, _wait(api, begun))
        finally:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()


def _wait(api: Api, begun: float) -> float:
    """Return the seconds until the first answer with status 200."""
    asked = api.request("GET", "/health" if api.prefix == "/1" else "/date")
    while time.perf_counter() - begun < 60:  # noqa: PLR2004 - seconds
        with contextlib.suppress(OSError, RuntimeError):
            api.connected().send(asked)
            return time.perf_counter() - begun
        time.sleep(0.02)
    raise TimeoutError(api.port)


def _variables(database: str) -> dict[str, str]:
    app_id, key, master = KEYS
    return {
        "LEANCLOUD_APP_ID": app_id,
        "LEANCLOUD_APP_KEY": key,
        "LEANCLOUD_APP_MASTER_KEY": master,
        "SCAFFOLD_STORE_DATABASE": database,
    }


@contextlib.contextmanager
def _ours(database: str, workers: int = 1) -> Iterator[Server]:
    variables, scaffold = _variables(database), [sys.executable, "-m", "scaffold", "store"]
    migrate = [*scaffold, "migrate"]
    environ = {**os.environ, **variables}
    subprocess.run(migrate, env=environ, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    api = Api(_free_port(), "/1.1", {"X-LC-Id": KEYS[0], "X-LC-Key": KEYS[1]})
    command = [*scaffold, "serve", "--port", str(api.port), "--workers", str(workers)]
    with _started(command, api, variables) as server:
        yield server


@contextlib.contextmanager
def _parse(database: str) -> Iterator[Server]:
    script = ROOT / "build" / "parse" / "index.js"
    script.write_text(PARSE, "utf-8")
    headers = {"X-Parse-Application-Id": KEYS[0], "X-Parse-REST-API-Key": KEYS[1]}
    api = Api(_free_port(), "/1", headers)
    command = ["node", str(script), database, str(api.port), *KEYS]
    with _started(command, api, {}, script.parent) as server:  # it makes a folder for logs
        yield server


def main() -> None:
    """Measure both in turn, and print the page with the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ours", help="an empty database: postgresql://…")
    parser.add_argument("parse", help="another one for Parse Server")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", type=int, default=0, metavar="ROWS", help="at most 1000000")
    options = parser.parse_args()
    print("# Data service beside Parse Server 8\n")
    print("Written by `make bench-store`; what is measured is said in [README.md](../README.md).\n")
    print(*(f"- {name}: {value}" for name, value in machine().items()), sep="\n")
    print(f"- rounds: {options.rounds}, {options.seconds:g} s each\n")
    with _ours(options.ours) as ours, _parse(options.parse) as parse:
        ids = _fill(ours.api)
        asked = [_operations(ours.api, ids), _operations(parse.api, _fill(parse.api))]
        _compare((ours, parse), asked, (options.ours, options.parse), options)
        if options.growth:
            print("\n## With ever more rows\n\nMilliseconds, median / p99, of one client.\n")
            print(
                grow(
                    ours.api,
                    options.ours,
                    options.growth,
                    options.seconds,
                    _variables(options.ours),
                )
            )
    with _ours(options.ours, workers=2) as ours:
        print("\n## Two processes of the data service\n")
        rows = [
            [name, f"{found.rate:.0f}", f"{found.slow:.1f}"]
            for name, requests in _operations(ours.api, ids).items()
            for found in [load(ours.api, requests, 16, options.seconds)]
        ]
        print(table(["operation, 16 clients", "requests/s", "p99 ms"], rows))
    print(f"\nLoad of the machine at the end: {os.getloadavg()[0]:.1f}.")


def _compare(
    servers: tuple[Server, Server],
    asked: list[dict[str, list[bytes]]],
    databases: tuple[str, str],
    options: argparse.Namespace,
) -> None:
    seconds: float = options.seconds
    rows = []
    for name in asked[0]:
        for clients in (1, 16):
            _settle(databases)
            for server, requests in zip(servers, asked, strict=True):
                load(server.api, requests[name], clients, seconds / 4)
            found = [
                [
                    load(server.api, requests[name], clients, seconds)
                    for server, requests in zip(servers, asked, strict=True)
                ]
                for _ in range(options.rounds)
            ]
            rows.append([f"{name}, {clients}", *_cells(found)])
    header = ["operation, clients", "ours/s", "Parse/s", "×", "ours p99 ms", "Parse p99 ms"]
    print(table(header, rows))
    first = [f"{server.opened:.1f}" for server in servers]
    memory = [f"{server.memory:.0f}" for server in servers]
    print("\n" + table(["", "ours", "Parse"], [["first 200, s", *first], ["memory, MB", *memory]]))


def _cells(found: list[list[Load]]) -> list[str]:
    """Return the medians over the rounds; ratios are taken within a round."""
    middle = statistics.median
    rates = [middle(pair[side].rate for pair in found) for side in (0, 1)]
    ratio = middle(pair[0].rate / pair[1].rate for pair in found)
    slow = [middle(pair[side].slow for pair in found) for side in (0, 1)]
    return [*(f"{rate:.0f}" for rate in rates), f"{ratio:.2f}", *(f"{time_:.1f}" for time_ in slow)]


if __name__ == "__main__":
    main()
