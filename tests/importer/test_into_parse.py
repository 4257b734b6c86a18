"""What was exported is in Parse Server's tables afterwards; what these cannot hold is named."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bson
import pytest

from scaffold.errors import FailedError, UsageError
from scaffold.importer import sources
from scaffold.importer.into_parse import ParseImport
from scaffold.importer.parse.files import name_of
from scaffold.importer.parse.names import ParseNames, field_name
from scaffold.store import passwords, storage
from scaffold.store.database import Database
from tests.importer.conftest import PASSWORD, SALT, TOKEN, Exported, Row
from tests.importer.test_into_store import Stopped, _row, _write
from tests.some import some
from tests.store.conftest import new_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.importer.report import ImportReport

NEWER: Row = {"updatedAt": "2021-01-01T00:00:00.000Z"}


@dataclass
class ParseTarget:
    """A PostgreSQL database for Parse Server."""

    database: Database

    def imports(
        self, source: Path, *without: str, stop_at: int = 0, files: Path | None = None
    ) -> ImportReport:
        """Import a source; end after some batches."""
        calls = []

        def progress(name: str, more: int) -> None:
            calls.append((name, more))
            if len(calls) == stop_at:
                raise Stopped

        kept = storage.at(files) if files else None
        found = sources.find(source)
        return ParseImport(found, self.database, without, progress, kept).run()

    def ask(self, query: str) -> list[Any]:
        """Return the rows of a query."""
        with self.database.reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def run(self, statement: str) -> None:
        """Run a statement."""
        self.database.writing(lambda connection: connection.exec_driver_sql(statement))

    def schema(self, class_name: str) -> dict[str, Any]:
        """Return what `_SCHEMA` says of a class."""
        [(found,)] = self.ask(
            f"""SELECT schema FROM "_SCHEMA" WHERE "className" = '{class_name}'"""
        )
        described: dict[str, Any] = found
        return described


@pytest.fixture
def target(postgresql: str) -> Iterator[ParseTarget]:
    """Return an empty PostgreSQL database."""
    with closing(Database(new_database(postgresql))) as database:
        yield ParseTarget(database)


def _lost(report: ImportReport) -> dict[str, int]:
    return {key: each.rows for (_, key, _), each in report.lost.items()}


def test_a_second_run_writes_nothing(exported: Exported, target: ParseTarget) -> None:
    """The first one writes all rows and entries; the contents of files stay, with a word."""
    report = target.imports(exported.folder)
    assert report.problems == []
    for name, rows in exported.rows.items():
        counted = report.classes[name]
        assert (counted.read, counted.inserted, counted.total) == (len(rows),) * 3
    assert [note for note in report.notes if "contents of 3 files stay" in note]
    again = target.imports(exported.folder)
    found = [*again.classes.values(), *again.relations.values()]
    assert {(each.written, each.newer, each.refused) for each in found} == {(0, 0, 0)}


@pytest.mark.parametrize("at", [1, 6, 12])
def test_a_run_that_was_stopped_goes_on(exported: Exported, target: ParseTarget, at: int) -> None:
    """After any batch; nothing is there twice."""
    with pytest.raises(Stopped):
        target.imports(exported.folder, stop_at=at)
    report = target.imports(exported.folder)
    assert report.problems == []
    assert target.ask('SELECT count(*) FROM "Every"') == [(len(exported.rows["Every"]),)]
    for name, each in some(report.relations.items()):
        assert each.total == each.read, name


def test_what_is_lost_is_named(exported: Exported, target: ParseTarget) -> None:
    """With the number of rows; classes that Parse Server has not are closed."""
    report = target.imports(exported.folder)
    rows = exported.rows["Every"].values()
    large = sum(abs(row["n"]) > 2**53 for row in rows if isinstance(row["n"], int))
    assert _lost(report) == {"n": large}
    notes = "\n".join(report.notes)
    assert f"Every.o: {len(rows)} rows have keys with . or $" in notes
    for name in ("Conversation", "File"):
        assert f"_{name} is called {name}" in notes
        assert target.schema(name)["classLevelPermissions"]["find"] == {}
    assert "classLevelPermissions" not in target.schema("Every")
    permissions = target.schema("_User")["classLevelPermissions"]
    assert (permissions["find"], permissions["get"]) == ({}, {"*": True})
    assert target.ask('SELECT "authData" FROM "_User" WHERE "authData" IS NOT NULL') == []


def test_passwords_and_sessions(exported: Exported, target: ParseTarget) -> None:
    """The platform's hashes are apart, until a user has another password; sessions nowhere."""
    report = target.imports(exported.console)
    assert report.problems == []
    assert _lost(report) == {"sessionToken": 2}
    assert report.passwords == {"missing": 2, "apart": 2}
    assert [note for note in report.notes if "1 of them have no email" in note]
    assert target.ask("SELECT DISTINCT salt FROM leancloud.users") == [(SALT,)]
    assert TOKEN not in str(target.ask('SELECT u::text, a::text FROM "_User" u, leancloud.users a'))
    target.run("""UPDATE "_User" SET _hashed_password = '$2b$' WHERE username = 'ada'""")
    target.run("UPDATE leancloud.users SET password = NULL, salt = NULL")
    assert target.imports(exported.console).passwords == {"missing": 1, "apart": 1}
    query = 'SELECT username FROM leancloud.users AS a JOIN "_User" USING ("objectId")'
    assert target.ask(f"{query} WHERE a.password IS NOT NULL") == [("bob",)]
    target.run("""DELETE FROM "_User" WHERE username = 'bob'""")
    assert target.ask(query) == [("ada",)]


