"""How fast and how large the generated projects are, server by server: `make bench-apps`.

Every project is built and started as `scaffold boot` does it, on an instance with one CPU. One run goes through all of
them several times in a changing order; figures are medians, ratios are taken within a round. Beside each starter runs
the server set-up of the official one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from report import ROOT, WORK, machine, table, write_json, write_markdown

from scaffold.engine import health, memory, steps
from scaffold.engine.boot import LOG_LINES
from scaffold.engine.process import STOP_TIMEOUT, cleaned_up_on_signals
from scaffold.engine.rehearsal import Rehearsal
from scaffold.errors import FailedError
from scaffold.project import write_project
from scaffold.render import render
from scaffold.starters import Catalog, Given

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTERS = ("flask",)
# Distributions whose versions are told.
NAMED = ("flask", "werkzeug", "gunicorn", "pyuwsgi", "gevent", "granian", "leancloud")
OFFICIAL = ROOT / "benchmarks" / "official"
PROJECTS = WORK / "apps"
# The newest Python that both the current libraries and the SDK's pins run on.
PYTHON = "3.11"
ROUNDS = 3
SECONDS = 3
CONNECTIONS = 16
FUNCTION_BODY = b'{"name": "bench"}'


@dataclass(frozen=True)
class App:
    """One project that is measured.

    Attributes:
        starter: what made it, or whose official counterpart it is.
        server: what runs it; `official` for the counterpart.
        rehearsal: its build, and the server while it runs.
    """

    starter: str
    server: str
    rehearsal: Rehearsal

    @property
    def name(self) -> str:
        """How tables call it."""
        return f"{self.starter} {self.server}"


@dataclass(frozen=True)
class Target:
    """A figure of issue 2, "Holds when", that the default server of every starter has to reach."""

    name: str
    least: float = 0.0
    most: float = float("inf")


# Only the last of them may be skipped: the platform builds nothing for Python unless told.
BUILD = (steps.read_manifest, steps.find_interpreter, steps.create_virtualenv, steps.install, steps.build_project)
KINDS = ("ping", "page", "function")
RATIO = Target("× official", least=5)
FIRST_ANSWER = Target("seconds to the first 200", most=1)

# What one round finds of one app: `start`, `rest`, `load`, and for each of KINDS what load.lua prints.
Sample = dict[str, Any]
Samples = dict[str, list[Sample]]


def projects(catalog: Catalog) -> Iterator[tuple[str, str, Path]]:
    """Write the projects; yield starter, server and folder of each, the official one of a starter last."""
    shutil.rmtree(PROJECTS, ignore_errors=True)
    for starter in STARTERS:
        chosen = {"starter": Given(starter, "starter"), "python": Given(PYTHON, "python")}
        answers = catalog.resolve(chosen)
        context = {**catalog.constants, **answers}
        for server in catalog.questions["server"].allowed_choices(context):
            folder = PROJECTS / f"{starter}-{server}"
            write_project(folder, render(catalog.starter(starter), {**answers, "server": server}))
            yield starter, server, folder
        folder = PROJECTS / f"{starter}-official"
        shutil.copytree(OFFICIAL / starter, folder)
        (folder / ".python-version").write_text(PYTHON, "utf-8")
        yield starter, "official", folder


@contextmanager
def explained(rehearsal: Rehearsal) -> Iterator[None]:
    """End the benchmark when an app cannot be built or started, with the end of its log and the reason."""
    try:
        yield
    except FailedError as error:
        sys.exit("\n".join([*rehearsal.log(LOG_LINES), str(error)]))


def build(folder: Path, stack: ExitStack) -> Rehearsal:
    """Build a project in a virtualenv of its own; `stack` ends its processes and removes the build."""
    rehearsal = Rehearsal(folder, "uv", {})
    stack.callback(rehearsal.clean_up, keep=False)
    rehearsal.make_folder()
    with explained(rehearsal), suppress(steps.SkippedError):
        for step in BUILD:
            step(rehearsal)
    return rehearsal


def versions(rehearsal: Rehearsal) -> str:
    """Return what an app's figures depend on, with versions."""
    packages = [str(folder) for folder in rehearsal.virtualenv.glob("lib/python*/site-packages")]
    found = {each.name.lower(): each.version for each in distributions(path=packages)}
    return ", ".join(f"{name} {found[name]}" for name in NAMED if name in found)


def requests(rehearsal: Rehearsal) -> dict[str, health.Request]:
    """Return the requests of the load, by kind."""
    keys = {
        "X-LC-Id": rehearsal.variables["LEANCLOUD_APP_ID"],
        "X-LC-Key": rehearsal.variables["LEANCLOUD_APP_KEY"],
    }
    function = health.Request(f"{health.FUNCTIONS}/{steps.SAFE_FUNCTION}", keys, FUNCTION_BODY)
    return dict(zip(KINDS, (health.PING, health.PAGE, function), strict=True))


def memory_of(rehearsal: Rehearsal) -> float:
    """Return the memory of the running server, in MB.

    Raises:
        SystemExit: this system does not tell.
    """
    found = memory.pss(rehearsal.running_server.members())
    return sys.exit("memory can only be measured on Linux") if found is None else found


