"""The Debian packages that `systemDependencies` of leanengine.yaml stand for.

The platform does not say what it installs; these are the packages that provide what its names say.
They are what the image of a project that moves to another platform has to install.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PACKAGES: Mapping[str, tuple[str, ...]] = {
    "ffmpeg": ("ffmpeg",),
    "imagemagick": ("imagemagick",),
    "fonts-wqy": ("fonts-wqy-zenhei", "fonts-wqy-microhei"),
    "fonts-noto": ("fonts-noto-cjk",),
    # The browser brings its libraries; their own names differ from one Debian to the next.
    "chrome-headless": ("chromium",),
    # README of node-canvas, "Compiling".
    "node-canvas": (
        "build-essential",
        "libcairo2-dev",
        "libpango1.0-dev",
        "libjpeg-dev",
        "libgif-dev",
        "librsvg2-dev",
    ),
    # Debian 12 has no package of it; the wheels of TA-Lib carry the library.
    "python-talib": (),
}
_TIMEOUT = 10.0


def present(packages: Iterable[str], path: str | None = None) -> frozenset[str] | None:
    """Return which Debian packages are installed on this machine; None if that is not known.

    Args:
        packages: their names.
        path: where `dpkg-query` is looked for; None for the variable PATH.
    """
    program = shutil.which("dpkg-query", path=path)
    if not program:
        return None
    form = "${binary:Package} ${db:Status-Abbrev}\n"
    try:
        # Its exit code is 1 when one is unknown; the others are listed all the same.
        done = subprocess.run(
            [program, "--show", f"--showformat={form}", *packages],
            check=False,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_TIMEOUT,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    rows = [line.split() for line in done.stdout.splitlines()]
    # The status is what is wanted and what is: `ii`, or `hi` for a package on hold. A package that
    # may be there for several architectures is named `libgif-dev:amd64`.
    return frozenset(
        row[0].partition(":")[0] for row in rows if len(row) > 1 and row[1].endswith("i")
    )


def describe(dependencies: Iterable[str], path: str | None = None) -> list[str]:
    """Return one line for each system dependency: the packages it means, and
    whether they are on this machine.

    Args:
        dependencies: names from `manifest.SYSTEM_DEPENDENCIES`.
        path: as for `present`.
    """
    names = tuple(dict.fromkeys(dependencies))
    wanted = [package for name in names for package in PACKAGES[name]]
    found = present(wanted, path) if wanted else None
    return [_line(name, found) for name in names]


def _line(name: str, found: frozenset[str] | None) -> str:
    packages = PACKAGES[name]
    if not packages:
        return text("boot.note.no-package", name=name)
    listed = " ".join(packages)
    if found is None:
        return text("boot.note.packages", name=name, packages=listed)
    missing = " ".join(package for package in packages if package not in found)
    if missing:
        return text("boot.note.packages-missing", name=name, packages=listed, missing=missing)
    return text("boot.note.packages-present", name=name, packages=listed)
