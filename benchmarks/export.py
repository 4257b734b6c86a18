"""`scaffold export` with a million rows and ten thousand files: rows a second, and memory.

The platform is played in this process, with small rows made as they are asked for, so that what is
measured is the export: reading pages, the journal, the files. A real platform is asked ten times
a second by default, for a thousand rows each time.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import report

from scaffold.export import folder
from scaffold.export.client import Api, ApiKeys
from scaffold.export.downloads import Downloads
from scaffold.export.journal import ExportJournal
from scaffold.export.pace import Pace
from scaffold.export.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable

TIME = "2026-11-29T00:00:00.000Z"
LATER = "2026-11-30T00:00:00.000Z"
CONTENT = b"x" * 4096
MOST_MEGABYTES = 200
TITLE = "scaffold export with a million rows"
SERVER = "http://127.0.0.1"


class Player(httpx.BaseTransport):
    """Plays a platform with a class of many rows and many files."""

    def __init__(self, rows: int, files: int) -> None:
        self.sizes = {"Row": rows, "_File": files}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        path, asked = request.url.path, request.url.params
        if path.startswith("/files/"):
            return httpx.Response(200, content=CONTENT)
        if path == "/1.1/date":
            return _answer({"__type": "Date", "iso": LATER})
        if path == "/1.1/schemas":
            return _answer({each: {} for each in self.sizes})
        return self._rows(path.rpartition("/")[2], asked)

    def _rows(self, name: str, asked: httpx.QueryParams) -> httpx.Response:
        """Answer with a page, or a number of rows."""
        if name not in self.sizes:
            return httpx.Response(404, json={"code": 101, "error": "no such class"})
        if "count" in asked:
            return _answer({"results": [], "count": self.sizes[name]})
        if "where" in asked:  # nothing changed since
            return _answer({"results": [], "cursor": None})
        start = int(asked.get("cursor") or 0)
        end = min(start + int(asked["limit"]), self.sizes[name])
        rows = [_row(name, number) for number in range(start, end)]
        return _answer({"results": rows, "cursor": str(end) if end < self.sizes[name] else None})


def _answer(content: object) -> httpx.Response:
    return httpx.Response(200, content=json.dumps(content).encode())


def _row(name: str, number: int) -> dict[str, object]:
    object_id = f"{number:024x}"
    row: dict[str, object] = {"objectId": object_id, "createdAt": TIME, "updatedAt": TIME}
    if name == "_File":
        return row | {"name": "a.bin", "url": f"{SERVER}/files/{object_id}"}
    return row | {"n": number, "title": "a row", "ACL": {"*": {"read": True}}}


def measure(rows: int, files: int) -> dict[str, float]:
    """Return the seconds of a first and of a second export, and the most memory."""
    pace = Pace(1_000_000)
    player = Player(rows, files)
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "export"
        for run in ("first", "second"):
            begun = time.perf_counter()
            folder.prepare(path)
            api = Api(SERVER, ApiKeys("app", "master"), pace, is_private=True, transport=player)
            downloads = Downloads(pace, may_be_private=True, transport=player)
            with closing(ExportJournal(path)) as journal:
                manifest = Session(path, api, downloads, journal, lambda *_: None).run()
            assert manifest.classes["Row"].written.rows == rows
            assert manifest.contents["saved"] == files
            found[run] = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found | {"megabytes": used / (1 << 20 if sys.platform == "darwin" else 1 << 10)}


def main(arguments: Iterable[str] | None = None) -> int:
    """Measure and print; return 1 where memory has no bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args(list(arguments) if arguments is not None else None)
    facts = report.machine()
    found = measure(options.rows, options.files)
    header = ("rows", "files", "first export", "rows/s", "again, unchanged", "most memory")
    row = (
        f"{options.rows:,}",
        f"{options.files:,}",
        f"{found['first']:.0f} s",
        f"{options.rows / found['first']:,.0f}",
        f"{found['second']:.1f} s",
        f"{found['megabytes']:.0f} MB",
    )
    table = report.table(header, [row])
    print(table)
    if options.markdown:
        facts = {**facts, "target": f"under {MOST_MEGABYTES} MB"}
        report.write_markdown(options.markdown, TITLE, "benchmarks/export.py", facts, [table])
    return int(found["megabytes"] > MOST_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
