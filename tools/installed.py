"""Try an installed scaffold: run by the Python of the environment it is installed
in, with nothing else at hand.

path/to/environment/bin/python -I tools/installed.py [--quick]
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import shutil
import subprocess
import sys
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

PROGRAMS = Path(sys.executable).parent
# What only an extra brings.
OPTIONAL = {"redis"}


def run(*command: str, code: int = 0, **environment: str) -> str:
    """Run a program of the environment and return what it printed.

    Raises:
        SystemExit: it ended with another exit code than `code`.
    """
    path = f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}"
    program = shutil.which(command[0], path=path) or command[0]
    done = subprocess.run(
        [program, *command[1:]],
        env={**os.environ, "PATH": path, "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != code:
        sys.exit(
            f"{' '.join(command)}: exit code {done.returncode}, not {code}\n"
            f"{done.stdout}{done.stderr}"
        )
    return done.stdout + done.stderr


def expect(what: str, *, holds: bool) -> None:
    """Fail unless something holds.

    Raises:
        SystemExit: it does not.
    """
    if not holds:
        sys.exit(f"not so: {what}")


def try_names() -> None:
    """It is there under each of its names and prints its version."""
    expected = f"scaffold {version('leanengine-scaffold')}\n"
    for command in (["scaffold"], ["lean-scaffold"], [sys.executable, "-m", "scaffold"]):
        expect(f"{command} is {expected}", holds=run(*command, "--version") == expected)


def try_projects(starters: list[str]) -> None:
    """Each starter makes a project in which `check` finds no fault."""
    for starter in starters:
        run("scaffold", "new", f"my_{starter}", "--defaults", "--starter", starter, "--no-git")
        run("scaffold", "check", f"my_{starter}")
        made = Path(f"my_{starter}")
        expect(
            f"{made} is a project",
            holds=all((made / name).is_file() for name in ("wsgi.py", "leanengine.yaml")),
        )


def try_words() -> None:
    """It speaks both languages, refuses with 2, and completes."""
    expect("Chinese", holds="适合入门" in run("scaffold", "list", "--lang", "zh"))
    expect("English", holds="the one to start with" in run("scaffold", "list"))
    expect(
        "a refusal",
        holds="nonsense"
        in run("scaffold", "new", "x", "--defaults", "--server", "nonsense", code=2),
    )
    expect(
        "a refusal in Chinese",
        holds="错误" in run("scaffold", "nonsense", code=2, LC_ALL="zh_CN.UTF-8"),
    )
    expect("a completion", holds="_SCAFFOLD_COMPLETE" in run("scaffold", "completion", "bash"))
    completed = run(
        "scaffold", _SCAFFOLD_COMPLETE="bash_complete", COMP_WORDS="scaffold ne", COMP_CWORD="1"
    )
    expect("an offer", holds=completed.strip() == "plain,new")


def try_versions() -> None:
    """Git reads the published versions from the bundle, without a network."""
    if shutil.which("git") is None:
        print("  git is missing: the published versions were not tried")
        return
    tags = run("git", "ls-remote", "--tags", "scaffold://starters.git")
    expect("versions", holds="refs/tags/2." in tags)


def try_copier() -> None:
    """Copier, which comes with scaffold, makes the same project of the newest
    version, and asks for no trust.
    """
    if shutil.which("git") is None:
        return
    run(
        "scaffold",
        "new",
        "ours",
        "--defaults",
        "--python",
        "3.11",
        "-d",
        "project_name=shop",
        "--no-git",
    )
    answers = [part for answer in ("project_name=shop", "python=3.11") for part in ("-d", answer)]
    run("copier", "copy", "--quiet", "--defaults", *answers, "scaffold://starters.git", "theirs")
    ours, theirs = (_files(Path(folder)) for folder in ("ours", "theirs"))
    expect("copier's project is ours", holds=ours == theirs)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def try_modules() -> int:
    """Every module can be imported, without a warning.

    Returns:
        How many there are.
    """
    warnings.simplefilter("error")
    scaffold = importlib.import_module("scaffold")
    names = [found.name for found in pkgutil.walk_packages(scaffold.__path__, "scaffold.")]
    for name in names:
        if name == "scaffold.__main__":
            continue
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name not in OPTIONAL:
                raise
    return len(names)


def main(arguments: list[str]) -> None:
    """Try everything, or with `--quick` what a user does first."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try_names()
        listed = json.loads(run("scaffold", "list", "--json"))
        starters = [starter["name"] for starter in listed["starter"]]
        quick = "--quick" in arguments
        try_projects(starters[:1] if quick else starters)
        try_versions()
        modules = try_modules()
        if not quick:
            try_copier()
            try_words()
        os.chdir("/")
    print(f"Python {sys.version.split()[0]}: {len(starters)} starters, {modules} modules, all well")


if __name__ == "__main__":
    main(sys.argv[1:])
