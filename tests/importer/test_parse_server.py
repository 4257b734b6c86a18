"""What was imported for it is an app of Parse Server's: of version 8, as npm has it."""

from __future__ import annotations

import json
import subprocess
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from scaffold.importer import sources
from scaffold.importer.into_parse import ParseImport
from scaffold.store import access, storage
from scaffold.store.database import Database
from tests.importer.conftest import PASSWORD, Exported, Row
from tests.parse_server import (
    NEEDS_PARSE_SERVER,
    PACKAGES,
    ParseApp,
    from_page,
    parse_server,
)
from tests.some import some
from tests.store.conftest import new_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.importer.report import ImportReport

pytestmark = [pytest.mark.boot, NEEDS_PARSE_SERVER]
# Codes of Parse Server's.
NOT_FOUND, FORBIDDEN, TAKEN, NO_SESSION = 101, 119, 202, 206
# What the platform's own classes are called there.
INSTALLATION = {"deviceType": "ios", "deviceToken": "ab", "installationId": "i"}
CALLED = {"_File": "File", "_Conversation": "Conversation"}


@dataclass
class Moved:
    """An app that was imported.

    Attributes:
        app: Parse Server on it.
        url: its database.
        report: what the import came to.
    """

    app: ParseApp
    url: str
    report: ImportReport


def _import(url: str, source: Path, files: Path) -> ImportReport:
    with closing(Database(url)) as database:
        kept = storage.at(files)
        return ParseImport(sources.find(source), database, (), lambda *_: None, kept).run()


@pytest.fixture
def moved(exported: Exported, postgresql: str, tmp_path: Path) -> Iterator[Moved]:
    """Import an app, and start Parse Server on it."""
    url = new_database(postgresql)
    report = _import(url, exported.folder, tmp_path / "files")
    assert _import(url, exported.console, tmp_path / "files").problems == []
    with parse_server(tmp_path, url) as app:
        yield Moved(app, url, report)


def _plain(row: Row) -> Row:
    """Return a row as both give it: without null, files and the ACL of everybody; each number as
    JavaScript has it.
    """
    floats: Row = json.loads(json.dumps(row), parse_int=float)
    found = {key: value for key, value in floats.items() if value is not None}
    if found.get("ACL") == access.EVERYBODY:
        del found["ACL"]
    found.pop("authData", None)  # apart, as Parse Server has no adapter for weixin
    return {key: value for key, value in found.items() if not _is_file(value)}


def _is_file(value: object) -> bool:
    return isinstance(value, dict) and value.get("__type") == "File"


def _rows_are_the_same(exported: Exported, moved: Moved) -> None:
    """With ids, times, ACLs and values of each type; integers keep the digits of a float."""
    assert moved.report.problems == []
    for name, rows in exported.rows.items():
        found = moved.app.as_master().rows(CALLED.get(name, name))
        assert found.keys() == rows.keys(), name
        for object_id, row in some(rows.items()):
            expected = _plain(row)
            if name == "_User":
                own = {object_id: {"read": True, "write": True}}
                expected["ACL"] = {"*": {"read": True}, **own}
            assert _plain(found[object_id]) == expected


def _parties(exported: Exported, moved: Moved) -> None:
    """Data of third parties are where no client reads them."""
    with closing(Database(moved.url)) as database, database.reading() as connection:
        query = 'SELECT "objectId", "authData" FROM leancloud.users WHERE "authData" IS NOT NULL'
        apart = {row[0]: row[1] for row in connection.exec_driver_sql(query)}
    users = exported.rows["_User"].items()
    assert apart == {id_: row["authData"] for id_, row in users if row.get("authData")}
    for name in ("users", "leancloud.users"):
        assert not moved.app("GET", f"/classes/{name}").get("results")


def _files(exported: Exported, moved: Moved) -> None:
    """Have a name in each row that has one, and under it the contents."""
    rows = moved.app.as_master().rows("Every")
    addresses = {row["f"]["id"]: rows[id_]["f"] for id_, row in exported.rows["Every"].items()}
    assert addresses.keys() == exported.downloads.keys()
    for object_id, content in exported.downloads.items():
        file = addresses[object_id]
        assert file["name"].startswith(object_id)
        assert httpx.get(file["url"], trust_env=False).content == content
    assert moved.report.files == {"written": 3, "external": 1}


def _relations(exported: Exported, moved: Moved) -> None:
    """Lead to the same rows, from either end."""
    targets = {"tags": "Tag", "users": "_User"}
    for (name, key, owner), ids in some(exported.related.items()):
        pointer = {"__type": "Pointer", "className": name, "objectId": owner}
        related = {"$relatedTo": {"object": pointer, "key": key}}
        assert sorted(moved.app.as_master().rows(targets[key], **related)) == ids
    tag = next(iter(exported.related["Post", "tags", _owner(exported)]))
    pointer = {"__type": "Pointer", "className": "Tag", "objectId": tag}
    assert _owner(exported) in moved.app.as_master().rows("Post", tags=pointer)


