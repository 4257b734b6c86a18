"""How fast and how large the generated projects are, server by server: `make bench-apps`.

Every project is built and started as `scaffold boot` does it, on an instance with one CPU. One run
goes through all of them several times in a changing order; figures are medians, ratios are taken
within a round. Beside them runs the server set-up of the official Flask and Django starters.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from app_tables import KINDS, Sample, Samples, judged, load_table, start_table, targets_table
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
from report import ROOT, machine, write_json, write_markdown

from scaffold.catalog import Catalog
from scaffold.engine import health, memory, request_steps, steps
from scaffold.engine.process import STOP_TIMEOUT, cleaned_up_on_signals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scaffold.engine.boot_run import BootRun

# With these, a run takes about eight minutes on two CPUs.
ROUNDS = 2
SECONDS = 2
CONNECTIONS = 16
FUNCTION_BODY = b'{"name": "bench"}'
# Until the threads that a server starts with are there.
SETTLED = 0.5

# The builds by name of the app, and what went wrong likewise.
Builds = dict[str, "BootRun"]
Failures = dict[str, str]


def requests(run: BootRun) -> dict[str, health.Request]:
    """Return the requests of the load, by kind."""
    keys = {
        "X-LC-Id": run.variables["LEANCLOUD_APP_ID"],
        "X-LC-Key": run.variables["LEANCLOUD_APP_KEY"],
    }
    function = health.Request(
        f"{health.FUNCTIONS}/{request_steps.SAFE_FUNCTION}", keys, FUNCTION_BODY
    )
    return dict(zip(KINDS, (health.PING, health.PAGE, function), strict=True))


def memory_of(run: BootRun) -> float:
    """Return the memory of the running server, in MB.

    Raises:
        SystemExit: this system does not tell.
    """
    found = memory.pss(run.running_server.members())
    return sys.exit("memory can only be measured on Linux") if found is None else found


def load(run: BootRun, request: health.Request, seconds: int) -> Sample:
    """Put an app under load; return what load.lua prints, and the memory half-way.

    Raises:
        AppError: it does not answer, or not every time.
    """
    port = run.port
    first = health.ask(port, request)
    if not first.ok:
        raise AppError(f"{request.path}: {first} {first.body[:200]!r}")
    headers = [
        f"-H{name}: {value}" for name, value in {**health.PROXY_HEADERS, **request.headers}.items()
    ]
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "-s",
        str(ROOT / "benchmarks" / "load.lua"),
    ]
    command += [*headers, f"http://{health.LOOPBACK}:{port}{request.path}"]
    command += ["--", request.body.decode()] if request.body else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as wrk:
        time.sleep(seconds / 2)
        under_load = memory_of(run)
        output, _ = wrk.communicate()
    if wrk.returncode or not output:
        raise AppError(f"{request.path}: wrk ended with {wrk.returncode}")
    result: Sample = json.loads(output.splitlines()[-1])
    if result["failed"]:
        raise AppError(f"{request.path}: {result['failed']} requests failed under load")
    return {**result, "memory": under_load}


def measure(run: BootRun, seconds: int) -> Sample:
    """Start an app, put it under load, end it.

    Raises:
        AppError: it does not start, or does not answer.
    """
    try:
        with explained(run):
            steps.read_manifest(run)  # a new port
            steps.start(run)
            steps.become_healthy(run)
        time.sleep(SETTLED)
        rest = memory_of(run)
        loads = {kind: load(run, request, seconds) for kind, request in requests(run).items()}
    finally:
        if run.server:
            run.server.stop(STOP_TIMEOUT)
    peak = max(result["memory"] for result in loads.values())
    return {"start": run.cold_start, "rest": rest, "load": peak, **loads}


def build_all(
    catalog: Catalog, candidates: Sequence[Candidate], stack: ExitStack
) -> tuple[Builds, Failures]:
    """Write and build the projects; return the builds, and why the others are none."""
    builds: Builds = {}
    failures: Failures = {}
    for number, each in enumerate(candidates, 1):
        print(f"building {number} of {len(candidates)}: {each.name}", file=sys.stderr)
        try:
            builds[each.name] = build(each.write(catalog), stack)
        except AppError as error:
            failures[each.name] = str(error)
    return builds, failures


def run_rounds(builds: Builds, rounds: int, seconds: int) -> tuple[Samples, Failures]:
    """Return what each app shows in each round, and what is wrong with those
    that fail once: they are left out.
    """
    found: Samples = {name: [] for name in builds}
    failures: Failures = {}
    for number in range(1, rounds + 1):
        for name in random.sample(list(found), len(found)):
            print(f"round {number} of {rounds}: {name}", file=sys.stderr)
            try:
                found[name].append(measure(builds[name], seconds))
            except AppError as error:
                failures[name] = str(error)
                del found[name]
    return found, failures


def failed_part(failures: Mapping[str, str]) -> list[str]:
    """Return the paragraph on what failed, if anything did."""
    lines = [f"- {name}: {reason.splitlines()[-1]}" for name, reason in failures.items()]
    return ["\n".join(["Failed, and left out:", "", *lines])] if lines else []


def positive(text: str) -> int:
    """Read a number from the command line.

    Raises:
        ValueError: it is none, or too small.
    """
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure the generated projects under load.")
    only = (
        "only apps with names that begin so: flask django-granian; with them, the official set-up "
        "beside"
    )
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help=only)
    parser.add_argument(
        "--rounds", type=positive, default=ROUNDS, help="how often each is measured (%(default)s)"
    )
    parser.add_argument(
        "--seconds", type=positive, default=SECONDS, help="length of each load (%(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single figure")
    parser.add_argument(
        "--markdown",
        type=Path,
        metavar="FILE",
        help="write the tables with machine, date, versions",
    )
    parser.add_argument("--check", action="store_true", help="exit 1 if a target is missed")
    return parser.parse_args()


def main() -> int:
    """Measure, print, write; return the exit code."""
    options = arguments()
    # Users' servers leave byte code behind.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    rounds = (
        f"{options.rounds}, each with {options.seconds} s a load from {CONNECTIONS} connections"
    )
    projects = "cloud functions, dependencies `current`, LEANCLOUD_AVAILABLE_CPUS=1"
    facts = machine() | {"python": f"CPython {PYTHON}", "projects": projects, "rounds": rounds}
    catalog = Catalog(ROOT)
    try:
        candidates = chosen(every_candidate(catalog), options.only)
    except AppError as error:
        sys.exit(str(error))
    with cleaned_up_on_signals(), ExitStack() as stack:
        builds, failures = build_all(catalog, candidates, stack)
        facts |= {
            each.name: versions(each, builds[each.name])
            for each in candidates
            if each.name in builds
        }
        found, failed_under_load = run_rounds(builds, options.rounds, options.seconds)
    failures |= failed_under_load
    judgements = list(judged(found, candidates))
    tables = [start_table(found), *(load_table(found, candidates, kind) for kind in KINDS)]
    tables += [targets_table(judgements)] if judgements else []
    tables += failed_part(failures)
    print("\n\n".join(tables))
    for name, reason in failures.items():
        print(f"\n{name}: {reason}", file=sys.stderr)
    if options.json:
        write_json(options.json, {**facts, "samples": found, "failures": failures})
    if options.markdown:
        write_markdown(
            options.markdown, "The generated projects under load", "make bench-apps", facts, tables
        )
    missed = options.check and not all(each.held for each in judgements)
    return 1 if failures or missed else 0


if __name__ == "__main__":
    sys.exit(main())
