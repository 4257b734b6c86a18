"""The console's backup as mongodump writes it."""

from __future__ import annotations

import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import bson
import pytest
from bson.dbref import DBRef
from bson.decimal128 import Decimal128
from bson.int64 import Int64
from bson.objectid import ObjectId
from bson.regex import Regex

from scaffold.errors import UsageError
from scaffold.importer.bson_reader import BsonReader
from scaffold.store import passwords
from tests.importer.conftest import PASSWORD, SALT, Target

if TYPE_CHECKING:
    from pathlib import Path

ID = "5f3dea7b7a53400006b13886"
MOMENT = datetime(2020, 1, 2, 3, 4, 5, 678000, timezone.utc)
TIMES = {"createdAt": MOMENT, "updatedAt": MOMENT}


def _backup(path: Path, *documents: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(bson.encode(document) for document in documents))
    return path


def test_a_backup_is_imported(target: Target, tmp_path: Path) -> None:
    """Types, pointers, relations and passwords come with it."""
    folder = tmp_path / "dump/app"
    user = {"username": "ada", "password": passwords.platform_hash(PASSWORD, SALT), "salt": SALT}
    _backup(folder / "_User.bson", {"_id": ObjectId(ID), **user, **TIMES})
    _backup(folder / "Tag.bson", {"_id": "t1", **TIMES})
    values = {
        "n": Int64(2**60),
        "d": MOMENT,
        "p": DBRef("_User", ObjectId(ID)),
        "y": b"\xff\xef\xc8",
        "m": Decimal128("1.5"),
        "tags": {"__type": "Relation", "className": "Tag"},
        "bad": Regex("a"),
    }
    _backup(folder / "Post.bson", {"_id": "p1", **TIMES, **values})
    _backup(folder / "_Join:tags:Post.bson", {"owningId": "p1", "relatedId": "t1"})
    (folder / "Post.metadata.json").write_text("{}", "utf-8")
    report = target.imports(tmp_path / "dump")
    assert report.problems == []
    assert [(name, key) for name, key, _ in report.lost] == [("Post", "bad")]
    found = target.rows("Post")["p1"]
    iso = "2020-01-02T03:04:05.678Z"
    assert found == {
        "objectId": "p1",
        "createdAt": iso,
        "updatedAt": iso,
        "ACL": {"*": {"read": True, "write": True}},
        "n": 2**60,
        "d": {"__type": "Date", "iso": iso},
        "p": {"__type": "Pointer", "className": "_User", "objectId": ID},
        "y": {"__type": "Bytes", "base64": "/+/I"},
        "m": 1.5,
        "tags": {"__type": "Relation", "className": "Tag"},
    }
    assert target.related("Post", "p1", "tags", "Tag") == ["t1"]
    with target.client() as client:
        login = {"username": "ada", "password": PASSWORD}
        assert client.post("/1.1/login", json=login).status_code == 200
    assert sum(each.written for each in target.imports(tmp_path / "dump").classes.values()) == 0


@pytest.mark.parametrize(
    "tail",
    [
        b"\x01",
        b"\xff\xff\xff\x7f",
        b"\x00\x00\x00\x00",
        b"\x04\x00\x00\x00",
        b"\x40\x00\x00\x00abc",
    ],
)
def test_a_damaged_backup(tmp_path: Path, tail: bytes) -> None:
    """Rows before the damage are read; no size that a file claims is believed."""
    path = _backup(tmp_path / "Todo.bson", {"_id": "1", **TIMES})
    path.write_bytes(path.read_bytes() + tail)
    first, second = list(BsonReader(path, tmp_path))
    assert first.row
    assert (second.number, second.row) == (2, None)


def test_a_document_that_is_none(tmp_path: Path) -> None:
    """It is counted, and the next one read."""
    good = bson.encode({"_id": "1"})
    path = tmp_path / "Todo.bson"
    path.write_bytes(len(good).to_bytes(4, "little") + b"\xee" * (len(good) - 4) + good)
    assert [line.row for line in BsonReader(path, tmp_path)] == [None, {"objectId": "1"}]


def test_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names what to install."""
    monkeypatch.setitem(sys.modules, "bson", None)
    path = _backup(tmp_path / "Todo.bson", {"_id": "1"})
    with pytest.raises(UsageError, match=r"leanengine-scaffold\[bson\]"):
        list(BsonReader(path, tmp_path))
