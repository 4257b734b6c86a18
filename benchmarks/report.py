"""What both benchmarks print and write: tables, the machine, results files."""

from __future__ import annotations

import json
import os
import platform
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
# Everything a benchmark makes, apart from its results.
WORK = ROOT / "build" / "bench"


def users_environment() -> dict[str, str]:
    """Return the environment with byte code kept, as an installer and every
    later start leave it for users.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def machine() -> dict[str, str]:
    """Return what a reader has to know about where and when the figures were
    taken, without names of the machine.
    """
    return {
        "date": datetime.now(timezone.utc).date().isoformat(),
        "processor": f"{_processor()}, {os.cpu_count()} CPUs",
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load before the run": f"{os.getloadavg()[0]:.1f}",
    }


def _processor() -> str:
    """Return the processor's name as Linux knows it, elsewhere its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return platform.processor()
    return next(
        (line.partition(": ")[2] for line in lines if line.startswith("model name")),
        platform.machine(),
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table, aligned so that it reads well as text too;
    figures stand to the right.
    """
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    aligned = [
        [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
        for row in (header, *rows)
    ]
    aligned.insert(1, rule)
    return "\n".join(f"| {' | '.join(row)} |" for row in aligned)


def write_json(path: Path, document: Mapping[str, object]) -> None:
    """Write results for programs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")


def write_markdown(
    path: Path, title: str, command: str, facts: Mapping[str, str], parts: Sequence[str]
) -> None:
    """Write results for people.

    Args:
        path: the file.
        title: its heading.
        command: what was run.
        facts: machine, date, versions: one line each.
        parts: tables and paragraphs.
    """
    listed = "\n".join(f"- {name}: {fact}" for name, fact in facts.items())
    head = (
        f"Written by `{command}`; what the figures mean is said in "
        "[benchmarks/README.md](../README.md)."
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join([f"# {title}", head, listed, *parts]) + "\n", "utf-8")
