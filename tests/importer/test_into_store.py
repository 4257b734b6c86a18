"""What was exported is in the data service afterwards, once, whatever went wrong on the way."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from scaffold.errors import FailedError
from tests.importer.conftest import CLASSES, PASSWORD, RELATED, ROWS, TOKEN, Exported, Row, Target
from tests.some import some

if TYPE_CHECKING:
    from pathlib import Path


class Stopped(BaseException):
    """The process ends, whatever it does."""


def _is_equal(exported: Exported, target: Target) -> None:
    """Assert that REST gives the same as where the rows come from."""
    for name in CLASSES:
        found = target.rows(name)
        assert found == exported.rows[name], name
    for (name, key, owner), ends in exported.related.items():
        assert target.related(name, owner, key, RELATED[name, key]) == ends
    with target.client() as client:
        files = target.rows("_File")
        contents = {id_: client.get(files[id_]["url"]).content for id_ in exported.downloads}
    assert contents == exported.downloads


def test_round_trip(exported: Exported, target: Target) -> None:
    """All rows, relations and files are equal over REST; a second run writes nothing."""
    report = target.imports(exported.folder)
    assert report.problems == []
    assert report.lost == {}
    assert report.classes["Every"].inserted == ROWS
    assert report.files == {"written": 3, "external": 1}
    assert report.passwords == {"missing": 2}
    _is_equal(exported, target)
    again = target.imports(exported.folder)
    assert again.problems == []
    found = [*again.classes.values(), *again.relations.values()]
    assert [(each.written, each.newer, each.refused) for each in found] == [(0, 0, 0)] * len(found)
    assert again.files == {"unchanged": 3, "external": 1}


def test_users_log_in_as_before(exported: Exported, target: Target) -> None:
    """With the password and the session of the console's export, imported after the other one."""
    target.imports(exported.folder)
    report = target.imports(exported.console)
    assert report.passwords == {"missing": 0}
    assert report.classes["_User"].unchanged == 2
    users = target.rows("_User")
    assert users == exported.rows["_User"]
    with target.client() as client:
        del client.headers["x-lc-key"]
        client.headers["x-lc-key"] = "test-key-8vN2"
        login = {"username": "ada", "password": PASSWORD}
        assert client.post("/1.1/login", json=login).status_code == 200
        me = client.get("/1.1/users/me", headers={"x-lc-session": f"{TOKEN}-0"}).json()
        assert me["objectId"] in users
    # Logging in hashed the password anew: that stays, and so does what was ended.
    assert target.imports(exported.console).classes["_User"].written == 0
    with target.client() as client:
        assert client.post("/1.1/login", json=login).status_code == 200
        client.delete(f"/1.1/users/{me['objectId']}/sessions")
    target.imports(exported.console)
    with target.client() as client:
        answer = client.get("/1.1/users/me", headers={"x-lc-session": f"{TOKEN}-0"})
        assert answer.status_code != 200


@pytest.mark.parametrize("at", [1, 7, 12])
def test_a_run_that_was_stopped_goes_on(exported: Exported, target: Target, at: int) -> None:
    """After any batch; nothing is there twice."""
    calls = []

    def stop(name: str, more: int) -> None:
        calls.append((name, more))
        if len(calls) == at:
            raise Stopped

    target.progress = stop
    with pytest.raises(Stopped):
        target.imports(exported.folder)
    target.progress = lambda *_: None
    report = target.imports(exported.folder)
    assert report.problems == []
    assert sum(each.unchanged for each in some(report.classes.values()))
    _is_equal(exported, target)


def _write(folder: Path, name: str, *rows: Row | str) -> Path:
    folder.mkdir(exist_ok=True)
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def _row(number: int, **columns: object) -> Row:
    times = {"createdAt": "2020-01-01T00:00:00.001Z", "updatedAt": "2020-01-01T00:00:00.002Z"}
    return {"objectId": f"{number:024x}", **times, **columns}


def test_what_is_newer_stays(target: Target, tmp_path: Path) -> None:
    """A row that somebody changed in the target is not overwritten, and is counted; one that is
    older there is.
    """
    source = _write(tmp_path / "s", "Todo", _row(1, n=1), _row(2, n=1))
    target.imports(source)
    with target.client() as client:
        client.put(f"/1.1/classes/Todo/{1:024x}", json={"n": 7})
    newer = {"updatedAt": "2021-01-01T00:00:00.000Z"}
    _write(tmp_path / "s", "Todo", _row(1, n=2), _row(2, n=2) | newer)
    report = target.imports(source)
    assert (report.classes["Todo"].newer, report.classes["Todo"].updated) == (1, 1)
    assert report.problems == []
    assert sorted(row["n"] for row in target.rows("Todo").values()) == [2, 7]


def test_hostile_rows(target: Target, tmp_path: Path) -> None:
    """What cannot be kept is named with its line; all else is there."""
    deep = "[" * 100_000
    source = _write(
        tmp_path / "s",
        "Todo",
        '#filetype:JSON-streaming {"type":"Class","class":"Todo"}',
        _row(1, n=1),
        '{"objectId": "2"',
        '{"objectId": "3", "deep": ' + deep,
        "[]",
        _row(4, **{"a b": 1, "ok": 1, "__op": 1}),
        _row(5, n="text", deeper=json.loads("[" * 40 + "]" * 40)),
        _row(6, n=None, text="\ud800", zero="\0"),
        _row(7) | {"objectId": "../../etc/passwd"},
        _row(8) | {"createdAt": "yesterday"},
        _row(9, n=2, ACL=["everybody"]),
        {"objectId": "abc", "n": 3},
        {"objectId": "5f3dea7b7a53400006b13886", "n": 10},
        _row(1, n=1),
    )
    report = target.imports(source)
    found = report.classes["Todo"]
    assert (found.read, found.inserted, found.unchanged, found.refused) == (13, 5, 1, 7)
    lost = {(key, place) for (_, key, _), loss in report.lost.items() for place in loss.places}
    places = {(key, int(place.removeprefix("Todo.jsonl:"))) for key, place in lost}
    fields = {("a b", 6), ("__op", 6), ("n", 7), ("deeper", 7), ("text", 8), ("zero", 8)}
    assert places == fields | {("", line) for line in (3, 4, 5, 9, 10, 11, 12)}
    assert len(report.problems) == 1
    assert len(target.rows("Todo")) == 5