@pytest.mark.parametrize(
    ("acl", "readers", "writers"),
    [
        (None, ["*", "me"], ["me"]),
        ({"*": {"read": True, "write": True}}, ["*", "me"], ["me"]),
        ({"*": {"write": True}, "role:a": {"write": True}}, [], ["me", "role:a"]),
        ({"*": {"read": True}}, ["*"], []),
        ({}, [], []),
    ],
)
def test_a_user_is_nobody_elses(
    target: ParseTarget, tmp_path: Path, acl: Row | None, readers: list[str], writers: list[str]
) -> None:
    """Parse Server lets everybody who is logged in write a user with an ACL for everybody."""
    row = _row(1, username="ada", ACL=acl) | {"objectId": "me"}
    target.imports(_write(tmp_path / "s", "_User", row))
    assert target.ask('SELECT _rperm, _wperm FROM "_User"') == [(readers, writers)]


def test_what_is_newer_stays(target: ParseTarget, tmp_path: Path) -> None:
    """New columns come with later rows; a value of another type is left out, and named."""
    point = {"__type": "GeoPoint", "latitude": 1.5, "longitude": 2}
    source = _write(tmp_path / "s", "Todo", _row(1, n=1), _row(2, n=1, g=point), _row(4, g=point))
    target.imports(source)
    target.run("""UPDATE "Todo" SET n = 7, "updatedAt" = now() WHERE "objectId" LIKE '%%1'""")
    rows = [_row(1, n=2), _row(2, n=2.5, more="x") | NEWER, _row(3, n="no"), _row(4, g=point)]
    _write(tmp_path / "s", "Todo", *rows)
    report = target.imports(source)
    found = report.classes["Todo"]
    assert (found.newer, found.updated, found.inserted, found.unchanged) == (1, 1, 1, 1)
    assert _lost(report) == {"n": 1}
    query = """SELECT n, more, g::text FROM "Todo" ORDER BY "objectId" """
    first, second, third, fourth = target.ask(query)
    assert first[0] == 7
    assert second == (2.5, "x", None)
    assert (third[0], fourth[2]) == (None, "(2,1.5)")


