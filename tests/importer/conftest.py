"""An app that was exported, and databases to import it into."""

from __future__ import annotations

import hashlib
import json
import random
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from scaffold.export import folder
from scaffold.export.client import Api as ExportApi
from scaffold.export.client import ApiKeys
from scaffold.export.downloads import Downloads
from scaffold.export.journal import ExportJournal
from scaffold.export.pace import Pace
from scaffold.export.session import Session
from scaffold.importer import feed, sources
from scaffold.importer.into_store import StoreImport
from scaffold.store import passwords, storage
from scaffold.store.app import make
from scaffold.store.calls import Store
from scaffold.store.database import Database
from scaffold.store.settings import StoreSettings
from tests.export import platform
from tests.export.platform import KEYS, Source
from tests.postgresql import postgresql
from tests.store.conftest import new_database

__all__ = ["postgresql"]  # a fixture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scaffold.importer.report import ImportReport

Row = dict[str, Any]
ROWS = 450  # three batches
CONTENTS = {"a.txt": b"hello", "../../b.bin": bytes(range(256)) * 300, "名.PNG": b"\x89PNG"}
PASSWORD = "old secret"
TOKEN = "token-of-the-platform-4711"
SALT = "a1b2c3d4"


@dataclass
class Target:
    """A data service of one's own.

    Args:
        url: of its database.
        files: its folder for files.
        read: how many rows were read, by class.
    """

    url: str
    files: Path
    progress: Callable[[str, int], None] = lambda *_: None
    reports: list[ImportReport] = field(default_factory=list)

    def imports(self, source: Path, *without: str, deletes: bool = False) -> ImportReport:
        """Import a source."""
        with closing(Database(self.url)) as database:
            found = sources.find(source)
            kept = storage.at(self.files)
            task = StoreImport(found, database, kept, without, deletes, self.progress)
            report = task.run()
        self.reports.append(report)
        return report

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """Return a client of a service on it, with the master key."""
        with closing(Database(self.url)) as database:
            store = Store(StoreSettings(KEYS, self.files), database)
            transport = platform.Transport(platform.Platform(make(store), page=1000))
            with httpx.Client(
                base_url="http://127.0.0.1:80", headers=platform.HEADERS, transport=transport
            ) as client:
                yield client
            store.tasks.stop()

    def rows(self, class_name: str) -> dict[str, Row]:
        """Return all rows of a class, by id, as REST gives them."""
        with self.client() as client:
            return rows(client, class_name)

    def related(self, class_name: str, object_id: str, key: str, target: str) -> list[str]:
        """Return the ids of related rows, sorted."""
        with self.client() as client:
            return related(client, class_name, object_id, key, target)


def rows(client: httpx.Client, class_name: str) -> dict[str, Row]:
    """Return all rows of a class, by id, as REST gives them."""
    found: dict[str, Row] = {}
    cursor: dict[str, str] = {}
    while True:
        parameters = {"limit": "1000", "returnACL": "true", **cursor}
        answer = client.get(f"/1.1/scan/classes/{class_name}", params=parameters).json()
        found |= {row["objectId"]: row for row in answer["results"]}
        if not answer.get("cursor"):
            return found
        cursor = {"cursor": answer["cursor"]}


def related(
    client: httpx.Client, class_name: str, object_id: str, key: str, target: str
) -> list[str]:
    """Return the ids of related rows, sorted."""
    pointer = {"__type": "Pointer", "className": class_name, "objectId": object_id}
    where = json.dumps({"$relatedTo": {"object": pointer, "key": key}})
    answer = client.get(f"/1.1/classes/{target}", params={"where": where, "limit": "1000"}).json()
    return sorted(row["objectId"] for row in answer["results"])


def _every(number: int, user: str, file_id: str) -> Row:
    """Return a row with a value of each type."""
    chance = random.Random(number)
    return {
        "n": chance.choice([0, -1, 1.5, 2**53 + 1, 2**63 - 1, 1e300, 5e-324, number]),
        "s": chance.choice(
            ["", "张三", "\U0001f600", "a\u2028b", "'; DROP TABLE x; --", "\\N\t\r\n"]
        ),
        "b": chance.choice([True, False, None]),
        "d": {"__type": "Date", "iso": f"2019-01-02T03:04:05.{number % 1000:03}Z"},
        "p": {"__type": "Pointer", "className": "_User", "objectId": user},
        "f": {"__type": "File", "id": file_id},
        "g": {"__type": "GeoPoint", "latitude": 39.9, "longitude": -116.4},
        "y": {"__type": "Bytes", "base64": "/+8="},
        "l": [1, "two", [3.0], {"x": None}],
        "o": {"a.b": 1, "$x": {"y": [True]}},
        "ACL": chance.choice(
            [
                {"*": {"read": True}},
                {user: {"read": True, "write": True}},
                {"role:admin": {"read": True}},
                {},
            ]
        ),
    }


