"""Start many kinds of projects beside each other, show how they do, and
write the report: `make matrix`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from scaffold.catalog import Catalog
from tools.matrix import report
from tools.matrix.cases import Case, every_case
from tools.matrix.run import ROOT, Row, row, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

JOBS = 2
MARKS = {"started": ("✓", "green"), "failed": ("✗", "red"), "skipped": ("-", "yellow")}
REPORT = ROOT / "build" / "matrix.json"


class Screen:
    """One line a finished case; on a terminal, below them what is running and a count."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.running: dict[str, float] = {}
        self.counts = dict.fromkeys(MARKS, 0)
        self.console = Console(highlight=False, soft_wrap=True)

    def __rich__(self) -> Group:
        """Return the live part."""
        now = time.monotonic()
        lines = [
            Text(f"… {now - begun:5.0f} s  {name}", style="dim")
            for name, begun in self.running.items()
        ]
        return Group(*lines, Text(self.summary()))

    def summary(self) -> str:
        """Return the count of results."""
        done = sum(self.counts.values())
        return f"{done} of {self.total}: " + ", ".join(
            f"{count} {result}" for result, count in self.counts.items()
        )

    def finished(self, name: str, found: Row) -> None:
        """Show a case's result."""
        del self.running[name]
        self.counts[found["result"]] += 1
        mark, color = MARKS[found["result"]]
        figures = "" if found["result"] != "started" else f"{found['cold_start_seconds']:5.2f} s"
        if found["memory_mb"] is not None and figures:
            figures += f" {found['memory_mb']:4.0f} MB"
        versions = " · ".join(
            f"{package} {version}" for package, version in found["versions"].items()
        )
        reason = (
            f"\n{found['reason'].rstrip()}"
            if found["result"] == "failed"
            else found["reason"].partition("\n")[0]
        )
        self.console.print(
            Text(f"{mark} ", style=color)
            + Text(f"{name:<42} {figures:16} {versions} {reason}".rstrip())
        )


def main() -> int:
    """Start, show, write; return the exit code."""
    options = arguments()
    catalog = Catalog(ROOT)
    every = every_case(catalog)
    cases = {name: case for name, case in every.items() if chosen(name, case, options)}
    if not cases:
        sys.exit(f"nothing to start: {' '.join(options.only)} {options.python or ''}".rstrip())
    rows = dict(run(cases, options.jobs, own_tests=options.own_tests))
    found = [rows[name] for name in cases]
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", "utf-8")
    if options.record or len(cases) == len(every):
        report.record(rows, list(every))
        report.write_pages()
    return 1 if any(each["result"] == "failed" for each in found) else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="make matrix", description="Start every kind of generated project."
    )
    parser.add_argument(
        "only",
        nargs="*",
        metavar="NAME",
        help="only cases with names that begin so: django, wsgi-uwsgi",
    )
    parser.add_argument("--python", metavar="VERSION", help="only on this Python")
    parser.add_argument(
        "--jobs",
        type=int,
        default=JOBS,
        metavar="N",
        help="how many beside each other (%(default)s)",
    )
    parser.add_argument("--own-tests", action="store_true", help="run the generated tests too")
    parser.add_argument(
        "--record",
        action="store_true",
        help="record what was started, even if it is not everything",
    )
    return parser.parse_args()


def chosen(name: str, case: Case, options: argparse.Namespace) -> bool:
    """Return whether the command line asks for a case."""
    named = not options.only or any(f"{name}-".startswith(f"{start}-") for start in options.only)
    return named and options.python in {None, case.answers["python"]}


def result_of(future: Future[Row], case: Case) -> Row:
    """Return what a process found; an error of the template or of ours is that
    case's failure, not the end of all.
    """
    error = future.exception()
    if error is None:
        return future.result()
    if not isinstance(error, Exception):
        raise error
    return row_of(case, "failed", f"{type(error).__name__}: {error}")


def run(cases: Mapping[str, Case], jobs: int, *, own_tests: bool) -> Iterator[tuple[str, Row]]:
    """Start the cases, `jobs` at a time, each in a process of its own; yield
    what is found, as it is found.
    """
    screen = Screen(len(cases))
    left = list(cases.items())[::-1]
    names: dict[Future[Row], str] = {}
    with (
        ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool,
        Live(screen, console=screen.console, transient=True),
    ):
        while left or names:
            while left and len(names) < jobs:
                name, case = left.pop()
                screen.running[name] = time.monotonic()
                names[pool.submit(row, case, own_tests=own_tests)] = name
            for future in wait(names, return_when=FIRST_COMPLETED).done:
                name = names.pop(future)
                found = result_of(future, cases[name])
                screen.finished(name, found)
                yield name, found
    screen.console.print(screen.summary())


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
