"""An app on a played platform, and runs that export it."""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from scaffold.export import folder
from scaffold.export.client import Api, ApiKeys
from scaffold.export.downloads import Downloads
from scaffold.export.journal import ExportJournal
from scaffold.export.pace import Pace
from scaffold.export.reader import Export
from scaffold.export.session import Session
from scaffold.export.verify import verify
from tests.export import platform
from tests.export.platform import KEYS, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scaffold.export.manifest import ExportManifest

TODOS = 90
CONTENTS = {"a.txt": b"hello", "../../b.bin": bytes(range(256)) * 300, "名.PNG": b"\x89PNG"}


@dataclass
class Exporter:
    """Exports a source to a folder.

    Args:
        source: the platform.
        folder: the export.
        waits: the seconds for which the runs would have slept.
        progress: is called as the runs go on.
    """

    source: Source
    folder: Path
    waits: list[float] = field(default_factory=list)
    progress: Callable[[str, int], None] = lambda *_: None

    def _pace(self) -> Pace:
        return Pace(1_000_000, self.waits.append)

    def _api(self) -> Api:
        keys = ApiKeys(KEYS.app_id, KEYS.master_key)
        return Api(self.source.url, keys, self._pace(), True, self.source.transport)

    def run(self, *, archives: bool = False) -> ExportManifest:
        """Export, or go on with it."""
        folder.prepare(self.folder)
        downloads = Downloads(self._pace(), True, self.source.transport)
        with closing(ExportJournal(self.folder)) as journal:
            session = Session(self.folder, self._api(), downloads, journal, self.progress, archives)
            return session.run()

    def verify(self) -> list[str]:
        """Return what is not as on the platform."""
        with closing(ExportJournal(self.folder)) as journal:
            return verify(self.folder, self._api(), journal, self.progress)

    def opened(self) -> Export:
        """Return the export."""
        return Export.open(self.folder)

    def is_equal(self) -> None:
        """Assert that the export is complete, equal to the source, and has no row twice."""
        export = self.opened()
        assert list(export.damaged()) == []
        for name in ("Todo", "Post", "Tag", "_Role", "_File", "_Conversation"):
            found = list(export.rows(name))
            expected = self.source.rows(name)
            assert len(found) == len(expected), name
            assert {row["objectId"]: row for row in found} == expected, name
            assert [row["objectId"] for row in found] == sorted(expected), name
        users = {row["objectId"]: row for row in export.rows("_User")}
        assert users.keys() == self.source.rows("_User").keys()
        assert sorted(export.related("Post.tags")) == sorted(related(self.source))
        saved = [entry for entry in export.files() if entry.state == "saved"]
        contents = sorted(export.content(entry).read_bytes() for entry in saved)
        assert contents == sorted(CONTENTS.values())
        messages = self.source.platform.messages
        assert list(export.messages()) == sorted(
            messages, key=lambda each: (each["timestamp"], each["conv-id"], each["msg-id"])
        )


def related(source: Source) -> Iterator[tuple[str, str]]:
    """Yield the entries of the relation of posts, as the service has them."""
    for post in source.rows("Post"):
        pointer = {"__type": "Pointer", "className": "Post", "objectId": post}
        where = f'{{"$relatedTo":{{"object":{json.dumps(pointer)},"key":"tags"}}}}'
        for tag in source.call("GET", "/classes/Tag", where=where, limit="1000")["results"]:
            yield post, tag["objectId"]


def _fill(source: Source) -> None:
    """Make an app: rows with an ACL, relations, users, a role, files, conversations."""
    tags = source.save_all("Tag", [{"name": f"tag {number}"} for number in range(30)])
    pointers = [{"__type": "Pointer", "className": "Tag", "objectId": tag} for tag in tags]
    body = {"username": "ada", "password": "secret", "authData": AUTH}
    user = source.call("POST", "/users", body)["objectId"]
    acl = {user: {"read": True, "write": True}}
    todos: list[platform.Row] = [
        {"n": number, "text": "一\u2028" * 5, "when": {"__type": "Date", "iso": DATE}, "ACL": acl}
        for number in range(TODOS)
    ]
    source.save_all("Todo", todos)
    posts = source.save_all("Post", [{"n": number} for number in range(6)])
    for number, post in enumerate(posts[:4], 1):
        added = {"__op": "AddRelation", "objects": pointers[: number * 5]}
        source.call("PUT", f"/classes/Post/{post}", {"tags": added})
    member = {"__type": "Pointer", "className": "_User", "objectId": user}
    role = {"name": "admin", "ACL": {"*": {"read": True}}}
    role_id = source.call("POST", "/roles", role)["objectId"]
    added = {"__op": "AddRelation", "objects": [member]}
    source.call("PUT", f"/roles/{role_id}", {"users": added})
    for name, content in CONTENTS.items():
        source.upload(name, content, _checksum=hashlib.md5(content).hexdigest())
    source.save("_Conversation", name="chat")


MESSAGES = [
    {"timestamp": 1000 + number // 3, "msg-id": f"m{number:03}", "conv-id": "c", "data": "hi"}
    for number in range(50)
]
DATE = "2026-11-29T00:00:00.000Z"
TOKEN = "third-party-access-token-4242"
AUTH = {"weixin": {"openid": "o1", "access_token": TOKEN, "expires_in": 7200}}


@pytest.fixture(scope="session")
def app_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data of an app, which tests copy."""
    folder = tmp_path_factory.mktemp("app")
    with platform.running(folder) as source:
        _fill(source)
    return folder


@pytest.fixture
def source(app_folder: Path, tmp_path: Path) -> Iterator[Source]:
    """Return an app on a platform."""
    shutil.copytree(app_folder, tmp_path / "app")
    with platform.running(tmp_path / "app") as source:
        source.platform.messages += MESSAGES
        yield source


@pytest.fixture
def exporter(source: Source, tmp_path: Path) -> Exporter:
    """Return what exports it to a new folder."""
    return Exporter(source, tmp_path / "export")
