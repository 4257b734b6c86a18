"""`git-remote-scaffold`: lets git read the published templates under `scaffold://starters.git`.

Git starts the program of this name for every address `scaffold://…`, and they communicate over
stdin and stdout as git's gitremote-helpers describes. All that is ever sent lies in the
bundle that came with scaffold, so nothing is asked of a network, and nothing is kept anywhere
but in the repository that asks.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import files, git, messages
from scaffold.errors import FailedError, ScaffoldError, UsageError
from scaffold.versions import BUNDLE, SOURCE, newest, order, references

if TYPE_CHECKING:
    from collections.abc import Iterable

# The exit code that git's own programs give up with.
FATAL = 128
_RECORDED = re.compile(r"""(?m)^_commit: ["']?(\d+\.\d+\.\d+)["']?$""")


def answer(commands: Iterable[str]) -> None:
    """Answer git's commands, until it sends an empty line or none.

    Raises:
        ScaffoldError: git wants to push, or the bundle cannot be read.
    """
    lines = iter(commands)
    for line in lines:
        command = line.rstrip("\n")
        if not command:
            return
        if command == "capabilities":
            # `push` only to refuse it in words: git's own say what a helper lacks, and not why.
            _send("fetch", "option", "push")
        elif command.startswith("option "):
            _send("unsupported", end="")
        elif command == "list":
            _send(*_listing())
        elif command.startswith("fetch "):
            # One by one come the commits that git lacks. The bundle is small, so all
            # of it is handed over at once.
            while next(lines, "").strip():
                pass
            _unbundle()
            _send()
        else:
            raise UsageError("remote.error.read-only", source=SOURCE)


def _send(*lines: str, end: str = "\n") -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines) + end)
    sys.stdout.flush()


def _listing() -> list[str]:
    """Return the references as git wants them: HEAD by the branch that it is, not by its commit."""
    try:
        found = references(BUNDLE)
    except (OSError, ValueError) as error:
        raise _broken(error) from error
    _check_age()
    return [
        "@refs/heads/main HEAD",
        *(f"{commit} {name}" for name, commit in found.items() if name != "HEAD"),
    ]


def _check_age() -> None:
    """Refuse a project that a newer scaffold made, which plain copier
    updates from the current folder.

    It would look for a version that is not here, and end in a traceback.

    Raises:
        FailedError: it is one.
    """
    try:
        answers = files.read(Path(".copier-answers.yml")).decode("utf-8")
    except (OSError, ValueError):
        return
    version = _RECORDED.search(answers)
    if version and SOURCE in answers and order(version[1]) > order(newest()):
        raise FailedError("remote.error.newer", version=version[1], newest=newest())


def _unbundle() -> None:
    """Put what the bundle holds into the repository that git works on, which GIT_DIR names."""
    # What git prints there are the references, and stdout is for answers.
    repository = {"GIT_DIR": os.environ["GIT_DIR"]}
    done = git.run(Path.cwd(), "bundle", "unbundle", os.fspath(BUNDLE), variables=repository)
    if done.returncode:
        raise _broken(git.message(done))


def _broken(reason: object) -> FailedError:
    return FailedError("remote.error.broken", bundle=BUNDLE, reason=reason)


def main() -> int:
    """Serve one request of git's, which gives the name of the remote and its address as arguments.

    Returns:
        The exit code: 0, or 128 when it was refused, as from git's own programs.
    """
    messages.set_language(messages.detect_language(os.environ))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", newline="\n")
    try:
        address = sys.argv[-1]
        if not sys.argv[1:] or sys.stdin.isatty():
            raise UsageError("remote.error.by-hand", source=SOURCE)
        # Without the scheme where it was written `scaffold::starters.git`.
        if f"scaffold://{address.removeprefix('scaffold://').rstrip('/')}" != SOURCE:
            raise UsageError("remote.error.unknown", address=address, source=SOURCE)
        answer(sys.stdin)
    except ScaffoldError as error:
        sys.stderr.write(f"{error}\n")
        return FATAL
    except (KeyboardInterrupt, BrokenPipeError):
        # Git was ended, or needs no more; its own last word says so.
        return FATAL
    return 0


if __name__ == "__main__":
    sys.exit(main())