def _owner(exported: Exported) -> str:
    return next(
        owner for (name, _, owner), ids in exported.related.items() if name == "Post" and ids
    )


def _acls_hold(exported: Exported, moved: Moved) -> None:
    """Without the master key: nobody reads more than on the platform, and a member of a role, who
    has set a new password, reads what the role may.
    """
    rows = exported.rows["Every"]
    readers = {id_: access.readers(row["ACL"]) for id_, row in rows.items()}
    public = {id_ for id_, names in readers.items() if names is None}
    assert moved.app.rows("Every").keys() == public
    users = {row["username"]: id_ for id_, row in exported.rows["_User"].items()}
    for name, who in (("ada", users["ada"]), ("bob", "role:admin")):
        login = {"username": name, "password": PASSWORD}
        wrong = moved.app("POST", "/login", {**login, "password": "wrong"})
        assert wrong["code"] == NOT_FOUND
        for _ in range(2):  # the first time by the platform's hash
            token = moved.app("POST", "/login", login)["sessionToken"]
        allowed = {id_ for id_, names in readers.items() if names is None or who in names}
        assert moved.app.as_user(token).rows("Every").keys() == allowed
        assert public < allowed < rows.keys()
    assert exported.rows["_User"][users["ada"]]["ACL"] == access.EVERYBODY
    for client in (moved.app, moved.app.as_user(token)):
        for change in ({"email": "bob@x.cn"}, {"password": "x"}):
            answer = client("PUT", f"/users/{users['ada']}", change)
            assert answer["code"] in {NOT_FOUND, NO_SESSION}
        assert client("DELETE", f"/users/{users['ada']}")["code"] in {NOT_FOUND, NO_SESSION}
    assert "sessionToken" in moved.app("POST", "/login", {**login, "username": "ada"})
    assert moved.app("GET", "/users")["code"] == FORBIDDEN
    assert moved.app("GET", f"/users/{users['bob']}")["username"] == "bob"
    posts = moved.app("GET", "/classes/Every", include="p", limit=5)["results"]
    assert [post for post in some(posts) if post.get("p", {}).get("username") == "ada"]
    assert moved.app("GET", "/classes/Conversation")["code"] == FORBIDDEN
    closed = next(iter(public))
    assert moved.app("PUT", f"/classes/Every/{closed}", {"s": "x"})["code"] == NOT_FOUND


def _queries(exported: Exported, moved: Moved) -> None:
    """Find by number, date, pointer, point and element, so the columns are of the right types."""
    rows = exported.rows["Every"]
    id_, row = next((id_, row) for id_, row in rows.items() if row["n"] == 1.5)
    corner = {"__type": "GeoPoint", "latitude": 39, "longitude": -117}
    box = [corner, corner | {"latitude": 40, "longitude": -116}]
    for where in (
        {"n": {"$gt": 1.4, "$lt": 1.6}},
        {"d": row["d"]},
        {"p": row["p"]},
        {"g": {"$within": {"$box": box}}},
        {"l": {"$all": ["two"]}},
        {"createdAt": {"$lte": {"__type": "Date", "iso": row["createdAt"]}}},
    ):
        assert id_ in moved.app.as_master().rows("Every", **where), where
    elsewhere = {
        "$within": {
            "$box": [{**corner, "longitude": 1}, {**corner, "latitude": 40, "longitude": 2}]
        }
    }
    assert moved.app.as_master().rows("Every", g=elsewhere) == {}


def _every(**more: object) -> Row:
    return {
        "n": 2.5,
        "s": "new",
        "b": True,
        "d": {"__type": "Date", "iso": "2019-01-02T03:04:05.678Z"},
        "p": {"__type": "Pointer", "className": "_User", "objectId": "abc"},
        "f": {"__type": "File", "name": "x.txt"},
        "g": {"__type": "GeoPoint", "latitude": 1, "longitude": 2},
        "y": {"__type": "Bytes", "base64": "AAA="},
        "l": [1],
        "o": {"a": 1},
        **more,
    }


