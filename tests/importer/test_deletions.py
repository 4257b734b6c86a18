"""What was deleted on the platform since, with `--delete` only."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.importer.conftest import Exported, Row, Target


MEMBERS = "relations/_Role.users.jsonl"


def _without(folder: Path, name: str, *ids: str) -> None:
    """Move rows of an export to those that are deleted, as the next export does."""
    path = folder / f"classes/{name}.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    gone = [line for line in lines[1:] if json.loads(line)["objectId"] in ids]
    path.write_text("".join(line for line in lines if line not in gone), "utf-8")
    (folder / "deleted").mkdir(exist_ok=True)
    (folder / f"deleted/{name}.jsonl").write_text(lines[0] + "".join(gone), "utf-8")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["classes"][name]["deleted"] = len(gone)
    manifest["classes"][name]["rows"] -= len(gone)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


@pytest.fixture
def later(exported: Exported, tmp_path: Path) -> Path:
    """Return a later export: a user, a file, a row and an entry of a relation are gone."""
    folder = shutil.copytree(exported.folder, tmp_path / "later")
    ada = next(row for row in exported.rows["_User"].values() if row["username"] == "ada")
    _without(folder, "_User", ada["objectId"])
    _without(folder, "_File", next(iter(exported.downloads)))
    _without(folder, "Tag", *sorted(exported.rows["Tag"])[-2:])
    (folder / MEMBERS).write_text("", "utf-8")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    nothing = {"rows": 0, "bytes": 0, "sha256": hashlib.sha256(b"").hexdigest()}
    manifest["relations"]["_Role.users"] |= nothing
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def _rows(target: Target) -> dict[str, dict[str, Row]]:
    return {name: target.rows(name) for name in ("_User", "_File", "Tag", "_Role")}


def test_what_is_deleted_there_is_deleted_here(
    exported: Exported, later: Path, target: Target
) -> None:
    """Rows, contents of files and entries of relations; a second run has nothing to do."""
    target.imports(exported.folder)
    report = target.imports(later, deletes=True)
    names = ("_User", "_File", "Tag")
    assert [report.classes[name].deleted for name in names] == [1, 1, 2]
    assert report.relations["_Role.users"].deleted == 1
    assert [len(found) for found in _rows(target).values()] == [1, 3, 28, 1]
    assert len([path for path in target.files.rglob("*") if path.is_file()]) == 2
    (role,) = target.rows("_Role")
    assert target.related("_Role", role, "users", "_User") == []
    post = max(exported.related, key=lambda key: len(exported.related[key]))
    assert target.related("Post", post[2], "tags", "Tag") == exported.related[post]
    again = target.imports(later, deletes=True)
    assert sum(each.deleted for each in [*again.classes.values(), *again.relations.values()]) == 0


def test_without_the_option_nothing_is_deleted(
    exported: Exported, later: Path, target: Target
) -> None:
    """An export of a platform that is deleted itself has everything in `deleted/`."""
    target.imports(exported.folder)
    before = _rows(target)
    target.imports(later)
    assert _rows(target) == before
    ((_, _, role),) = [key for key in exported.related if key[0] == "_Role"]
    assert target.related("_Role", role, "users", "_User")


def test_what_is_newer_here_stays(exported: Exported, later: Path, target: Target) -> None:
    """A row that somebody changed here, and what they related it to."""
    target.imports(exported.folder)
    tag = max(exported.rows["Tag"])
    (role,) = target.rows("_Role")
    with target.client() as client:
        client.put(f"/1.1/classes/Tag/{tag}", json={"name": "mine"})
        client.put(f"/1.1/roles/{role}", json={"mine": 1})
    report = target.imports(later, deletes=True)
    assert (report.classes["Tag"].deleted, report.relations["_Role.users"].deleted) == (1, 0)
    assert target.rows("Tag")[tag]["name"] == "mine"


def test_a_damaged_relation_deletes_nothing(
    exported: Exported, target: Target, tmp_path: Path
) -> None:
    """Half a file is not a list of what is left."""
    target.imports(exported.folder)
    folder = shutil.copytree(exported.folder, tmp_path / "copy")
    (folder / MEMBERS).write_text("", "utf-8")
    report = target.imports(folder, deletes=True)
    assert report.relations["_Role.users"].deleted == 0
    assert report.problems