def load(rehearsal: Rehearsal, request: health.Request, seconds: int) -> Sample:
    """Put an app under load; return what load.lua prints, and the memory half-way.

    Raises:
        SystemExit: it does not answer, or not every time.
    """
    port = rehearsal.port
    first = health.ask(port, request)
    if not first.ok:
        sys.exit(f"{request.path}: {first} {first.body[:200]!r}")
    headers = [f"-H{name}: {value}" for name, value in {**health.PROXY_HEADERS, **request.headers}.items()]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(ROOT / "benchmarks" / "load.lua")]
    command += [*headers, f"http://{health.LOOPBACK}:{port}{request.path}"]
    command += ["--", request.body.decode()] if request.body else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as wrk:
        time.sleep(seconds / 2)
        under_load = memory_of(rehearsal)
        output, _ = wrk.communicate()
    result: Sample = json.loads(output.splitlines()[-1])
    if result["failed"]:
        sys.exit(f"{request.path}: {result['failed']} requests failed under load")
    return {**result, "memory": under_load}


def measure(app: App, seconds: int) -> Sample:
    """Start an app, put it under load, end it."""
    rehearsal = app.rehearsal
    try:
        with explained(rehearsal):
            steps.read_manifest(rehearsal)  # a new port
            steps.start(rehearsal)
            steps.become_healthy(rehearsal)
        time.sleep(0.5)  # until the threads that it starts with are there
        rest = memory_of(rehearsal)
        loads = {kind: load(rehearsal, request, seconds) for kind, request in requests(rehearsal).items()}
    finally:
        if rehearsal.server:
            rehearsal.server.stop(STOP_TIMEOUT)
    peak = max(result["memory"] for result in loads.values())
    return {"start": rehearsal.cold_start, "rest": rest, "load": peak, **loads}


def run_rounds(apps: list[App], rounds: int, seconds: int) -> Samples:
    """Return what each app shows in each round."""
    found: Samples = {app.name: [] for app in apps}
    for number in range(rounds):
        for app in random.sample(apps, len(apps)):
            print(f"round {number + 1} of {rounds}: {app.name}", file=sys.stderr)
            found[app.name].append(measure(app, seconds))
    return found


def ratio(found: Samples, name: str, kind: str) -> float:
    """Return how many times the requests of its official counterpart an app answers: the median of the rounds."""
    official = found[f"{name.partition(' ')[0]} official"]
    pairs = zip(found[name], official, strict=True)
    return float(median(mine[kind]["per_second"] / its[kind]["per_second"] for mine, its in pairs))


def start_table(found: Samples) -> str:
    """Return the table of starts and memory."""
    rows = [
        (
            name,
            f"{median(s['start'] for s in samples):.2f}",
            f"{max(s['start'] for s in samples):.2f}",
            f"{median(s['rest'] for s in samples):.0f}",
            f"{median(s['load'] for s in samples):.0f}",
        )
        for name, samples in found.items()
    ]
    return table(("app", "first 200, s", "slowest, s", "PSS at rest, MB", "PSS under load, MB"), rows)


def load_table(found: Samples, kind: str) -> str:
    """Return the table of one kind of request."""
    rows = []
    for name, samples in found.items():
        figures = [median(sample[kind][figure] for sample in samples) for figure in ("per_second", "p50_ms", "p99_ms")]
        per_second, p50, p99 = figures
        rows.append((name, f"{per_second:,.0f}", f"{ratio(found, name, kind):.1f}", f"{p50:.1f}", f"{p99:.1f}"))
    return table((kind, "requests/s", RATIO.name, "p50 ms", "p99 ms"), rows)


def judged(found: Samples, defaults: list[str]) -> Iterator[tuple[str, float, Target]]:
    """Yield what is held against a target: its name, the figure, the target."""
    for name in defaults:
        for kind in KINDS:
            yield f"{name}: {kind} {RATIO.name}", ratio(found, name, kind), RATIO
        yield f"{name}: {FIRST_ANSWER.name}", median(s["start"] for s in found[name]), FIRST_ANSWER


def targets_table(judgements: list[tuple[str, float, Target]]) -> str:
    """Return the table of the targets."""
    rows = [
        (
            name,
            f"{figure:.2f}",
            f"≥ {target.least:g}" if target.least else f"≤ {target.most:g}",
            "yes" if target.least <= figure <= target.most else "NO",
        )
        for name, figure, target in judgements
    ]
    return table(("default server", "measured", "target", "held"), rows)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure the generated projects under load.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each app is measured (%(default)s)")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="length of each load (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single figure")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables with machine, date, versions")
    parser.add_argument("--check", action="store_true", help="exit 1 if a target is missed")
    return parser.parse_args()


def main() -> int:
    """Measure, print, write; return the exit code."""
    options = arguments()
    # Users' servers leave byte code behind.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    rounds = f"{options.rounds}, each with {options.seconds} s a load from {CONNECTIONS} connections"
    facts = machine() | {"python": f"CPython {PYTHON}", "rounds": rounds}
    catalog = Catalog()
    with cleaned_up_on_signals(), ExitStack() as stack:
        apps = []
        for starter, server, folder in projects(catalog):
            print(f"building {starter} {server}", file=sys.stderr)
            app = App(starter, server, build(folder, stack))
            apps.append(app)
            facts[app.name] = versions(app.rehearsal)
        found = run_rounds(apps, options.rounds, options.seconds)
    default = catalog.resolve({})["server"]
    judgements = list(judged(found, [f"{starter} {default}" for starter in STARTERS]))
    tables = [start_table(found), *(load_table(found, kind) for kind in KINDS), targets_table(judgements)]
    print("\n\n".join(tables))
    if options.json:
        write_json(options.json, {**facts, "samples": found})
    if options.markdown:
        write_markdown(options.markdown, "The generated projects under load", "make bench-apps", facts, tables)
    held = all(target.least <= figure <= target.most for _, figure, target in judgements)
    return 0 if held or not options.check else 1


if __name__ == "__main__":
    sys.exit(main())
