"""`scaffold update` beside plain `copier update`: `python benchmarks/update.py`.

Both update the same project, made by version 1.0.0 of the Flask starter with files of a user's
own, 25 in all. What is timed is what a user waits for, from starting the program to its end; the
two take turns, so that neither has the quieter machine.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from report import ROOT, WORK, machine, table, users_environment, write_markdown

HERE = WORK / "update"
FILES = 25
ROUNDS = 7
# Of issue 5: times the duration of plain `copier update`, on a project of 25 files.
TARGET = 1.3
COPIER = [sys.executable, "-m", "copier"]
PROGRAMS = {
    "copier update": [*COPIER, "update", "--defaults", "--trust"],
    "scaffold update": [sys.executable, "-m", "scaffold", "update", "--defaults"],
}
MODULE = '''"""Views number {number}."""

import os


def view_{number}(request):
    """Answer a request."""
    return {{"app": os.environ["LC_APP_ID"], "page": {number}}}
'''


def _environment() -> dict[str, str]:
    """Return an environment in which both programs find this checkout, and
    keep nothing for other times.
    """
    path = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    identity = {
        f"GIT_{who}_{what}": "bench"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    ours = {"PATH": path, "PYTHONPATH": str(ROOT), "COPIER_CACHE_DIR": str(HERE / "cache")}
    return {**users_environment(), **identity, **ours}


def prepare() -> Path:
    """Make the project, anew, and return its folder."""
    shutil.rmtree(HERE, ignore_errors=True)
    project = HERE / "made"
    project.mkdir(parents=True)
    copy = [
        *COPIER,
        "copy",
        "--quiet",
        "--defaults",
        "--vcs-ref",
        "1.0.0",
        "--data",
        "project_name=shop",
    ]
    _run([*copy, "scaffold://starters.git", str(project)], project)
    made = sum(path.is_file() for path in project.rglob("*"))
    (project / "shop").mkdir()
    for number in range(FILES - made):
        (project / "shop" / f"views{number}.py").write_text(MODULE.format(number=number), "utf-8")
    for arguments in (
        ["init", "--quiet"],
        ["add", "--all"],
        ["commit", "--quiet", "--message", "made"],
    ):
        _run(["git", *arguments], project)
    return project


def _run(command: list[str], folder: Path) -> None:
    nowhere = subprocess.DEVNULL
    subprocess.run(
        command,
        cwd=folder,
        env=_environment(),
        check=True,
        stdin=nowhere,
        stdout=nowhere,
        stderr=nowhere,
    )


def measure(name: str, project: Path) -> tuple[float, float]:
    """Return the wall-clock and CPU seconds of one update of a copy of the project."""
    copy = HERE / "shop"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(project, copy)
    before, begun = os.times(), time.perf_counter()
    _run(PROGRAMS[name], copy)
    took, after = time.perf_counter() - begun, os.times()
    return (
        took,
        after.children_user + after.children_system - before.children_user - before.children_system,
    )


def main() -> int:
    """Measure, print, write; return the exit code."""
    parser = argparse.ArgumentParser(description="Time scaffold update beside copier update.")
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="how often each is timed (%(default)s)"
    )
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write the table with machine and date"
    )
    parser.add_argument("--check", action="store_true", help="exit 1 if the target is missed")
    options = parser.parse_args()
    project = prepare()
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in PROGRAMS}
    for number in range(options.rounds + 1):
        for name, times in taken.items():
            times.append(measure(name, project))
            if number == 0:
                times.clear()  # the first one fills the system's caches
    medians = {
        name: [median(times) for times in zip(*found, strict=True)] for name, found in taken.items()
    }
    rows = [(name, f"{wall:.2f}", f"{cpu:.2f}") for name, (wall, cpu) in medians.items()]
    plain, ours = medians.values()
    rows.append(("ratio", f"{ours[0] / plain[0]:.2f}", f"{ours[1] / plain[1]:.2f}"))
    result = table(("median seconds", "wall", "CPU"), rows)
    print(result)
    if options.markdown:
        facts = machine() | {
            "project": f"{FILES} files, 1.0.0 to the newest",
            "target": f"at most {TARGET} × copier",
        }
        write_markdown(
            options.markdown,
            "scaffold update beside copier update",
            "benchmarks/update.py",
            facts,
            [result],
        )
    return 1 if options.check and ours[0] > TARGET * plain[0] else 0


if __name__ == "__main__":
    sys.exit(main())
