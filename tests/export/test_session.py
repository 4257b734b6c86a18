"""Whatever goes wrong, an export ends up complete and equal to its source."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaffold.errors import FailedError
from scaffold.export import layout, lines
from scaffold.export.journal import ExportJournal
from tests.export import platform
from tests.export.conftest import CONTENTS, TODOS, TOKEN
from tests.export.platform import KEYS, Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.export.conftest import Exporter

FAULTS = {
    "the connection breaks": platform.BROKEN,
    "a gateway answers HTML": platform.BAD_GATEWAY,
    "a proxy answers HTML with 200": platform.PAGE_OF_A_PROXY,
    "too many requests": platform.TOO_MANY,
    "too many requests for seven seconds": platform.TOO_MANY_FOR_NOW,
}


class Stopped(BaseException):
    """The process ends, whatever it does."""


def test_an_export_is_equal_to_its_source(exporter: Exporter) -> None:
    """All rows, relations, files and messages are there, for their owner only."""
    manifest = exporter.run()
    assert manifest.problems == []
    assert manifest.finished_at
    exporter.is_equal()
    assert exporter.verify() == []
    assert exporter.opened().manifest.verified_at
    assert exporter.folder.stat().st_mode & 0o777 == 0o700
    assert (exporter.folder / ".gitignore").read_text("utf-8") == "*\n"
    functions = json.loads((exporter.folder / layout.FUNCTIONS).read_text("utf-8"))
    assert "__before_save_for_Todo" in functions["result"]
    assert "Todo" in exporter.opened().schemas()


def test_members_of_roles_are_exported(exporter: Exporter) -> None:
    """A role's users are a relation, whether the schema has it or not."""
    exporter.run()
    (member,) = exporter.opened().related("_Role.users")
    assert member[1] in exporter.source.rows("_User")


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_requests_that_fail_are_sent_again(exporter: Exporter, fault: Fault) -> None:
    """Each third answer is no answer; what Retry-After says is waited for."""
    exporter.source.platform.fault = lambda number, *_: None if number % 3 else fault
    assert exporter.run().problems == []
    exporter.is_equal()
    longest = max(exporter.waits)
    assert longest == 7 if fault is platform.TOO_MANY_FOR_NOW else 0.25 <= longest < 1


def test_a_server_that_fails_for_ever_is_one_error(exporter: Exporter) -> None:
    """After some minutes the run ends; what is there stays, and the next one goes on."""
    exporter.source.platform.fault = lambda _, path, __: (
        platform.BAD_GATEWAY if "Todo" in path else None
    )
    with pytest.raises(FailedError, match="fails again and again"):
        exporter.run()
    assert 60 < sum(exporter.waits) < 300
    exporter.source.platform.fault = lambda *_: None
    assert exporter.run().problems == []
    exporter.is_equal()


def test_expired_cursors_lose_nothing(exporter: Exporter) -> None:
    """Where every cursor is refused, queries go on from the last row."""

    def expire(_: int, path: str, parameters: dict[str, str]) -> Fault | None:
        return platform.EXPIRED if "/scan/" in path and "cursor" in parameters else None

    exporter.source.platform.fault = expire
    assert exporter.run().problems == []
    exporter.is_equal()
    scans = [
        each
        for path, each in exporter.source.platform.requests
        if path.endswith("scan/classes/Todo") and "where" not in each
    ]
    assert len(scans) == 2  # the first page, and the one that is refused


def test_an_old_cursor_is_not_used(exporter: Exporter, monkeypatch: pytest.MonkeyPatch) -> None:
    """After ten minutes nothing is asked by it: the server may take it for another one."""
    _stop_after(exporter, "Todo", 2)
    with pytest.raises(Stopped):
        exporter.run()
    _go_on(exporter)
    monkeypatch.setattr("scaffold.export.walk.CURSOR_SECONDS", -1)
    assert exporter.run().problems == []
    exporter.is_equal()
    assert not [each for _, each in exporter.source.platform.requests if "cursor" in each]


def test_a_young_cursor_goes_on_where_the_run_stopped(exporter: Exporter) -> None:
    """No page is read again."""
    _stop_after(exporter, "Todo", 2)
    with pytest.raises(Stopped):
        exporter.run()
    _go_on(exporter)
    exporter.run()
    exporter.is_equal()
    scans = [
        each
        for path, each in exporter.source.platform.requests
        if path.endswith("/scan/classes/Todo") and "where" not in each
    ]
    assert len(scans) == TODOS // exporter.source.platform.page + 1 - 2


