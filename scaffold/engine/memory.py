"""How much memory an app takes on an instance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PROC = Path("/proc")


def pss(processes: Iterable[int]) -> float | None:
    """Return the memory that processes take together, in MB of 2²⁰ bytes, as instances are sized.

    It is the proportional set size: what several processes share counts once.

    Args:
        processes: their numbers.

    Returns:
        None where the system does not tell: everywhere but on Linux, or when all
            have ended or are another user's.
    """
    found = [size for number in processes if (size := _pss_kilobytes(number)) is not None]
    return sum(found) / 1024 if found else None


def _pss_kilobytes(number: int) -> int | None:
    try:
        lines = (PROC / str(number) / "smaps_rollup").read_text("utf-8").splitlines()
    except OSError:
        return None
    # The line reads `Pss:    12345 kB`.
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), None)
