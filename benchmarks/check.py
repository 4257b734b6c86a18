"""How long `scaffold check` takes for a project of a thousand files: `python benchmarks/check.py`.

The project is made up and always the same: an app with the SDK, and modules that look
like an app's. What is timed is what a user waits for, from starting the program to its
end, and the CPU time that it takes.
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

HERE = WORK / "check"
FILES = 1000
ROUNDS = 11
# Issue 4: "1,000-file project under 0.5 s".
TARGET = 0.5
APP = {
    "wsgi.py": """\
import os

import leancloud

from cloud import engine

leancloud.init(os.environ["LEANCLOUD_APP_ID"])
application = engine.wrap(None)
""",
    "cloud.py": """\
from leancloud import Engine

engine = Engine()


@engine.define
def hello():
    return "hello"
""",
    "requirements.txt": "leancloud==3.0.2\n",
    ".python-version": "3.11.7\n",
    "leanengine.yaml": "run: python wsgi.py\n",
}
MODULE = '''"""Views number {number}."""

import os

import leancloud

API_KEY = os.environ.get("MY_API_KEY")


def view_{number}(request, key="name"):
    """Answer a request."""
    try:
        found = leancloud.Query("Item").equal_to(key, request.args["value"]).find()
    except (KeyError, leancloud.LeanCloudError) as error:
        return {{"error": str(error), "host": "localhost"}}
    return {{"items": [item.dump() for item in found], "page": {number}}}
'''


def prepare() -> int:
    """Write the project, anew; return its size in bytes."""
    shutil.rmtree(HERE, ignore_errors=True)
    files = dict(APP)
    for number in range(FILES - len(APP)):
        body = MODULE.format(number=number)
        # A module in ten uses the SDK; each is of about 5 KB.
        body = body if number % 10 == 0 else body.replace("leancloud", "storage")
        files[f"shop/part{number % 20}/views{number}.py"] = (
            body + "\n\n# A comment of some length.\n" * 150
        )
    for path, text in files.items():
        file = HERE / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return sum(len(text) for text in files.values())


def measure() -> tuple[float, float]:
    """Return the wall-clock and CPU seconds of one check."""
    environ = users_environment()
    before, begun = os.times(), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "scaffold", "check", "--quiet", str(HERE)],
        cwd=ROOT,
        env=environ,
        check=False,
        stdout=subprocess.DEVNULL,
    )
    after = os.times()
    cpu = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return time.perf_counter() - begun, cpu


def main() -> int:
    """Measure, print, write; return the exit code."""
    parser = argparse.ArgumentParser(description="Time scaffold check on a thousand files.")
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="how often it is timed (%(default)s)"
    )
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write the table with machine and date"
    )
    parser.add_argument("--check", action="store_true", help="exit 1 if the target is missed")
    options = parser.parse_args()
    size = prepare()
    measure()
    walls, cpus = zip(*(measure() for _ in range(options.rounds)), strict=True)
    rows = [
        (name, f"{median(took):.2f}", f"{min(took):.2f}")
        for name, took in (("wall", walls), ("CPU", cpus))
    ]
    result = table(("seconds", "median", "least"), rows)
    print(result)
    if options.markdown:
        facts = machine() | {
            "project": f"{FILES} files, {size // 1000} KB",
            "target": f"under {TARGET} s",
        }
        write_markdown(
            options.markdown,
            "scaffold check on a thousand files",
            "benchmarks/check.py",
            facts,
            [result],
        )
    return 1 if options.check and median(walls) >= TARGET else 0


if __name__ == "__main__":
    sys.exit(main())
