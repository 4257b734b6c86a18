"""An app by chance → export → import: each target reads the same, and lets the same people in."""

from __future__ import annotations

import base64
import json
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from scaffold.importer import sources
from scaffold.importer.into_parse import ParseImport
from scaffold.importer.into_tables import TablesImport
from scaffold.store import access, passwords, storage, values
from scaffold.store.database import Database
from tests.export.platform import KEYS
from tests.importer.generated_app import CLASSES, RELATED, GeneratedApp, Row, generated
from tests.parse_server import NEEDS_PARSE_SERVER, ParseApp, parse_server
from tests.some import some
from tests.store.conftest import new_database

if TYPE_CHECKING:
    from pathlib import Path

    from tests.importer.conftest import Target

SEEDS = range(2)


@pytest.fixture(scope="module")
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> GeneratedApp:
    """Return an app that was exported."""
    return generated(tmp_path_factory.mktemp("source"), request.param)


def _each(app: GeneratedApp) -> list[tuple[str, str, Row]]:
    """Return all rows of the app's own classes."""
    return some((name, id_, row) for name in CLASSES for id_, row in app.rows[name].items())


@pytest.mark.parametrize("app", SEEDS, indirect=True)
def test_store(app: GeneratedApp, target: Target) -> None:
    """REST gives the same rows, relations and contents; users log in with their old passwords, and
    see what they saw.
    """
    for source in (app.folder, app.console):
        report = target.imports(source)
        assert (report.problems, report.lost) == ([], {})
    for name, rows in app.rows.items():
        assert target.rows(name) == rows, name
    for (name, key, owner), ids in app.related.items():
        assert target.related(name, owner, key, RELATED[name, key]) == ids
    with target.client() as client:
        for object_id, content in some(app.contents.items()):
            assert client.get(app.rows["_File"][object_id]["url"]).content == content
        client.headers["x-lc-key"] = KEYS.app_key
        for user, password in [("", ""), *app.passwords.items()]:
            if user:
                login = client.post("/1.1/login", json={"username": user, "password": password})
                client.headers["x-lc-session"] = login.json()["sessionToken"]
            for name in CLASSES:
                found = client.get(f"/1.1/classes/{name}?limit=1000").json()["results"]
                assert {row["objectId"] for row in found} == app.seen[user, name]


@pytest.mark.parametrize("app", SEEDS, indirect=True)
def test_tables(app: GeneratedApp, postgresql: str) -> None:
    """SQL gives the same values and entries; the platform's hash of each password is beside its
    user.
    """
    with closing(Database(new_database(postgresql))) as database:
        for source in (app.folder, app.console):
            report = TablesImport(sources.find(source), database, (), lambda *_: None).run()
            assert (report.problems, report.lost) == ([], {})
        with database.reading() as connection:

            def ask(query: str) -> list[dict[str, Any]]:
                found = connection.exec_driver_sql(query)
                return [dict(row) for row in found.mappings()]

            tables = {
                name: {row["objectId"]: row for row in ask(f'SELECT * FROM "{name}"')}
                for name in app.rows
            }
            joins = {(name, key): ask(f'SELECT * FROM "{name}_{key}"') for name, key in RELATED}
    for name, object_id, row in _each(app):
        found = tables[name][object_id]
        given = {key: _in_table(value) for key, value in row.items() if value is not None}
        for key in ("tags", "readers"):
            given.pop(key, None)  # tables of their own
        if given["ACL"] == access.EVERYBODY:
            del given["ACL"]
        assert given == {
            key: values.iso(value) if key in {"createdAt", "updatedAt"} else _exact(value)
            for key, value in found.items()
            if value is not None
        }
    for (name, key, owner), ids in app.related.items():
        ends = [each["relatedId"] for each in joins[name, key] if each["owningId"] == owner]
        assert sorted(ends) == ids
    for user in tables["_User"].values():
        password = app.passwords[user["username"]]
        assert passwords.platform_hash(password, user["salt"]) == user["password"]


