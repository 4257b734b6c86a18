"""The one way in which scaffold calls git.

A repository may be a stranger's, and its `.git/config` names programs that even `git status`
starts: watchers, hooks, filters, helpers. So every call is neutral: it starts none of them, asks
nothing, connects to nothing, and ends within a time limit. Only `network=True` lets git connect,
with the user's credentials and proxies, to an address that the user gave. Settings that change
what git answers, such as line ends and ignored files, count as always.

What a neutral call cannot know is what a filter would make of a file:
`scaffold.git_status` takes care of that.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.errors import FailedError
from scaffold.git_settings import NEUTRAL, OFFLINE, ONLINE, environment
from scaffold.printable import Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Seconds. A local command that takes longer hangs; a fetch may be large.
LIMIT = 300
NETWORK_LIMIT = 1800
# The exit codes of shells for a program that could not be started, and for one that took too long.
NOT_STARTED = 127
TIMED_OUT = 124

# They read references, settings, objects and rules for paths: no file goes through a filter.
_NO_FILES = frozenset(
    {
        "branch",
        "check-ignore",
        "config",
        "describe",
        "for-each-ref",
        "init",
        "ls-remote",
        "ls-tree",
        "rev-parse",
        "symbolic-ref",
        "version",
    }
)
_SHOWS_CHANGES = frozenset({"diff", "diff-files", "diff-index", "diff-tree", "log", "show"})
# Looking into a submodule would start another git there, with the settings of that repository.
_LOOKS_AT_SUBMODULES = frozenset({"diff", "diff-files", "diff-index", "status"})
_FALLBACK_IDENTITY = {"NAME": "scaffold", "EMAIL": "scaffold@localhost"}


def run(
    folder: Path,
    *arguments: str,
    stdin: bytes = b"",
    variables: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    network: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder and return how it ended.

    Args:
        folder: where.
        arguments: a subcommand of git's, and what follows it.
        stdin: what git reads.
        variables: environment variables beside the user's, such as `GIT_DIR`.
        settings: git's settings for this call.
        network: let git connect to the address among the arguments.

    Raises:
        FailedError: the repository has a filter that cannot be switched off.
    """
    programs = _filters_off(folder, variables) if arguments[0] not in _NO_FILES else {}
    neutral = {**NEUTRAL, **(ONLINE if network else OFFLINE), **programs, **(settings or {})}
    options = [part for name, value in neutral.items() for part in ("-c", f"{name}={value}")]
    environ = {**environment(), "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    if network:
        # The folder is an empty one of ours: no repository above it counts.
        environ["GIT_CEILING_DIRECTORIES"] = str(folder.absolute().parent)
    command = [*options, *_careful(arguments)]
    limit = NETWORK_LIMIT if network else LIMIT
    return _start(folder, command, {**environ, **(variables or {})}, stdin, limit)


def output(
    folder: Path,
    *arguments: str,
    stdin: bytes = b"",
    variables: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    ok: tuple[int, ...] = (0,),
) -> bytes:
    """Run git as `run` does and return what it printed.

    Args:
        folder: where.
        arguments: a subcommand of git's, and what follows it.
        stdin: what git reads.
        variables: environment variables beside the user's, such as `GIT_DIR`.
        settings: git's settings for this call.
        ok: exit codes that are no failure.

    Raises:
        FailedError: git failed; the error holds its message.
    """
    done = run(folder, *arguments, stdin=stdin, variables=variables, settings=settings)
    if done.returncode not in ok:
        command = shlex.join(["git", *arguments[:2]])
        raise FailedError("git.error.failed", command=command, folder=folder, output=message(done))
    return done.stdout


def message(done: subprocess.CompletedProcess[bytes]) -> Lines:
    """Return git's message on stderr."""
    return Lines(done.stderr.decode("utf-8", "replace").strip())


def names(listed: bytes) -> list[str]:
    """Return the paths of one of git's lists that end each entry with NUL."""
    return [os.fsdecode(name) for name in listed.split(b"\0") if name]


def _careful(arguments: tuple[str, ...]) -> list[str]:
    """Return the arguments with the options that keep a subcommand from starting programs."""
    subcommand, *rest = arguments
    options = ["--no-ext-diff", "--no-textconv"] if subcommand in _SHOWS_CHANGES else []
    if subcommand in _LOOKS_AT_SUBMODULES:
        options.append("--ignore-submodules=dirty")
    return [subcommand, *options, *rest]


def _filters_off(folder: Path, variables: Mapping[str, str] | None) -> dict[str, str]:
    """Return settings that switch every filter off that the settings of a repository name.

    Raises:
        FailedError: `git -c` cannot write the name of one.
    """
    listed = run(
        folder, "config", "--null", "--name-only", "--get-regexp", r"^filter\.", variables=variables
    )
    drivers = {name.rpartition(".")[0] for name in names(listed.stdout)}
    if odd := [driver for driver in sorted(drivers) if "=" in driver]:
        raise FailedError("git.error.odd-filter", folder=folder, name=odd[0])
    off = {"clean": "", "smudge": "", "process": "", "required": "false"}
    return {f"{driver}.{part}": value for driver in sorted(drivers) for part, value in off.items()}


def program() -> str | None:
    """Return the path of git, None where there is none.

    Relative folders on PATH do not count, nor does the current folder, where Windows looks first:
    they may be those of a stranger's project.
    """
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        place = Path(folder, "git")
        if folder and place.is_absolute() and (found := shutil.which(str(place))):
            return found
    return None


def _start(
    folder: Path, command: list[str], environ: dict[str, str], stdin: bytes, limit: float
) -> subprocess.CompletedProcess[bytes]:
    executable = program()
    if executable is None:
        return subprocess.CompletedProcess(command, NOT_STARTED, b"", b"git was not found")
    command = [executable, *command]
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=environ,
            input=stdin,
            capture_output=True,
            check=False,
            timeout=limit,
        )
    except OSError as error:
        # What is called git is no program, or not one for this machine.
        return subprocess.CompletedProcess(command, NOT_STARTED, b"", str(error).encode())
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(
            command, TIMED_OUT, b"", f"no answer within {limit} s".encode()
        )