def _fill(source: Source) -> None:
    """Make an app with every type, an ACL, a role, relations, files and followers."""
    client = source
    ada = client.call("POST", "/users", {"username": "ada", "password": "x", "email": "a@b.cn"})
    bob = {"username": "bob", "password": "y", "authData": {"weixin": {"openid": "o1"}}}
    bob_id = client.call("POST", "/users", bob)["objectId"]
    file_ids = []
    for name, content in CONTENTS.items():
        md5 = hashlib.md5(content).hexdigest()
        file_ids.append(client.upload(name, content, _checksum=md5))
    external = {
        "name": "x",
        "url": "http://example.invalid/x",
        "metaData": {"__source": "external"},
    }
    client.call("POST", "/files", external)
    every = [_every(number, ada["objectId"], file_ids[number % 3]) for number in range(ROWS)]
    for start in range(0, ROWS, 500):
        source.save_all("Every", every[start : start + 500])
    tags = source.save_all("Tag", [{"name": f"tag {number}"} for number in range(30)])
    pointers = [{"__type": "Pointer", "className": "Tag", "objectId": tag} for tag in tags]
    posts = source.save_all("Post", [{"n": number} for number in range(4)])
    for number, post in enumerate(posts[:3], 1):
        added = {"__op": "AddRelation", "objects": pointers[: number * 5]}
        client.call("PUT", f"/classes/Post/{post}", {"tags": added})
    role = {"name": "admin", "ACL": {"*": {"read": True}}}
    role_id = client.call("POST", "/roles", role)["objectId"]
    member = {"__type": "Pointer", "className": "_User", "objectId": bob_id}
    added = {"__op": "AddRelation", "objects": [member]}
    client.call("PUT", f"/roles/{role_id}", {"users": added})
    installation = {"deviceType": "ios", "deviceToken": "d1", "channels": ["a"]}
    client.call("POST", "/installations", installation)
    source.save("_Conversation", name="chat", m=[ada["objectId"]])


@dataclass
class Exported:
    """An app, and what `scaffold export` made of it.

    Attributes:
        folder: the export.
        rows: the rows of its classes, by class and id, as REST gave them.
        related: the ids that each row is related to, by class, key and id.
        downloads: what is at the address of each file.
        console: the console's export of its users, with passwords.
    """

    folder: Path
    rows: dict[str, dict[str, Row]]
    related: dict[tuple[str, str, str], list[str]]
    downloads: dict[str, bytes]
    console: Path


CLASSES = ("_User", "_Role", "_File", "_Installation", "_Conversation", "Every", "Post", "Tag")
RELATED = {("Post", "tags"): "Tag", ("_Role", "users"): "_User"}


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Return an app that was exported; tests must not change it."""
    place = tmp_path_factory.mktemp("import")
    app = place / "app"
    app.mkdir()
    with platform.running(app) as source:
        _fill(source)
        source.platform.page = 1000
        export_to(source, place / "export")
        found = {name: rows(source.client, name) for name in CLASSES}
        ends = {
            (name, key, owner): related(source.client, name, owner, key, target)
            for (name, key), target in RELATED.items()
            for owner in found[name]
        }
        saved = [row for row in found["_File"].values() if row.get("key")]
        contents = {row["objectId"]: source.client.get(row["url"]).content for row in saved}
    console = place / "console"
    console.mkdir()
    write_users(console / "_User.0.jsonl", list(found["_User"].values()))
    return Exported(place / "export", found, ends, contents, console)


def export_to(source: Source, target: Path) -> None:
    """Export an app whole."""
    pace = Pace(1_000_000, lambda _: None)
    keys = ApiKeys(KEYS.app_id, KEYS.master_key)
    api = ExportApi(source.url, keys, pace, True, source.transport)
    folder.prepare(target)
    downloads = Downloads(pace, True, source.transport)
    with closing(ExportJournal(target)) as journal:
        manifest = Session(target, api, downloads, journal, lambda *_: None).run()
    assert manifest.problems == []


def write_users(path: Path, found: list[Row]) -> None:
    """Write users as the console exports them."""
    lines = ['#filetype:JSON-streaming {"type":"Class","class":"_User"}']
    for number, row in enumerate(found):
        hash_ = passwords.platform_hash(PASSWORD, SALT)
        secrets = {"password": hash_, "salt": SALT, "sessionToken": f"{TOKEN}-{number}"}
        lines.append(json.dumps({**row, **secrets}))
    path.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a few rows several batches."""
    monkeypatch.setattr(feed, "MOST_ROWS", 200)


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Target:
    """Return an empty data service, on each kind of database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'b.sqlite3'}"
    else:
        url = new_database(request.getfixturevalue("postgresql"))
    return Target(url, tmp_path / "b-files")