def _in_table(value: Any) -> Any:
    """Return what a table has for a value of REST."""
    sort = value.get("__type") if isinstance(value, dict) else None
    if sort == "Date":
        return values.parse_iso(value["iso"])
    if sort == "Pointer":
        return value["objectId"]
    if sort == "File":
        return value["id"]
    if sort == "Bytes":
        return base64.b64decode(value["base64"])
    if sort == "GeoPoint":
        return {key: _exact(value[key]) for key in ("latitude", "longitude")}
    return _exact(value)


def _exact(value: Any) -> Any:
    """Return a value of either side in a form in which both are compared."""
    if isinstance(value, list):
        return [_exact(item) for item in value]
    if isinstance(value, dict):
        # Addresses of files are added when rows are read.
        is_file = value.get("__type") == "File"
        kept = {key: value[key] for key in ("__type", "id")} if is_file else value
        return {key: _exact(item) for key, item in kept.items()}
    if isinstance(value, float):
        return Decimal(repr(value))
    if hasattr(value, "astimezone"):
        return values.iso(value)
    return value


@pytest.mark.boot
@NEEDS_PARSE_SERVER
@pytest.mark.parametrize("app", SEEDS[:1], indirect=True)
def test_parse(app: GeneratedApp, postgresql: str, tmp_path: Path) -> None:
    """The REST API of Parse Server gives the same rows, relations and contents; users log in with
    their old passwords, and see what they saw.
    """
    url = new_database(postgresql)
    kept = storage.at(tmp_path / "files")
    with closing(Database(url)) as database:
        for source in (app.folder, app.console):
            found = sources.find(source)
            report = ParseImport(found, database, (), lambda *_: None, kept).run()
            assert report.problems == []
            assert {key for _, key, _ in report.lost} <= {"n", "l", "o"}  # digits
    with parse_server(tmp_path, url) as server:
        _is_equal(app, server.as_master())
        for user, password in [("", ""), *app.passwords.items()]:
            client = server
            if user:
                login = server("POST", "/login", {"username": user, "password": password})
                client = server.as_user(login["sessionToken"])
            for name in CLASSES:
                assert client.rows(name).keys() == app.seen[user, name]


def _is_equal(app: GeneratedApp, master: ParseApp) -> None:
    addresses: dict[str, str] = {}
    for name in CLASSES:
        rows = master.rows(name)
        assert rows.keys() == app.rows[name].keys()
        for object_id, row in app.rows[name].items():
            expected = {key: value for key, value in row.items() if value is not None}
            if expected["ACL"] == access.EVERYBODY:
                del expected["ACL"]
            if "length" in expected:
                expected["length_"] = expected.pop("length")
            assert _as_parse(rows[object_id]) == _as_parse(expected)
            if expected.get("f"):
                addresses[row["f"]["id"]] = rows[object_id]["f"]["url"]
    for object_id, content in app.contents.items():
        assert httpx.get(addresses[object_id], trust_env=False).content == content
    users, roles = master.rows("_User"), master.rows("_Role")
    for object_id, row in app.rows["_User"].items():
        assert {key: users[object_id].get(key) for key in ("username", "email", "nick")} == {
            key: row.get(key) for key in ("username", "email", "nick")
        }
    assert {row["name"] for row in roles.values()} == {"admin", "editor", "reader"}
    for (name, key, owner), ids in some(app.related.items()):
        pointer = {"__type": "Pointer", "className": name, "objectId": owner}
        where = {"$relatedTo": {"object": pointer, "key": key}}
        assert sorted(master.rows(RELATED[name, key], **where)) == ids


def _as_parse(value: Any) -> Any:
    """Return a value of either side as JavaScript has it, files by the id of their row."""
    return _by_id(json.loads(json.dumps(value), parse_int=float))


def _by_id(value: Any) -> Any:
    if isinstance(value, list):
        return [_by_id(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("__type") == "File":
        found = value.get("id") or value["name"][:24]
        return {"__type": "File", "id": found}
    return {key: _by_id(item) for key, item in value.items()}