def test_names(target: ParseTarget, tmp_path: Path) -> None:
    """What Parse Server uses otherwise gets another name, pointers and relations with it; where
    that is taken the value is left out, and named.
    """
    pointer = {"__type": "Pointer", "className": "_Conversation", "objectId": "c1"}
    date = {"__type": "Date", "iso": "2020-01-01T00:00:00.000Z"}
    source = _write(
        tmp_path / "s",
        "Todo",
        _row(1, length=3, className="x", xmin=1, expiresAt=5, p=pointer, l=[pointer]),
        _row(2, length=3, length_=4),
    )
    _write(source, "Other", _row(1, expiresAt=date))
    _write(source, "_Conversation", _row(1))
    _write(source, "Conversation", _row(1))
    _write(source, "length", _row(1))
    _write(source, "_Join:talks:_Conversation", {"owningId": "c1", "relatedId": "x"})
    report = target.imports(source)
    fields = target.schema("Todo")["fields"]
    assert {"length_", "className_", "xmin_", "expiresAt_"} <= fields.keys()
    assert fields["p"] == {"type": "Pointer", "targetClass": "Conversation_"}
    assert target.ask("""SELECT l -> 0 ->> 'className' FROM "Todo" WHERE l IS NOT NULL""") == [
        ("Conversation_",)
    ]
    assert target.schema("Other")["fields"]["expiresAt"] == {"type": "Date"}
    assert _lost(report) == {"length": 1, "talks": 1}
    assert target.schema("length_")["className"] == "length_"
    assert "Todo.length is called length_" in "\n".join(report.notes)


def test_long_names() -> None:
    """Are cut, each to its own, so that PostgreSQL need not."""
    long = ["L" * 100, "L" * 99]
    names = ParseNames(long)
    assert len({names.of(name) for name in long}) == 2
    assert {len(names.of(name)) <= 63 for name in long} == {True}
    assert field_name(long[0]) != field_name(long[1])


def test_relations_of_one_table(target: ParseTarget, tmp_path: Path) -> None:
    """Names that PostgreSQL would cut to the same are not mixed: the second one is refused."""
    name, key = "C" * 40, "k" * 20
    source = _write(tmp_path / "s", f"_Join:{key}:{name}1", {"owningId": "a", "relatedId": "b"})
    _write(source, f"_Join:{key}:{name}2", {"owningId": "c", "relatedId": "d"})
    for number in (1, 2):
        relation = {"__type": "Relation", "className": "Tag"}
        _write(source, f"{name}{number}", _row(number, **{key: relation}))
    report = target.imports(source)
    assert sorted((each.inserted, each.refused) for each in report.relations.values()) == [
        (0, 1),
        (1, 0),
    ]


def test_a_name_that_is_taken(target: ParseTarget, tmp_path: Path) -> None:
    """Of users and roles: the row is refused, as Parse Server starts with no two of one name."""
    rows = [
        _row(n, username=name, email=mail)
        for n, name, mail in (
            (1, "ada", "a@x.cn"),
            (2, "bob", None),
            (3, "ada", None),
            (4, "eve", "a@x.cn"),
        )
    ]
    source = _write(tmp_path / "s", "_User", *rows, _row(5, username="x" * 5000))
    _write(source, "_Role", *(_row(n, name="admin", ACL={}) for n in (1, 2)))
    report = target.imports(source)
    assert (report.classes["_User"].inserted, report.classes["_User"].refused) == (2, 3)
    assert (report.classes["_Role"].inserted, report.classes["_Role"].refused) == (1, 1)
    places = {place for each in report.lost.values() for place in each.places}
    assert places == {"_User.jsonl:3", "_User.jsonl:4", "_User.jsonl:5", "_Role.jsonl:2"}
    _write(tmp_path / "t", "_User", _row(6, username="bob"))
    assert target.imports(tmp_path / "t").classes["_User"].refused == 1


