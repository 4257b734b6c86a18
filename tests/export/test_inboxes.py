"""The inboxes of users are exported, each status once, whatever goes wrong on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.importer import feed as rows
from scaffold.importer import sources
from scaffold.importer.report import ImportReport
from scaffold.store import built_in
from tests.export import platform
from tests.export.conftest import Exporter
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.export.platform import Source

TOKEN = "session-of-a-sender-81"
KINDS = {"default": 45, "private": 3, "系统": 21}


@pytest.fixture
def feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Exporter]:
    """Return an app with statuses, and what exports it."""
    monkeypatch.setitem(built_in.CLASSES, "_Status", ({}, {}))
    (tmp_path / "app").mkdir()
    with platform.running(tmp_path / "app") as source:
        users = [
            source.call("POST", "/users", {"username": name, "password": "x"})["objectId"]
            for name in ("ada", "bob", "eve")
        ]
        for kind in KINDS:
            source.save("_Status", message=f"to {kind}", inboxType=kind)
        for user in users[:2]:
            for kind, number in KINDS.items():
                _deliver(source, user, kind, number)
        yield Exporter(source, tmp_path / "export")


def _deliver(source: Source, user: str, kind: str, number: int) -> None:
    """Put statuses into an inbox; their numbers have gaps."""
    inbox = source.platform.inboxes.setdefault((user, kind), [])
    first = len(inbox) * 3 + 1
    sender = {"__type": "Object", "className": "_User", "objectId": "x", "sessionToken": TOKEN}
    inbox += [
        {"objectId": f"s{each}", "messageId": each, "inboxType": kind, "source": sender}
        for each in range(first, first + number * 3, 3)
    ]


def _assert_equal(feed: Exporter) -> None:
    found = [
        (row["owner"], row["inboxType"], row["messageId"], row["status"]["objectId"])
        for row in some(feed.opened().inboxes())
    ]
    expected = {
        (user, kind, each["messageId"], each["objectId"])
        for (user, kind), inbox in feed.source.platform.inboxes.items()
        for each in inbox
    }
    assert len(found) == len(expected)
    assert set(found) == expected


def test_inboxes_are_exported(feed: Exporter) -> None:
    """Each status of each inbox once, without tokens; the next run asks for what is newer."""
    manifest = feed.run()
    assert (manifest.problems, manifest.notes) == ([], [])
    assert manifest.inboxes
    assert manifest.inboxes.rows == 2 * sum(KINDS.values())
    _assert_equal(feed)
    assert TOKEN not in (feed.folder / manifest.inboxes.path).read_text("utf-8")
    (user, kind) = next(iter(feed.source.platform.inboxes))
    _deliver(feed.source, user, kind, 50)
    feed.source.platform.requests.clear()
    feed.run()
    _assert_equal(feed)
    asked = [each for path, each in feed.source.platform.requests if path.endswith("statuses")]
    pages = 4  # of what is new, until there is none
    assert len(asked) == 3 * len(KINDS) + pages
    assert list(feed.opened().damaged()) == []


def test_an_import_says_what_it_leaves(feed: Exporter) -> None:
    """No target has inboxes."""
    feed.run()
    report = ImportReport()
    rows.note_rest(sources.find(feed.folder), report)
    assert [note for note in report.notes if f"{2 * sum(KINDS.values())} statuses" in note]


class Stopped(BaseException):
    """The process ends, whatever it does."""


@pytest.mark.parametrize("at", [2, 3, 5])
def test_a_run_that_was_stopped_leaves_no_gap(feed: Exporter, at: int) -> None:
    """The newest come first: a run that ends before the oldest are there begins there anew."""
    calls = []

    def stop(name: str, more: int) -> None:
        calls.append((name, more))
        if [each for each, _ in calls].count("statuses in inboxes") == at:
            raise Stopped

    feed.progress = stop
    with pytest.raises(Stopped):
        feed.run()
    feed.progress = lambda *_: None
    for user, kind in feed.source.platform.inboxes:
        _deliver(feed.source, user, kind, 2)
    feed.source.platform.fault = lambda number, *_: None if number % 3 else platform.BAD_GATEWAY
    assert feed.run().problems == []
    _assert_equal(feed)


@pytest.mark.parametrize(
    "body",
    [b"[]", b'{"results": [1]}', b'{"results": [{"messageId": true}]}', b'{"results": [{}]}'],
)
def test_a_server_that_gives_no_inboxes(feed: Exporter, body: bytes) -> None:
    """All else is exported; a note says what is missing."""
    answer = platform.Fault(200, body)
    feed.source.platform.fault = lambda _, path, __: answer if path.endswith("statuses") else None
    manifest = feed.run()
    assert manifest.problems == []
    assert manifest.inboxes is None
    assert len(manifest.notes) == 1
    assert manifest.classes["_Status"].written.rows == len(KINDS)


def test_a_server_that_ignores_limits(feed: Exporter) -> None:
    """Is not asked for ever."""
    answer = platform.Fault(200, b'{"results": [{"messageId": 7}, {"messageId": 9}]}')
    feed.source.platform.fault = lambda _, path, __: answer if path.endswith("statuses") else None
    assert len(feed.run().notes) == 1


def test_without_statuses_nobody_is_asked(source: Source, tmp_path: Path) -> None:
    """An app that does not use them costs no request for each of its users."""
    exporter = Exporter(source, tmp_path / "export")
    assert exporter.run().inboxes is None
    paths = some(path for path, _ in source.platform.requests)
    assert not [path for path in paths if path.endswith("subscribe/statuses")]
