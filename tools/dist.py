"""Build what is released, once, and try it on every supported Python that is here: `make dist`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

from scaffold.engine.interpreter import find
from scaffold.errors import FailedError
from tools.written import ROOT

# What pyproject.toml promises, and the next one.
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
UV = [sys.executable, "-m", "uv"]


class Built(NamedTuple):
    """What is uploaded."""

    sdist: Path
    wheel: Path


def build(folder: Path) -> Built:
    """Build the sdist, and from the sdist the wheel.

    Raises:
        SystemExit: the checkout itself would make another wheel: the sdist lacks something.
    """
    _hatch(ROOT, "sdist", folder)
    sdist = next(folder.glob("*.tar.gz"))
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(sdist) as archive:
            # `filter` came with security releases of 3.10 and 3.11, so that it may be absent.
            safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            # It is our own archive.
            archive.extractall(scratch, **safely)  # type: ignore[arg-type]  # noqa: S202
        _hatch(next(Path(scratch).iterdir()), "wheel", folder)
        _hatch(ROOT, "wheel", Path(scratch) / "direct")
        wheel = next(folder.glob("*.whl"))
        direct = next((Path(scratch) / "direct").glob("*.whl"))
        if names := differing(wheel, direct):
            sys.exit(
                "the wheel from the sdist is another than the checkout's: "
                f"{', '.join(sorted(names))}"
            )
    return Built(sdist, wheel)


def _hatch(source: Path, target: str, folder: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "-t",
        target,
        "-d",
        str(folder.absolute()),
    ]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)


def differing(one: Path, other: Path) -> set[str]:
    """Return the names of files that two wheels do not have alike."""
    contents = []
    for path in (one, other):
        with zipfile.ZipFile(path) as archive:
            contents.append({(name, archive.read(name)) for name in archive.namelist()})
    return {name for name, _ in contents[0] ^ contents[1]}


def try_wheel(wheel: Path, python: str, *options: str) -> str:
    """Install a wheel into a fresh environment of a Python, and try it there.

    Args:
        wheel: the file.
        python: a version such as 3.12.
        options: for tools/installed.py.

    Returns:
        What tools/installed.py says.

    Raises:
        FailedError: that Python is not on this machine.
        CalledProcessError: it cannot be installed, or something does not work.
    """
    interpreter = find(tuple(map(int, python.split("."))), os.environ)
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder) / "venv"
        quiet = [*UV, "--quiet"]
        subprocess.run(
            [*quiet, "venv", "--python", str(interpreter.path), str(environment)], check=True
        )
        program = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
        subprocess.run(
            [*quiet, "pip", "install", "--python", str(program), str(wheel.absolute())], check=True
        )
        return subprocess.run(
            [str(program), "-I", str(ROOT / "tools" / "installed.py"), *options],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout


def main() -> int:
    """Build into dist/, and try the wheel."""
    parser = argparse.ArgumentParser(prog="make dist", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "dist", help="where to build (dist)")
    parser.add_argument("--build-only", action="store_true", help="try nothing")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for old in (*arguments.folder.glob("*.whl"), *arguments.folder.glob("*.tar.gz")):
        old.unlink()
    built = build(arguments.folder)
    for path in built:
        print(f"{path.name}: {path.stat().st_size:,} bytes")
    # A list: after one Python has failed, the others are tried nevertheless.
    good = [_report(built.wheel, python) for python in (() if arguments.build_only else PYTHONS)]
    return 0 if all(good) else 1


def _report(wheel: Path, python: str) -> bool:
    """Print what became of a trial; return whether nothing speaks against the wheel."""
    try:
        print(try_wheel(wheel, python), end="", flush=True)
    except FailedError:
        print(f"Python {python}: not on this machine, not tried")
    except subprocess.CalledProcessError as error:
        print(f"Python {python}: {error.stdout or error}", file=sys.stderr)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