def test_files(exported: Exported, target: ParseTarget, tmp_path: Path) -> None:
    """Have a name that no other one has, contents where they are asked for; those that are
    elsewhere or gone are named.
    """
    source = _write(tmp_path / "s", "Todo", _row(1, f={"__type": "File", "id": "gone"}))
    _write(source, "_User", _row(1, username="ada", avatar={"__type": "File", "id": f"{1:024x}"}))
    _write(source, "_File", _row(1, name="名.PNG", url="http://example.invalid/x"))
    report = target.imports(source)
    assert _lost(report) == {"f": 1}
    assert target.ask('SELECT f FROM "Todo"') == [("gone",)]
    assert target.ask('SELECT avatar FROM "_User"') == [(f"{1:024x}.png",)]
    _write(tmp_path / "t", "Todo", _row(2, f={"__type": "File", "id": f"{1:024x}"}))
    target.imports(tmp_path / "t")
    assert (f"{1:024x}.png",) in target.ask('SELECT f FROM "Todo"')
    report = target.imports(exported.folder, "Todo", files=tmp_path / "files")
    assert report.files == {"written": 3, "external": 1}
    kept = {path.name: path.read_bytes() for path in (tmp_path / "files/kept").iterdir()}
    names = {
        name_of(id_, exported.rows["_File"][id_]["name"]): content
        for id_, content in exported.downloads.items()
    }
    assert kept == names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", "i_a.txt"),
        ("../../b.bin", "i.bin"),
        ("名.PNG", "i.png"),
        (None, "i"),
        ("x" * 99, "i"),
    ],
)
def test_names_of_files(name: str | None, expected: str) -> None:
    """Lead nowhere else."""
    assert name_of("i", name) == expected


def test_an_external_file_is_named(exported: Exported, target: ParseTarget, tmp_path: Path) -> None:
    """Parse Server keeps a name only; the address is in the row of the file."""
    [external] = exported.rows["_File"].keys() - exported.downloads.keys()
    copy = shutil.copytree(exported.folder, tmp_path / "copy")
    row = _row(99, link={"__type": "File", "id": external})
    with (copy / "classes/Tag.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    report = target.imports(copy, "Every")
    assert _lost(report) == {"link": 1}
    query = f"""SELECT url FROM "File" WHERE "objectId" = '{external}'"""
    assert target.ask(query) == [("http://example.invalid/x",)]


def test_a_backup_is_imported(target: ParseTarget, tmp_path: Path) -> None:
    """The console's BSON, with passwords and relations."""
    hash_ = passwords.platform_hash(PASSWORD, SALT)
    folder = tmp_path / "dump/app"
    folder.mkdir(parents=True)
    times = {"createdAt": "2020-01-01T00:00:00.000Z", "updatedAt": "2020-01-01T00:00:00.000Z"}
    documents: dict[str, dict[str, Any]] = {
        "_User": {"_id": "u1", "username": "ada", "password": hash_, "salt": SALT, **times},
        "Tag": {"_id": "t1", **times},
        "Post": {"_id": "p1", "tags": {"__type": "Relation", "className": "Tag"}, **times},
        "_Join:tags:Post": {"owningId": "p1", "relatedId": "t1"},
    }
    for name, document in documents.items():
        (folder / f"{name}.bson").write_bytes(bson.encode(document))
    report = target.imports(tmp_path / "dump")
    assert (report.problems, report.lost) == ([], {})
    assert target.ask('SELECT "owningId", "relatedId" FROM "_Join:tags:Post"') == [("p1", "t1")]
    assert target.ask("SELECT password FROM leancloud.users") == [(hash_,)]


def test_a_table_of_somebody_else(target: ParseTarget, tmp_path: Path) -> None:
    """It is left alone, also where Parse Server has tables already."""
    target.imports(_write(tmp_path / "s", "Tag", _row(1)))
    target.run('CREATE TABLE "Todo" (id int)')
    with pytest.raises(FailedError, match="Todo"):
        target.imports(_write(tmp_path / "s", "Todo", _row(1)))
    assert target.ask('SELECT count(*) FROM "Todo"') == [(0,)]


def test_sqlite_has_no_such_tables(tmp_path: Path) -> None:
    """The error says what to set."""
    found = sources.find(_write(tmp_path / "s", "Todo", _row(1)))
    with closing(Database(f"sqlite:///{tmp_path / 'x'}")) as database, pytest.raises(UsageError):
        ParseImport(found, database, (), lambda *_: None).run()