def test_pages_that_come_twice_are_there_once(exporter: Exporter) -> None:
    """A cache answers the page before, rows and cursor."""
    seen: dict[str, int] = {}

    def repeat(_: int, path: str, parameters: dict[str, str]) -> Fault | None:
        if not path.endswith("/scan/classes/Todo"):
            return None
        seen[path] = seen.get(path, 0) + 1
        if seen[path] % 2 == 0:
            parameters.pop("cursor", None)  # the first page once more
        return None

    exporter.source.platform.fault = repeat
    assert exporter.run().problems == []
    exporter.is_equal()


def test_a_server_that_goes_round_in_circles_is_left(exporter: Exporter) -> None:
    """Cursors that lead back to the first page are given up; so are queries that do."""

    def first_page(_: int, path: str, parameters: dict[str, str]) -> Fault | None:
        if "/scan/" in path:
            parameters.pop("cursor", None)
        return None

    exporter.source.platform.fault = first_page
    assert exporter.run().problems == []
    exporter.is_equal()


def test_rows_that_change_meanwhile_are_as_on_the_server(exporter: Exporter) -> None:
    """Rows are changed, made and deleted between the pages."""
    source = exporter.source
    ids = sorted(source.rows("Todo"))
    changes: list[Callable[[], object]] = [
        lambda: source.call("PUT", f"/classes/Todo/{ids[0]}", {"n": -1}),
        lambda: source.call("DELETE", f"/classes/Todo/{ids[1]}"),
        lambda: source.save("Todo", n=1000),
        lambda: source.call("PUT", f"/classes/Todo/{ids[-1]}", {"n": -2}),
        lambda: source.call("DELETE", f"/classes/Todo/{ids[-2]}"),
    ]

    def progress(name: str, _: int) -> None:
        if name == "Todo" and changes:
            changes.pop(0)()

    exporter.progress = progress
    assert exporter.run().problems == []
    assert not changes
    exporter.is_equal()


def test_any_number_of_interruptions_loses_nothing(exporter: Exporter) -> None:
    """The run is ended again and again, while everything else goes wrong as well."""
    chance = random.Random(17)
    kinds = [*FAULTS.values(), platform.EXPIRED]

    def fault(_: int, path: str, parameters: dict[str, str]) -> Fault | None:
        found = chance.choice(kinds) if chance.random() < 0.15 else None
        is_scan = "/scan/" in path and "cursor" in parameters
        return found if found is not platform.EXPIRED or is_scan else None

    def progress(*_: object) -> None:
        if chance.random() < 0.2:
            raise Stopped

    exporter.source.platform.fault, exporter.progress = fault, progress
    assert _until_done(exporter) > 1
    exporter.is_equal()
    exporter.source.platform.fault, exporter.progress = lambda *_: None, lambda *_: None
    assert exporter.verify() == []


