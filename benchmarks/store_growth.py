"""The data service with ever more rows in one class: what an index keeps from growing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, cast

import psycopg
from report import ROOT, table
from store_client import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from store_client import Api

CLASS = "Grown"
SAME = 100  # objects with the same value
SIZES = (1_000, 10_000, 100_000, 1_000_000)
OPERATIONS = (
    "get",
    "find 100 by an index",
    "newest 100",
    "count 100 by an index",
    "count 100 in a range",
    "count 100 without",
    "save",
)
FILL = """
INSERT INTO store_objects (class_id, id, created_at, updated_at, document)
SELECT class_id, lpad(to_hex(n), 24, '0'), made, made,
    jsonb_build_object('n', n, 'same', n / 100, 'text', 'text ' || n, 'tags', '["a", "b"]'::jsonb)
FROM (
    SELECT c.id AS class_id, n,
        to_char(timestamp '2026-01-01' + n * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
            AS made
    FROM store_classes c, generate_series(%s::integer, %s::integer) AS n
    WHERE c.name = 'Grown'
) AS rows
"""


def grow(api: Api, database: str, most: int, seconds: float, variables: Mapping[str, str]) -> str:
    """Return a table of the median times with 1,000 rows, ten times as many, and so on.

    Args:
        api: the data service.
        database: its database.
        most: how many rows at most.
        seconds: how long each figure is measured.
        variables: the environment of the service, for its commands.
    """
    columns = {"n": 0, "same": 0, "text": "text", "tags": ["a"]}
    api.connected().send(api.request("POST", f"/classes/{CLASS}", columns))
    command = [sys.executable, "-m", "scaffold", "store", "index", f"{CLASS}.same"]
    environ = {**os.environ, **variables}
    subprocess.run(command, env=environ, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    rows, filled = [], 0
    for size in (size for size in SIZES if size <= most):
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(FILL, (filled + 1, size))
            connection.execute("VACUUM ANALYZE store_objects")
        filled = size
        rows.append([f"{size:,}", *(_cell(api, name, size, seconds) for name in OPERATIONS)])
    return table(["rows", *OPERATIONS], rows)


def _cell(api: Api, name: str, size: int, seconds: float) -> str:
    requests = [_request(api, name, number * size // SAME % size) for number in range(1, SAME)]
    if name.startswith(("find", "newest")):
        answer = cast("dict[str, list[object]]", api.connected().ask(requests[0]))
        if len(answer["results"]) != SAME:
            raise RuntimeError(json.dumps(answer)[:300])
    load(api, requests, 1, seconds / 4)  # PostgreSQL plans the first few anew
    found = load(api, requests, 1, seconds)
    return f"{found.middle:.2f} / {found.slow:.1f}"


def _request(api: Api, name: str, number: int) -> bytes:
    path = f"/classes/{CLASS}"
    same: dict[str, object] = {"same": max(number // SAME, 1)}
    if name == "get":
        return api.request("GET", f"{path}/{number or 1:024x}")
    if name == "save":
        return api.request("POST", path, {"n": number, "same": -1, "text": "new", "tags": []})
    if name.startswith("newest"):
        return api.request("GET", path, order="-createdAt", limit=str(SAME))
    if name == "count 100 in a range":
        same = {"same": {"$gt": number // SAME, "$lt": number // SAME + 2}}
    if name == "count 100 without":
        first = number // SAME * SAME
        same = {"n": {"$gte": first, "$lt": first + SAME}}
    if name.startswith("count"):
        return api.request("GET", path, where=same, count="1", limit="0")
    return api.request("GET", path, where=same, limit=str(SAME))