def _saves(exported: Exported, moved: Moved) -> None:
    """New rows, columns, entries of relations, members and users are taken; a second import leaves
    them alone, and what was changed since.
    """
    app = moved.app.as_master()
    made = app("POST", "/classes/Every", _every(more=1, ACL={"*": {"read": True}}))
    assert moved.app("GET", f"/classes/Every/{made['objectId']}")["more"] == 1
    old = next(iter(exported.rows["Post"]))
    tag = {
        "__type": "Pointer",
        "className": "Tag",
        "objectId": app("POST", "/classes/Tag", {"name": "new"})["objectId"],
    }
    change = {"n": 77, "tags": {"__op": "AddRelation", "objects": [tag]}}
    assert "updatedAt" in app("PUT", f"/classes/Post/{old}", change)
    refused = moved.app("POST", "/users", {"username": "ada", "password": "x"})
    assert refused["code"] == TAKEN
    user = moved.app("POST", "/users", {"username": "eve", "password": "x"})
    member = {"__type": "Pointer", "className": "_User", "objectId": user["objectId"]}
    role = next(iter(exported.rows["_Role"]))
    added = {"users": {"__op": "AddRelation", "objects": [member]}}
    assert "updatedAt" in app("PUT", f"/roles/{role}", added)
    seen = moved.app.as_user(user["sessionToken"]).rows("Every")
    assert seen.keys() > moved.app.rows("Every").keys()
    assert "objectId" in moved.app("POST", "/installations", INSTALLATION)
    with closing(Database(moved.url)) as database:
        report = ParseImport(sources.find(exported.folder), database, (), lambda *_: None).run()
    assert report.problems == []
    assert sum(each.written for each in report.classes.values()) == 0
    assert report.classes["Post"].newer == 1
    assert app("GET", f"/classes/Post/{old}")["n"] == 77


def _shape(url: str, *tables: str) -> tuple[set[Any], dict[str, Any], set[str]]:
    """Return columns, `_SCHEMA` and unique indexes of tables, as a database has them."""
    with closing(Database(url)) as database, database.reading() as connection:
        run = connection.exec_driver_sql
        columns = run(
            "SELECT table_name, column_name, data_type, udt_name, is_nullable,"
            " character_maximum_length FROM information_schema.columns"
            " WHERE table_schema = 'public'"
        ).all()
        described = run('SELECT "className", schema FROM "_SCHEMA"').all()
        indexes = run("SELECT tablename, indexdef FROM pg_indexes WHERE indexdef LIKE '%%UNIQUE%%'")
        unique = {definition for table, definition in indexes if table in tables}
    schemas = {name: schema for name, schema in described if name in tables}
    return {tuple(row) for row in columns if row[0] in tables}, schemas, unique


def test_an_app_moves(exported: Exported, moved: Moved) -> None:
    """To Parse Server, which reads all of it, keeps to its ACLs and goes on from there."""
    _rows_are_the_same(exported, moved)
    _parties(exported, moved)
    _files(exported, moved)
    _relations(exported, moved)
    _queries(exported, moved)
    _acls_hold(exported, moved)
    _saves(exported, moved)


def _make_every(app: ParseApp) -> None:
    """Have Parse Server make the classes."""
    app("POST", "/users", {"username": "ada2", "password": "x"})
    app("POST", "/installations", INSTALLATION)
    app("POST", "/classes/Every", _every())
    app("POST", "/classes/Tag", {"name": "x"})
    tag = {"__type": "Pointer", "className": "Tag", "objectId": "abc"}
    app("POST", "/classes/Post", {"n": 1, "tags": {"__op": "AddRelation", "objects": [tag]}})


def test_tables_are_those_of_parse_server(
    exported: Exported, postgresql: str, tmp_path: Path
) -> None:
    """What Parse Server makes of the same columns is what the import makes, in `_SCHEMA` too; and
    an import into tables that Parse Server made finds its way.
    """
    url, fresh = new_database(postgresql), new_database(postgresql)
    _import(url, exported.folder, tmp_path)
    with parse_server(tmp_path, fresh) as app:
        _make_every(app.as_master())
    tables = ("Tag", "Post", "_Join:tags:Post", "_Role", "_Join:users:_Role", "_Join:roles:_Role")
    assert _shape(url, *tables) == _shape(fresh, *tables)
    # The platform has more columns there.
    for name in ("_User", "_Installation", "Every"):
        ours, theirs = _shape(url, name), _shape(fresh, name)
        assert ours[0] >= theirs[0]
        fields = ours[1][name].pop("fields")
        assert fields.items() >= theirs[1][name].pop("fields").items()
        if name == "_User":
            del ours[1][name]["classLevelPermissions"]
        assert ours[1] == theirs[1]
        # One more is for users who log in without a name.
        assert ours[2] >= {index for index in theirs[2] if "anonymous" not in index}
    assert _import(fresh, exported.folder, tmp_path).problems == []


def test_the_page_starts_what_is_tested(tmp_path: Path) -> None:
    """Its scripts are JavaScript, and its packages those that the tests install."""
    found = json.loads(from_page("package.json"))["dependencies"]
    for name, version in some(found.items()):
        package = json.loads((PACKAGES / name / "package.json").read_text("utf-8"))
        assert package["version"] == version, name
    for name in ("index.js", "old-passwords.js"):
        (tmp_path / name).write_text(from_page(name), "utf-8")
        subprocess.run(["node", "--check", name], cwd=tmp_path, check=True)