def reason_against(target: Path) -> str | None:
    """Return why no repository should be made for a new folder: `missing`,
    `inside`, or None if one should.

    Args:
        target: the folder, which need not exist.
    """
    if program() is None:
        return "missing"
    nearest = next(folder for folder in (target, *target.absolute().parents) if folder.is_dir())
    inside = run(nearest, "rev-parse", "--is-inside-work-tree")
    return "inside" if inside.returncode == 0 and inside.stdout.strip() == b"true" else None


def first_commit(folder: Path, text: str) -> bool:
    """Make `folder` a repository with one commit of everything in it that is not ignored.

    Args:
        folder: the project.
        text: the commit's message.

    Returns:
        Whether git did it. Where it did not, no `.git` is left: a project without a
        repository is still a project.
    """
    identity: dict[str, str] = {}
    for part, value in _FALLBACK_IDENTITY.items():
        if not run(folder, "config", f"user.{part.lower()}").stdout.strip():
            variables = (f"GIT_AUTHOR_{part}", f"GIT_COMMITTER_{part}")
            identity |= {name: os.environ.get(name) or value for name in variables}
    steps = (
        ("init", "--quiet"),
        ("add", "--all"),
        ("commit", "--quiet", "--no-verify", "-m", text),
    )
    # The files are committed as the template makes them, whatever the
    # user's settings for line ends are.
    exact = {"core.autocrlf": "false"}
    done = all(
        run(folder, *step, variables=identity, settings=exact).returncode == 0 for step in steps
    )
    if not done:
        shutil.rmtree(folder / ".git", ignore_errors=True)
    return done


def top(folder: Path) -> Path | None:
    """Return the folder of the repository that a folder is in, None where there is none."""
    shown = run(folder, "rev-parse", "--show-toplevel")
    return (
        Path(os.fsdecode(shown.stdout.rstrip(b"\n")))
        if shown.returncode == 0 and shown.stdout.strip()
        else None
    )


def ignored(folder: Path, paths: Iterable[str]) -> frozenset[str]:
    """Return those of some paths below a folder that a rule of git's ignores, be
    they tracked, there, or neither.
    """
    asked = b"".join(os.fsencode(path) + b"\0" for path in paths)
    return frozenset(
        names(run(folder, "check-ignore", "--no-index", "-z", "--stdin", stdin=asked).stdout)
    )


def prefix(folder: Path) -> str:
    """Return the path from the top of the repository to a folder, with a slash at
    its end; '' for the top itself.
    """
    return os.fsdecode(run(folder, "rev-parse", "--show-prefix").stdout.rstrip(b"\n"))
