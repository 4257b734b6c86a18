"""Export and import of a class as JSON lines."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from starlette.requests import Request

from scaffold.up import jsonlines, store_client, transfer
from scaffold.up.console_store import ConsoleStore
from scaffold.up.jsonlines import Line, LineReader
from scaffold.up.transfer import Transfer
from tests.store.conftest import name

from .stored import Stored, server, service, stored

if TYPE_CHECKING:
    from scaffold.store.values import Json

__all__ = ["server", "service", "stored"]  # fixtures


def _export(stored: Stored, class_name: str) -> list[Json]:
    status, headers, body = stored.client.ask(
        f"{stored.client.path}api/data/export?class={class_name}"
    )
    assert status == 200
    assert headers["Content-Disposition"] == f'attachment; filename="{class_name}.jsonl"'
    return [json.loads(line) for line in body.split(b"\n") if line]


def test_there_and_back(stored: Stored) -> None:
    """What was exported is the same after an import: ids, times, ACL and large numbers too."""
    used, other = name(), name()
    date = {"__type": "Date", "iso": "2026-01-02T03:04:05.678Z"}
    rows = [{"n": number, "text": "é\u2028\n'\"", "day": date} for number in (2**53 + 1, 1.5, -1)]
    lines = "\n".join(json.dumps({**row, "ACL": {"a": {"read": True}}}) for row in rows)
    assert stored.import_(used, lines.encode())["added"] == 3
    exported = _export(stored, used)
    assert {row["n"] for row in exported} == {2**53 + 1, 1.5, -1}
    content = "".join(json.dumps(row, ensure_ascii=False) + "\r\n" for row in exported)
    assert stored.import_(other, content.encode())["added"] == 3
    assert _export(stored, other) == exported
    assert all(row["ACL"] == {"a": {"read": True}} for row in exported)


def test_an_export_has_every_row(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class is exported page by page, smaller ones where its rows are large."""
    used = name()
    lines = [json.dumps({"n": number, "text": "x" * 1000}) for number in range(450)]
    stored.import_(used, "\n".join(lines).encode())
    assert sorted(row["n"] for row in _export(stored, used)) == list(range(450))
    monkeypatch.setattr(store_client, "ANSWER_LIMIT", 30_000)
    assert sorted(row["n"] for row in _export(stored, used)) == list(range(450))
    monkeypatch.setattr(store_client, "ANSWER_LIMIT", 500)
    path = f"{stored.client.path}api/data/export?class={used}"
    status, _, body = stored.client.ask(path)
    assert (status, json.loads(body)["problem"]) == (400, "store-too-much")


def test_bad_lines(stored: Stored) -> None:
    """Each bad line is named with its number; the good ones are added."""
    used = name()
    lines: list[bytes] = [
        b'\xef\xbb\xbf{"objectId": "a", "n": 1}',
        b"",
        b"nonsense",
        b"[1]",
        b'{"n": "text"}',
        b'{"objectId": "a"}',
        b'{"text": "\xff"}',
        b'{"n": 1e999}',
        b'{"n": NaN}',
        b'{"text": "\\ud800"}',
        b'{"deep": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"n": 2}',
    ]
    found = stored.import_(used, b"\n".join(lines))
    assert (found["added"], found["failed"], found["stopped"]) == (2, 9, "")
    assert [(each["line"], each["problem"]) for each in found["problems"]] == [
        (3, "bad-json"),
        (4, "not-an-object"),
        (5, "store-refused"),
        (6, "store-refused"),
        (7, "bad-json"),
        (8, "bad-json"),
        (9, "bad-json"),
        (10, "store-refused"),
        (11, "store-refused"),
    ]
    assert "[137]" in found["problems"][3]["detail"]
    assert len(stored.ids(used)) == 2


def test_the_platforms_own_export(stored: Stored) -> None:
    """The first line of the platform's files says what is in them, and is no row."""
    used = name()
    header = b'#filetype:JSON-streaming {"type":"Class","class":"Review"}\n'
    found = stored.import_(used, header + b'{"n": 1}\n')
    assert (found["added"], found["failed"]) == (1, 0)


def test_many_bad_lines(stored: Stored) -> None:
    """All bad lines are counted, the first hundred are named."""
    found = stored.import_(name(), b"x\n" * 1000)
    assert (found["failed"], len(found["problems"])) == (1000, transfer.SHOWN_PROBLEMS)


def test_large_files(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is too large is not begun, or not gone on with."""
    monkeypatch.setattr(transfer, "FILE_LIMIT", 1000)
    used = name()
    path = f"data/import?class={used}"
    assert stored.api(path, b" " * 1001, 400)["problem"] == "large-file"


def test_a_service_that_goes(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the service stops to answer, what came before is counted."""
    used = name()
    monkeypatch.setattr(transfer, "BATCH", 1)
    sent = store_client.StoreClient._send
    calls: list[str] = []

    def failing(*arguments: Json) -> tuple[int, bytes]:
        calls.append("call")
        if len(calls) > 2:
            raise ConnectionError
        return sent(*arguments)

    monkeypatch.setattr(store_client.StoreClient, "_send", failing)
    found = stored.import_(used, b"{}\n" * 5)
    assert (found["added"], found["stopped"]) == (2, "store-gone")


def test_a_page_that_is_closed(stored: Stored) -> None:
    """A browser that goes away in the middle of a file is no error of the console's."""

    async def receive() -> Json:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "POST", "query_string": b"class=Film", "headers": []}
    supervisor: Any = stored.supervisor
    importing = Transfer(ConsoleStore(supervisor, stored.data))._import(Request(scope, receive))
    assert asyncio.run(importing).status_code == 200


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_lines_are_read_in_pieces(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a file is cut, its lines are the same; of one that is too long nothing is kept."""
    monkeypatch.setattr(jsonlines, "LINE_LIMIT", 20)
    content = b'{"a": 1}\r\n' + b'{"b": "' + b"x" * 100 + b'"}\n\n{"c": 3}'
    reader = LineReader()
    found: list[Line] = []
    for at in range(0, len(content), size):
        found += reader.feed(content[at : at + size])
        assert len(reader._begun) <= 20
    found += reader.close()
    assert [(line.number, line.row, line.problem) for line in found] == [
        (1, {"a": 1}, ""),
        (2, None, "long-line"),
        (4, {"c": 3}, ""),
    ]


@pytest.mark.parametrize("class_name", ["", "a/b", "Nothing"])
def test_no_such_class(stored: Stored, class_name: str) -> None:
    """What is no class has no export, and the answer says so."""
    status, _, _ = stored.client.ask(f"{stored.client.path}api/data/export?class={class_name}")
    assert status == 400
