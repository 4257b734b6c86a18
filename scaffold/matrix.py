"""What was started when the pins were last proved: the table that `make
matrix` recorded in matrix.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RECORD = Path(__file__).with_name("matrix.json")
COLUMNS = ("starter", "server", "dependencies", "python", "result", "start", "memory")

Record: TypeAlias = "Mapping[str, Any]"


def load() -> Record:
    """Return the record: `platform`, and `rows`, each with answers, result,
    figures, versions and date.
    """
    record: Record = json.loads(RECORD.read_text("utf-8"))
    return record


def header() -> list[str]:
    """Return the headings of the columns, in the current language."""
    return [text(f"list.matrix.{column}") for column in COLUMNS]


def lines(record: Record) -> Iterator[list[str]]:
    """Yield each row as text, in the current language."""
    for row in record["rows"]:
        # UtilMeta's framework below; of the other starters it is the starter itself.
        below = "" if row["backend"] == row["starter"] else f" · {row['backend']}"
        started = row["result"] == "started"
        yield [
            row["starter"] + below,
            row["server"],
            row["dependencies"] if row["cloud_functions"] else text("list.matrix.no-functions"),
            row["python"],
            text(f"list.matrix.{row['result']}"),
            f"{row['cold_start_seconds']:.2f}" if started else "",
            f"{row['memory_mb']}" if started and row["memory_mb"] is not None else "",
        ]


def summary(record: Record) -> str:
    """Return when and where the rows were recorded, and how many started."""
    dates = sorted({row["date"] for row in record["rows"]})
    results = [row["result"] for row in record["rows"]]
    return text(
        "list.matrix.summary",
        started=results.count("started"),
        all=len(results),
        date=dates[0] if len(dates) == 1 else f"{dates[0]} – {dates[-1]}",
        platform=record["platform"],
    )
