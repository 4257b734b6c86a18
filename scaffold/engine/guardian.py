"""End what scaffold had running when scaffold itself is killed, by SIGKILL or
for want of memory. Linux only.

Nothing inside scaffold can act then. A small shell waits at a pipe; scaffold holds its other end:
however scaffold ends, the pipe closes. What was written down and not struck out by then is ended
and removed; usually that is nothing.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from pathlib import Path
from typing import IO

# Each line is a verb and an argument: the mark of a process, which all that it
# starts inherits, or a folder.
_SCRIPT = r"""
marks= folders=
line='
'
while IFS=' ' read -r verb what; do
    case $verb in
    process) marks="$marks$what$line" ;;
    folder) folders="$folders$what$line" ;;
    done-process) marks=$(printf '%s' "$marks" | grep -Fxv -e "$what")$line ;;
    done-folder) folders=$(printf '%s' "$folders" | grep -Fxv -e "$what")$line ;;
    esac
done
printf '%s' "$marks" | while IFS= read -r mark; do
    [ "$mark" ] || continue
    # Again until none is left: one may start another between being listed and being killed.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        found=$(grep -Fls -e "$mark" /proc/[0-9]*/environ)
        [ "$found" ] || break
        for path in $found; do
            number=${path#/proc/}
            kill -9 "${number%/environ}"
        done
    done
done
printf '%s' "$folders" | while IFS= read -r folder; do
    [ "$folder" ] && rm -rf -- "$folder"
done
"""
_SHELL = "/bin/sh"


class Guardian:
    """The shell that stays behind; it is started when there is something to guard."""

    def __init__(self) -> None:
        self._pipe: IO[bytes] | None = None
        self._owner = 0
        self._lock = threading.Lock()

    def watch_process(self, mark: str) -> None:
        """End all processes with `mark` in their environment if scaffold is killed from now on."""
        self._tell("process", mark)

    def forget_process(self, mark: str) -> None:
        """Strike a mark out: its processes have ended."""
        self._tell("done-process", mark)

    def watch_folder(self, folder: Path) -> None:
        """Remove a folder if scaffold is killed from now on."""
        self._tell("folder", str(folder))

    def forget_folder(self, folder: Path) -> None:
        """Strike a folder out: it is gone, or to be kept."""
        self._tell("done-folder", str(folder))

    def _tell(self, verb: str, what: str) -> None:
        # A line break would make two arguments of one; such a folder is only
        # cleaned up by scaffold itself.
        if "\n" in what or not Path("/proc/self/environ").exists():
            return
        with self._lock, contextlib.suppress(OSError):
            # In a fork of scaffold the pipe is still the parent's.
            if self._pipe is None or self._owner != os.getpid():
                self._pipe, self._owner = _start(), os.getpid()
            self._pipe.write(os.fsencode(f"{verb} {what}\n"))


def _start() -> IO[bytes]:
    """Start the shell; return the pipe at which it waits."""
    # Its own session: Ctrl-C and a closed terminal are not meant for it. Its own environment: it
    # bears nobody's mark. No output, or who reads scaffold's would wait for its end.
    shell = subprocess.Popen(
        [_SHELL, "-c", _SCRIPT],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        start_new_session=True,
    )
    assert shell.stdin
    # It ends after scaffold, and is nobody's to wait for: without this
    # Python would warn of it at exit.
    shell.returncode = 0
    return shell.stdin


guardian = Guardian()