def test_names_of_classes(target: Target, tmp_path: Path) -> None:
    """A class that the data service has not is left out with its rows counted, or with a word."""
    source = _write(tmp_path / "s", "_Status", _row(1), _row(2))
    _write(source, "a b", _row(1))
    report = target.imports(source)
    assert {name: each.refused for name, each in report.classes.items()} == {"_Status": 2, "a b": 1}
    assert report.problems
    assert target.imports(source, "_Status", "a b").problems == []


def test_a_name_that_is_taken(target: Target, tmp_path: Path) -> None:
    """Somebody signed up in the target meanwhile: both stay what they are."""
    target.imports(_write(tmp_path / "none", "Todo"))
    with target.client() as client:
        client.post("/1.1/users", json={"username": "ada", "password": "new"})
    users = [_row(1, username="ada"), _row(2, username="bob"), _row(3, username="bob"), _row(4)]
    report = target.imports(_write(tmp_path / "s", "_User", *users))
    assert (report.classes["_User"].inserted, report.classes["_User"].refused) == (1, 3)
    assert sorted(row["username"] for row in target.rows("_User").values()) == ["ada", "bob"]


def test_two_files_of_one_key(exported: Exported, target: Target, tmp_path: Path) -> None:
    """Each keeps its contents; a row without contents keeps its address, whatever key it has."""
    folder = shutil.copytree(exported.folder, tmp_path / "copy")
    path = folder / "classes/_File.jsonl"
    lines = path.read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines[1:]]
    for row in rows:
        row["key"] = "same.txt"
    path.write_text("\n".join([lines[0], *map(json.dumps, rows)]) + "\n", "utf-8")
    report = target.imports(folder)
    assert "classes/_File.jsonl" in report.problems[0]
    found = target.rows("_File")
    with target.client() as client:
        contents = {id_: client.get(found[id_]["url"]).content for id_ in exported.downloads}
    assert contents == exported.downloads
    assert target.imports(folder).files == {"unchanged": 3, "external": 1}


def test_damaged_contents(exported: Exported, target: Target, tmp_path: Path) -> None:
    """A file that is another one than was exported, or a link, is not taken for it."""
    folder = shutil.copytree(exported.folder, tmp_path / "copy")
    first, second, _ = sorted((folder / "files").iterdir())
    first.write_bytes(b"x" * first.stat().st_size)
    second.unlink()
    second.symlink_to("/etc/passwd")
    report = target.imports(folder)
    assert report.files == {"damaged": 2, "written": 1, "external": 1}
    assert len(report.problems) == 1
    assert "root:" not in "".join(
        path.read_text("utf-8", "replace") for path in target.files.rglob("*") if path.is_file()
    )


def test_an_acl_of_nobody_stays_one(exported: Exported, target: Target) -> None:
    """A row that only the master key may read does not become everybody's."""
    target.imports(exported.folder)
    closed = [id_ for id_, row in target.rows("Every").items() if row["ACL"] == {}]
    with target.client() as client:
        client.headers["x-lc-key"] = "test-key-8vN2"
        answers = [client.get(f"/1.1/classes/Every/{id_}").json() for id_ in some(closed)[:3]]
    assert {answer.get("n") for answer in answers} == {None}


def test_a_manifest_of_somebody_else(exported: Exported, target: Target, tmp_path: Path) -> None:
    """What it says is not believed: no path leads out, no schema breaks the import."""
    folder = shutil.copytree(exported.folder, tmp_path / "copy")
    odd = {"Every": [], "Tag": {"name": 1, "x": {"type": []}, "y": {"type": "Pointer"}}}
    (folder / "schemas.json").write_text(json.dumps(odd), "utf-8")
    assert target.imports(folder).problems == []
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for path in ("/etc/passwd", "../../../../etc/passwd", "classes"):
        manifest["classes"]["Every"]["path"] = path
        (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
        with pytest.raises(FailedError):
            target.imports(folder)


def test_names_without_end(target: Target, tmp_path: Path) -> None:
    """A user with a name that no index takes is refused; one with many third parties is not."""
    parties = {f"party{number}": {"uid": str(number)} for number in range(40_000)}
    users = [_row(1, username="x" * 5000), _row(2, username="bob", authData=parties)]
    report = target.imports(_write(tmp_path / "s", "_User", *users))
    assert (report.classes["_User"].inserted, report.classes["_User"].refused) == (1, 1)


def test_the_console_takes_no_contents_away(
    exported: Exported, target: Target, tmp_path: Path
) -> None:
    """Its rows of files, which have addresses only, do not end the downloads."""
    target.imports(exported.folder)
    rows = list(exported.rows["_File"].values())
    report = target.imports(_write(tmp_path / "s", "_File", *rows))
    assert (report.classes["_File"].unchanged, report.lost) == (len(rows), {})
    with target.client() as client:
        found = target.rows("_File")
        contents = {id_: client.get(found[id_]["url"]).content for id_ in exported.downloads}
    assert contents == exported.downloads