def test_a_stop_before_any_write_loses_nothing(
    exporter: Exporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that ends before its n-th transaction or new file, for each n in turn."""
    left = [0]
    replace, commit = Path.replace, ExportJournal.__exit__

    def count() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Stopped

    def replacing(path: Path, target: Path) -> Path:
        count()
        return replace(path, target)

    def committing(journal: ExportJournal, *arguments: object) -> None:
        if journal.connection.in_transaction:
            try:
                count()
            except Stopped:
                journal.connection.rollback()
                raise
        commit(journal, *arguments)

    monkeypatch.setattr(Path, "replace", replacing)
    monkeypatch.setattr(ExportJournal, "__exit__", committing)
    steps = 0
    while True:
        steps += 1
        left[0] = 1 + steps * 5
        try:
            exporter.run()
        except Stopped:
            continue
        break
    assert steps > 3
    exporter.is_equal()
    names = [path.name for path in exporter.folder.rglob("*")]
    assert not [name for name in names if name.startswith((".partial-", ".scaffold-"))]


def test_the_next_export_reads_what_changed(exporter: Exporter) -> None:
    """By `updatedAt`; classes without changes keep their files."""
    source = exporter.source
    exporter.run()
    before = (exporter.folder / "classes/Tag.jsonl").stat().st_mtime_ns
    source.call("PUT", f"/classes/Todo/{min(source.rows('Todo'))}", {"n": -1})
    source.platform.requests.clear()
    assert exporter.run().problems == []
    exporter.is_equal()
    scans = [each for path, each in source.platform.requests if path.endswith("scan/classes/Todo")]
    assert scans
    assert all("updatedAt" in each["where"] for each in scans)
    assert (exporter.folder / "classes/Tag.jsonl").stat().st_mtime_ns == before
    assert not [path for path, _ in source.platform.requests if path.endswith(("txt", "PNG"))]


def test_deleted_rows_are_kept_apart(exporter: Exporter) -> None:
    """What an earlier run rescued is not lost because the server has it no more."""
    source = exporter.source
    exporter.run()
    gone = sorted(source.rows("Todo"))[3]
    source.call("DELETE", f"/classes/Todo/{gone}")
    manifest = exporter.run()
    assert manifest.problems == []
    assert manifest.classes["Todo"].deleted == 1
    exporter.is_equal()
    rows = lines.read(exporter.folder / "deleted/Todo.jsonl")
    assert [row["objectId"] for row in rows] == [gone]


def test_a_file_that_is_gone_is_named(exporter: Exporter) -> None:
    """The rest is complete; the next run asks for it again."""
    exporter.source.platform.fault = lambda _, path, __: (
        Fault(404) if path.endswith(".txt") else None
    )
    manifest = exporter.run()
    assert manifest.problems == []
    assert manifest.contents["gone"] == 1
    assert manifest.contents["saved"] == len(CONTENTS) - 1
    exporter.source.platform.fault = lambda *_: None
    assert exporter.run().contents["saved"] == len(CONTENTS)
    exporter.is_equal()


def test_a_damaged_file_is_found_and_fetched_again(exporter: Exporter) -> None:
    """`verify` opens every file; the next export repairs what it names."""
    exporter.run()
    entry = next(each for each in exporter.opened().files() if each.bytes > 1000)
    for path in (exporter.folder / entry.path, exporter.folder / "classes/Todo.jsonl"):
        content = path.read_bytes()
        path.write_bytes(content[:-20] + b"x" + content[-19:])
    found = exporter.verify()
    assert len(found) == 2
    assert any("classes/Todo.jsonl" in problem for problem in found)
    assert exporter.run().problems == []
    exporter.is_equal()
    assert exporter.verify() == []


def test_verify_counts_on_the_server(exporter: Exporter) -> None:
    """A row that was made since is a difference."""
    exporter.run()
    exporter.source.save("Todo", n=1)
    (found,) = exporter.verify()
    assert "Todo" in found
    assert exporter.opened().manifest.verified_at is None


def test_no_key_or_token_is_written(exporter: Exporter) -> None:
    """The whole export is searched, the journal too; the id at a third party stays."""
    exporter.source.platform.fault = lambda number, *_: None if number % 4 else platform.BROKEN
    exporter.run()
    secrets = [KEYS.app_key, KEYS.master_key, KEYS.hook_key, TOKEN, "sessionToken"]
    for path in filter(Path.is_file, exporter.folder.rglob("*")):
        content = path.read_bytes()
        assert not [secret for secret in secrets if secret.encode() in content], path
    (user,) = exporter.opened().rows("_User")
    assert user["authData"]["weixin"] == {"openid": "o1", "expires_in": 7200}


def test_wrong_keys_are_one_error(exporter: Exporter) -> None:
    """It names the variables, not the keys; nothing is asked again and again."""
    exporter.source.platform.fault = lambda *_: Fault(401, b'{"code":401,"error":"Unauthorized."}')
    with pytest.raises(FailedError, match="does not accept the keys") as error:
        exporter.run()
    assert KEYS.master_key not in str(error.value)
    assert not exporter.waits


def test_the_export_of_another_app_is_left_alone(exporter: Exporter) -> None:
    """Two apps are two folders."""
    exporter.run()
    path = exporter.folder / layout.MANIFEST
    path.write_text(path.read_text("utf-8").replace(KEYS.app_id, "another"), "utf-8")
    with pytest.raises(FailedError, match="another app"):
        exporter.run()


def test_two_exports_do_not_write_to_one_folder(exporter: Exporter) -> None:
    """The second one says so."""
    exporter.run()
    journal = ExportJournal(exporter.folder)
    try:
        with pytest.raises(FailedError, match="Another process"):
            exporter.run()
    finally:
        journal.close()


def _stop_after(exporter: Exporter, name: str, pages: int) -> None:
    seen = [0]

    def progress(given: str, _: int) -> None:
        seen[0] += given == name
        if seen[0] == pages:
            raise Stopped

    exporter.progress = progress


def _go_on(exporter: Exporter) -> None:
    exporter.progress = lambda *_: None
    exporter.source.platform.requests.clear()


def _until_done(exporter: Exporter) -> int:
    """Run until a run is complete; return how many it took."""
    for runs in range(1, 200):
        with suppress(Stopped, FailedError):
            if not exporter.run().problems:
                return runs
    pytest.fail("it never ends")
