"""How the WSGI servers treat the clients of one generated Flask app: `make bench-servers`.

Slow clients, signals, odd and ambiguous requests, memory and speed, all in one run, beside the
server set-up of the official starter. What is found decides which server is the default
(docs/explanation/servers.md).
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apps
import clients
from app_tables import KINDS, load_table, start_table
from candidates import (
    PYTHON,
    AppError,
    Candidate,
    build,
    chosen,
    every_candidate,
    explained,
    versions,
)
from report import ROOT, machine, table, write_json, write_markdown

from scaffold.catalog import Catalog
from scaffold.engine import memory, steps
from scaffold.engine.process import STOP_TIMEOUT, cleaned_up_on_signals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scaffold.engine.boot_run import BootRun

STARTER = "flask"
COUNTS = (8, 20)
SIGNALS = ("SIGTERM", "SIGINT", "SIGQUIT")
LARGE_BODY = 100 * clients.MEGABYTE

# What is found of one server, by name of the probe.
Found = dict[str, str]


@contextmanager
def running(boot: BootRun) -> Iterator[str]:
    """Start an app; yield the header lines of a request with its keys; end it."""
    try:
        with explained(boot):
            steps.read_manifest(boot)  # a new port
            steps.start(boot)
            steps.become_healthy(boot)
        yield clients.key_lines(apps.requests(boot)["function"].headers)
    finally:
        if boot.server:
            boot.server.kill()


def slow_clients(boot: BootRun) -> Found:
    """Return how long the health check takes while clients of each kind are stalled."""
    found = {}
    for kind in clients.stalls(""):
        for count in COUNTS:
            with (
                running(boot) as keys,
                clients.stalled(boot.port, clients.stalls(keys)[kind], count),
            ):
                seconds = clients.ping_time(boot.port)
            found[f"{count} {kind}"] = "none" if seconds is None else f"{seconds:.2f} s"
    return found


def signals(boot: BootRun) -> Found:
    """Return what becomes of a request of 2 s when a signal arrives, and how the server ends."""
    return {name: _signalled(boot, getattr(signal, name)) for name in SIGNALS}


def _signalled(boot: BootRun, number: signal.Signals) -> str:
    with running(boot):
        request = clients.InFlight(boot.port)
        begun = time.monotonic()
        ended = boot.running_server.stop(STOP_TIMEOUT, number)
        seconds = time.monotonic() - begun
        end = f"{seconds:.1f} s, exit {boot.running_server.poll()}" if ended else "does not end"
        return f"{'answered' if request.answered() else 'DROPPED'}, {end}"


def whole_requests(boot: BootRun) -> Found:
    """Return the status of requests that are right, though not usual: 200 each."""
    with running(boot) as keys:
        return {
            name: clients.status(boot.port, sent) for name, sent in clients.bodies(keys).items()
        }


def ambiguous_requests(boot: BootRun) -> Found:
    """Return the status of requests that should be refused."""
    with running(boot) as keys:
        return {
            name: clients.status(boot.port, sent) for name, sent in clients.ambiguous(keys).items()
        }


def start_up(boot: BootRun) -> Found:
    """Return what a reader meets: the line that runs the server, and what it
    prints before the first request.
    """
    with running(boot):
        run = " ".join((boot.manifest.run or "").split())
        printed = boot.running_server.lines()
    return {"characters of `run`": str(len(run)), "lines printed at the start": str(len(printed))}


def large_body(boot: BootRun) -> Found:
    """Return the memory that a body of the largest size takes, sent to a function without a key."""
    lines = (
        f"POST {clients.FUNCTION} HTTP/1.1",
        "Host: a",
        f"Content-Length: {LARGE_BODY}",
        "",
        "",
    )
    head = "\r\n".join(lines).encode()
    with running(boot), clients.connected(boot.port) as client:
        try:
            client.sendall(head + bytes(LARGE_BODY))
            taken = memory.pss(boot.running_server.members())
            answer = client.recv(64).partition(b"\r\n")[0].decode()
        except OSError as error:
            return {"100 MB without a key": type(error).__name__}
    return {"100 MB without a key": f"{answer}, {taken:.0f} MB"}


# The tables, with the probes of each.
TABLES = {
    "health check beside slow clients": slow_clients,
    "a request of 2 s and a signal": signals,
    "right, not usual": whole_requests,
    "to be refused": ambiguous_requests,
    "start": start_up,
    "largest body": large_body,
}


def with_routes(folder: Path) -> Path:
    """Add the routes that clients ask for to a Flask app; return its folder."""
    first = '@app.route("/")'
    for path in (folder / "app.py", folder / "wsgi.py"):
        if path.exists() and first in (text := path.read_text("utf-8")):
            path.write_text(text.replace(first, clients.ROUTES.lstrip() + first), "utf-8")
    return folder


def probes_table(title: str, found: Mapping[str, Found]) -> str:
    """Return the table of one kind of probe: a row a probe, a column a server."""
    probes = next(iter(found.values()))
    return table(
        (title, *found), [(probe, *(each[probe] for each in found.values())) for probe in probes]
    )


def probed(builds: apps.Builds) -> dict[str, dict[str, Found]]:
    """Return what every probe finds, by table and server."""
    found: dict[str, dict[str, Found]] = {}
    for title, probe in TABLES.items():
        for name, boot in builds.items():
            print(f"{title}: {name}", file=sys.stderr)
            found.setdefault(title, {})[name] = probe(boot)
    return found


def build_all(catalog: Catalog, candidates: Sequence[Candidate], stack: ExitStack) -> apps.Builds:
    """Write and build the projects.

    Raises:
        SystemExit: one of them cannot be built.
    """
    try:
        return {each.name: build(with_routes(each.write(catalog)), stack) for each in candidates}
    except AppError as error:
        sys.exit(str(error))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description="Compare the WSGI servers of a generated Flask app."
    )
    parser.add_argument(
        "--only", nargs="+", default=[STARTER], metavar="NAME", help="only these: flask-waitress"
    )
    parser.add_argument(
        "--rounds", type=apps.positive, default=2, help="rounds of the load (%(default)s)"
    )
    parser.add_argument(
        "--seconds", type=apps.positive, default=2, help="length of each load (%(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single figure")
    parser.add_argument(
        "--markdown",
        type=Path,
        metavar="FILE",
        help="write the tables with machine, date, versions",
    )
    return parser.parse_args()


def main() -> int:
    """Measure, print, write; return the exit code."""
    options = arguments()
    # Users' servers leave byte code behind.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    rounds = (
        f"{options.rounds}, each with {options.seconds} s a load from {apps.CONNECTIONS} "
        "connections"
    )
    facts = machine() | {"python": f"CPython {PYTHON}", "rounds of the load": rounds}
    catalog = Catalog(ROOT)
    candidates = chosen(every_candidate(catalog), options.only)
    with cleaned_up_on_signals(), ExitStack() as stack:
        builds = build_all(catalog, candidates, stack)
        facts |= {each.name: versions(each, builds[each.name]) for each in candidates}
        found: dict[str, Any] = probed(builds)
        samples, failures = apps.run_rounds(builds, options.rounds, options.seconds)
    tables = [probes_table(title, each) for title, each in found.items()]
    tables += [start_table(samples), *(load_table(samples, candidates, kind) for kind in KINDS)]
    tables += apps.failed_part(failures)
    print("\n\n".join(tables))
    if options.json:
        write_json(options.json, {**facts, **found, "samples": samples, "failures": failures})
    if options.markdown:
        write_markdown(options.markdown, "The WSGI servers", "make bench-servers", facts, tables)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
