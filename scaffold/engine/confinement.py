"""Run a command as a container of a host would: without root's rights, and with nothing to write
to but the temporary folder. Linux only.

A user namespace gives the rights to mount, to root and to anybody else; they are dropped before the
command starts. Inside, the user is 10001 and owns what the user outside owns.
"""

from __future__ import annotations

import functools
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

USER = 10001
_PROGRAMS = ("unshare", "setpriv", "mount")
# Each mount is made read-only but for the temporary folder, devices, and what is no file system.
# That of another user cannot be changed, and need not be: this one may not write there. The current
# folder was entered before, and so below all that was mounted.
_SCRIPT = r"""
mount --rbind "$1" "$1"
mount --rbind "$2" "$2"
mount -o remount,bind,ro "$2"
mount -o remount,bind,ro /
while read -r _ _ _ _ point _; do
    case $point in
    "$1" | / | /dev | /dev/* | /proc | /proc/* | /sys | /sys/*) ;;
    *) mount -o remount,bind,ro "$point" 2>/dev/null || : ;;
    esac
done </proc/self/mountinfo
cd "$PWD"
exec setpriv --ambient-caps=-all --inh-caps=-all --bounding-set=-all --no-new-privs \
    /bin/sh -c "$3"
"""


def confined(command: str, folder: Path) -> str:
    """Return the shell line that runs a command without rights, on a read-only file system.

    Args:
        command: a line for the shell.
        folder: what is read-only though it lies in the temporary folder.
    """
    namespaces = f"unshare --user --map-user={USER} --map-group={USER} --mount --keep-caps"
    arguments = map(shlex.quote, [_SCRIPT, tempfile.gettempdir(), str(folder), command])
    script, *rest = arguments
    return f"exec {namespaces} /bin/sh -ec {script} sh {' '.join(rest)}"


@functools.cache
def problem() -> str:
    """Return why commands cannot be confined on this machine; nothing where they can."""
    missing = [name for name in _PROGRAMS if not shutil.which(name)]
    if missing:
        return ", ".join(missing)
    with tempfile.TemporaryDirectory(prefix="scaffold-try-") as folder:
        done = subprocess.run(
            ["/bin/sh", "-c", confined("true", Path(folder))],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=30,
        )
    lines = done.stderr.strip().splitlines()
    return "" if done.returncode == 0 else (lines[0] if lines else f"exit {done.returncode}")
