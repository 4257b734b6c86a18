"""How long scaffold takes beside its peers: `make bench`.

Every tool lives in a virtualenv of its own, made afresh, with byte code compiled as an
installer leaves it. One run goes through all of them several times in a changing order;
figures are medians, ratios are taken within a round, so that a machine that slows down for a
while slows both sides of a ratio.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from report import ROOT, WORK, machine, table, users_environment, write_json, write_markdown
from uv import find_uv_bin

HERE = WORK / "cli"
ENVIRONMENTS = HERE / "environments"
TEMPLATE = HERE / "template"
PLACE = HERE / "made"
HOME = HERE / "home"
WHEELS = HERE / "wheels"
PROJECT = "sample"
OURS = "leanengine-scaffold"
ROUNDS = 21
WARM_UP = 2


@dataclass(frozen=True)
class Case:
    """One command that is timed.

    Attributes:
        name: its row in the table.
        package: the distribution installed for it, on its own.
        command: the program, looked up in the package's virtualenv, and its arguments.
        makes: the folder it makes; empty if none.
    """

    name: str
    package: str
    command: tuple[str, ...]
    makes: str = PROJECT


# The template is a plain folder: copier and cookiecutter do not have to clone it first.
CASES = (
    Case("python -c pass", OURS, ("python", "-c", "pass"), makes=""),
    Case("scaffold --version", OURS, ("scaffold", "--version"), makes=""),
    Case("scaffold new", OURS, ("scaffold", "new", PROJECT, "--defaults", "--no-git")),
    # --no-workspace: it would add what it makes to the pyproject.toml of this checkout.
    Case("uv init", "uv", ("uv", "init", "--quiet", "--no-workspace", "--vcs", "none", PROJECT)),
    Case("django-admin startproject", "django", ("django-admin", "startproject", PROJECT)),
    Case(
        "cookiecutter",
        "cookiecutter",
        (
            *("cookiecutter", str(TEMPLATE), "--directory", "templates/flask"),
            *("--no-input", "--default-config", f"project_name={PROJECT}"),
        ),
    ),
    Case(
        "copier copy",
        "copier",
        (
            "copier",
            "copy",
            "--quiet",
            "--defaults",
            "--data",
            f"project_name={PROJECT}",
            str(TEMPLATE),
            PROJECT,
        ),
    ),
)
# Issue 2, "Holds when": the first takes at most so many times as long as the second.
TARGETS = (
    ("scaffold --version", "python -c pass", 2.5),
    ("scaffold new", "django-admin startproject", 0.33),
    ("scaffold new", "copier copy", 0.25),
)


def environ() -> dict[str, str]:
    """Return what every timed command sees: nothing of the caller's settings."""
    return {"HOME": str(HOME), "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}


def prepare() -> dict[str, str]:
    """Make the virtualenvs and the template, all anew; return the versions of what is compared."""
    shutil.rmtree(HERE, ignore_errors=True)
    for folder in (PLACE, HOME):
        folder.mkdir(parents=True)
    shutil.copytree(ROOT / "templates", TEMPLATE / "templates", symlinks=True)
    shutil.copy(ROOT / "copier.yml", TEMPLATE)
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(WHEELS))
    return {package: _install(package) for package in dict.fromkeys(case.package for case in CASES)}


def _install(package: str) -> str:
    """Install one package, ours as the wheel of this checkout, into a virtualenv
    of its own; return its version.
    """
    # The interpreter itself, not the virtualenv that this script may run in.
    base = getattr(sys, "_base_executable", sys.executable)
    folder, uv = ENVIRONMENTS / package, find_uv_bin()
    python = str(folder / "bin" / "python")
    target = str(next(WHEELS.glob("*.whl"))) if package == OURS else package
    _run(uv, "venv", "--no-project", "--python", base, str(folder))
    _run(uv, "pip", "install", "--compile-bytecode", "--python", python, target)
    return _run(
        python, "-c", f"from importlib.metadata import version; print(version({package!r}))"
    ).strip()


def _run(*command: str) -> str:
    """Run a command of the preparation and return what it printed.

    Raises:
        SystemExit: it failed; what it said is the reason.
    """
    done = subprocess.run(
        command, cwd=ROOT, env=users_environment(), check=False, text=True, capture_output=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout


def measure(case: Case) -> float:
    """Run a case once and return its wall-clock seconds; what it made is
    removed outside of the timed part.

    Raises:
        subprocess.CalledProcessError: the command failed, so its time would mean nothing.
    """
    program, *rest = case.command
    command = [str(ENVIRONMENTS / case.package / "bin" / program), *rest]
    seen = environ()
    begun = time.perf_counter()
    code = subprocess.call(
        command,
        cwd=PLACE,
        env=seen,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seconds = time.perf_counter() - begun
    made = {path.name for path in PLACE.iterdir()}
    if code or made != {case.makes} - {""}:
        raise subprocess.CalledProcessError(code, command)
    for name in made:
        shutil.rmtree(PLACE / name)
    return seconds


def run_rounds(rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each case in each round, after a warm-up."""
    taken: dict[str, list[float]] = {case.name: [] for case in CASES}
    for number in range(WARM_UP + rounds):
        for case in random.sample(CASES, len(CASES)):
            seconds = measure(case)
            if number >= WARM_UP:
                taken[case.name].append(seconds)
        print(
            f"\rround {max(0, number + 1 - WARM_UP)} of {rounds}",
            end="",
            file=sys.stderr,
            flush=True,
        )
    print(file=sys.stderr)
    return taken


def ratio(taken: dict[str, list[float]], name: str, other: str) -> float:
    """Return how many times as long a case takes as another: the median of the rounds' ratios."""
    return median(mine / its for mine, its in zip(taken[name], taken[other], strict=True))


def times_table(taken: dict[str, list[float]]) -> str:
    """Return the table of all cases."""
    rows = [
        (
            name,
            f"{median(seconds) * 1000:.1f}",
            f"{min(seconds) * 1000:.1f}",
            f"{ratio(taken, name, CASES[0].name):.2f}",
            f"{ratio(taken, name, 'scaffold new'):.2f}",
        )
        for name, seconds in taken.items()
    ]
    return table(("command", "median ms", "least ms", "× bare python", "× scaffold new"), rows)


def targets_table(taken: dict[str, list[float]]) -> str:
    """Return the table of the targets."""
    rows = [
        (f"{name} / {other}", f"{found:.2f}", f"{most}", "yes" if found <= most else "NO")
        for name, other, most in TARGETS
        for found in [ratio(taken, name, other)]
    ]
    return table(("ratio", "measured", "at most", "held"), rows)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Time scaffold beside its peers.")
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="how often each command is timed (%(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single time")
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
    facts = machine()
    versions = prepare()
    taken = run_rounds(options.rounds)
    facts |= {
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "rounds": str(options.rounds),
    }
    tables = [times_table(taken), targets_table(taken)]
    print("\n\n".join(tables))
    if options.json:
        write_json(options.json, {**facts, "seconds": taken})
    if options.markdown:
        write_markdown(
            options.markdown, "The command line beside its peers", "make bench", facts, tables
        )
    missed = [name for name, other, most in TARGETS if ratio(taken, name, other) > most]
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
