"""Have uv find exact versions for requirements, as pip takes them on the platform's Linux."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FOR_LINUX = ("--python-platform", "linux")
_OPTIONS = (
    "--quiet",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-python-downloads",
    # What a project says to uv, pip does not read; the platform has pip.
    "--no-config",
    "--no-strip-extras",
)


def compile_requirements(
    uv: str, folder: Path, arguments: Sequence[str], *, seconds: float, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run `uv pip compile`.

    Args:
        uv: the program.
        folder: where files that the requirements name begin.
        arguments: further options, and the files of requirements, `-` for stdin.
        seconds: how long it may take.
        stdin: requirements.

    Raises:
        subprocess.TimeoutExpired: it takes longer.
    """
    return subprocess.run(
        [uv, "pip", "compile", *_OPTIONS, *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=seconds,
        check=False,
    )


def message(stderr: str) -> str:
    """Return what uv or pip prints as one line, without the drawing of uv's tree."""
    return " ".join(re.sub("×|╰─▶|│", " ", stderr).split())
